//! The API server: requests in, answers out.

use std::{
    collections::HashMap,
    io,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt, future::BoxFuture};
use http::{Method, Request, Response, header};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use kube::client::Body;
use serde_json::{Value, json};

use super::{
    World,
    answer::Refusal,
    apply,
    kinds::Target,
    objects::Objects,
    patch, pods,
    reconcile::now,
    selector::Selector,
    watch::{self, Wanted},
};

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
                agent: text_of(head.headers.get(header::USER_AGENT)),
                body,
            };
            Ok(answer(&world, &ask).unwrap_or_else(|refusal| json_answer(refusal.code, &refusal.body())))
        })
    }
}

/// A request, taken apart.
struct Ask {
    method: Method,
    path: String,
    query: HashMap<String, String>,
    content_type: String,
    agent: String,
    body: Bytes,
}

impl Ask {
    fn query(&self, name: &str) -> &str {
        self.query.get(name).map(String::as_str).unwrap_or_default()
    }

    fn is_true(&self, name: &str) -> bool {
        matches!(self.query(name), "true" | "1")
    }

    fn is_dry_run(&self) -> bool {
        self.query("dryRun") == "All"
    }

    fn json(&self) -> Result<Value, Refusal> {
        let parsed = serde_json::from_slice(&self.body);
        parsed.map_err(|error| Refusal::bad_request(format!("the body is not JSON: {error}")))
    }

