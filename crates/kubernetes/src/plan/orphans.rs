//! Objects of earlier generations that are no longer part of the application. They are found by their labels, so
//! what somebody else has put into the namespace stays.

use serde_json::Value;
use slipway_domain::{
    plan::{Action, Planned},
    spec::ApplicationSpec,
};

use super::live::Live;
use crate::{
    labels::{APPLICATION_ID, FIELD_MANAGER, MANAGED_BY},
    manifest::Manifest,
};

/// What carries the application's labels and is not among the manifests.
pub(super) fn of(live: &Live, spec: &ApplicationSpec, manifests: &[Manifest]) -> Vec<Planned> {
    let id = spec.id.to_string();
    let is_ours = |object: &Value| {
        let labels = &object["metadata"]["labels"];
        labels[MANAGED_BY] == FIELD_MANAGER && labels[APPLICATION_ID] == id
    };
    let is_wanted = |kind: &str, name: &str| {
        manifests.iter().any(|manifest| manifest.kind == kind && manifest.name == name)
    };
    let orphans = live.objects.iter().filter(|(kind, name, object)| {
        is_ours(object) && !is_wanted(kind, name) && object["metadata"]["deletionTimestamp"].is_null()
    });
    orphans.map(|(kind, name, object)| Planned::new(kind, name, Action::Remove).at(object)).collect()
}
