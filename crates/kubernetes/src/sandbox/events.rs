//! Events: what controllers and the node say about an object. Said again, one is counted up.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    kinds::Kind,
    objects::{Objects, fingerprint, seconds},
};

/// Events older than this are forgotten, as by the real server.
pub(crate) const KEPT: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// Something to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    /// Who says it.
    pub(crate) by: &'static str,
    pub(crate) warning: bool,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
}

impl Note {
    pub(crate) fn normal(by: &'static str, reason: &'static str, message: impl Into<String>) -> Self {
        Self { by, warning: false, reason, message: message.into() }
    }

    pub(crate) fn warning(by: &'static str, reason: &'static str, message: impl Into<String>) -> Self {
        Self { by, warning: true, reason, message: message.into() }
    }
}

/// Says it about the object.
pub(crate) fn record(objects: &mut Objects, about: &Value, note: &Note, now: Timestamp) {
    let kind = Kind::own("events");
    let metadata = &about["metadata"];
    let namespace = metadata["namespace"].as_str().unwrap_or("default");
    let mark = fingerprint(&format!("{}{}{}", metadata["uid"], note.reason, note.message));
    let name = format!("{}.{mark:016x}", metadata["name"].as_str().unwrap_or_default());
    let time = seconds(now);
    if let Some(said) = objects.get(&kind, namespace, &name) {
        let mut again = said.clone();
        again["count"] = json!(said["count"].as_u64().unwrap_or(1) + 1);
        again["lastTimestamp"] = json!(time);
        objects.put(&kind, namespace, &name, again);
        return;
    }
    let event = json!({
        "metadata": {"name": name},
        "involvedObject": {"apiVersion": about["apiVersion"], "kind": about["kind"],
            "namespace": metadata["namespace"], "name": metadata["name"], "uid": metadata["uid"]},
        "type": if note.warning { "Warning" } else { "Normal" },
        "reason": note.reason, "message": note.message, "count": 1,
        "firstTimestamp": time, "lastTimestamp": time,
        "source": {"component": note.by}, "reportingComponent": note.by, "reportingInstance": "",
    });
    // A namespace that is going takes no events; the real one loses them, too.
    let _ = objects.create(&kind, namespace, event, now);
}

/// Forgets the old ones of a namespace.
pub(crate) fn forget(objects: &mut Objects, namespace: &str, now: Timestamp) {
    let kind = Kind::own("events");
    let is_old = |event: &&Value| {
        let last = event["lastTimestamp"].as_str().and_then(|time| time.parse::<Timestamp>().ok());
        last.is_some_and(|last| now.duration_since(last) > KEPT)
    };
    let old: Vec<String> = objects
        .within(&kind, namespace)
        .filter(is_old)
        .filter_map(|event| event["metadata"]["name"].as_str().map(str::to_owned))
        .collect();
    for name in old {
        objects.drop_object(&kind, namespace, &name);
    }
}
