//! Objects of earlier generations that are no longer part of the application. They are found by their labels, so
//! what somebody else has put into the namespace stays.

use std::collections::BTreeSet;

use kube::{
    Api, Client, ResourceExt,
    api::{ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams},
};
use slipway_domain::{
    ports::{ApplyProblem, PortError},
    spec::ApplicationSpec,
};

use crate::{
    labels::{APPLICATION_ID, ours},
    manifest::Manifest,
};

/// Every kind that is rendered into a namespace, routes first: nobody is sent to what is about to go. Claims are
/// not among them: data goes with the namespace and never before.
const KINDS: [(&str, &str, &str, &str); 5] = [
    ("networking.k8s.io", "v1", "Ingress", "ingresses"),
    ("apps", "v1", "Deployment", "deployments"),
    ("apps", "v1", "StatefulSet", "statefulsets"),
    ("", "v1", "Service", "services"),
    ("", "v1", "Secret", "secrets"),
];

/// Deletes what carries the application's labels and is not among the manifests.
pub(crate) async fn remove(
    client: &Client,
    spec: &ApplicationSpec,
    manifests: &[Manifest],
) -> Result<(), ApplyProblem> {
    for (kind, name) in find(client, spec, manifests).await.map_err(ApplyProblem::Passing)? {
        tracing::info!(application.name = %spec.name, "{}: {kind} {name} is no longer part", spec.name);
        match api(client, spec, kind).delete(&name, &DeleteParams::background()).await {
            Ok(_) => {}
            Err(kube::Error::Api(status)) if status.code == 404 => {}
            Err(error) => {
                let what = format!("removing {kind} {name}, which is no longer part of {}", spec.name);
                return Err(ApplyProblem::Passing(PortError::new(what, error)));
            }
        }
    }
    Ok(())
}

/// Kind and name of what carries the application's labels and is not among the manifests.
pub(crate) async fn find(
    client: &Client,
    spec: &ApplicationSpec,
    manifests: &[Manifest],
) -> Result<Vec<(&'static str, String)>, PortError> {
    let wanted: BTreeSet<(&str, &str)> = manifests.iter().map(|m| (m.kind, m.name.as_str())).collect();
    let labels = ListParams::default().labels(&format!("{},{APPLICATION_ID}={}", ours(), spec.id));
    let mut orphans = Vec::new();
    for (_, _, kind, _) in KINDS {
        let listed = api(client, spec, kind).list_metadata(&labels).await;
        let failed =
            |error| PortError::new(format!("looking for what is no longer part of {}", spec.name), error);
        for object in listed.map_err(failed)? {
            let name = object.name_any();
            if !wanted.contains(&(kind, name.as_str())) && object.metadata.deletion_timestamp.is_none() {
                orphans.push((kind, name));
            }
        }
    }
    Ok(orphans)
}

fn api(client: &Client, spec: &ApplicationSpec, wanted: &str) -> Api<DynamicObject> {
    let known = KINDS.iter().find(|(_, _, kind, _)| *kind == wanted).unwrap_or(&KINDS[0]);
    let (group, version, kind, plural) = known;
    let resource = ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural);
    Api::namespaced_with(client.clone(), spec.name.as_str(), &resource)
}
