//! What the cluster tells about the objects of a namespace.

use kube::{Api, Client, api::ListParams};
use slipway_domain::{names::ApplicationName, ports::AskProblem, told::Told};

use crate::{
    facts::{about, warning},
    lean::Event,
    person::{Person, problem},
};

/// More events than this are not read.
const MOST: u32 = 500;
/// What the cluster calls reading them.
const RIGHT: &str = "list on events";

/// The events of the application's namespace, newest first.
pub(crate) async fn events(
    client: &Client,
    name: &ApplicationName,
    asker: Option<&Person>,
) -> Result<Vec<Told>, AskProblem> {
    let events: Api<Event> = Api::namespaced(client.clone(), name.as_str());
    let listed = events.list(&ListParams::default().limit(MOST)).await;
    let what = format!("reading the events of {name}");
    let listed = listed.map_err(|error| problem(error, what, name, asker, RIGHT))?;
    let mut told: Vec<Told> = listed.items.iter().filter_map(tell).collect();
    told.sort_by_key(|told| std::cmp::Reverse(told.at));
    Ok(told)
}

fn tell(event: &Event) -> Option<Told> {
    let (_, about) = about(event)?;
    let remark = warning(event, &about);
    let series = event.series.as_ref().and_then(|series| series.count);
    Some(Told {
        is_warning: event.type_.as_deref() == Some("Warning"),
        object: remark.object,
        reason: remark.reason,
        message: remark.message,
        count: series.or(event.count).and_then(|count| u32::try_from(count).ok()).unwrap_or(1).max(1),
        at: remark.at,
    })
}
