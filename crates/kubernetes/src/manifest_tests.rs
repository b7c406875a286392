//! What an application becomes. The snapshot is for reading; the rules beside it are what must not change.

use std::collections::BTreeMap;

use slipway_domain::{
    ids::ApplicationId,
    image::{Digest, ImageRef, Resolved},
    names::{ApplicationName, ComponentName, ProjectName},
    people::{Kind, Member},
    release::ReleaseVersion,
    workload::Probe,
};

use super::*;

fn component(name: &str) -> ComponentSpec {
    let image = ImageRef::parse("registry.example.com/team/web:1.0").unwrap();
    let digest = Digest::parse(&format!("sha256:{}", "ab".repeat(32))).unwrap();
    ComponentSpec {
        resolved: Some(Resolved { image: image.clone(), digest, platforms: vec![] }),
        port: Some(8080),
        ready: Some(Probe::new(Some("/healthz".into()))),
        route: Some("/".into()),
        env: BTreeMap::from([("GREETING".into(), "hello".into())]),
        replicas: 2,
        ..ComponentSpec::new(ComponentName::parse(name).unwrap(), image)
    }
}

fn shop() -> ApplicationSpec {
    let worker = ComponentSpec { port: None, ready: None, route: None, replicas: 1, ..component("worker") };
    ApplicationSpec {
        id: "01JZZZZZZZZZZZZZZZZZZZZZZZ".parse::<ApplicationId>().unwrap(),
        name: ApplicationName::parse("shop").unwrap(),
        generation: 1,
        project: ProjectName::parse("web-shop").unwrap(),
        version: ReleaseVersion::new(2).unwrap(),
        release: "sha256:1".into(),
        admins: vec!["ana".into()],
        users: vec![],
        wishes: std::collections::BTreeMap::new(),
        database: None,
        database_password: None,
        components: vec![component("web"), worker],
    }
}

fn gateway() -> Gateway {
    Gateway { host: "gateway.localhost".into(), ingress_class: Some("traefik".into()) }
}

#[test]
fn the_objects_of_an_application() {
    let objects: Vec<_> =
        render(&shop(), &Secrets::new(), &gateway()).into_iter().map(|m| m.object).collect();
    insta::assert_yaml_snapshot!(objects);
}

#[test]
fn the_namespace_comes_before_all_and_routes_come_last() {
    let kinds: Vec<_> = render(&shop(), &Secrets::new(), &gateway()).into_iter().map(|m| m.kind).collect();
    assert_eq!(kinds, ["Namespace", "Service", "Deployment", "Deployment", "Ingress"]);
}

#[test]
fn d11_a_pod_runs_a_digest_and_never_a_tag() {
    for manifest in render(&shop(), &Secrets::new(), &gateway()).iter().filter(|m| m.kind == "Deployment") {
        let image = manifest.object.pointer("/spec/template/spec/containers/0/image").unwrap();
        assert!(image.as_str().unwrap().contains("web@sha256:"), "{image}");
    }
}

#[test]
fn what_a_workload_selects_by_never_changes_with_a_release() {
    let mut next = shop();
    next.generation = 2;
    next.version = ReleaseVersion::new(3).unwrap();
    let selectors = |spec: &ApplicationSpec| -> Vec<Value> {
        let manifests = render(spec, &Secrets::new(), &gateway());
        let deployments = manifests.iter().filter(|m| m.kind == "Deployment");
        deployments.map(|m| m.object.pointer("/spec/selector").unwrap().clone()).collect()
    };
    assert_eq!(selectors(&shop()), selectors(&next));
}

#[test]
fn a_worker_without_a_port_has_neither_service_nor_route() {
    let of_worker = render(&shop(), &Secrets::new(), &gateway()).into_iter().filter(|m| m.name == "worker");
    assert_eq!(of_worker.map(|m| m.kind).collect::<Vec<_>>(), ["Deployment"]);
}

fn access() -> Access {
    Access {
        user_prefix: "oidc:".into(),
        group_prefix: "oidc-group:".into(),
        admin_role: Some("edit".into()),
        user_role: Some("view".into()),
    }
}

#[test]
fn s1_11_admins_and_users_are_bound_to_roles_in_the_namespace() {
    let shop = ApplicationSpec { users: vec!["hr".into(), "bo".into()], ..shop() };
    let objects: Vec<_> = bindings(&shop, &access()).into_iter().map(|m| m.object).collect();
    insta::assert_yaml_snapshot!(objects);
}

#[test]
fn s1_11_a_verified_user_is_bound_as_a_user_and_a_group_as_a_group() {
    let member = |name: &str, kind| Member { name: name.into(), kind: Some(kind), id: Some("1".into()) };
    let admins = vec![member("ana", Kind::User), member("hr", Kind::Group)];
    let shop = ApplicationSpec { admins, ..shop() };
    let subjects = bindings(&shop, &access())[0].object["subjects"].clone();
    let bound: Vec<_> = subjects.as_array().unwrap().iter().map(|one| (&one["kind"], &one["name"])).collect();
    let (user, group) = (format!("{}ana", access().user_prefix), format!("{}hr", access().group_prefix));
    assert_eq!(bound, [(&json!("User"), &json!(user)), (&json!("Group"), &json!(group))]);
}

#[test]
fn d21_without_roles_of_the_operator_the_namespace_gets_its_own() {
    let shop = ApplicationSpec { users: vec!["hr".into()], ..shop() };
    let objects = bindings(&shop, &Access { user_prefix: "oidc:".into(), ..Access::default() });
    let names: Vec<_> = objects.iter().map(|object| (object.kind, object.name.as_str())).collect();
    let (admins, users) = ("slipway-admins", "slipway-users");
    assert_eq!(
        names,
        [("Role", admins), ("RoleBinding", admins), ("Role", users), ("RoleBinding", users)],
        "a role comes before its binding"
    );
    for object in objects {
        let text = object.object.to_string();
        assert!(!text.contains("secrets") && !text.contains("exec") && !text.contains('*'), "{text}");
    }
}

#[test]
fn s1_11_nobody_is_bound_to_nothing_and_another_role_is_another_binding() {
    let names = |access: &Access| bindings(&shop(), access).into_iter().map(|m| m.name).collect::<Vec<_>>();
    assert_eq!(names(&access()), ["slipway-admins-edit"]);
    assert_eq!(names(&Access { admin_role: Some("admin".into()), ..access() }), ["slipway-admins-admin"]);
}
