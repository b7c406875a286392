//! The API server as a service: requests are taken apart, answers put together. What they mean is in
//! [`verbs`](super::verbs).

use std::{
    collections::HashMap,
    io,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::{Stream, StreamExt, future::BoxFuture, stream::BoxStream};
use http::{Method, Request, Response, header};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use kube::client::Body;
use serde_json::Value;

use super::{World, answer::Refusal, rights::Subject, verbs, watch};

type Answer = Response<UnsyncBoxBody<Bytes, io::Error>>;

/// The service behind the client.
#[derive(Clone)]
pub(crate) struct ApiServer {
    world: Arc<World>,
}

impl ApiServer {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }
}

impl tower::Service<Request<Body>> for ApiServer {
    type Response = Answer;
    type Error = io::Error;
    type Future = BoxFuture<'static, Result<Answer, io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let world = Arc::clone(&self.world);
        Box::pin(async move {
            if !world.weather.borrow().reachable {
                return Err(io::Error::new(
                    io::ErrorKind::ConnectionRefused,
                    "the simulated cluster is away",
                ));
            }
            let (head, body) = request.into_parts();
            let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
            let ask = Ask {
                method: head.method,
                path: head.uri.path().to_owned(),
                query: query(head.uri.query().unwrap_or_default()),
                content_type: text_of(head.headers.get(header::CONTENT_TYPE)),
                on_behalf_of: on_behalf_of(&head.headers),
                agent: text_of(head.headers.get(header::USER_AGENT)),
                body,
            };
            Ok(match verbs::answer(&world, &ask) {
                Ok(Reply::Json(code, body)) => json_answer(code, &body),
                Ok(Reply::Text(text)) => respond(200, "text/plain", whole(text)),
                Ok(Reply::Lines(first, more)) => {
                    let first = futures::stream::iter([Ok(Bytes::from(first))]);
                    respond(200, "text/plain", frames(first.chain(more)))
                }
                Ok(Reply::Watch(wanted)) => {
                    respond(200, "application/json", frames(watch::lines(world, *wanted)))
                }
                Err(refusal) => json_answer(refusal.code, &refusal.body()),
            })
        })
    }
}

/// An answer before it is put into HTTP.
pub(crate) enum Reply {
    Json(u16, Value),
    Text(String),
    /// Text that begins like this and goes on.
    Lines(String, BoxStream<'static, Result<Bytes, io::Error>>),
    Watch(Box<watch::Wanted>),
}

/// A request, taken apart.
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    query: HashMap<String, String>,
    pub(crate) content_type: String,
    /// In whose name it is asked, if not in one's own.
    pub(crate) on_behalf_of: Option<Subject>,
    agent: String,
    body: Bytes,
}

impl Ask {
    pub(crate) fn query(&self, name: &str) -> &str {
        self.query.get(name).map(String::as_str).unwrap_or_default()
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        matches!(self.query(name), "true" | "1")
    }

    pub(crate) fn is_dry_run(&self) -> bool {
        self.query("dryRun") == "All"
    }

    pub(crate) fn json(&self) -> Result<Value, Refusal> {
        let parsed = serde_json::from_slice(&self.body);
        parsed.map_err(|error| Refusal::bad_request(format!("the body is not JSON: {error}")))
    }

    /// Under which name the writer owns what it writes: the one that it gives, or that of its program.
    pub(crate) fn manager(&self) -> String {
        let program = self.agent.split(['/', ' ']).next().unwrap_or_default();
        let named = self.query("fieldManager");
        if named.is_empty() { if program.is_empty() { "unknown" } else { program } } else { named }.to_owned()
    }
}

fn query(text: &str) -> HashMap<String, String> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(k, v)| (unescape(k), unescape(v)))
        .collect()
}

/// Undoes percent-encoding.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => match (hex(rest.next()), hex(rest.next())) {
                (Some(high), Some(low)) => bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?')),
                _ => bytes.push(b'%'),
            },
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn on_behalf_of(headers: &http::HeaderMap) -> Option<Subject> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let user = headers.get("impersonate-user").map(text)?;
    Some(Subject { user, groups: headers.get_all("impersonate-group").iter().map(text).collect() })
}

fn text_of(header: Option<&http::HeaderValue>) -> String {
    header.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

fn json_answer(code: u16, body: &Value) -> Answer {
    respond(code, "application/json", whole(body.to_string()))
}

fn whole(text: String) -> UnsyncBoxBody<Bytes, io::Error> {
    Full::from(text).map_err(|never| match never {}).boxed_unsync()
}

fn frames(
    lines: impl Stream<Item = Result<Bytes, io::Error>> + Send + 'static,
) -> UnsyncBoxBody<Bytes, io::Error> {
    BodyExt::boxed_unsync(StreamBody::new(lines.map(|line| line.map(http_body::Frame::data))))
}

fn respond(code: u16, content_type: &'static str, body: UnsyncBoxBody<Bytes, io::Error>) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() =
        http::StatusCode::from_u16(code).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    answer
}
