//! Watches: lines of JSON, one a change, from a version on.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{Stream, stream};
use serde_json::{Value, json};

use super::{World, answer::Refusal, kinds::Kind, objects::Change, selector::Selector};

/// How often a watch with nothing to say says how far it is.
const BOOKMARK: Duration = Duration::from_secs(10);

/// What a watch was asked for.
pub(crate) struct Wanted {
    pub(crate) kind: Kind,
    pub(crate) namespace: Option<String>,
    pub(crate) selector: Selector,
    pub(crate) version: u64,
    pub(crate) bookmarks: bool,
    pub(crate) timeout: Duration,
}

enum State {
    Open,
    Closed,
}

/// The lines of a watch. The stream ends when its time is over or the server goes away.
pub(crate) fn lines(
    world: Arc<World>,
    mut wanted: Wanted,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send {
    let mut changed = world.changed.subscribe();
    let mut weather = world.weather.subscribe();
    let began = weather.borrow_and_update().expired;
    let end = tokio::time::Instant::now() + wanted.timeout;
    let step = async move |state: State| -> Option<(Result<Bytes, std::io::Error>, State)> {
        let State::Open = state else { return None };
        loop {
            let now = *weather.borrow_and_update();
            if !now.reachable {
                return None;
            }
            changed.mark_unchanged();
            let changes = world.objects().since(wanted.version).filter(|_| now.expired == began);
            let Some(changes) = changes else {
                let expired = line("ERROR", &Refusal::expired().body());
                return Some((Ok(expired.into()), State::Closed));
            };
            if let Some(last) = changes.last() {
                wanted.version = last.version;
            }
            let text: String = changes.iter().filter_map(|change| tell(change, &wanted)).collect();
            if !text.is_empty() {
                return Some((Ok(text.into()), State::Open));
            }
            tokio::select! {
                _ = changed.changed() => {}
                _ = weather.changed() => {}
                () = tokio::time::sleep_until(end) => return None,
                () = tokio::time::sleep(BOOKMARK), if wanted.bookmarks => {
                    return Some((Ok(bookmark(&wanted).into()), State::Open));
                }
            }
        }
    };
    // `unfold` with a closure that lends its captures is not to be had, so the captures travel in the state.
    let step = Arc::new(tokio::sync::Mutex::new(step));
    stream::unfold(State::Open, move |state| {
        let step = Arc::clone(&step);
        async move { (step.lock().await)(state).await }
    })
}

fn line(event: &str, object: &Value) -> String {
    format!("{}\n", json!({"type": event, "object": object}))
}

fn bookmark(wanted: &Wanted) -> String {
    let metadata = json!({"resourceVersion": wanted.version.to_string(), "creationTimestamp": null});
    line(
        "BOOKMARK",
        &json!({"apiVersion": wanted.kind.api_version, "kind": wanted.kind.name, "metadata": metadata}),
    )
}

/// What a change is to this watch: an object that comes to match was added, one that ceases to was deleted.
fn tell(change: &Change, wanted: &Wanted) -> Option<String> {
    let here = change.resource == wanted.kind.resource()
        && wanted.namespace.as_ref().is_none_or(|namespace| *namespace == change.namespace);
    let matches = |object: &Value| here && !object.is_null() && wanted.selector.matches(object);
    match (matches(&change.before), matches(&change.after)) {
        (false, false) => None,
        (false, true) => Some(line("ADDED", &change.after)),
        (true, true) => Some(line("MODIFIED", &change.after)),
        (true, false) => {
            let mut last = if change.after.is_null() { change.before.clone() } else { change.after.clone() };
            last["metadata"]["resourceVersion"] = json!(change.version.to_string());
            Some(line("DELETED", &last))
        }
    }
}
