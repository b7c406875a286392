//! The port `Cluster` as the engine uses it, from nothing to nothing, on both clusters.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api,
    api::{DeleteParams, PostParams},
};
use slipway_domain::{
    ids::{ApplicationId, Clock},
    image::ImageRef,
    names::{ApplicationName, ComponentName, ProjectName},
    observed,
    plan::Care,
    ports::{ApplyProblem, Cluster, Removal, Secrets},
    release::ReleaseVersion,
    spec::{ApplicationSpec, ComponentSpec},
    workload::Probe,
};
use slipway_kubernetes::{KubernetesCluster, manifest::Gateway};
use ulid::Ulid;

use crate::target::{Target, on_bare};

on_bare! {
    an_application_is_applied_observed_and_removed_without_a_trace needs node;
    s1_09_a_namespace_of_somebody_else_is_not_touched;
    a_cluster_that_goes_away_is_noticed_and_comes_back;
}

pub struct Now;

impl Clock for Now {
    #[expect(clippy::disallowed_methods, reason = "the real cluster lives in real time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

pub fn cluster(target: &Target) -> KubernetesCluster {
    let gateway = Gateway { host: "gateway.localhost".into(), ingress_class: None };
    KubernetesCluster::start(target.client.clone(), gateway, Arc::new(Now))
}

#[expect(clippy::disallowed_methods, reason = "a test makes up its own names")]
pub fn shop(target: &Target) -> ApplicationSpec {
    let id = Ulid::generate();
    let image = ImageRef::parse(&target.image()).unwrap();
    let web = ComponentSpec {
        port: Some(8080),
        ready: Some(Probe::new(Some("/healthz".into()))),
        route: Some("/".into()),
        replicas: 2,
        ..ComponentSpec::new(ComponentName::parse("web").unwrap(), image)
    };
    ApplicationSpec {
        id: ApplicationId(id),
        // The end of an id is its random part.
        name: ApplicationName::parse(&format!("shop-{}", id.to_string()[16..].to_lowercase())).unwrap(),
        generation: 1,
        project: ProjectName::parse("shop").unwrap(),
        version: ReleaseVersion::new(1).unwrap(),
        release: String::new(),
        admins: vec![],
        users: vec![],
        wishes: std::collections::BTreeMap::new(),
        database: None,
        database_password: None,
        components: vec![web],
    }
}

/// Plans and applies, as the engine does.
pub async fn make(cluster: &KubernetesCluster, spec: &ApplicationSpec) -> Result<(), ApplyProblem> {
    let none = Secrets::new();
    for care in [Care::Swift, Care::Sure] {
        let plan = cluster.plan(spec, &none, care).await.map_err(ApplyProblem::Passing)?;
        match cluster.apply(spec, &none, &plan, &|_, _| {}).await {
            Err(ApplyProblem::Stale(_)) if care == Care::Swift => {}
            done => return done,
        }
    }
    Ok(())
}

async fn an_application_is_applied_observed_and_removed_without_a_trace(target: &Target) {
    let (cluster, shop) = (cluster(target), shop(target));
    make(&cluster, &shop).await.unwrap();
    make(&cluster, &shop).await.unwrap();
    target
        .eventually("both tasks are ready", async || {
            let observed = cluster.observe(&shop.name, shop.id).await.unwrap_or_default();
            observed.components.iter().any(|component| component.is_ready() && component.tasks.len() == 2)
        })
        .await;
    assert!(cluster.is_taken(&shop.name).await.unwrap());
    target
        .eventually("the removal ends", async || {
            matches!(cluster.remove(&shop.name, shop.id).await.unwrap(), Removal::Gone(_))
        })
        .await;
    assert!(!cluster.is_taken(&shop.name).await.unwrap());
    target
        .eventually("nothing is observed", async || {
            let observed = cluster.observe(&shop.name, shop.id).await.unwrap();
            observed.namespace == observed::Namespace::Absent && observed.components.is_empty()
        })
        .await;
}

async fn s1_09_a_namespace_of_somebody_else_is_not_touched(target: &Target) {
    let (cluster, shop) = (cluster(target), shop(target));
    let namespaces: Api<Namespace> = Api::all(target.client.clone());
    let foreign = serde_json::json!({"metadata": {"name": shop.name}});
    namespaces.create(&PostParams::default(), &serde_json::from_value(foreign).unwrap()).await.unwrap();
    let refused = make(&cluster, &shop).await.unwrap_err();
    assert!(matches!(refused, ApplyProblem::Hopeless(cause) if cause.code == "SLW_NAMESPACE_TAKEN"));
    assert_eq!(cluster.remove(&shop.name, shop.id).await.unwrap(), Removal::NotOurs);
    let namespace = namespaces.get(shop.name.as_str()).await.unwrap();
    assert!(namespace.metadata.deletion_timestamp.is_none());
    namespaces.delete(shop.name.as_str(), &DeleteParams::default()).await.unwrap();
}

async fn a_cluster_that_goes_away_is_noticed_and_comes_back(target: &Target) {
    let (cluster, shop) = (cluster(target), shop(target));
    target
        .eventually("the watches are listed", async || cluster.observe(&shop.name, shop.id).await.is_ok())
        .await;
    assert_eq!(cluster.out_of_reach_since(), None);
    // Only the simulated server can be taken away in the middle of a test; the real one is by the browser tests.
    let Some(sandbox) = &target.sandbox else { return };
    sandbox.set_reachable(false);
    target.eventually("it is noticed", async || cluster.out_of_reach_since().is_some()).await;
    tokio::time::sleep(Duration::from_millis(10)).await;
    sandbox.set_reachable(true);
    target.eventually("it is back", async || cluster.out_of_reach_since().is_none()).await;
}