    /// Under which name the writer owns what it writes: the one that it gives, or that of its program.
    fn manager(&self) -> String {
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

fn text_of(header: Option<&http::HeaderValue>) -> String {
    header.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

fn json_answer(code: u16, body: &Value) -> Answer {
    respond(
        code,
        "application/json",
        Full::from(body.to_string()).map_err(|never| match never {}).boxed_unsync(),
    )
}

fn respond(code: u16, content_type: &'static str, body: UnsyncBoxBody<Bytes, io::Error>) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() =
        http::StatusCode::from_u16(code).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    answer
}

fn answer(world: &Arc<World>, ask: &Ask) -> Result<Answer, Refusal> {
    if ask.path == "/version" {
        let version = json!({"major": "1", "minor": "33", "gitVersion": "v1.33.0-sandbox", "gitCommit": "",
            "gitTreeState": "clean", "buildDate": "1970-01-01T00:00:00Z", "goVersion": "", "compiler": "", "platform": "sandbox"});
        return Ok(json_answer(200, &version));
    }
    let target = Target::parse(&ask.path).ok_or_else(Refusal::no_such_kind)?;
    if ask.method == Method::GET && target.name.is_none() && ask.is_true("watch") {
        return Ok(watch(world, ask, target));
    }
    let mut objects = world.objects();
    let answer = match (ask.method.as_str(), &target.name) {
        ("GET", None) => Ok(list(&objects, ask, &target)),
        ("GET", Some(name)) if target.subresource.as_deref() == Some("log") => log(&objects, &target, name),
        ("GET", Some(name)) => found(&objects, &target, name).map(|object| json_answer(200, &object)),
        ("POST", None) => create(&mut objects, ask, &target),
        ("PUT", Some(name)) => replace(&mut objects, ask, &target, name),
        ("PATCH", Some(name)) => change(&mut objects, ask, &target, name),
        ("DELETE", Some(name)) => delete(&mut objects, ask, &target, name),
        ("DELETE", None) => delete_all(&mut objects, ask, &target),
        _ => Err(Refusal::not_allowed()),
    };
    world.announce(objects.version());
    answer
}

fn namespace(target: &Target) -> &str {
    target.namespace.as_deref().unwrap_or_default()
}

fn selector(ask: &Ask) -> Selector {
    Selector::parse(ask.query("labelSelector"), ask.query("fieldSelector"))
}

fn found(objects: &Objects, target: &Target, name: &str) -> Result<Value, Refusal> {
    let object = objects.get(&target.kind, namespace(target), name).cloned();
    object.ok_or_else(|| Refusal::not_found(&target.kind, name))
}

fn list(objects: &Objects, ask: &Ask, target: &Target) -> Answer {
    let items = objects.list(&target.kind, target.namespace.as_deref(), &selector(ask));
    let list = json!({
        "apiVersion": target.kind.api_version, "kind": format!("{}List", target.kind.name),
        "metadata": {"resourceVersion": objects.version().to_string()}, "items": items,
    });
    json_answer(200, &list)
}

fn log(objects: &Objects, target: &Target, name: &str) -> Result<Answer, Refusal> {
    let pod = found(objects, target, name)?;
    let life = objects.lives.get(pod["metadata"]["uid"].as_str().unwrap_or_default());
    let text = pods::log(&pod, life);
    Ok(respond(200, "text/plain", Full::from(text).map_err(|never| match never {}).boxed_unsync()))
}

fn watch(world: &Arc<World>, ask: &Ask, target: Target) -> Answer {
    let version = ask.query("resourceVersion").parse().unwrap_or_else(|_| world.objects().version());
    let wanted = Wanted {
        kind: target.kind,
        namespace: target.namespace,
        selector: selector(ask),
        version,
        bookmarks: ask.is_true("allowWatchBookmarks"),
        timeout: Duration::from_secs(ask.query("timeoutSeconds").parse().unwrap_or(300)),
    };
    let frames = watch::lines(Arc::clone(world), wanted).map(|line| line.map(http_body_util_frame));
    respond(200, "application/json", BodyExt::boxed_unsync(StreamBody::new(frames)))
}

fn http_body_util_frame(bytes: Bytes) -> http_body::Frame<Bytes> {
    http_body::Frame::data(bytes)
}

fn create(objects: &mut Objects, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    let mut object = ask.json()?;
    apply::claim(&Value::Null, &mut object, &ask.manager());
    rehearse(objects, ask, |objects| objects.create(&target.kind, namespace(target), object, now()))
        .map(|object| json_answer(201, &object))
}

fn replace(objects: &mut Objects, ask: &Ask, target: &Target, name: &str) -> Result<Answer, Refusal> {
    let before = found(objects, target, name)?;
    let mut object = ask.json()?;
    let wanted = object["metadata"]["resourceVersion"].as_str();
    if wanted.is_some_and(|wanted| before["metadata"]["resourceVersion"] != wanted) {
        return Err(Refusal::modified(&target.kind, name));
    }
    keep_other_part(&before, &mut object, target);
    write(objects, ask, target, name, &before, object)
}

/// Merge patches and server-side apply.
fn change(objects: &mut Objects, ask: &Ask, target: &Target, name: &str) -> Result<Answer, Refusal> {
    if ask.content_type.starts_with("application/apply-patch") {
        return apply_to(objects, ask, target, name);
    }
    let before = found(objects, target, name)?;
    let mut object = before.clone();
    patch::merge(&mut object, &ask.json()?);
    let wanted = object["metadata"]["resourceVersion"].as_str();
    if wanted.is_some_and(|wanted| before["metadata"]["resourceVersion"] != wanted) {
        return Err(Refusal::modified(&target.kind, name));
    }
    keep_other_part(&before, &mut object, target);
    write(objects, ask, target, name, &before, object)
}

fn write(
    objects: &mut Objects,
    ask: &Ask,
    target: &Target,
    name: &str,
    before: &Value,
    mut object: Value,
) -> Result<Answer, Refusal> {
    if target.subresource.is_none() {
        let managed = before["metadata"]["managedFields"].clone();
        if !managed.is_null() {
            object["metadata"]["managedFields"] = managed;
        }
        apply::claim(before, &mut object, &ask.manager());
    }
    rehearse(objects, ask, |objects| objects.update(&target.kind, namespace(target), name, object))
        .map(|object| json_answer(200, &object))
}

fn apply_to(objects: &mut Objects, ask: &Ask, target: &Target, name: &str) -> Result<Answer, Refusal> {
    let config = ask.json()?;
    let manager = ask.query("fieldManager");
    if manager.is_empty() {
        return Err(Refusal::bad_request("fieldManager is required for apply patch"));
    }
    let before = objects.get(&target.kind, namespace(target), name).cloned();
    let live = before.clone().unwrap_or(Value::Null);
    let mut object = apply::apply(&live, &config, manager, ask.is_true("force"))?;
    object["metadata"]["name"] = json!(name);
    if before.is_some() {
        keep_other_part(&live, &mut object, target);
        return rehearse(objects, ask, |objects| {
            objects.update(&target.kind, namespace(target), name, object)
        })
        .map(|object| json_answer(200, &object));
    }
    rehearse(objects, ask, |objects| objects.create(&target.kind, namespace(target), object, now()))
        .map(|object| json_answer(201, &object))
}

/// Writing to the status leaves the rest alone, and the other way round.
fn keep_other_part(before: &Value, object: &mut Value, target: &Target) {
    if !target.kind.has_status() {
        return;
    }
    if target.subresource.as_deref() == Some("status") {
        let status = object["status"].clone();
        *object = before.clone();
        object["status"] = status;
    } else if before["status"].is_null() {
        _ = object.as_object_mut().and_then(|object| object.remove("status"));
    } else {
        object["status"] = before["status"].clone();
    }
}

/// Does it, or only says what would come of it.
fn rehearse(
    objects: &mut Objects,
    ask: &Ask,
    act: impl FnOnce(&mut Objects) -> Result<Value, Refusal>,
) -> Result<Value, Refusal> {
    if !ask.is_dry_run() {
        return act(objects);
    }
    let mut copy = objects.copy();
    act(&mut copy)
}

fn delete(objects: &mut Objects, ask: &Ask, target: &Target, name: &str) -> Result<Answer, Refusal> {
    let before = found(objects, target, name)?;
    let options = ask.json().unwrap_or(Value::Null);
    let (wanted, uid) = (options["preconditions"]["uid"].as_str(), &before["metadata"]["uid"]);
    if let Some(wanted) = wanted.filter(|wanted| uid != wanted) {
        return Err(Refusal::other_uid(&target.kind, name, wanted, uid.as_str().unwrap_or_default()));
    }
    let grace =
        options["gracePeriodSeconds"].as_i64().or_else(|| ask.query("gracePeriodSeconds").parse().ok());
    rehearse(objects, ask, |objects| objects.delete(&target.kind, namespace(target), name, grace, now()))
        .map(|object| json_answer(200, &object))
}

fn delete_all(objects: &mut Objects, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    for object in objects.list(&target.kind, target.namespace.as_deref(), &selector(ask)) {
        let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default().to_owned();
        objects.delete(&target.kind, &text("namespace"), &text("name"), None, now())?;
    }
    Ok(list(objects, ask, target))
}
