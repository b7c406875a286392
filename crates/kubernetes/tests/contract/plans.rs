//! Plans (D6): what the cluster itself says would happen, what stands in the way, and that what is applied is the
//! plan and nothing else.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{LimitRange, Namespace, ResourceQuota, Service},
    networking::v1::Ingress,
    rbac::v1::RoleBinding,
};
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use slipway_domain::{
    names::ComponentName,
    observed::Namespace as Namespaced,
    plan::{Action, Care, Plan},
    ports::{ApplyProblem, Cluster, Removal, Secrets},
    spec::{ApplicationSpec, ComponentSpec},
};
use slipway_kubernetes::{
    KubernetesCluster,
    manifest::{Access, Gateway},
};

use crate::{
    target::{Target, on_bare},
    whole::{Now, cluster, make, shop},
};

on_bare! {
    d6_a_new_application_is_planned_without_a_trace;
    d6_what_is_right_is_not_written;
    d6_what_somebody_changed_meanwhile_is_not_overwritten_but_planned_again;
    d6_what_the_cluster_writes_by_itself_makes_no_plan_stale;
    d6_what_the_cluster_refuses_is_in_the_plan_and_nothing_is_written;
    d6_what_a_quota_refuses_is_in_the_plan;
    d6_a_quota_without_room_and_a_limit_range_stop_the_plan;
    d6_an_address_of_somebody_else_stops_the_plan;
    d6_a_task_that_fits_on_no_node_stops_the_plan needs node;
    s1_09_of_two_that_want_a_namespace_one_is_told;
    s1_11_people_are_bound_in_the_namespace_and_move_without_a_restart;
    s1_l03_access_moves_alone_whatever_else_would_change;
}

async fn plan(cluster: &KubernetesCluster, spec: &ApplicationSpec, care: Care) -> Plan {
    cluster.plan(spec, &Secrets::new(), care).await.unwrap()
}

async fn apply(cluster: &KubernetesCluster, spec: &ApplicationSpec, plan: &Plan) -> Result<(), ApplyProblem> {
    cluster.apply(spec, &Secrets::new(), plan, &|_, _| {}).await
}

fn next(spec: &ApplicationSpec, change: impl FnOnce(&mut ApplicationSpec)) -> ApplicationSpec {
    let mut next = spec.again(spec.generation + 1);
    change(&mut next);
    next
}

fn within<K>(target: &Target, spec: &ApplicationSpec) -> Api<K>
where
    K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>,
{
    Api::namespaced(target.client.clone(), spec.name.as_str())
}

/// Puts an object of somebody else into the application's namespace.
async fn put<K>(target: &Target, spec: &ApplicationSpec, object: Value)
where
    K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>
        + Clone
        + std::fmt::Debug
        + DeserializeOwned
        + serde::Serialize,
{
    let object = serde_json::from_value(object).unwrap();
    within::<K>(target, spec).create(&PostParams::default(), &object).await.unwrap();
}

