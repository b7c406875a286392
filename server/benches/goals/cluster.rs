//! API servers for the program: the simulated one behind a door at which requests are counted, and one that never
//! says what it has.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{any, get},
    serve::Listener as _,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures::stream;
use http_body_util::BodyExt;
use kube::Client;
use serde_json::json;

use crate::tls::Listener;

/// The way to an API server.
pub struct Door {
    /// As the program is told of it.
    pub setting: String,
    counted: Arc<Counted>,
}

/// What came through a door.
#[derive(Debug, Default)]
struct Counted {
    all: AtomicUsize,
    watches: AtomicUsize,
}

impl Door {
    /// One to that cluster; where it is will be written into the folder.
    pub async fn open(client: Client, folder: &Path) -> anyhow::Result<Self> {
        let counted = Arc::new(Counted::default());
        let router = Router::new().fallback(any(forward)).with_state((client, Arc::clone(&counted)));
        Ok(Self { setting: serve(router, &folder.join("open")).await?, counted })
    }

    /// One behind which a cluster begins to answer and never ends, so that the program knows what it knew before.
    pub async fn silent(folder: &Path) -> anyhow::Result<Self> {
        let version = json!({"major": "1", "minor": "33", "gitVersion": "v1.33.0", "gitCommit": "",
            "gitTreeState": "clean", "buildDate": "", "goVersion": "", "compiler": "gc", "platform": ""});
        let version = get(|| async move { Json(version) });
        let silence = || Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        let router = Router::new().route("/version", version).fallback(any(move || async move { silence() }));
        Ok(Self { setting: serve(router, &folder.join("silent")).await?, counted: Arc::default() })
    }

    /// Requests so far, and how many of them were watches.
    pub fn requests(&self) -> (usize, usize) {
        (self.counted.all.load(Ordering::SeqCst), self.counted.watches.load(Ordering::SeqCst))
    }
}

async fn serve(router: Router, file: &Path) -> anyhow::Result<String> {
    let listener = Listener::begin().await?;
    let (place, authority) = (listener.local_addr()?, BASE64_STANDARD.encode(&listener.certificate));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let config = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
         clusters: [{{name: c, cluster: {{server: 'https://{place}', certificate-authority-data: {authority}}}}}]\n\
         users: [{{name: c, user: {{}}}}]\ncontexts: [{{name: c, context: {{cluster: c, user: c}}}}]\n"
    );
    std::fs::write(file, config)?;
    Ok(format!("kubeconfig:{}", file.display()))
}

async fn forward(State((client, counted)): State<(Client, Arc<Counted>)>, request: Request) -> Response {
    counted.all.fetch_add(1, Ordering::SeqCst);
    if request.uri().query().unwrap_or_default().contains("watch=") {
        counted.watches.fetch_add(1, Ordering::SeqCst);
    }
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return StatusCode::BAD_REQUEST.into_response() };
    let request = axum::http::Request::from_parts(head, kube::client::Body::from(body.to_bytes()));
    match client.send(request).await {
        Ok(answer) => answer.map(Body::new).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}
