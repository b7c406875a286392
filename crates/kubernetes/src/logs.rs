//! What containers say.

use k8s_openapi::api::core::v1::Pod;
use kube::{Api, Client, api::LogParams};
use slipway_domain::{names::ApplicationName, ports::PortError};

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
