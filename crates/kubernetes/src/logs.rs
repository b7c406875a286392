//! What containers say.

use futures::{AsyncBufReadExt, StreamExt};
use k8s_openapi::api::core::v1::Pod;
use kube::{Api, Client, api::LogParams};
use slipway_domain::{
    log::{LogLine, LogStream, LogWish},
    names::ApplicationName,
    ports::PortError,
};

/// The last lines of the run before; if there was none, those of the present one.
pub(crate) async fn last_words(
    client: &Client,
    name: &ApplicationName,
    task: &str,
    container: &str,
    lines: u32,
) -> Result<Option<String>, PortError> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), name.as_str());
    for previous in [true, false] {
        let wanted = LogParams {
            container: Some(container.to_owned()),
            previous,
            tail_lines: Some(i64::from(lines)),
            ..LogParams::default()
        };
        match pods.logs(task, &wanted).await {
            Ok(log) => return Ok(Some(log)),
            // 400: there is no run before. 404: there is no pod any more.
            Err(kube::Error::Api(status)) if [400, 404].contains(&status.code) => {}
            Err(error) => return Err(PortError::new(format!("reading the log of {task}"), error)),
        }
    }
    Ok(None)
}

/// The lines that are wished for; followed, they go on until the container ends or nobody listens any more.
pub(crate) async fn logs(
    client: &Client,
    name: &ApplicationName,
    wish: &LogWish,
) -> Result<Option<LogStream>, PortError> {
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
        Err(error) => Err(PortError::new(failed, error)),
    }
}
