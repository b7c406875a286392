//! Logs: as text to read and to keep, and as a live stream.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension,
    extract::{Path, Query},
    http::header,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{StreamExt, stream};
use serde::Deserialize;
use slipway_app::desk::{DeskError, SharedDesk};
use slipway_domain::{
    log::{LogLine, LogStream, LogWish},
    names::ApplicationName,
};
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;

use super::Problem;
use crate::{
    auth::Keeper,
    web::events::{Stay, Stop, over},
};

/// What of which log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The task.
    task: String,
    /// The container of it, which is called as its component.
    container: String,
    /// The run before the present one?
    #[serde(default)]
    previous: bool,
    /// So many of the last lines.
    tail: Option<u32>,
    /// Only what was said in so many seconds.
    since: Option<u32>,
    /// Only lines with this text, whatever its case.
    #[serde(default)]
    q: String,
    /// As server-sent events, `line` by `line` as they come, and `end`?
    #[serde(default)]
    follow: bool,
    /// As a file?
    #[serde(default)]
    download: bool,
}

/// What a container of a task says. Secrets of the application are masked.
#[utoipa::path(get, path = "/api/v1/applications/{name}/logs", operation_id = "readLog", tag = "applications",
    params(("name" = String, Path, description = "The name of the application"), Asked),
    responses((status = 200, description = "The lines, each with its time")))]
pub async fn logs(
    Extension(desk): Extension<SharedDesk>,
    Extension(Stop(stop)): Extension<Stop>,
    Extension(keeper): Extension<Arc<Keeper>>,
    stay: Stay,
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
        return Ok(live(stream, wanted).until(stop, keeper, stay));
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
    /// A stream asks once and is answered for hours: it ends with the server, and with the visit.
    fn until(self, stop: CancellationToken, keeper: Arc<Keeper>, stay: Stay) -> Response {
        let events = self.0.map(Ok::<_, Infallible>).take_until(stop.cancelled_owned());
        let events = events.take_until(Box::pin(over(keeper, stay)));
        Sse::new(events).keep_alive(KeepAlive::default()).into_response()
    }
}
