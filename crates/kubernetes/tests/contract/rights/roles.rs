//! The ClusterRoles that are installed, as sets of rights, and somebody who has them.

use std::{collections::BTreeSet, time::Duration};

use k8s_openapi::api::{
    authorization::v1::SubjectAccessReview,
    rbac::v1::{ClusterRole, ClusterRoleBinding},
};
use kube::{
    Api,
    api::{DeleteParams, PostParams},
};
use serde_json::{Value, json};
use ulid::Ulid;

use super::recorder::Right;
use crate::target::{PATIENCE, Target};

pub const MAIN: &str = include_str!("../../../../../install/kubernetes/clusterrole.yaml");
pub const LOOK: &str = include_str!("../../../../../install/kubernetes/clusterrole-look.yaml");

/// What a file grants; a rule that says the same twice is one too many.
pub fn granted(text: &str) -> BTreeSet<Right> {
    let role: ClusterRole = serde_saphyr::from_str(text).unwrap();
    let mut rights = BTreeSet::new();
    for rule in role.rules.unwrap() {
        let names = rule.resource_names.unwrap_or_else(|| vec![String::new()]);
        for group in rule.api_groups.iter().flatten() {
            for resource in rule.resources.iter().flatten() {
                for verb in &rule.verbs {
                    for name in &names {
                        let right = Right { name: name.clone(), ..Right::new(group, resource, verb) };
                        assert!(rights.insert(right.clone()), "{right:?} is there twice");
                    }
                }
            }
        }
    }
    rights
}

/// Somebody who has these rights and no others.
pub struct Role {
    pub user: String,
}

impl Role {
    #[expect(clippy::disallowed_methods, reason = "a test makes up its own names")]
    pub async fn install(target: &Target, rights: impl Iterator<Item = &Right>) -> Self {
        let user = format!("rights-{}", Ulid::generate().to_string().to_lowercase());
        let allowed: Vec<Value> = rights.map(rule).collect();
        let last = allowed.last().cloned().unwrap();
        let role = json!({"metadata": {"name": user}, "rules": allowed});
        let binding = json!({
            "metadata": {"name": user},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": user},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
        });
        let bindings: Api<ClusterRoleBinding> = Api::all(target.client.clone());
        let plain = PostParams::default();
        Api::<ClusterRole>::all(target.client.clone())
            .create(&plain, &serde_json::from_value(role).unwrap())
            .await
            .unwrap();
        bindings.create(&plain, &serde_json::from_value(binding).unwrap()).await.unwrap();
        let role = Self { user };
        role.until_known(target, &last).await;
        role
    }

    /// The API server learns of a role a moment after it was made.
    async fn until_known(&self, target: &Target, rule: &Value) {
        let reviews: Api<SubjectAccessReview> = Api::all(target.client.clone());
        let resource = rule["resources"][0].as_str().unwrap();
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        let review = serde_json::from_value(json!({"spec": {"user": self.user, "resourceAttributes": {
            "group": rule["apiGroups"][0], "resource": resource, "subresource": subresource,
            "verb": rule["verbs"][0], "name": rule["resourceNames"][0],
        }}}));
        let review: SubjectAccessReview = review.unwrap();
        let known = async {
            while !reviews.create(&PostParams::default(), &review).await.unwrap().status.unwrap().allowed {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        assert!(tokio::time::timeout(PATIENCE, known).await.is_ok(), "{} has no rights", self.user);
    }

    pub async fn remove(self, target: &Target) {
        let plain = DeleteParams::default();
        let roles: Api<ClusterRole> = Api::all(target.client.clone());
        let bindings: Api<ClusterRoleBinding> = Api::all(target.client.clone());
        bindings.delete(&self.user, &plain).await.unwrap();
        roles.delete(&self.user, &plain).await.unwrap();
    }
}

fn rule(right: &Right) -> Value {
    let mut rule = json!({"apiGroups": [right.group], "resources": [right.resource], "verbs": [right.verb]});
    if !right.name.is_empty() {
        rule["resourceNames"] = json!([right.name]);
    }
    rule
}
