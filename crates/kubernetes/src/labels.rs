//! The labels on everything that Slipway makes, and the one name under which it owns fields.

use std::collections::BTreeMap;

use slipway_domain::{names::ComponentName, spec::ApplicationSpec};

/// The field manager of every server-side apply.
pub(crate) const FIELD_MANAGER: &str = "slipway";
/// Who manages an object.
pub(crate) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The application that an object is part of.
pub(crate) const PART_OF: &str = "app.kubernetes.io/part-of";
/// The component that an object belongs to.
pub(crate) const NAME: &str = "app.kubernetes.io/name";
/// The release that an object was made from.
pub(crate) const VERSION: &str = "app.kubernetes.io/version";
/// The identity of the application: a namespace of the same name without it is somebody else's.
pub(crate) const APPLICATION_ID: &str = "slipway.internal/application-id";
/// The generation that an object was made by.
pub(crate) const GENERATION: &str = "slipway.internal/generation";

/// The selector of the watches: everything that is ours.
pub(crate) fn ours() -> String {
    format!("{MANAGED_BY}={FIELD_MANAGER}")
}

/// The labels of an object of the application.
pub(crate) fn of_application(spec: &ApplicationSpec) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        (MANAGED_BY, FIELD_MANAGER.to_owned()),
        (PART_OF, spec.name.to_string()),
        (VERSION, spec.version.to_string()),
        (APPLICATION_ID, spec.id.to_string()),
        (GENERATION, spec.generation.to_string()),
    ])
}

/// The labels of an object of one component.
pub(crate) fn of_component(
    spec: &ApplicationSpec,
    component: &ComponentName,
) -> BTreeMap<&'static str, String> {
    let mut labels = of_application(spec);
    labels.insert(NAME, component.to_string());
    labels
}

/// The labels of a task. Its generation is not among them: a task that a new generation does not change goes on.
pub(crate) fn of_task(spec: &ApplicationSpec, component: &ComponentName) -> BTreeMap<&'static str, String> {
    let mut labels = of_component(spec, component);
    labels.remove(GENERATION);
    labels
}

/// The labels of a claim, which cannot change later: those that never change.
pub(crate) fn of_claim(spec: &ApplicationSpec, component: &ComponentName) -> BTreeMap<&'static str, String> {
    let mut labels = of_task(spec, component);
    labels.remove(VERSION);
    labels
}
