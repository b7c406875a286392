//! Makes rendered objects exist, by server-side apply under one field manager. Doing it again changes nothing.

use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client, ResourceExt,
    api::{Patch, PatchParams},
};
use slipway_domain::{
    cause::Cause,
    ids::ApplicationId,
    names::ApplicationName,
    ports::{ApplyProblem, PortError},
};

use crate::{
    labels::{APPLICATION_ID, FIELD_MANAGER},
    manifest::Manifest,
};

/// Applies the manifests in order and stops at the first that is refused.
pub(crate) async fn apply(
    client: &Client,
    manifests: &[Manifest],
    progress: &(dyn Fn(usize, usize) + Send + Sync),
) -> Result<(), ApplyProblem> {
    for (done, manifest) in manifests.iter().enumerate() {
        progress(done, manifests.len());
        // Forced, because Slipway's word on the fields that it renders is final.
        let params = PatchParams::apply(FIELD_MANAGER).force();
        let applied =
            manifest.api(client).patch(&manifest.name, &params, &Patch::Apply(&manifest.object)).await;
        applied.map_err(|error| problem(manifest, error))?;
    }
    progress(manifests.len(), manifests.len());
    Ok(())
}

/// Refuses a namespace that exists and was not made for this application (S1.09).
pub(crate) async fn refuse_foreign(
    client: &Client,
    name: &ApplicationName,
    id: ApplicationId,
) -> Result<(), ApplyProblem> {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let found = namespaces.get_opt(name.as_str()).await;
    let found = found.map_err(|error| {
        ApplyProblem::Passing(PortError::new(format!("looking for the namespace {name}"), error))
    })?;
    match found {
        Some(namespace) if !belongs_to(&namespace, id) => Err(ApplyProblem::Hopeless(Cause::new(
            "SLW_NAMESPACE_TAKEN",
            format!("The namespace {name} exists and does not belong to this application."),
            "Force Undeploy this application (the namespace stays untouched) and choose another name.",
        ))),
        Some(namespace) if namespace.metadata.deletion_timestamp.is_some() => {
            let what = format!("the namespace {name} is still being deleted");
            Err(ApplyProblem::Passing(PortError::new(what, "it can be used when it is gone")))
        }
        _ => Ok(()),
    }
}

/// Was the namespace made for this application?
pub(crate) fn belongs_to(namespace: &Namespace, id: ApplicationId) -> bool {
    namespace.labels().get(APPLICATION_ID).is_some_and(|label| *label == id.to_string())
}

/// Is it a refusal, or may it succeed later?
pub(crate) fn problem(manifest: &Manifest, error: kube::Error) -> ApplyProblem {
    let what = format!("{} {}", manifest.kind, manifest.name);
    match error {
        // 429 asks for patience, 409 is a race that the next try wins: neither is a refusal.
        kube::Error::Api(status)
            if (400..500).contains(&status.code) && ![409, 429].contains(&status.code) =>
        {
            ApplyProblem::Hopeless(
                Cause::new(
                    if status.code == 403 { "SLW_DENIED" } else { "SLW_INVALID" },
                    format!("The cluster refuses {what}."),
                    "Read the cluster's message below; a permission, a quota or a policy is in the way.",
                )
                .with(format!("{} {}: {}", status.code, status.reason, status.message)),
            )
        }
        error => ApplyProblem::Passing(PortError::new(format!("applying {what}"), error)),
    }
}
