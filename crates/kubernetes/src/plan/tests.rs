//! The rules about what stands in the way, each by itself.

use k8s_openapi::api::core::v1::{LimitRange, ResourceQuota};
use serde_json::{Value, json};
use slipway_domain::{
    ids::ApplicationId,
    image::{Digest, ImageRef, Resolved},
    names::{ApplicationName, ComponentName, ProjectName},
    plan::Action,
    ports::Secrets,
    release::ReleaseVersion,
    spec::ComponentSpec,
    workload::{Resources, Storage},
};

use super::{nodes::Taken, routes::Route, *};
use crate::manifest::{Gateway, render};

fn shop(change: impl FnOnce(&mut ComponentSpec)) -> ApplicationSpec {
    let image = ImageRef::parse("registry.example.com/team/web:1.0").unwrap();
    let mut web = ComponentSpec {
        port: Some(8080),
        route: Some("/".into()),
        replicas: 2,
        resources: Resources {
            cpu: "250m".into(),
            memory: "64Mi".into(),
            memory_limit: Some("128Mi".into()),
        },
        ..ComponentSpec::new(ComponentName::parse("web").unwrap(), image)
    };
    change(&mut web);
    ApplicationSpec {
        id: "01JZZZZZZZZZZZZZZZZZZZZZZZ".parse::<ApplicationId>().unwrap(),
        name: ApplicationName::parse("shop").unwrap(),
        generation: 2,
        project: ProjectName::parse("shop").unwrap(),
        version: ReleaseVersion::new(2).unwrap(),
        release: String::new(),
        admins: vec!["ana".into()],
        users: vec![],
        wishes: std::collections::BTreeMap::new(),
        database: None,
        database_password: None,
        components: vec![web],
    }
}

fn manifests(spec: &ApplicationSpec) -> Vec<Manifest> {
    render(
        spec,
        &Secrets::new(),
        &Gateway { host: "gateway.localhost".into(), ingress_class: Some("one".into()) },
    )
}

fn quota(hard: &Value, used: &Value) -> ResourceQuota {
    let quota = json!({"metadata": {"name": "small"}, "spec": {"hard": hard}, "status": {"hard": hard, "used": used}});
    serde_json::from_value(quota).unwrap()
}

fn range(limits: &Value) -> LimitRange {
    serde_json::from_value(json!({"metadata": {"name": "sizes"}, "spec": {"limits": limits}})).unwrap()
}

/// What the quota says to the change from one configuration (or nothing) to another.
fn asked(before: Option<&ApplicationSpec>, after: &ApplicationSpec, quota: ResourceQuota) -> Vec<Finding> {
    let of =
        |spec: &ApplicationSpec| manifests(spec).into_iter().map(|m| (m.kind, m.name, m.object)).collect();
    let live = Live { objects: before.map(of).unwrap_or_default() };
    let after = manifests(after);
    let compare = |m: &Manifest| Planned::compare(m.kind, &m.name, live.get(m.kind, &m.name), &m.object);
    let planned: Vec<_> = after.iter().map(compare).collect();
    quota::exceeded(&Change { manifests: &after, planned: &planned, live: &live, ranges: &[] }, &[quota])
}

fn evidence(findings: &[Finding]) -> String {
    findings.iter().flat_map(|finding| finding.cause.evidence.clone()).collect::<Vec<_>>().join("\n")
}

#[test]
fn d6_a_generation_that_does_not_fit_beside_the_others_exceeds_the_quota() {
    let shop = shop(|_| {});
    let used = json!({"requests.memory": "200Mi", "pods": "3"});
    let found = asked(None, &shop, quota(&json!({"requests.memory": "300Mi", "pods": "10"}), &used));
    assert!(found[0].stops && found[0].cause.code == "SLW_QUOTA");
    let line = "ResourceQuota small: requests.memory: 128Mi needed, 200Mi used by others, 300Mi allowed";
    assert_eq!(evidence(&found), line);
    assert_eq!(asked(None, &shop, quota(&json!({"requests.memory": "328Mi", "pods": "5"}), &used)), []);
}

#[test]
fn d6_what_a_generation_takes_over_from_the_one_before_is_not_counted_twice() {
    let (before, after) = (shop(|_| {}), shop(|web| web.replicas = 3));
    let used = json!({"limits.memory": "256Mi", "services": "1", "count/deployments.apps": "1"});
    let hard =
        |memory: &str| json!({"limits.memory": memory, "services": "1", "count/deployments.apps": "1"});
    assert_eq!(asked(Some(&before), &after, quota(&hard("384Mi"), &used)), []);
    let found = asked(Some(&before), &after, quota(&hard("383Mi"), &used));
    assert!(
        evidence(&found).contains("limits.memory: 384Mi needed, 0 used by others"),
        "{}",
        evidence(&found)
    );
}

#[test]
fn d6_an_update_needs_room_for_one_more_copy() {
    let (before, after) = (shop(|_| {}), shop(|web| _ = web.env.insert("A".into(), "b".into())));
    let used = json!({"pods": "2"});
    let found = asked(Some(&before), &after, quota(&json!({"pods": "2"}), &used));
    assert!(found[0].stops && found[0].cause.reason.contains("one more copy"), "{found:?}");
    assert_eq!(asked(Some(&before), &after, quota(&json!({"pods": "3"}), &used)), []);
    // What is not started anew needs nothing, even where the quota was lowered below what is there.
    assert_eq!(asked(Some(&before), &before, quota(&json!({"pods": "1"}), &used)), []);
}

