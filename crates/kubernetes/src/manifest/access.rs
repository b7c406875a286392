//! Who may look after an application in the cluster itself: a binding for its admins and one for its users, where
//! the cluster knows them (S1.11), to roles that allow there what Slipway allows here, or to the operator's own.

use serde_json::{Value, json};
use slipway_domain::{
    people::{Kind, Member},
    spec::ApplicationSpec,
};

use super::Manifest;
use crate::labels;

/// How the cluster knows the people that sign in, and what it lets them do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// What stands before the name of a user, as in the API server's `--oidc-username-prefix`.
    pub user_prefix: String,
    /// What stands before the name of a group, as in its `--oidc-groups-prefix`.
    pub group_prefix: String,
    /// The ClusterRole of an application's admins in place of Slipway's own role.
    pub admin_role: Option<String>,
    /// The ClusterRole of its users in place of Slipway's own role.
    pub user_role: Option<String>,
}

impl Access {
    /// What the cluster calls a user.
    pub fn user(&self, name: &str) -> String {
        format!("{}{name}", self.user_prefix)
    }

    /// What it calls a group.
    pub fn group(&self, name: &str) -> String {
        format!("{}{name}", self.group_prefix)
    }
}

/// The group of the API that bindings, roles and subjects are of.
const GROUP: &str = "rbac.authorization.k8s.io";
const API_VERSION: &str = "rbac.authorization.k8s.io/v1";

/// The roles and bindings of an application, each role before its binding; none for nobody.
pub fn bindings(spec: &ApplicationSpec, access: &Access) -> Vec<Manifest> {
    let people: [(_, _, _, fn() -> Value); 2] = [
        ("admins", &spec.admins, &access.admin_role, rules_of_admins),
        ("users", &spec.users, &access.user_role, rules_of_users),
    ];
    let bound = people.into_iter().filter(|(_, members, ..)| !members.is_empty());
    let manifests = bound.flat_map(|(who, members, named, rules)| {
        let own = format!("slipway-{who}");
        let subjects = subjects(members, access);
        match named {
            // Its name holds the role, because the role of a binding cannot change: another role is another binding.
            Some(role) => vec![binding(spec, format!("{own}-{role}"), "ClusterRole", role, subjects)],
            None => vec![role(spec, &own, rules()), binding(spec, own.clone(), "Role", &own, subjects)],
        }
    });
    manifests.collect()
}

/// What users may see of it, and no more: pods and workloads hold its configuration.
fn rules_of_users() -> Value {
    json!([
        {"apiGroups": [""], "resources": ["events", "services"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses"], "verbs": ["get", "list", "watch"]},
    ])
}

/// Admins look after it. Secrets are not among it, nor a shell in which they could be read.
fn rules_of_admins() -> Value {
    json!([
        {"apiGroups": [""], "resources": ["events", "services", "pods", "pods/log", "persistentvolumeclaims"],
            "verbs": ["get", "list", "watch"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["delete"]},
        {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": ["apps"], "resources": ["replicasets"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": ["apps"], "resources": ["deployments", "statefulsets"],
            "verbs": ["get", "list", "watch", "patch", "update", "delete"]},
        {"apiGroups": ["apps"], "resources": ["deployments/scale", "statefulsets/scale"],
            "verbs": ["get", "patch", "update"]},
    ])
}

/// A name of which nobody could say whether it is that of a user or of a group is bound as both.
fn subjects(members: &[Member], access: &Access) -> Value {
    let user = |name: &str| ("User", access.user(name));
    let group = |name: &str| ("Group", access.group(name));
    let bound = members.iter().flat_map(|Member { name, kind, .. }| match kind {
        Some(Kind::User) => vec![user(name)],
        Some(Kind::Group) => vec![group(name)],
        None => vec![user(name), group(name)],
    });
    bound.map(|(kind, name)| json!({"kind": kind, "apiGroup": GROUP, "name": name})).collect()
}

fn role(spec: &ApplicationSpec, name: &str, rules: Value) -> Manifest {
    manifest(spec, "Role", "roles", name.to_owned(), json!({"rules": rules}))
}

fn binding(spec: &ApplicationSpec, name: String, kind: &str, role: &str, subjects: Value) -> Manifest {
    let role = json!({"apiGroup": GROUP, "kind": kind, "name": role});
    manifest(spec, "RoleBinding", "rolebindings", name, json!({"roleRef": role, "subjects": subjects}))
}

fn manifest(
    spec: &ApplicationSpec,
    kind: &'static str,
    plural: &'static str,
    name: String,
    mut object: Value,
) -> Manifest {
    object["apiVersion"] = json!(API_VERSION);
    object["kind"] = json!(kind);
    object["metadata"] =
        json!({"name": name, "namespace": spec.name, "labels": labels::of_application(spec)});
    Manifest { api_version: API_VERSION, kind, plural, namespace: Some(spec.name.to_string()), name, object }
}
