//! Watches: lines of JSON, one a change, from a version on.

use std::{collections::VecDeque, io, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{Stream, stream};
use serde_json::{Value, json};
use tokio::{sync::watch::Receiver, time::Instant};

use super::{World, answer::Refusal, kinds::Kind, objects::Change, selector::Selector, weather::Weather};

/// How often a watch with nothing to say says how far it is.
const BOOKMARK: Duration = Duration::from_secs(10);
/// The annotation of the bookmark after which all that was there has been told.
const INITIAL_END: &str = "k8s.io/initial-events-end";

/// What a watch was asked for.
pub(crate) struct Wanted {
    pub(crate) kind: Kind,
    pub(crate) namespace: Option<String>,
    pub(crate) selector: Selector,
    pub(crate) from: From,
    pub(crate) bookmarks: bool,
    pub(crate) timeout: Duration,
}

/// Where a watch begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// After this version.
    Version(u64),
    /// With what is there, each as if it was just added.
    Everything,
    /// The same, and a bookmark that says when that was all.
    EverythingAndSayWhen,
}

/// An open watch.
struct Watching {
    world: Arc<World>,
    wanted: Wanted,
    /// How far it has told.
    version: u64,
    ready: VecDeque<String>,
    changed: Receiver<u64>,
    weather: Receiver<Weather>,
    began: Weather,
    end: Instant,
    closed: bool,
}

/// The lines of a watch. The stream ends when its time is over or the server goes away.
pub(crate) fn lines(
    world: Arc<World>,
    wanted: Wanted,
) -> impl Stream<Item = Result<Bytes, io::Error>> + Send {
    let watching = Watching::open(world, wanted);
    stream::unfold(watching, |mut watching| async move {
        let line = watching.next().await?;
        Some((Ok(line.into()), watching))
    })
}

impl Watching {
    fn open(world: Arc<World>, wanted: Wanted) -> Self {
        let (changed, mut weather) = (world.changed.subscribe(), world.weather.subscribe());
        let began = *weather.borrow_and_update();
        let end = Instant::now() + wanted.timeout;
        let (version, ready) = match wanted.from {
            From::Version(version) => (version, VecDeque::new()),
            from => {
                let objects = world.objects();
                let there = objects.list(&wanted.kind, wanted.namespace.as_deref(), &wanted.selector);
                let mut ready: VecDeque<_> = there.iter().map(|object| line("ADDED", object)).collect();
                if from == From::EverythingAndSayWhen {
                    ready.push_back(bookmark(&wanted.kind, objects.version(), true));
                }
                (objects.version(), ready)
            }
        };
        Self { world, wanted, version, ready, changed, weather, began, end, closed: false }
    }

    async fn next(&mut self) -> Option<String> {
        loop {
            if !self.ready.is_empty() {
                return Some(self.ready.drain(..).collect());
            }
            let weather = *self.weather.borrow_and_update();
            if self.closed || !weather.reachable || weather.cut != self.began.cut {
                return None;
            }
            self.changed.mark_unchanged();
            if let Some(expired) = self.read(weather) {
                self.closed = true;
                return Some(expired);
            }
            if !self.ready.is_empty() {
                continue;
            }
            tokio::select! {
                changed = self.changed.changed() => changed.ok()?,
                changed = self.weather.changed() => changed.ok()?,
                () = tokio::time::sleep_until(self.end) => return None,
                () = tokio::time::sleep(BOOKMARK), if self.wanted.bookmarks => {
                    return Some(bookmark(&self.wanted.kind, self.version, false));
                }
            }
        }
    }

    /// Reads the changes since it read last; the answer is the last line, if some of them are forgotten.
    fn read(&mut self, weather: Weather) -> Option<String> {
        let expired = || Some(line("ERROR", &Refusal::expired().body()));
        if weather.expired != self.began.expired {
            return expired();
        }
        let objects = self.world.objects();
        let Some(told) = objects.since(self.version, |change| tell(change, &self.wanted)) else {
            return expired();
        };
        self.version = self.version.max(objects.version());
        self.ready.extend(told);
        None
    }
}

fn line(event: &str, object: &Value) -> String {
    format!("{}\n", json!({"type": event, "object": object}))
}

fn bookmark(kind: &Kind, version: u64, initial: bool) -> String {
    let mut metadata = json!({"resourceVersion": version.to_string(), "creationTimestamp": null});
    if initial {
        metadata["annotations"] = json!({INITIAL_END: "true"});
    }
    line("BOOKMARK", &json!({"apiVersion": kind.api_version, "kind": kind.name, "metadata": metadata}))
}

/// What a change is to this watch: an object that comes to match was added, one that ceases to was deleted.
fn tell(change: &Change, wanted: &Wanted) -> Option<String> {
    let here = change.resource == wanted.kind.resource()
        && wanted.namespace.as_ref().is_none_or(|namespace| *namespace == change.namespace);
    if !here {
        return None;
    }
    let matches = |object: &Value| !object.is_null() && wanted.selector.matches(object);
    match (matches(&change.before), matches(&change.after)) {
        (false, false) => None,
        (false, true) => Some(line("ADDED", &change.after)),
        (true, true) => Some(line("MODIFIED", &change.after)),
        (true, false) => {
            // What is told is the object as it last matched, under the version at which it ceased to.
            let mut last = change.before.clone();
            last["metadata"]["resourceVersion"] = json!(change.version.to_string());
            Some(line("DELETED", &last))
        }
    }
}
