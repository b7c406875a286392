//! A cluster under observation, namespaces with the labels of an application, and the clock.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use futures::FutureExt;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use kube::{
    Api, Client,
    api::{ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, PostParams},
};
use serde_json::{Value, json};
use slipway_domain::{
    cause::{Cause, causes},
    ids::{ApplicationId, Clock},
    names::ApplicationName,
    ports::Cluster,
};
use slipway_kubernetes::{KubernetesCluster, manifest::Gateway};
use ulid::Ulid;

use crate::list::Fault;

/// How long a cluster may take to show a fault: a crash is continuous only after pauses of 10, 20 and 40 s.
const PATIENCE: Duration = Duration::from_mins(3);
const LOOK: Duration = Duration::from_millis(100);
/// The cluster is polled at every so many looks.
const POLL: u32 = 10;

struct Now;

impl Clock for Now {
    #[expect(clippy::disallowed_methods, reason = "the cluster lives in real time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A cluster under observation.
pub struct Stage {
    pub client: Client,
    pub cluster: KubernetesCluster,
    pub registry: String,
    pub registry_auth: String,
}

/// An application's namespace.
pub struct Scene {
    pub name: ApplicationName,
    pub id: ApplicationId,
}

/// What came of a fault.
pub struct Told {
    name: &'static str,
    code: &'static str,
    shown: Option<Duration>,
    right: Option<Duration>,
    /// What was told last.
    last: Vec<Cause>,
}

impl Told {
    pub fn is_right_within(&self, promised: Duration) -> bool {
        self.delay().is_some_and(|delay| delay <= promised)
    }

    fn delay(&self) -> Option<Duration> {
        Some(self.right?.saturating_sub(self.shown?))
    }

    pub fn line(&self) -> String {
        let seconds =
            |time: Option<Duration>| time.map_or("-".into(), |time| format!("{:.1}", time.as_secs_f64()));
        let Self { name, code, shown, right, .. } = self;
        let line = format!(
            "{name:34} {code:26} shown {:>6} s, told {:>6} s, delay {:>4} s",
            seconds(*shown),
            seconds(*right),
            seconds(self.delay())
        );
        if right.is_some() { line } else { format!("{line}\n    told instead: {:#?}", self.last) }
    }
}

impl Stage {
    pub fn new(client: Client, registry: &str, registry_auth: &str) -> Self {
        let gateway = Gateway { host: "gateway.localhost".into(), ingress_class: None };
        let cluster = KubernetesCluster::start(client.clone(), gateway, Arc::new(Now));
        Self { client, cluster, registry: registry.to_owned(), registry_auth: registry_auth.to_owned() }
    }

    /// None, with a word about why, if there is no real cluster with a node and images.
    pub async fn real() -> Option<Self> {
        let setting = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let skip = |why: &str| {
            assert!(setting("SLIPWAY_TEST_REQUIRE").is_none(), "{why}");
            println!("skipped on the real cluster: {why}");
        };
        let Some(path) = setting("SLIPWAY_TEST_KUBECONFIG") else {
            skip("SLIPWAY_TEST_KUBECONFIG is not set");
            return None;
        };
        if setting("SLIPWAY_TEST_NODE").as_deref() != Some("yes") {
            println!("skipped on the real cluster: it has no node that runs containers");
            return None;
        }
        let registries = setting("SLIPWAY_TEST_REGISTRY").zip(setting("SLIPWAY_TEST_REGISTRY_AUTH"));
        let Some((registry, registry_auth)) = registries else {
            skip("SLIPWAY_TEST_REGISTRY and SLIPWAY_TEST_REGISTRY_AUTH are not set");
            return None;
        };
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = slipway_kubernetes::from_kubeconfig(path.as_ref(), None).await.unwrap().client;
        Some(Self::new(client, &registry, &registry_auth))
    }

    pub fn image(&self) -> String {
        format!("{}/slipway/probe:1.0", self.registry)
    }

    /// A namespace as Slipway makes it, with more labels of its own.
    #[expect(clippy::disallowed_methods, reason = "a test makes up its own names")]
    pub async fn open(&self, labels: &Value) -> Scene {
        let id = Ulid::generate();
        let name = format!("fault-{}", id.to_string()[16..].to_lowercase());
        let mut own = json!({
            "app.kubernetes.io/managed-by": "slipway", "app.kubernetes.io/part-of": name,
            "slipway.internal/application-id": id.to_string(),
        });
        for (key, value) in labels.as_object().into_iter().flatten() {
            own[key] = value.clone();
        }
        let object = json!({"metadata": {"name": name, "labels": own}});
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        namespaces.create(&PostParams::default(), &serde_json::from_value(object).unwrap()).await.unwrap();
        // Pods are refused before it is there, and of several refusals a replica set keeps the first one's words.
        let accounts: Api<ServiceAccount> = Api::namespaced(self.client.clone(), &name);
        while accounts.get_opt("default").await.unwrap().is_none() {
            tokio::time::sleep(LOOK).await;
        }
        Scene { name: ApplicationName::parse(&name).unwrap(), id: ApplicationId(id) }
    }

