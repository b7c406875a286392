//! What is around the program: a simulated cluster and a registry, served over HTTP, and an assassin between.

use std::{
    fs,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use http_body_util::BodyExt;
use kube::client::Body;
use serde_json::Value;
use sha2::{Digest, Sha256};
use slipway_kubernetes::sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// When the program is killed: at which of its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The request has not done anything.
    Before(usize),
    /// It has, but its answer did not arrive.
    After(usize),
}

impl Moment {
    /// The number of that request.
    pub fn number(self) -> usize {
        match self {
            Self::Before(number) | Self::After(number) => number,
        }
    }
}

/// Everything around one life of the program.
pub struct World {
    pub folder: TempDir,
    pub registry: String,
    pub releases: String,
    pub sandbox: Arc<Sandbox>,
    pub assassin: Arc<Assassin>,
}

/// Counts requests and kills at the chosen one.
pub struct Assassin {
    moment: Option<Moment>,
    requests: AtomicUsize,
    victim: Mutex<Option<u32>>,
}

impl Assassin {
    /// Names the process that is to be killed.
    pub fn follow(&self, victim: u32) {
        *self.victim.lock().unwrap_or_else(PoisonError::into_inner) = Some(victim);
    }

    fn strike(&self) -> Response {
        if let Some(victim) = self.victim.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let killed = std::process::Command::new("kill").args(["-9", &victim.to_string()]).status();
            assert!(killed.unwrap().success());
        }
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    }
}

impl World {
    /// A new one.
    pub async fn new(moment: Option<Moment>) -> Self {
        let sandbox = Arc::new(Sandbox::start(SandboxOptions::fast()));
        let assassin = Arc::new(Assassin { moment, requests: AtomicUsize::new(0), victim: Mutex::new(None) });
        let state = (Arc::clone(&sandbox), Arc::clone(&assassin));
        let cluster = serve(Router::new().fallback(any(cluster)).with_state(state)).await;
        let registry = serve(Router::new().fallback(any(registry)).with_state(Arc::clone(&assassin))).await;
        let folder = tempfile::tempdir().unwrap();
        let config = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
             clusters: [{{name: c, cluster: {{server: 'http://{cluster}'}}}}]\n\
             users: [{{name: c, user: {{}}}}]\ncontexts: [{{name: c, context: {{cluster: c, user: c}}}}]\n"
        );
        fs::write(folder.path().join("kubeconfig"), config).unwrap();
        let releases = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/releases").to_owned();
        Self { folder, registry, releases, sandbox, assassin }
    }

    /// How many requests could have been chosen so far.
    pub fn requests(&self) -> usize {
        self.assassin.requests.load(Ordering::SeqCst)
    }

    /// The object of that kind and name, if there is one in the namespace.
    pub fn object(&self, namespace: &str, kind: &str, name: &str) -> Option<Value> {
        let document = self.sandbox.export();
        let mut objects = document["objects"].as_array().unwrap().iter().map(|entry| &entry["object"]);
        let found = objects.find(|object| {
            let metadata = &object["metadata"];
            object["kind"] == kind && metadata["name"] == name && metadata["namespace"] == namespace
        });
        found.cloned()
    }

    /// What the program made in that namespace, and the namespace itself.
    pub fn objects_of(&self, namespace: &str) -> Vec<String> {
        let document = self.sandbox.export();
        let objects = document["objects"].as_array().unwrap().iter().filter_map(|object| {
            let object = &object["object"];
            let (kind, name) = (object["kind"].as_str()?, object["metadata"]["name"].as_str()?);
            let place = object["metadata"]["namespace"].as_str().unwrap_or(name);
            let by_us = object["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "slipway";
            let is_made_by_others = ["Pod", "ReplicaSet"].contains(&kind);
            let generation = &object["metadata"]["generation"];
            (place == namespace && by_us && !is_made_by_others)
                .then(|| format!("{kind} {name}, generation {generation}"))
        });
        let mut objects: Vec<_> = objects.collect();
        objects.sort();
        objects
    }
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    place
}

async fn cluster(
    State((sandbox, assassin)): State<(Arc<Sandbox>, Arc<Assassin>)>,
    request: Request,
) -> Response {
    // Watches go on all the time, and asking for the version is how the program begins.
    let query = request.uri().query().unwrap_or_default();
    let is_moment =
        request.uri().path() != "/version" && !query.contains("watch=") && !query.contains("limit=");
    let client = sandbox.client();
    let forward = async move {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        match client.send(axum::http::Request::from_parts(head, Body::from(body))).await {
            Ok(answer) => answer.map(axum::body::Body::new).into_response(),
            Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        }
    };
    if is_moment { assassin.between(forward).await } else { forward.await }
}

/// Every repository has every tag but `missing`, and behind each the same image.
async fn registry(State(assassin): State<Arc<Assassin>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    assassin.between(async move { image(&path) }).await
}

fn image(path: &str) -> Response {
    let config =
        r#"{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}"#;
    let manifest = serde_json::json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": digest(config),
            "size": config.len(),
        },
        "layers": [],
    });
    let manifest = manifest.to_string();
    match path.rsplit_once("/manifests/") {
        Some((_, tag)) if tag.contains("missing") => StatusCode::NOT_FOUND.into_response(),
        Some(_) => {
            let headers = [(header::CONTENT_TYPE, MANIFEST.to_owned()), (DIGEST, digest(&manifest))];
            (headers, manifest).into_response()
        }
        None => ([(DIGEST, digest(config))], config).into_response(),
    }
}

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

fn digest(text: &str) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

impl Assassin {
    async fn between(&self, answer: impl Future<Output = Response>) -> Response {
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        if self.moment == Some(Moment::Before(number)) {
            return self.strike();
        }
        let answer = answer.await;
        if self.moment == Some(Moment::After(number)) { self.strike() } else { answer }
    }
}
