//! A cluster to hold to the contract, and a namespace of its own for every rule.

use std::{fmt::Debug, future::Future, time::Duration};

use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client, Resource,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use slipway_kubernetes::sandbox::{Sandbox, SandboxOptions};
use tokio::sync::{Semaphore, SemaphorePermit};
use ulid::Ulid;

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(2);
/// So many rules are tried on the real cluster at once. It removes a namespace with a hundred requests of its own, and
/// would otherwise be asked to remove all of them at the same time.
static AT_ONCE: Semaphore = Semaphore::const_new(8);

/// One of the two clusters.
pub struct Target {
    pub client: Client,
    pub namespace: String,
    /// Where test images are.
    pub registry: String,
    pub sandbox: Option<Sandbox>,
    /// The right to be tried now.
    _turn: Option<SemaphorePermit<'static>>,
}

impl Target {
    pub fn sandbox() -> Self {
        let sandbox = Sandbox::start(SandboxOptions::fast());
        Self::new(sandbox.client(), Some(sandbox), "registry.example.com".to_owned(), None)
    }

    /// None, with a word about why, if there is no real cluster (or no node, when the rule needs one).
    pub async fn real(needs_node: bool) -> Option<Self> {
        let skip = |why: &str| {
            assert!(std::env::var("SLIPWAY_TEST_REQUIRE").is_err(), "{why}");
            println!("skipped on the real cluster: {why}");
        };
        let Ok(path) = std::env::var("SLIPWAY_TEST_KUBECONFIG") else {
            skip("SLIPWAY_TEST_KUBECONFIG is not set");
            return None;
        };
        if needs_node && std::env::var("SLIPWAY_TEST_NODE").as_deref() != Ok("yes") {
            println!("skipped on the real cluster: it has no node that runs containers");
            return None;
        }
        // The second of several tests in this process finds it installed, which is just as well.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = slipway_kubernetes::from_kubeconfig(path.as_ref(), None).await.unwrap().client;
        let registry = std::env::var("SLIPWAY_TEST_REGISTRY").unwrap_or_default();
        let turn = AT_ONCE.acquire().await.unwrap();
        Some(Self::new(client, None, registry, Some(turn)))
    }

    #[expect(clippy::disallowed_methods, reason = "a test makes up its own names")]
    fn new(
        client: Client,
        sandbox: Option<Sandbox>,
        registry: String,
        turn: Option<SemaphorePermit<'static>>,
    ) -> Self {
        let namespace = format!("contract-{}", Ulid::generate().to_string().to_lowercase());
        Self { client, namespace, registry, sandbox, _turn: turn }
    }

    /// Makes the namespace that is meant where nothing else is said.
    pub async fn make_namespace(&self) {
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let object = serde_json::from_value(json!({"metadata": {"name": self.namespace}})).unwrap();
        namespaces.create(&PostParams::default(), &object).await.unwrap();
        self.until::<k8s_openapi::api::core::v1::ServiceAccount>("default", |_| true).await;
    }

    /// Takes the namespace away again, and waits for its end, so that the next rule finds a cluster that has time.
    pub async fn clean(&self) {
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let _ = namespaces.delete(&self.namespace, &DeleteParams::default()).await;
        let gone = async {
            while !matches!(namespaces.get_opt(&self.namespace).await, Ok(None)) {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, gone).await;
    }

    pub fn image(&self) -> String {
        format!("{}/slipway/probe:1.0", self.registry)
    }

    pub fn api<K>(&self) -> Api<K>
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Creates a typed object from JSON.
    pub async fn create<K>(&self, object: Value) -> Result<K, kube::Error>
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>
            + DeserializeOwned
            + serde::Serialize
            + Clone
            + Debug,
    {
        let object = serde_json::from_value(object).unwrap();
        self.api().create(&PostParams::default(), &object).await
    }

    /// Applies JSON on the server's side.
    pub async fn apply<K>(&self, manager: &str, force: bool, object: Value) -> Result<K, kube::Error>
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>
            + DeserializeOwned
            + Clone
            + Debug,
    {
        let params = PatchParams { force, ..PatchParams::apply(manager) };
        let name = object["metadata"]["name"].as_str().unwrap().to_owned();
        self.api().patch(&name, &params, &Patch::Apply(object)).await
    }

    /// Waits until the object is as the test says.
    pub async fn until<K>(&self, name: &str, test: impl Fn(&K) -> bool) -> K
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>
            + DeserializeOwned
            + Clone
            + Debug,
    {
        let api: Api<K> = self.api();
        let mut last = None;
        let waiting = async {
            loop {
                last = api.get_opt(name).await.unwrap();
                match last.take() {
                    Some(object) if test(&object) => return object,
                    other => last = other,
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let Ok(object) = tokio::time::timeout(PATIENCE, waiting).await else {
            panic!("{name} did not become as expected")
        };
        object
    }

    /// Waits until the question is answered with yes.
    pub async fn eventually<R: Future<Output = bool>>(&self, what: &str, question: impl Fn() -> R) {
        let waiting = async {
            let mut pause = Duration::from_millis(50);
            while !question().await {
                tokio::time::sleep(pause).await;
                // A removal asks for each kind of object; many at once would keep the cluster from removing.
                pause = (pause * 3 / 2).min(Duration::from_millis(500));
            }
        };
        assert!(tokio::time::timeout(PATIENCE, waiting).await.is_ok(), "{what} did not happen");
    }
}

/// The code and reason of a refusal.
pub fn refusal<T: Debug>(answer: Result<T, kube::Error>) -> (u16, String) {
    match answer {
        Err(kube::Error::Api(status)) => (status.code, status.reason.clone()),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// A deployment of the test image with `change` applied to its one container.
pub fn deployment(target: &Target, name: &str, replicas: u32, change: impl Fn(&mut Value)) -> Value {
    let mut container = json!({
        "name": "web", "image": target.image(), "ports": [{"containerPort": 8080}],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1},
    });
    change(&mut container);
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"terminationGracePeriodSeconds": 2, "containers": [container]},
            },
        },
    })
}

/// Runs a rule on both clusters. Who begins with an application, which is a namespace itself, says `on_bare!`: to
/// remove one costs a real cluster a hundred requests.
macro_rules! on_both {
    ($($rules:tt)*) => {
        $crate::target::on_each! { true, $($rules)* }
    };
}
macro_rules! on_bare {
    ($($rules:tt)*) => {
        $crate::target::on_each! { false, $($rules)* }
    };
}
macro_rules! on_each {
    ($has_namespace:literal, $($rule:ident $(needs $node:ident)?;)*) => {
        mod simulated {
            $(#[tokio::test] async fn $rule() {
                let target = $crate::target::Target::sandbox();
                if $has_namespace { target.make_namespace().await; }
                super::$rule(&target).await;
            })*
        }
        mod real {
            $(#[tokio::test] async fn $rule() {
                let needs_node = false $(|| stringify!($node) == "node")?;
                if let Some(target) = $crate::target::Target::real(needs_node).await {
                    if $has_namespace { target.make_namespace().await; }
                    // A rule that is broken leaves nothing behind either.
                    let rule = std::panic::AssertUnwindSafe(super::$rule(&target));
                    let outcome = futures::FutureExt::catch_unwind(rule).await;
                    target.clean().await;
                    if let Err(broken) = outcome {
                        std::panic::resume_unwind(broken);
                    }
                }
            })*
        }
    };
}
pub(crate) use {on_bare, on_both, on_each};