    pub async fn close(&self, scene: &Scene) {
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let _ = namespaces.delete(scene.name.as_str(), &DeleteParams::default()).await;
    }

    /// Creates an object of whatever kind, in the namespace if its kind lives in one.
    pub async fn create(&self, scene: &Scene, object: &Value) {
        let (group, version) = object["apiVersion"].as_str().unwrap().rsplit_once('/').unwrap_or(("", "v1"));
        let kind = object["kind"].as_str().unwrap();
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind));
        let is_global = matches!(kind, "Node") || kind.starts_with("ValidatingAdmissionPolicy");
        let api: Api<DynamicObject> = if is_global {
            Api::all_with(self.client.clone(), &resource)
        } else {
            Api::namespaced_with(self.client.clone(), scene.name.as_str(), &resource)
        };
        let text = object.to_string().replace("$NAMESPACE", scene.name.as_str());
        api.create(&PostParams::default(), &serde_json::from_str(&text).unwrap()).await.unwrap();
    }

    pub async fn causes(&self, scene: &Scene) -> Vec<Cause> {
        let observed = self.cluster.observe(&scene.name, scene.id).await;
        observed.map(|observed| causes(&observed)).unwrap_or_default()
    }

    /// Do the objects of that kind in the namespace contain the words?
    async fn shows(&self, scene: &Scene, (group, kind): (&str, &str), words: &str) -> bool {
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, "v1", kind));
        let api: Api<DynamicObject> =
            Api::namespaced_with(self.client.clone(), scene.name.as_str(), &resource);
        let listed = api.list(&ListParams::default()).await;
        listed.is_ok_and(|list| list.items.iter().any(|item| item.data.to_string().contains(words)))
    }

    /// Makes the fault happen and waits until it is told. What was made is removed, whatever comes of it.
    pub async fn play(&self, fault: &Fault) -> Told {
        let scene = self.open(&fault.labels).await;
        let played = AssertUnwindSafe(self.inject(&scene, fault)).catch_unwind().await;
        self.close(&scene).await;
        for (kind, name) in &fault.leftovers {
            let gvk = GroupVersionKind::gvk("admissionregistration.k8s.io", "v1", kind);
            let api: Api<DynamicObject> = Api::all_with(self.client.clone(), &ApiResource::from_gvk(&gvk));
            let name = name.replace("$NAMESPACE", scene.name.as_str());
            let _ = api.delete(&name, &DeleteParams::default()).await;
        }
        played.unwrap_or_else(|broken| resume_unwind(broken))
    }

    async fn inject(&self, scene: &Scene, fault: &Fault) -> Told {
        for object in &fault.before {
            self.create(scene, object).await;
        }
        if !fault.before.is_empty() {
            // A quota counts, and a policy is obeyed, only some time after it was made.
            tokio::time::sleep(Duration::from_secs(if fault.is_policy { 5 } else { 1 })).await;
        }
        for object in &fault.objects {
            self.create(scene, object).await;
        }
        self.watch(scene, fault).await
    }

    async fn watch(&self, scene: &Scene, fault: &Fault) -> Told {
        let begin = Instant::now();
        let mut told = Told { name: fault.name, code: fault.code, shown: None, right: None, last: vec![] };
        for look in 0.. {
            if told.right.is_none() {
                told.last = self.causes(scene).await;
                if told.last.iter().any(|cause| fault.is_told_by(cause)) {
                    told.right = Some(begin.elapsed());
                }
            }
            if told.shown.is_none() && look % POLL == 0 && self.shows(scene, fault.place, fault.shows).await {
                told.shown = Some(begin.elapsed());
            }
            let is_late = told.shown.is_some_and(|shown| begin.elapsed() > shown + crate::PROMISED);
            if told.right.is_some() && told.shown.is_some() || is_late || begin.elapsed() > PATIENCE {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        told
    }

    /// Waits until the causes are as expected; how long it took.
    pub async fn until(&self, scene: &Scene, what: &str, test: impl Fn(&[Cause]) -> bool) -> Duration {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            let causes = self.causes(scene).await;
            if test(&causes) {
                return begin.elapsed();
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("{what} was not told: {:#?}", self.causes(scene).await)
    }
}
