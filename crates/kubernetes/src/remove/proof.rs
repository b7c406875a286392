//! The proof that nothing is left: what was looked for when the namespace was gone, line by line.

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::PersistentVolume;
use kube::{
    Api, Client, ResourceExt,
    api::{ApiResource, DynamicObject, GroupVersionKind, ListParams, ObjectMeta},
};
use slipway_domain::{
    ids::{ApplicationId, Clock},
    names::ApplicationName,
    ports::PortError,
    removal::{Check, Outcome, Proof},
};

use super::discovery::AT_ONCE;
use crate::labels::APPLICATION_ID;

/// Group, version, kind, plural.
type Sought = (&'static str, &'static str, &'static str, &'static str);

/// All that Slipway makes or may make for an application, and what the cluster makes
/// of it. All are looked for in all namespaces.
const KINDS: [Sought; 18] = [
    ("", "v1", "ConfigMap", "configmaps"),
    ("", "v1", "PersistentVolume", "persistentvolumes"),
    ("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
    ("", "v1", "Pod", "pods"),
    ("", "v1", "ResourceQuota", "resourcequotas"),
    ("", "v1", "Secret", "secrets"),
    ("", "v1", "Service", "services"),
    ("", "v1", "ServiceAccount", "serviceaccounts"),
    ("apps", "v1", "Deployment", "deployments"),
    ("apps", "v1", "StatefulSet", "statefulsets"),
    ("batch", "v1", "CronJob", "cronjobs"),
    ("batch", "v1", "Job", "jobs"),
    ("networking.k8s.io", "v1", "Ingress", "ingresses"),
    ("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
    ("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles"),
    ("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings"),
    ("rbac.authorization.k8s.io", "v1", "Role", "roles"),
    ("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"),
];

/// Objects that a line names one by one.
const NAMED: u32 = 20;

/// Looks for everything that could be left of an application whose namespace is gone. Also names the volumes that the
/// cluster still has to delete by itself.
pub(super) async fn prove(
    client: &Client,
    clock: &dyn Clock,
    name: &ApplicationName,
    id: ApplicationId,
) -> Result<(Proof, Vec<String>), PortError> {
    let failed = |error| PortError::new(format!("looking for what is left of {name}"), error);
    let what = format!("the namespace {name}");
    let mut checks = vec![Check { what, at: clock.now(), outcome: Outcome::Nothing }];
    let labelled = stream::iter(KINDS.map(resource)).map(|kind| labelled(client, clock, id, kind));
    checks.extend(labelled.buffered(AT_ONCE).try_collect::<Vec<_>>().await.map_err(failed)?);
    let (volumes, going) = volumes(client, clock, name).await.map_err(failed)?;
    checks.push(volumes);
    Ok((Proof { checks }, going))
}

fn resource((group, version, kind, plural): Sought) -> ApiResource {
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural)
}

/// Looks for objects of one kind that carry the application's label.
async fn labelled(
    client: &Client,
    clock: &dyn Clock,
    id: ApplicationId,
    kind: ApiResource,
) -> Result<Check, kube::Error> {
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &kind);
    let ours = ListParams::default().labels(&format!("{APPLICATION_ID}={id}")).limit(NAMED);
    let found = api.list_metadata(&ours).await.map(|list| {
        list.items.into_iter().map(|object| format!("{} {}", kind.kind, place(&object.metadata))).collect()
    });
    check(format!("{} with the label {APPLICATION_ID}={id} anywhere", kind.plural), clock.now(), found)
}

fn place(metadata: &ObjectMeta) -> String {
    let name = metadata.name.clone().unwrap_or_default();
    match &metadata.namespace {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name,
    }
}

/// Looks for volumes that claims of the namespace were bound to: they outlive it if their policy says so.
async fn volumes(
    client: &Client,
    clock: &dyn Clock,
    name: &ApplicationName,
) -> Result<(Check, Vec<String>), kube::Error> {
    let api: Api<PersistentVolume> = Api::all(client.clone());
    let found = api.list(&ListParams::default()).await.map(|list| list.items);
    let found =
        found.map(|all| all.into_iter().filter(|volume| is_bound_to(volume, name)).collect::<Vec<_>>());
    let going = found.iter().flatten().filter(|volume| policy(volume) == Some("Delete"));
    let going = going.map(ResourceExt::name_any).collect();
    let told = found.map(|found| found.iter().map(volume_with_its_policy).collect());
    Ok((check(format!("persistentvolumes bound to claims of {name}"), clock.now(), told)?, going))
}

fn policy(volume: &PersistentVolume) -> Option<&str> {
    volume.spec.as_ref().and_then(|spec| spec.persistent_volume_reclaim_policy.as_deref())
}

fn is_bound_to(volume: &PersistentVolume, name: &ApplicationName) -> bool {
    let claim = volume.spec.as_ref().and_then(|spec| spec.claim_ref.as_ref());
    claim.is_some_and(|claim| claim.namespace.as_deref() == Some(name.as_str()))
}

fn volume_with_its_policy(volume: &PersistentVolume) -> String {
    let name = volume.name_any();
    match policy(volume) {
        Some("Retain") | None => {
            format!("PersistentVolume {name}, which keeps its data by its policy Retain")
        }
        Some(policy) => format!("PersistentVolume {name}, which its policy {policy} leaves to the cluster"),
    }
}

/// A line; not being allowed to look is one, not being able to is none: then it is tried again.
fn check(what: String, at: Timestamp, found: Result<Vec<String>, kube::Error>) -> Result<Check, kube::Error> {
    let outcome = match found {
        Ok(none) if none.is_empty() => Outcome::Nothing,
        Ok(what) => Outcome::Found { what },
        // The cluster has no such kind: then it has no such object.
        Err(kube::Error::Api(status)) if status.code == 404 => Outcome::Nothing,
        Err(kube::Error::Api(status)) if status.code == 403 => Outcome::Unanswered { why: status.message },
        Err(error) => return Err(error),
    };
    Ok(Check { what, at, outcome })
}
