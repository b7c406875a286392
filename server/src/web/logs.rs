//! Logs: as text to read and to keep, and as a live stream.

use std::convert::Infallible;

use axum::{
    Extension, Router,
    extract::{Path, Query},
    http::header,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
    routing::get,
};
use futures::{StreamExt, stream};
use serde::Deserialize;
use slipway_app::desk::{DeskError, SharedDesk};
use slipway_domain::{
    log::{LogLine, LogStream, LogWish},
    names::ApplicationName,
};

use super::{api::Problem, events::Stop};

/// The route.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/api/v1/applications/{name}/logs", get(logs))
}

#[derive(Debug, Deserialize)]
struct Asked {
    task: String,
    container: String,
    #[serde(default)]
    previous: bool,
    tail: Option<u32>,
    since: Option<u32>,
    /// Only lines with this text, whatever its case.
    #[serde(default)]
    q: String,
    #[serde(default)]
    follow: bool,
    #[serde(default)]
    download: bool,
}

async fn logs(
    Extension(desk): Extension<SharedDesk>,
    Extension(Stop(stop)): Extension<Stop>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let missing =
        || DeskError::NotFound { what: format!("{} has no such task, container or run.", asked.task) };
    let application = ApplicationName::parse(&name).map_err(|_| missing())?;
    let wish = LogWish {
        task: asked.task.clone(),
        container: asked.container.clone(),
        previous: asked.previous,
        tail: asked.tail,
        since_seconds: asked.since,
        follow: asked.follow,
    };
    let search = asked.q.to_lowercase();
    let wanted = move |line: &LogLine| search.is_empty() || line.text.to_lowercase().contains(&search);
    if asked.follow {
        let stream = desk.follow_log(&application, &wish).await?.ok_or_else(missing)?;
        return Ok(live(stream, wanted).take_until_stopped(stop));
    }
    let lines = desk.log(&application, &wish).await?.ok_or_else(missing)?;
    let text: String = lines.into_iter().filter(wanted).map(|line| written(&line)).collect();
    let head = [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned())];
    if asked.download {
        // The names of tasks are those of pods: letters, digits, hyphens, dots.
        let file = format!("attachment; filename=\"{}.log\"", asked.task.replace(['"', '\\'], ""));
        return Ok((head, [(header::CONTENT_DISPOSITION, file)], text).into_response());
    }
    Ok((head, text).into_response())
}

fn written(line: &LogLine) -> String {
    let time = line.at.map(|at| format!("{at} ")).unwrap_or_default();
    format!("{time}{}\n", line.text)
}

/// Lines as events, and a last one that says that no more will come: a browser would ask for ever otherwise.
struct Live(stream::BoxStream<'static, Event>);

fn live(stream: LogStream, wanted: impl Fn(&LogLine) -> bool + Send + 'static) -> Live {
    let lines = stream.filter_map(move |line| {
        let event = match line {
            Ok(line) if !wanted(&line) => None,
            Ok(line) => Event::default().event("line").json_data(line).ok(),
            Err(_) => Some(Event::default().event("broken").data("")),
        };
        std::future::ready(event)
    });
    Live(lines.chain(stream::iter([Event::default().event("end").data("")])).boxed())
}

impl Live {
    fn take_until_stopped(self, stop: tokio_util::sync::CancellationToken) -> Response {
        let events = self.0.map(Ok::<_, Infallible>).take_until(stop.cancelled_owned());
        Sse::new(events).keep_alive(KeepAlive::default()).into_response()
    }
}
