//! What the people of an application may do in its namespace is what they may do here, and what is asked for in their
//! name is answered so (D21).

use k8s_openapi::api::{
    authorization::v1::SubjectAccessReview,
    rbac::v1::{Role, RoleBinding},
};
use kube::{Api, api::PostParams};
use serde_json::{Value, json};
use slipway_domain::{
    actor::{Actor, DEVOPS},
    log::LogWish,
    people::{Kind, Member},
    permission::Action,
    ports::{AskProblem, Cluster, Removal},
    spec::ApplicationSpec,
};
use slipway_kubernetes::{KubernetesCluster, manifest::Access};

use crate::{
    target::{Target, on_bare},
    whole::{cluster, make, shop},
};

on_bare! {
    d21_the_cluster_allows_in_a_namespace_what_the_rule_allows;
    d21_what_is_asked_in_the_name_of_a_person_is_what_they_may;
}

fn access() -> Access {
    Access { user_prefix: "oidc:".into(), group_prefix: "oidc-group:".into(), ..Access::default() }
}

/// An application with people, of whom all that is known is what they are.
fn application(target: &Target) -> ApplicationSpec {
    let member = |name: &str, kind| Member { name: name.into(), kind: Some(kind), id: None };
    ApplicationSpec {
        admins: vec![member("ana", Kind::User)],
        users: vec![member("ben", Kind::User), member("hr", Kind::Group)],
        ..shop(target)
    }
}

fn actor(name: &str, groups: &[&str]) -> Actor {
    let groups = groups.iter().map(|&group| group.to_owned()).collect();
    Actor { id: name.into(), name: name.into(), groups, ..Actor::default() }
}

/// Devops, a reader, an administrator, a user, one by a group, somebody else. The first two are bound by whoever
/// operates the cluster, to a group that is called like their role.
fn everybody() -> [Actor; 6] {
    [
        Actor { roles: vec![DEVOPS.into()], ..actor("dev", &["devops"]) },
        Actor { is_reader: true, ..actor("rea", &["readers"]) },
        actor("ana", &[]),
        actor("ben", &[]),
        actor("eve", &["/hr"]),
        actor("kim", &["sales"]),
    ]
}

/// What of the cluster is closest to each thing that can be done to one application.
const ACTIONS: [(Action, [&str; 4]); 5] = [
    (Action::See, ["list", "", "events", ""]),
    (Action::ReadLog, ["get", "", "pods", "log"]),
    (Action::ReadConfiguration, ["get", "apps", "deployments", ""]),
    (Action::Change, ["patch", "apps", "deployments", ""]),
    (Action::Remove, ["delete", "apps", "deployments", ""]),
];

async fn start(target: &Target, shop: &ApplicationSpec) -> KubernetesCluster {
    let cluster = cluster(target).with_access(Some(access())).impersonating(true);
    make(&cluster, shop).await.unwrap();
    cluster
}

async fn stop(target: &Target, cluster: &KubernetesCluster, shop: &ApplicationSpec) {
    let is_gone = async || matches!(cluster.remove(&shop.name, shop.id).await.unwrap(), Removal::Gone(_));
    target.eventually("the removal ends", is_gone).await;
}

/// What an operator would bind in every namespace.
async fn bind(target: &Target, shop: &ApplicationSpec, group: &str, verbs: &[&str]) {
    let roles: Api<Role> = Api::namespaced(target.client.clone(), shop.name.as_str());
    let bindings: Api<RoleBinding> = Api::namespaced(target.client.clone(), shop.name.as_str());
    let allowed = json!([{
        "apiGroups": ["", "apps"], "resources": ["events", "pods", "pods/log", "deployments"], "verbs": verbs,
    }]);
    let object = |more: Value| {
        let mut object = json!({"metadata": {"name": group}});
        object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        object
    };
    let role = serde_json::from_value(object(json!({"rules": allowed}))).unwrap();
    roles.create(&PostParams::default(), &role).await.unwrap();
    let api_group = "rbac.authorization.k8s.io";
    let binding = object(json!({
        "roleRef": {"apiGroup": api_group, "kind": "Role", "name": group},
        "subjects": [{"apiGroup": api_group, "kind": "Group", "name": access().group(group)}],
    }));
    bindings.create(&PostParams::default(), &serde_json::from_value(binding).unwrap()).await.unwrap();
}

async fn may(target: &Target, actor: &Actor, shop: &ApplicationSpec, what: [&str; 4]) -> bool {
    let reviews: Api<SubjectAccessReview> = Api::all(target.client.clone());
    let groups: Vec<_> =
        actor.groups.iter().map(|group| access().group(group.trim_start_matches('/'))).collect();
    let [verb, group, resource, subresource] = what;
    let review = serde_json::from_value(json!({"spec": {
        "user": access().user(&actor.name), "groups": groups,
        "resourceAttributes": {"namespace": shop.name, "verb": verb, "group": group, "resource": resource,
            "subresource": subresource, "name": if verb == "list" { "" } else { "web" }},
    }}));
    let answered = reviews.create(&PostParams::default(), &review.unwrap()).await.unwrap();
    answered.status.is_some_and(|status| status.allowed)
}

async fn d21_the_cluster_allows_in_a_namespace_what_the_rule_allows(target: &Target) {
    let shop = application(target);
    let cluster = start(target, &shop).await;
    bind(target, &shop, "devops", &["get", "list", "patch", "delete"]).await;
    bind(target, &shop, "readers", &["get", "list"]).await;
    // A real cluster learns of new roles and bindings a moment after they are written.
    let [devops, reader, admin, user, ..] = everybody();
    for known in [devops, reader, admin, user] {
        target
            .eventually("the bindings count", async || may(target, &known, &shop, ACTIONS[0].1).await)
            .await;
    }
    let mut wrong = Vec::new();
    for actor in everybody() {
        for (action, what) in ACTIONS {
            let (here, there) =
                (actor.may(action, &shop.people()).is_ok(), may(target, &actor, &shop, what).await);
            if here != there {
                wrong.push(format!("{} {what:?}: here {here}, in the cluster {there}", actor.name));
            }
        }
        for closed in [["get", "", "secrets", ""], ["create", "", "pods", "exec"]] {
            if may(target, &actor, &shop, closed).await {
                wrong.push(format!("{} may {closed:?}", actor.name));
            }
        }
    }
    stop(target, &cluster, &shop).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn d21_what_is_asked_in_the_name_of_a_person_is_what_they_may(target: &Target) {
    let shop = application(target);
    let cluster = start(target, &shop).await;
    let [_, _, admin, user, by_group, stranger] = everybody();
    let events = async |actor: &Actor| cluster.events(&shop.name, actor).await;
    target.eventually("the bindings count", async || events(&user).await.is_ok()).await;
    target.eventually("the bindings count", async || events(&admin).await.is_ok()).await;
    assert!(events(&by_group).await.is_ok());
    let refused = events(&stranger).await.unwrap_err();
    assert!(matches!(refused, AskProblem::Forbidden(_)), "{refused:?}");

    let wish = LogWish { task: "web-1".into(), container: "web".into(), ..LogWish::default() };
    let log = async |actor: &Actor| cluster.logs(&shop.name, &wish, actor).await.map(|log| log.is_none());
    assert!(matches!(log(&admin).await, Ok(true)), "they may, and there is no such task");
    let Err(AskProblem::Forbidden(told)) = log(&user).await else { unreachable!("users read no logs") };
    let right = format!("the right get on pods/log in the namespace {} is missing", shop.name);
    assert!(told.contains("oidc:ben") && told.contains(&right), "{told}");
    stop(target, &cluster, &shop).await;
}
