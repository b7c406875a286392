//! Makes a plan real: writes what it says, by server-side apply under one field manager, and nothing else.

use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions},
    core::DynamicObject,
};
use serde_json::{Value, json};
use slipway_domain::{
    cause::Cause,
    ids::ApplicationId,
    plan::{Action, Found, Plan, Planned},
    ports::{ApplyProblem, PortError},
    spec::ApplicationSpec,
};

use crate::{
    labels::{APPLICATION_ID, FIELD_MANAGER},
    manifest::Manifest,
    plan,
};

/// How often one object may be written to by the cluster itself while it is being changed.
const TRIES: usize = 6;

/// Does what the plan says, in its order, and stops at the first object that is refused or is not any more as
/// the plan has found it.
pub(crate) async fn apply(
    client: &Client,
    spec: &ApplicationSpec,
    manifests: &[Manifest],
    plan: &Plan,
    progress: &(dyn Fn(usize, usize) + Send + Sync),
) -> Result<(), ApplyProblem> {
    if let Some(cause) = plan.stopped_by() {
        return Err(ApplyProblem::Hopeless(cause.clone()));
    }
    for (done, planned) in plan.objects.iter().enumerate() {
        progress(done, plan.objects.len());
        let manifest = || {
            manifests.iter().find(|manifest| manifest.kind == planned.kind && manifest.name == planned.name)
        };
        match planned.action {
            Action::Keep | Action::Refused => {}
            Action::Remove => remove(client, spec, planned).await?,
            Action::Create | Action::Change => {
                // A plan of another configuration than this one does not fit.
                let manifest = manifest().ok_or_else(|| stale(planned, "is not part of this generation"))?;
                write(client, manifest, planned).await?;
            }
        }
    }
    progress(plan.objects.len(), plan.objects.len());
    Ok(())
}

async fn write(client: &Client, manifest: &Manifest, planned: &Planned) -> Result<(), ApplyProblem> {
    let api = manifest.api(client);
    match (&planned.found, planned.action) {
        (Some(found), _) => change(&api, manifest, planned, found).await,
        (None, Action::Create) if manifest.namespace.is_none() => {
            found_a_namespace(&api, manifest, planned).await
        }
        (None, _) => patched(&api, manifest, &manifest.object).await.map(|_| ()),
    }
}

/// A namespace is made and never taken over: of two that want the name, one is told (S1.09).
async fn found_a_namespace(
    api: &Api<DynamicObject>,
    manifest: &Manifest,
    planned: &Planned,
) -> Result<(), ApplyProblem> {
    let object = serde_json::from_value(manifest.object.clone());
    let object = object.map_err(|error| {
        ApplyProblem::Passing(PortError::new(format!("making the namespace {}", manifest.name), error))
    })?;
    let params = PostParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PostParams::default() };
    match api.create(&params, &object).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 409 => Err(stale(planned, "exists already")),
        Err(error) => Err(problem(manifest, error)),
    }
}

/// Writes only over what the plan has found. What the cluster itself writes meanwhile, a status for example, is no
/// reason to plan again.
async fn change(
    api: &Api<DynamicObject>,
    manifest: &Manifest,
    planned: &Planned,
    found: &Found,
) -> Result<(), ApplyProblem> {
    let mut version = found.version.clone();
    for _ in 0..TRIES {
        let mut object = manifest.object.clone();
        object["metadata"]["resourceVersion"] = json!(version);
        match patched(api, manifest, &object).await {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(error) => return Err(error),
        }
        let now = api.get_opt(&manifest.name).await.map_err(|error| problem(manifest, error))?;
        let now = now.map(|object| serde_json::to_value(object).unwrap_or(Value::Null));
        match now {
            Some(now) if found.is_like(&now) => {
                now["metadata"]["resourceVersion"].as_str().unwrap_or_default().clone_into(&mut version);
            }
            Some(_) => return Err(stale(planned, "was changed by somebody else meanwhile")),
            None => return Err(stale(planned, "was removed by somebody else meanwhile")),
        }
    }
    Err(stale(planned, "changes all the time"))
}

