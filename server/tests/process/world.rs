//! What is around the program: a simulated cluster and a registry, served over HTTP, and a witness between.

use std::{fs, path::Path, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
    routing::any,
};
use http_body_util::BodyExt;
use kube::client::Body;
use serde_json::{Value, json};
use slipway_kubernetes::sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::{
    registry::Registry,
    witness::{Seen, Witness, signature},
};

/// Everything around one life of the program.
pub struct World {
    pub folder: TempDir,
    /// Host and port of the registry.
    pub registry: String,
    /// Host and port of the cluster's API server.
    pub cluster: String,
    pub releases: String,
    pub pushed: Arc<Registry>,
    pub sandbox: Arc<Sandbox>,
    /// The cluster that programs see: the sandbox, unless a test is about another one.
    pub client: kube::Client,
    pub witness: Arc<Witness>,
}

impl World {
    /// A new one, with the example releases.
    pub async fn new() -> Self {
        let sandbox = Arc::new(Sandbox::start(SandboxOptions::fast()));
        let client = sandbox.client();
        Self::around(sandbox, client).await
    }

    /// A new one around that cluster.
    pub async fn around(sandbox: Arc<Sandbox>, client: kube::Client) -> Self {
        let (witness, pushed) = (Arc::new(Witness::default()), Arc::new(Registry::default()));
        let state = (Arc::clone(&pushed), Arc::clone(&witness));
        let registry = serve(Router::new().fallback(any(registry)).with_state(state)).await;
        let folder = tempfile::tempdir().unwrap();
        let releases = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/releases").to_owned();
        let mut world =
            Self { folder, registry, cluster: String::new(), releases, pushed, sandbox, client, witness };
        world.cluster = world.door("console").await;
        world
    }

    /// Another way to the same cluster, for a program of that name; its host and port.
    pub async fn door(&self, who: &str) -> String {
        let state = (self.client.clone(), Arc::clone(&self.witness), who.to_owned());
        serve(Router::new().fallback(any(cluster)).with_state(state)).await
    }

    /// Releases of its own in place of the examples: project, version, components.
    pub fn release(&mut self, project: &str, version: u32, components: &Value) {
        let releases = self.folder.path().join("releases");
        self.releases = releases.display().to_string();
        let folder = releases.join(format!("{project}/{version}"));
        fs::create_dir_all(&folder).unwrap();
        let manifest = json!({"kind": "container", "name": project, "version": version.to_string(),
            "components": components});
        fs::write(folder.join(format!("{project}.json")), manifest.to_string()).unwrap();
    }

    /// From now on every component carries the files of its release, so that images are built and pushed.
    pub fn carry_files(&self) {
        let pattern = "kind = \"container\"\n[[components]]\nname = \"{item}\"\neach = \"component\"\n\
                       files = \"/release\"\n";
        let folder = self.folder.path().join("blueprints");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("container.toml"), pattern).unwrap();
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
        let mut all = self.objects();
        all.retain(|(place, _)| place == namespace);
        all.into_iter().map(|(_, object)| object).collect()
    }

    /// What the program made anywhere, by namespace.
    pub fn objects(&self) -> Vec<(String, String)> {
        let document = self.sandbox.export();
        let objects = document["objects"].as_array().unwrap().iter().filter_map(|object| {
            let object = &object["object"];
            let metadata = &object["metadata"];
            let (kind, name) = (object["kind"].as_str()?, metadata["name"].as_str()?);
            let place = metadata["namespace"].as_str().unwrap_or(name);
            let by_us = metadata["labels"]["app.kubernetes.io/managed-by"] == "slipway";
            let is_made_by_others = ["Pod", "ReplicaSet"].contains(&kind);
            let (changes, generation) =
                (&metadata["generation"], &metadata["labels"]["slipway.internal/generation"]);
            let told = format!("{kind} {name} of generation {generation}, changed {changes}");
            (by_us && !is_made_by_others).then(|| (place.to_owned(), told))
        });
        let mut objects: Vec<_> = objects.collect();
        objects.sort();
        objects
    }
}

/// Writes the settings of a way to a cluster.
pub fn write_kubeconfig(file: &Path, place: &str) {
    let config = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
         clusters: [{{name: c, cluster: {{server: 'http://{place}'}}}}]\n\
         users: [{{name: c, user: {{}}}}]\ncontexts: [{{name: c, context: {{cluster: c, user: c}}}}]\n"
    );
    fs::write(file, config).unwrap();
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    place
}

/// A request that was read whole.
struct Read {
    head: Parts,
    path: String,
    query: String,
    /// What the witness is told of it.
    seen: Seen,
}

async fn read(who: String, request: Request) -> Option<Read> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.ok()?.to_bytes();
    let (path, query) = (head.uri.path().to_owned(), head.uri.query().unwrap_or_default().to_owned());
    let seen = Seen { who, what: signature(&head.method, &path, &query), body };
    Some(Read { head, path, query, seen })
}

async fn cluster(
    State((client, witness, who)): State<(kube::Client, Arc<Witness>, String)>,
    request: Request,
) -> Response {
    let Some(Read { head, path, query, seen }) = read(who, request).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let body = seen.body.clone();
    let forward = async move {
        match client.send(axum::http::Request::from_parts(head, Body::from(body))).await {
            Ok(answer) => answer.map(axum::body::Body::new).into_response(),
            Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        }
    };
    // Watches go on all the time, asking for the version is how the program begins, and the routes of everybody are
    // asked for only now and then.
    let is_routes = path == "/apis/networking.k8s.io/v1/ingresses";
    if query.contains("watch=") {
        witness.watch_began();
    }
    if path == "/version" || is_routes || query.contains("watch=") || query.contains("limit=500") {
        return forward.await;
    }
    witness.between(seen, forward).await
}

async fn registry(
    State((registry, witness)): State<(Arc<Registry>, Arc<Witness>)>,
    request: Request,
) -> Response {
    let Some(Read { head, path, query, seen }) = read("console".to_owned(), request).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let body = seen.body.clone();
    witness.between(seen, async move { registry.answer(&head.method, &path, &query, body) }).await
}
