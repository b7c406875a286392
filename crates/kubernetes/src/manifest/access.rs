//! Who may look after an application in the cluster itself: a binding for its admins and one for its users, where
//! the cluster knows them (S1.11).

use serde_json::{Value, json};
use slipway_domain::spec::ApplicationSpec;

use super::Manifest;
use crate::labels;

/// How the cluster knows the people that sign in, and what it lets them do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// What stands before the name of a user, as in the API server's `--oidc-username-prefix`.
    pub user_prefix: String,
    /// What stands before the name of a group, as in its `--oidc-groups-prefix`.
    pub group_prefix: String,
    /// The ClusterRole of an application's admins.
    pub admin_role: String,
    /// The ClusterRole of its users.
    pub user_role: String,
}

/// The group of the API that bindings, roles and subjects are of.
const GROUP: &str = "rbac.authorization.k8s.io";

/// The bindings of an application; none for nobody.
pub fn bindings(spec: &ApplicationSpec, access: &Access) -> Vec<Manifest> {
    let people = [("admins", &spec.admins, &access.admin_role), ("users", &spec.users, &access.user_role)];
    let bound = people.into_iter().filter(|(_, names, _)| !names.is_empty());
    bound.map(|(who, names, role)| binding(spec, who, role, subjects(names, access))).collect()
}

/// Whether a name is that of a user or of a group is not written down, so it is bound as both.
fn subjects(names: &[String], access: &Access) -> Value {
    let both = names.iter().flat_map(|name| {
        [("User", &access.user_prefix), ("Group", &access.group_prefix)]
            .map(|(kind, prefix)| json!({"kind": kind, "apiGroup": GROUP, "name": format!("{prefix}{name}")}))
    });
    both.collect()
}

/// Its name holds the role, because the role of a binding cannot change: another role is another binding.
fn binding(spec: &ApplicationSpec, who: &str, role: &str, subjects: Value) -> Manifest {
    let name = format!("slipway-{who}-{role}");
    let object = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": name, "namespace": spec.name, "labels": labels::of_application(spec)},
        "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": role},
        "subjects": subjects,
    });
    Manifest {
        api_version: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        plural: "rolebindings",
        namespace: Some(spec.name.to_string()),
        name,
        object,
    }
}
