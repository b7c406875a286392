//! What the cluster says about objects beside their status: warnings, and claims that get no volume.

use kube::ResourceExt;
use slipway_domain::observed::Remark;

use crate::lean::{Event, PersistentVolumeClaim};

/// A message is kept up to here.
const LONGEST: usize = 1024;

/// What a warning is about. One of the same about the same object takes its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct About {
    /// The object's kind.
    pub(crate) kind: String,
    /// The object's name.
    pub(crate) name: String,
    reason: String,
    /// Reasons like `Unhealthy` stand for different things, which the first word tells apart.
    opening: String,
}

/// The namespace of the object that the event is about, and what about it.
pub(crate) fn about(event: &Event) -> Option<(String, About)> {
    let object = &event.involved_object;
    let about = About {
        kind: object.kind.clone()?,
        name: object.name.clone()?,
        reason: event.reason.clone().unwrap_or_default(),
        opening: event.message.iter().filter_map(|text| text.split_whitespace().next()).collect(),
    };
    Some((object.namespace.clone()?, about))
}

/// The warning as a remark.
pub(crate) fn warning(event: &Event, about: &About) -> Remark {
    let series =
        event.series.as_ref().and_then(|series| series.last_observed_time.as_ref()).map(|time| time.0);
    let last = event.last_timestamp.as_ref().map(|time| time.0);
    let first = event.event_time.as_ref().map(|time| time.0);
    let mut message = event.message.clone().unwrap_or_default();
    if let Some((end, _)) = message.char_indices().nth(LONGEST) {
        message.truncate(end);
    }
    Remark {
        object: format!("{} {}", about.kind, about.name),
        field: "event".to_owned(),
        reason: about.reason.clone(),
        message,
        at: series.max(last).max(first),
    }
}

/// Why a claim has no volume; none if it has one.
pub(crate) fn claim(claim: &PersistentVolumeClaim) -> Option<Remark> {
    let phase = claim.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or("Pending");
    let class = claim.spec.as_ref().and_then(|spec| spec.storage_class_name.as_deref()).unwrap_or_default();
    let (reason, message) = match phase {
        "Bound" => return None,
        "Lost" => ("ClaimLost", "its volume does not exist any more".to_owned()),
        _ if class.is_empty() => ("NoStorageClass", "no volume, and no storage class is set".to_owned()),
        _ => ("Unbound", format!("no volume yet of the class {class}")),
    };
    Some(Remark {
        object: format!("PersistentVolumeClaim {}", claim.name_any()),
        field: "status.phase".to_owned(),
        reason: reason.to_owned(),
        message,
        at: None,
    })
}