#[test]
fn d6_the_claims_of_what_keeps_data_count() {
    let shop =
        shop(|web| web.storage = Some(Storage { size: "2Gi".into(), mount: "/data".into(), group: None }));
    let found = asked(None, &shop, quota(&json!({"requests.storage": "3Gi"}), &json!({})));
    assert!(evidence(&found).contains("requests.storage: 4Gi needed"), "{}", evidence(&found));
}

#[test]
fn d6_a_container_outside_of_a_limit_range_is_named_with_its_numbers() {
    let of = |limits: Value| limits::violations(&manifests(&shop(|_| {})), &[range(&limits)]);
    let found = of(json!([{"type": "Container", "max": {"memory": "100Mi"}, "min": {"cpu": "300m"}}]));
    assert!(found[0].stops && found[0].cause.code == "SLW_LIMIT_RANGE");
    assert!(
        evidence(&found).contains("asks for 250m of cpu, at least 300m is wanted"),
        "{}",
        evidence(&found)
    );
    assert!(
        evidence(&found).contains("uses memory: 128Mi, at most 100Mi is allowed"),
        "{}",
        evidence(&found)
    );
    let fits = json!([{"type": "Container", "max": {"memory": "128Mi"}, "min": {"cpu": "250m"}}]);
    assert_eq!(of(fits), []);
    let whole_task = json!([{"type": "Pod", "max": {"memory": "64Mi"}}]);
    assert!(evidence(&of(whole_task)).contains("a task of web"));
}

#[test]
fn d6_a_limit_that_a_limit_range_gives_may_be_less_than_what_is_asked_for() {
    let range = range(&json!([{"type": "Container", "default": {"cpu": "200m"}}]));
    let found = limits::violations(&manifests(&shop(|_| {})), &[range]);
    assert!(evidence(&found).contains("asks for 250m of cpu and may use 200m"), "{}", evidence(&found));
}

fn node(name: &str, cpu: i128, memory_mi: i128) -> Room {
    Room {
        name: name.to_owned(),
        platform: "linux/amd64".to_owned(),
        cpu: cpu * 1000,
        memory: (memory_mi << 20) * 1000,
        is_open: true,
        takes_tasks: true,
    }
}

#[test]
fn d6_a_task_that_is_larger_than_every_node_stops_the_plan() {
    let large = shop(|web| web.resources.cpu = "8".into());
    let nodes = [node("small", 4, 4096), Room { is_open: false, ..node("apart", 64, 4096) }];
    let found = nodes::too_large(&large, &nodes);
    assert!(found[0].stops && found[0].cause.code == "SLW_UNSCHEDULABLE_CPU");
    assert!(evidence(&found).contains("the largest of 1 nodes, small, has cpu 4"), "{}", evidence(&found));
    assert_eq!(nodes::too_large(&large, &[node("large", 8, 4096)]), []);
    assert_eq!(nodes::too_large(&large, &[]), [], "nothing is known of the nodes");
    let memory = shop(|web| web.resources.memory = "8Gi".into());
    assert_eq!(nodes::too_large(&memory, &nodes)[0].cause.code, "SLW_UNSCHEDULABLE_MEMORY");
}

#[test]
fn d6_more_than_is_free_only_warns() {
    let taken = Taken { cpu: 3600, memory: 0 };
    let found = nodes::too_many(&shop(|_| {}), &[node("one", 4, 4096)], taken).unwrap();
    assert!(!found.stops);
    assert_eq!(found.cause.evidence, ["cpu: all tasks ask for 500m, 400m is free"]);
    assert_eq!(nodes::too_many(&shop(|_| {}), &[node("one", 4, 4096)], Taken::default()), None);
}

#[test]
fn d6_an_image_that_no_node_can_run_stops_the_plan() {
    let image = ImageRef::parse("registry.example.com/team/web:1.0").unwrap();
    let digest = Digest::parse(&format!("sha256:{}", "ab".repeat(32))).unwrap();
    let of = |platform: &str| {
        let resolved =
            Resolved { image: image.clone(), digest: digest.clone(), platforms: vec![platform.into()] };
        nodes::wrong_platforms(&shop(|web| web.resolved = Some(resolved)), &[node("one", 4, 4096)])
    };
    assert!(of("linux/arm64")[0].stops);
    assert_eq!(of("linux/amd64"), []);
}

#[test]
fn d6_an_address_that_somebody_else_claims_stops_what_is_new_and_warns_what_is_there() {
    let shop = shop(|_| {});
    let (name, manifests) = (&shop.name, manifests(&shop));
    let route = |host: &str, path: &str, class: Option<&str>| Route {
        namespace: "other".into(),
        ingress: "old".into(),
        class: class.map(str::to_owned),
        host: host.into(),
        path: path.into(),
    };
    let of = |action: Action, route: Route| {
        let planned = [Planned::new("Ingress", "web", action)];
        routes::clashes(name, &manifests, &planned, &[route])
            .into_iter()
            .map(|found| found.stops)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(Action::Create, route("gateway.localhost", "/shop", None)), [true]);
    assert_eq!(of(Action::Keep, route("gateway.localhost", "/shop", Some("one"))), [false]);
    assert_eq!(of(Action::Create, route("gateway.localhost", "/shop", Some("two"))), [false; 0]);
    assert_eq!(of(Action::Create, route("gateway.localhost", "/shop/api", None)), [false; 0]);
    assert_eq!(of(Action::Create, route("elsewhere.localhost", "/shop", None)), [false; 0]);
    let own = Route { namespace: "shop".into(), ..route("gateway.localhost", "/shop", None) };
    assert_eq!(of(Action::Keep, own), [false; 0]);
}
