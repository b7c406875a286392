//! Stands in front of a registry, counts what is asked of it, and spoils answers where a test wants that.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse as _, Response},
};

type Spoil = Box<dyn FnMut(&Method, &str, &mut Answer) + Send>;

/// What the registry answered.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

#[derive(Default)]
struct Inner {
    upstream: String,
    asked: Mutex<Vec<(Method, String, StatusCode)>>,
    spoil: Mutex<Option<Spoil>>,
    /// None: blobs are taken over. Otherwise whether it refuses to.
    mounts: Mutex<Option<bool>>,
}

pub struct Proxy {
    pub host: String,
    inner: Arc<Inner>,
}

impl Proxy {
    pub async fn before(upstream: &str) -> Self {
        let inner = Arc::new(Inner { upstream: upstream.to_owned(), ..Inner::default() });
        let app = Router::new().fallback(forward).with_state(Arc::clone(&inner));
        Self { host: serve(app).await, inner }
    }

    /// What was asked since the last time, as `PUT /v2/… 201`.
    pub fn asked(&self) -> Vec<String> {
        let asked = std::mem::take(&mut *self.inner.asked.lock().unwrap());
        asked.iter().map(|(method, path, status)| format!("{method} {path} {}", status.as_u16())).collect()
    }

    /// From now on answers go through this.
    pub fn spoil(&self, spoil: impl FnMut(&Method, &str, &mut Answer) + Send + 'static) {
        *self.inner.spoil.lock().unwrap() = Some(Box::new(spoil));
    }

    /// From now on the registry takes over no blob of another repository; it refuses to, or asks for the blob.
    pub fn forget_mounts(&self, refuses: bool) {
        *self.inner.mounts.lock().unwrap() = Some(refuses);
    }

    /// From now on answers are what they are.
    pub fn mend(&self) {
        *self.inner.spoil.lock().unwrap() = None;
    }
}

/// Serves on a port of its own until the test is over.
pub async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    host
}

async fn forward(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap().to_string();
    let Ok(body) = to_bytes(body, usize::MAX).await else { return StatusCode::BAD_REQUEST.into_response() };
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mount = path.contains("mount=");
    let mounts = *inner.mounts.lock().unwrap();
    let path = match mounts {
        Some(true) if mount => return StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Some(false) if mount => path.split('?').next().unwrap().to_owned(),
        _ => path,
    };
    let url = format!("http://{}{path}", inner.upstream);
    // The host stays the proxy's: the registry then names the proxy where it says to go.
    let sent = client.request(parts.method.clone(), url).headers(parts.headers).body(body).send().await;
    let Ok(sent) = sent else { return StatusCode::BAD_GATEWAY.into_response() };
    let (status, headers) = (sent.status(), sent.headers().clone());
    let mut answer = Answer { status, headers, body: sent.bytes().await.unwrap_or_default() };
    if let Some(spoil) = inner.spoil.lock().unwrap().as_mut() {
        let before = answer.body.clone();
        spoil(&parts.method, &path, &mut answer);
        if answer.body != before {
            answer.headers.remove("content-length");
        }
    }
    inner.asked.lock().unwrap().push((parts.method, path, answer.status));
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}