/// Somebody else's word on an object.
async fn meddle<K>(target: &Target, spec: &ApplicationSpec, patch: Value)
where
    K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>
        + Clone
        + std::fmt::Debug
        + DeserializeOwned,
{
    within::<K>(target, spec).patch("web", &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
}

fn action(plan: &Plan, kind: &str, name: &str) -> Option<Action> {
    let found = plan.objects.iter().find(|object| object.kind == kind && object.name == name);
    found.map(|object| object.action)
}

fn codes(plan: &Plan) -> Vec<&str> {
    plan.findings.iter().filter(|finding| finding.stops).map(|finding| finding.cause.code.as_str()).collect()
}

async fn away(target: &Target, spec: &ApplicationSpec) {
    let namespaces: Api<Namespace> = Api::all(target.client.clone());
    let _ = namespaces.delete(spec.name.as_str(), &DeleteParams::default()).await;
}

/// Until the quota has counted what is there.
async fn counted(target: &Target, spec: &ApplicationSpec) {
    let quotas = within::<ResourceQuota>(target, spec);
    target
        .eventually("the quota counts", async || {
            let quota = quotas.get("small").await.unwrap();
            quota.status.is_some_and(|status| status.used.is_some_and(|used| !used.is_empty()))
        })
        .await;
}

async fn d6_a_new_application_is_planned_without_a_trace(target: &Target) {
    let (cluster, shop) = (cluster(target), shop(target));
    for care in [Care::Swift, Care::Sure, Care::Thorough] {
        let plan = plan(&cluster, &shop, care).await;
        assert!(plan.is_new && plan.objects.iter().all(|object| object.action == Action::Create), "{plan:?}");
        assert_eq!(codes(&plan), [""; 0]);
    }
    assert!(!cluster.is_taken(&shop.name).await.unwrap());
    let hash = plan(&cluster, &shop, Care::Sure).await.hash();
    assert_eq!(plan(&cluster, &shop, Care::Thorough).await.hash(), hash);
}

async fn d6_what_is_right_is_not_written(target: &Target) {
    let (cluster, shop) = (cluster(target), shop(target));
    make(&cluster, &shop).await.unwrap();
    let services = within::<Service>(target, &shop);
    let before = services.get("web").await.unwrap();
    // Another generation alone changes nothing.
    let same = next(&shop, |_| {});
    let plan = plan(&cluster, &same, Care::Sure).await;
    assert_eq!(plan.steps(), 0, "{plan:?}");
    apply(&cluster, &same, &plan).await.unwrap();
    let after = services.get("web").await.unwrap();
    assert_eq!(after.resource_version(), before.resource_version());
    assert_eq!(within::<Deployment>(target, &shop).get("web").await.unwrap().metadata.generation, Some(1));
    away(target, &shop).await;
}

async fn d6_what_somebody_changed_meanwhile_is_not_overwritten_but_planned_again(target: &Target) {
    let (cluster, shop) = (cluster(target), shop(target));
    make(&cluster, &shop).await.unwrap();
    let three = next(&shop, |spec| spec.components[0].replicas = 3);
    let old = plan(&cluster, &three, Care::Sure).await;
    meddle::<Deployment>(target, &shop, json!({"spec": {"replicas": 0}})).await;
    let stale = apply(&cluster, &three, &old).await.unwrap_err();
    let told = "Deployment web was changed by somebody else meanwhile.";
    assert!(matches!(&stale, ApplyProblem::Stale(why) if why == told), "{stale:?}");
    let deployments = within::<Deployment>(target, &shop);
    let replicas = async || deployments.get("web").await.unwrap().spec.unwrap().replicas;
    assert_eq!(replicas().await, Some(0), "what somebody else wrote was overwritten");
    let new = plan(&cluster, &three, Care::Sure).await;
    assert_ne!(new.hash(), old.hash());
    apply(&cluster, &three, &new).await.unwrap();
    assert_eq!(replicas().await, Some(3));
    away(target, &shop).await;
}

async fn d6_what_the_cluster_writes_by_itself_makes_no_plan_stale(target: &Target) {
    let (cluster, shop) = (cluster(target), shop(target));
    make(&cluster, &shop).await.unwrap();
    let three = next(&shop, |spec| spec.components[0].replicas = 3);
    let planned = plan(&cluster, &three, Care::Sure).await;
    let by_a_controller = json!({"metadata": {"annotations": {"deployment.kubernetes.io/seen": "yes"}}});
    meddle::<Deployment>(target, &shop, by_a_controller).await;
    apply(&cluster, &three, &planned).await.unwrap();
    let deployment = within::<Deployment>(target, &shop).get("web").await.unwrap();
    assert_eq!(deployment.spec.unwrap().replicas, Some(3));
    away(target, &shop).await;
}

async fn d6_what_the_cluster_refuses_is_in_the_plan_and_nothing_is_written(target: &Target) {
    let (cluster, shop) = (cluster(target), shop(target));
    make(&cluster, &shop).await.unwrap();
    let refused = next(&shop, |spec| {
        let resources = &mut spec.components[0].resources;
        (resources.memory, resources.memory_limit) = ("64Mi".into(), Some("32Mi".into()));
        spec.components.push(second(target));
    });
    let plan = plan(&cluster, &refused, Care::Sure).await;
    assert_eq!(action(&plan, "Deployment", "web"), Some(Action::Refused));
    assert_eq!(action(&plan, "Deployment", "api"), Some(Action::Create));
    assert_eq!(codes(&plan), ["SLW_INVALID"]);
    let words = &plan.findings[0].cause.evidence[0];
    assert!(words.contains("must be less than or equal to memory limit of 32Mi"), "{words}");
    let problem = apply(&cluster, &refused, &plan).await.unwrap_err();
    assert!(matches!(problem, ApplyProblem::Hopeless(cause) if cause.code == "SLW_INVALID"));
    assert!(within::<Deployment>(target, &shop).get_opt("api").await.unwrap().is_none());
    away(target, &shop).await;
}

async fn d6_what_a_quota_refuses_is_in_the_plan(target: &Target) {
    let (cluster, shop) = (cluster(target), shop(target));
    make(&cluster, &shop).await.unwrap();
    put::<ResourceQuota>(
        target,
        &shop,
        json!({"metadata": {"name": "small"}, "spec": {"hard": {"services": "1"}}}),
    )
    .await;
    counted(target, &shop).await;
    let two = next(&shop, |spec| spec.components.push(second(target)));
    let plan = plan(&cluster, &two, Care::Sure).await;
    assert_eq!(action(&plan, "Service", "api"), Some(Action::Refused));
    let words: Vec<_> = plan.findings.iter().flat_map(|finding| finding.cause.evidence.clone()).collect();
    let told = "exceeded quota: small, requested: services=1, used: services=1, limited: services=1";
    assert!(words.iter().any(|line| line.contains(told)), "{words:?}");
    assert!(codes(&plan).iter().all(|code| *code == "SLW_QUOTA"), "{plan:?}");
    away(target, &shop).await;
}

async fn d6_a_quota_without_room_and_a_limit_range_stop_the_plan(target: &Target) {
    let (cluster, shop) = (cluster(target), shop(target));
    let shop = next(&shop, |spec| spec.components[0].resources.memory_limit = Some("64Mi".into()));
    make(&cluster, &shop).await.unwrap();
    let quota =
        json!({"metadata": {"name": "small"}, "spec": {"hard": {"limits.memory": "128Mi", "pods": "3"}}});
    put::<ResourceQuota>(target, &shop, quota).await;
    counted(target, &shop).await;
    assert_eq!(codes(&plan(&cluster, &shop, Care::Sure).await), [""; 0]);
    let three = next(&shop, |spec| spec.components[0].replicas = 3);
    let no_room = plan(&cluster, &three, Care::Sure).await;
    assert_eq!(codes(&no_room), ["SLW_QUOTA"]);
    let told = "ResourceQuota small: limits.memory: 192Mi needed, 0 used by others, 128Mi allowed";
    assert_eq!(no_room.findings[0].cause.evidence, [told]);

    let range = json!({"metadata": {"name": "sizes"}, "spec": {"limits": [{"type": "Container", "max": {"memory": "32Mi"}}]}});
    put::<LimitRange>(target, &shop, range).await;
    let too_large = plan(&cluster, &shop, Care::Sure).await;
    assert_eq!(codes(&too_large), ["SLW_LIMIT_RANGE"]);
    let told = "LimitRange sizes: container web uses memory: 64Mi, at most 32Mi is allowed";
    assert!(too_large.findings[0].cause.evidence.iter().any(|line| line == told), "{too_large:?}");
    away(target, &shop).await;
}

async fn d6_an_address_of_somebody_else_stops_the_plan(target: &Target) {
    let (cluster, shop) = (cluster(target), shop(target));
    let backend = json!({"service": {"name": "old", "port": {"number": 80}}});
    let paths = json!([{"path": format!("/{}/", shop.name), "pathType": "Prefix", "backend": backend}]);
    let rules = json!([{"host": "gateway.localhost", "http": {"paths": paths}}]);
    let ingress = json!({"metadata": {"name": "old"}, "spec": {"rules": rules}});
    target.make_namespace().await;
    target.create::<Ingress>(ingress).await.unwrap();
    let plan = plan(&cluster, &shop, Care::Thorough).await;
    assert_eq!(codes(&plan), ["SLW_ROUTE_TAKEN"]);
    let told = format!("Ingress old in the namespace {}", target.namespace);
    assert_eq!(plan.findings[0].cause.evidence, [told]);
    assert!(apply(&cluster, &shop, &plan).await.is_err());
    assert!(!cluster.is_taken(&shop.name).await.unwrap());
}

async fn d6_a_task_that_fits_on_no_node_stops_the_plan(target: &Target) {
    let (cluster, shop) = (cluster(target), shop(target));
    let large = next(&shop, |spec| spec.components[0].resources.cpu = "4000".into());
    target
        .eventually("the nodes are known and too small", async || {
            codes(&plan(&cluster, &large, Care::Swift).await) == ["SLW_UNSCHEDULABLE_CPU"]
        })
        .await;
    let many = next(&shop, |spec| {
        (spec.components[0].resources.cpu, spec.components[0].replicas) = ("1".into(), 4000);
    });
    let crowded = plan(&cluster, &many, Care::Thorough).await;
    assert_eq!(codes(&crowded), [""; 0]);
    let warned: Vec<_> = crowded.findings.iter().map(|finding| finding.cause.code.as_str()).collect();
    assert_eq!(warned, ["SLW_LITTLE_ROOM"]);
}

async fn s1_09_of_two_that_want_a_namespace_one_is_told(target: &Target) {
    let (cluster, shop) = (cluster(target), shop(target));
    let plan = plan(&cluster, &shop, Care::Sure).await;
    // Between the plan and the deed somebody else makes it.
    let namespaces: Api<Namespace> = Api::all(target.client.clone());
    let foreign = serde_json::from_value(json!({"metadata": {"name": shop.name}})).unwrap();
    namespaces.create(&PostParams::default(), &foreign).await.unwrap();
    let told = apply(&cluster, &shop, &plan).await.unwrap_err();
    assert!(matches!(told, ApplyProblem::Stale(_)), "{told:?}");
    let refused = make(&cluster, &shop).await.unwrap_err();
    assert!(matches!(refused, ApplyProblem::Hopeless(cause) if cause.code == "SLW_NAMESPACE_TAKEN"));
    let namespace = namespaces.get(shop.name.as_str()).await.unwrap();
    assert!(!namespace.labels().contains_key("app.kubernetes.io/managed-by"));
    away(target, &shop).await;
}

fn bound() -> Access {
    Access {
        user_prefix: "oidc:".into(),
        group_prefix: "oidc-group:".into(),
        admin_role: Some("edit".into()),
        user_role: Some("view".into()),
    }
}

async fn s1_11_people_are_bound_in_the_namespace_and_move_without_a_restart(target: &Target) {
    let (cluster, shop) = (cluster(target).with_access(Some(bound())), shop(target));
    let shop = next(&shop, |spec| (spec.admins, spec.users) = (vec!["ana".into()], vec!["hr".into()]));
    make(&cluster, &shop).await.unwrap();
    let bindings = within::<RoleBinding>(target, &shop);
    let admins = bindings.get("slipway-admins-edit").await.unwrap();
    let names: Vec<_> =
        admins.subjects.unwrap().into_iter().map(|subject| (subject.kind, subject.name)).collect();
    let both = [("User", "oidc:ana"), ("Group", "oidc-group:ana")];
    assert_eq!(names, both.map(|(kind, name)| (kind.to_owned(), name.to_owned())));
    assert_eq!(bindings.get("slipway-users-view").await.unwrap().role_ref.name, "view");

    let moved = next(&shop, |spec| (spec.admins, spec.users) = (vec!["bo".into()], vec![]));
    let plan = plan(&cluster, &moved, Care::Sure).await;
    assert_eq!(action(&plan, "RoleBinding", "slipway-admins-edit"), Some(Action::Change));
    assert_eq!(action(&plan, "RoleBinding", "slipway-users-view"), Some(Action::Remove));
    assert_eq!(plan.steps(), 2, "only the bindings change: {plan:?}");
    apply(&cluster, &moved, &plan).await.unwrap();
    assert!(bindings.get_opt("slipway-users-view").await.unwrap().is_none());
    target
        .eventually("the removal ends", async || {
            matches!(cluster.remove(&shop.name, shop.id).await.unwrap(), Removal::Gone(_))
        })
        .await;
}

async fn s1_l03_access_moves_alone_whatever_else_would_change(target: &Target) {
    let (cluster, shop) = (cluster(target).with_access(Some(bound())), shop(target));
    let shop = next(&shop, |spec| (spec.admins, spec.users) = (vec!["ana".into()], vec!["hr".into()]));
    make(&cluster, &shop).await.unwrap();
    let deployments = within::<Deployment>(target, &shop);
    let before = deployments.get("web").await.unwrap().metadata.generation;

    let moved = next(&shop, |spec| {
        (spec.admins, spec.users) = (vec!["bo".into()], vec![]);
        spec.components[0].env.insert("PENDING".to_owned(), "yes".to_owned());
        spec.components.push(second(target));
    });
    let plan = cluster.plan_access(&moved).await.unwrap();
    let actions: Vec<_> =
        plan.objects.iter().map(|planned| (planned.name.as_str(), planned.action)).collect();
    assert_eq!(actions, [("slipway-admins-edit", Action::Change), ("slipway-users-view", Action::Remove)]);
    apply(&cluster, &moved, &plan).await.unwrap();
    let bindings = within::<RoleBinding>(target, &shop);
    let subjects = bindings.get("slipway-admins-edit").await.unwrap().subjects.unwrap();
    assert_eq!(subjects[0].name, "oidc:bo");
    assert!(bindings.get_opt("slipway-users-view").await.unwrap().is_none());
    assert_eq!(deployments.get("web").await.unwrap().metadata.generation, before);
    assert!(deployments.get_opt("api").await.unwrap().is_none());
    target
        .eventually("the removal ends", async || {
            matches!(cluster.remove(&shop.name, shop.id).await.unwrap(), Removal::Gone(_))
        })
        .await;
    let gone = cluster.plan_access(&moved).await.unwrap();
    assert_eq!(codes(&gone), ["SLW_NAMESPACE_GONE"]);
    assert!(gone.objects.is_empty());
}

fn second(target: &Target) -> ComponentSpec {
    let web = shop(target).components.remove(0);
    ComponentSpec { name: ComponentName::parse("api").unwrap(), route: None, replicas: 1, ..web }
}

/// A client that counts its requests; watches, and the lists that begin them, are not counted.
fn counting(target: &Target) -> (Client, Arc<AtomicUsize>) {
    let (client, count) = (target.client.clone(), Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&count);
    let service = tower::service_fn(move |request: http::Request<kube::client::Body>| {
        let query = request.uri().query().unwrap_or_default();
        if !query.contains("watch=") && !query.contains("limit=") {
            counter.fetch_add(1, Ordering::SeqCst);
        }
        let client = client.clone();
        async move { client.send(request).await }
    });
    (Client::new(service, "default"), count)
}

/// An application of the namespace and twelve objects.
fn thirteen(target: &Target) -> ApplicationSpec {
    let components = ["a", "b", "c", "d"].map(|name| ComponentSpec {
        name: ComponentName::parse(name).unwrap(),
        route: Some(format!("/{name}")),
        ..shop(target).components.remove(0)
    });
    ApplicationSpec { components: components.into(), ..shop(target) }
}

#[tokio::test]
async fn g6_planning_costs_a_new_application_no_requests_of_its_own() {
    let target = Target::sandbox();
    let (client, count) = counting(&target);
    let gateway = Gateway { host: "gateway.localhost".into(), ingress_class: None };
    let cluster = KubernetesCluster::start(client, gateway, Arc::new(Now));
    let first = thirteen(&target);
    target
        .eventually("the watches are listed", async || cluster.observe(&first.name, first.id).await.is_ok())
        .await;
    let taken = |count: &AtomicUsize| count.swap(0, Ordering::SeqCst);
    taken(&count);

    // One after the other, as the engine does each.
    let began = Instant::now();
    let applications: Vec<_> = (0..20).map(|_| thirteen(&target)).collect();
    for spec in &applications {
        make(&cluster, spec).await.unwrap();
    }
    let (bare, asked) = (20 * 13, taken(&count));
    println!("20 new applications of 13 objects: {asked} requests, a bare loop needs {bare}");
    // The routes of others are listed once in ten seconds, however many applications are made meanwhile.
    let listings = 1 + usize::try_from(began.elapsed().as_secs() / 10).unwrap();
    assert!(asked <= bare + listings, "{asked} requests for {bare} objects");

    let known = async || {
        let observed = cluster.observe(&applications[0].name, applications[0].id).await.unwrap();
        observed.namespace == Namespaced::Active
    };
    target.eventually("the watches have seen it", known).await;
    taken(&count);
    let same = next(&applications[0], |_| {});
    make(&cluster, &same).await.unwrap();
    let unchanged = taken(&count);
    let one = next(&same, |spec| spec.components[0].replicas = 3);
    make(&cluster, &one).await.unwrap();
    let changed = taken(&count);
    println!("an update of 13 objects: {unchanged} requests where nothing changes, {changed} for one change");
    // The namespace, seven lists, two of budgets, a dry run of each object, what is written, and now and then the routes.
    let usual = 1 + 7 + 2 + 13;
    assert!((usual..=usual + 1).contains(&unchanged), "{unchanged}");
    assert!((usual + 1..=usual + 2).contains(&changed), "{changed}");
}
