//! What containers say.

use futures::{AsyncBufReadExt, StreamExt};
use k8s_openapi::api::core::v1::Pod;
use kube::{Api, Client, api::LogParams};
use slipway_domain::{
    log::{LogLine, LogStream, LogWish},
    names::ApplicationName,
    ports::{AskProblem, PortError},
};

use crate::person::{Person, problem};

/// What the cluster calls reading a log.
const RIGHT: &str = "get on pods/log";

/// The last lines of the run before; if there was none, those of the present one.
pub(crate) async fn last_words(
    client: &Client,
    name: &ApplicationName,
    task: &str,
    container: &str,
    lines: u32,
) -> Result<Option<String>, PortError> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), name.as_str());
    let mut present = None;
    // One that ends for the first time may have been started again before its log is read: then it is the run
    // before by now, and what was read is the log of the new one.
    for previous in [true, false, true] {
        let wanted = LogParams {
            container: Some(container.to_owned()),
            previous,
            tail_lines: Some(i64::from(lines)),
            ..LogParams::default()
        };
        match pods.logs(task, &wanted).await {
            Ok(log) if previous => return Ok(Some(log)),
            Ok(log) => present = Some(log),
            // What was read is better than nothing.
            Err(_) if present.is_some() => {}
            // 400: there is no run before. 404: there is no pod any more.
            Err(kube::Error::Api(status)) if [400, 404].contains(&status.code) => {}
            Err(error) => return Err(PortError::new(format!("reading the log of {task}"), error)),
        }
    }
    Ok(present)
}

/// The lines that are wished for; followed, they go on until the container ends or nobody listens any more.
pub(crate) async fn logs(
    client: &Client,
    name: &ApplicationName,
    wish: &LogWish,
    asker: Option<&Person>,
) -> Result<Option<LogStream>, AskProblem> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), name.as_str());
    let wanted = LogParams {
        container: Some(wish.container.clone()),
        previous: wish.previous,
        tail_lines: wish.tail.map(i64::from),
        since_seconds: wish.since_seconds.map(i64::from),
        follow: wish.follow,
        timestamps: true,
        ..LogParams::default()
    };
    let failed = format!("reading the log of {}", wish.task);
    match pods.log_stream(&wish.task, &wanted).await {
        Ok(reader) => {
            let lines = reader.lines().map(move |line| {
                line.map(|line| LogLine::parse(&line)).map_err(|error| PortError::new(failed.clone(), error))
            });
            Ok(Some(lines.boxed()))
        }
        // 400: there is no such container, or it has not run yet. 404: there is no such task.
        Err(kube::Error::Api(status)) if [400, 404].contains(&status.code) => Ok(None),
        Err(error) => Err(problem(error, failed, name, asker, RIGHT)),
    }
}