/// Applies the object. False if it is not any more of the version that the object names.
async fn patched(
    api: &Api<DynamicObject>,
    manifest: &Manifest,
    object: &Value,
) -> Result<bool, ApplyProblem> {
    // Forced, because Slipway's word on the fields that it renders is final.
    let params = PatchParams::apply(FIELD_MANAGER).force();
    match api.patch(&manifest.name, &params, &Patch::Apply(object)).await {
        Ok(_) => Ok(true),
        Err(kube::Error::Api(status))
            if status.code == 409 && object["metadata"]["resourceVersion"].is_string() =>
        {
            Ok(false)
        }
        Err(error) => Err(problem(manifest, error)),
    }
}

/// Removes what is no longer part, if it still is the object that the plan has found.
async fn remove(client: &Client, spec: &ApplicationSpec, planned: &Planned) -> Result<(), ApplyProblem> {
    let Planned { kind, name, .. } = planned;
    let Some((api, found)) = plan::api(client, &spec.name, kind).zip(planned.found.as_ref()) else {
        return Err(stale(planned, "is not of a kind that is removed"));
    };
    tracing::info!(application.name = %spec.name, "{}: {kind} {name} is no longer part", spec.name);
    let preconditions = Preconditions { uid: Some(found.uid.clone()), resource_version: None };
    match api.delete(name, &DeleteParams::background().preconditions(preconditions)).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 409 => {
            Err(stale(planned, "was made anew by somebody else meanwhile"))
        }
        Err(error) => {
            let what = format!("removing {kind} {name}, which is no longer part of {}", spec.name);
            Err(ApplyProblem::Passing(PortError::new(what, error)))
        }
    }
}

fn stale(planned: &Planned, what: &str) -> ApplyProblem {
    ApplyProblem::Stale(format!("{} {} {what}.", planned.kind, planned.name))
}

/// Was the namespace made for this application?
pub(crate) fn belongs_to(namespace: &Namespace, id: ApplicationId) -> bool {
    namespace.labels().get(APPLICATION_ID).is_some_and(|label| *label == id.to_string())
}

/// Is it a refusal, or may it succeed later?
pub(crate) fn problem(manifest: &Manifest, error: kube::Error) -> ApplyProblem {
    let what = format!("{} {}", manifest.kind, manifest.name);
    match error {
        // The namespace was taken away under it.
        kube::Error::Api(status) if status.code == 404 && status.message.starts_with("namespaces ") => {
            ApplyProblem::Stale(format!("The namespace of {what} was removed by somebody else meanwhile."))
        }
        // 429 asks for patience, 409 is a race that the next try wins: neither is a refusal.
        kube::Error::Api(status)
            if (400..500).contains(&status.code) && ![409, 429].contains(&status.code) =>
        {
            let (code, action) = refusal(status.code, &status.message);
            let cause = Cause::new(code, format!("The cluster refuses {what}."), action);
            let words = format!("{} {}: {}", status.code, status.reason, status.message);
            ApplyProblem::Hopeless(cause.with(words))
        }
        error => ApplyProblem::Passing(PortError::new(format!("applying {what}"), error)),
    }
}

fn refusal(code: u16, words: &str) -> (&'static str, &'static str) {
    let says = |part: &str| words.contains(part);
    match code {
        _ if says("exceeded quota") => {
            ("SLW_QUOTA", "Raise the quota, remove something else, or lower what the components ask for.")
        }
        _ if says("denied the request") || says("denied request") => {
            ("SLW_ADMISSION", "Do as the policy's message below says, or ask whoever looks after the policy.")
        }
        403 => (
            "SLW_DENIED",
            "Read the cluster's message below; a permission, a quota or a policy is in the way.",
        ),
        _ => ("SLW_INVALID", "Read the cluster's message below; it names the field that it does not take."),
    }
}
