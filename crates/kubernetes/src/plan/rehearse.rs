//! The dry run of one object: how it would differ, or why the cluster refuses it.

use kube::{
    Api, Client,
    api::{Patch, PatchParams, PostParams},
    core::DynamicObject,
};
use serde_json::Value;
use slipway_domain::{
    cause::Cause,
    plan::{Action, Finding, Planned},
    ports::{ApplyProblem, PortError},
};

use crate::{apply::problem, labels::FIELD_MANAGER, manifest::Manifest};

/// What came of it: what would be done, and what there is to say about it.
pub(super) type Rehearsed = (Planned, Option<Finding>);

/// An object that is to be made into something that is there, or anew.
pub(super) async fn apply(
    client: &Client,
    manifest: &Manifest,
    live: Option<&Value>,
) -> Result<Rehearsed, PortError> {
    let params = PatchParams { dry_run: true, ..PatchParams::apply(FIELD_MANAGER).force() };
    let patch = Patch::Apply(&manifest.object);
    let answer = manifest.api(client).patch(&manifest.name, &params, &patch).await;
    told(manifest, live, answer)
}

/// A namespace that does not exist: all of an application that can be tried out before it does.
pub(super) async fn create(client: &Client, manifest: &Manifest) -> Result<Rehearsed, PortError> {
    let api: Api<DynamicObject> = manifest.api(client);
    let params = PostParams { dry_run: true, field_manager: Some(FIELD_MANAGER.to_owned()) };
    let object = serde_json::from_value(manifest.object.clone())
        .map_err(|error| PortError::new(format!("planning {}", manifest.name), error))?;
    told(manifest, None, api.create(&params, &object).await)
}

fn told(
    manifest: &Manifest,
    live: Option<&Value>,
    answer: Result<DynamicObject, kube::Error>,
) -> Result<Rehearsed, PortError> {
    let (kind, name) = (manifest.kind, manifest.name.as_str());
    let would_be = match answer {
        Ok(object) => serde_json::to_value(object).unwrap_or(Value::Null),
        Err(kube::Error::Api(status)) if status.message.contains("does not support dry run") => {
            let cause = Cause::new(
                "SLW_NO_REHEARSAL",
                format!(
                    "{kind} {name} cannot be tried out, because a policy service takes no part in trials."
                ),
                "Look at the object's fields yourself; whether it is taken shows when it is applied.",
            );
            let action = if live.is_some() { Action::Change } else { Action::Create };
            let planned = Planned::new(kind, name, action);
            let planned = live.map_or(planned.clone(), |live| planned.at(live));
            return Ok((planned, Some(Finding::warns(cause.with(status.message.clone())))));
        }
        Err(error) => match problem(manifest, error) {
            ApplyProblem::Hopeless(cause) => {
                return Ok((Planned::new(kind, name, Action::Refused), Some(Finding::stops(cause))));
            }
            ApplyProblem::Passing(error) => return Err(error),
            ApplyProblem::Stale(why) => return Err(PortError::new(format!("planning {kind} {name}"), why)),
        },
    };
    // What is created is shown as it was rendered: the cluster makes up addresses, and others each time.
    let would_be = if live.is_some() { &would_be } else { &manifest.object };
    Ok((Planned::compare(kind, name, live, would_be), None))
}
