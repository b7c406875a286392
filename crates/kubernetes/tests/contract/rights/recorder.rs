//! A client that writes down which rights its requests need.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use http::{HeaderValue, Method, Request, Response, Uri};
use kube::{Client, client::Body};
use tower::service_fn;

use crate::target::Target;

/// A right as a ClusterRole grants it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    pub group: String,
    /// With its subresource: `pods/log`.
    pub resource: String,
    pub verb: String,
    /// The only object that it is about; `bind` and `escalate` are always about one.
    pub name: String,
    /// Asked to find what holds a namespace, of every kind that there is.
    pub is_look: bool,
}

impl Right {
    pub fn new(group: &str, resource: &str, verb: &str) -> Self {
        let text = str::to_owned;
        Self {
            group: text(group),
            resource: text(resource),
            verb: text(verb),
            name: String::new(),
            is_look: false,
        }
    }

    /// What a request needs; none for what everybody may ask: versions, and which kinds there are.
    fn of(method: &Method, uri: &Uri, accept: &str) -> Option<Self> {
        let parts: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
        let (group, rest) = match parts.as_slice() {
            ["api", _, rest @ ..] => ("", rest),
            ["apis", group, _, rest @ ..] => (*group, rest),
            _ => return None,
        };
        let (namespace, rest) = match rest {
            ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Some(*namespace), rest),
            rest => (None, rest),
        };
        let (resource, is_named) = match rest {
            [] => return None,
            [resource] => ((*resource).to_owned(), false),
            [resource, _] => ((*resource).to_owned(), true),
            [resource, _, sub @ ..] => (format!("{resource}/{}", sub.join("/")), true),
        };
        let query = uri.query().unwrap_or_default();
        let verb = match *method {
            Method::GET if query.split('&').any(|part| part == "watch=true") => "watch",
            Method::GET if is_named => "get",
            Method::GET => "list",
            Method::POST => "create",
            Method::PUT => "update",
            Method::PATCH => "patch",
            Method::DELETE if is_named => "delete",
            _ => "deletecollection",
        };
        let is_look = verb == "list" && namespace.is_some() && accept.contains("PartialObjectMetadataList");
        Some(Self { is_look, ..Self::new(group, &resource, verb) })
    }
}

/// A request, to be made again.
#[derive(Debug, Clone)]
pub struct Kept {
    method: Method,
    uri: Uri,
    headers: http::HeaderMap,
    body: Vec<u8>,
}

#[derive(Default)]
struct Pages {
    asked: BTreeMap<Right, Option<Kept>>,
    refused: Vec<String>,
}

/// What was asked.
#[derive(Clone)]
pub struct Recorder {
    inner: Client,
    user: Option<String>,
    pages: Arc<Mutex<Pages>>,
}

impl Recorder {
    /// Asks in the name of somebody, or of whoever the target's client is.
    pub fn new(target: &Target, user: Option<String>) -> Self {
        Self { inner: target.client.clone(), user, pages: Arc::default() }
    }

    pub fn client(&self) -> Client {
        let recorder = self.clone();
        Client::new(
            service_fn(move |request| {
                let recorder = recorder.clone();
                async move { recorder.pass(request).await }
            }),
            "default",
        )
    }

    async fn pass(&self, request: Request<Body>) -> Result<Response<Body>, kube::Error> {
        let (mut head, body) = request.into_parts();
        let body = body.collect_bytes().await.unwrap().to_vec();
        let accept = head.headers.get(http::header::ACCEPT).and_then(|accept| accept.to_str().ok());
        let right = Right::of(&head.method, &head.uri, accept.unwrap_or_default());
        let (method, uri, headers) = (head.method.clone(), head.uri.clone(), head.headers.clone());
        if let Some(user) = &self.user {
            name(&mut head.headers, user);
        }
        let sent = Request::from_parts(head, Body::from(body.clone()));
        let response = self.inner.send(sent).await?;
        if let Some(right) = right {
            let kept = Kept { method, uri, headers, body };
            self.write_down(right, kept, response.status().as_u16());
        }
        Ok(response)
    }

    fn write_down(&self, right: Right, kept: Kept, code: u16) {
        let mut pages = self.pages.lock().unwrap();
        if code == 403 {
            pages.refused.push(format!("{} {}", kept.method, kept.uri));
        }
        if right.verb == "patch" && code == 201 {
            // What is applied and not there yet is made.
            let made = Right { verb: "create".to_owned(), ..right.clone() };
            pages.asked.entry(made).or_insert_with(|| Some(kept.clone()));
        }
        // What was tried out before there was a namespace says nothing.
        if let Some(more) = about_roles(&right, &kept.body).filter(|_| code < 300) {
            pages.asked.entry(more).or_insert_with(|| Some(kept.clone()));
        }
        pages.asked.entry(right).or_insert(Some(kept));
    }

    pub fn asked(&self) -> BTreeSet<Right> {
        self.pages.lock().unwrap().asked.keys().cloned().collect()
    }

    pub fn refused(&self) -> Vec<String> {
        self.pages.lock().unwrap().refused.clone()
    }

    /// A request that needed the right.
    pub fn request(&self, right: &Right) -> Option<Kept> {
        self.pages.lock().unwrap().asked.get(right).cloned().flatten()
    }

    /// Makes a request again in the name of somebody; what would change anything is only tried out, and what made an
    /// object tries to make another one. What is about one object is asked of that one, with something new in it. The
    /// answer's code; 0 stands for a watch that was let in.
    pub async fn repeat(&self, kept: &Kept, right: &Right, user: &str) -> u16 {
        let mut uri = kept.uri.to_string();
        let mut body = kept.body.clone();
        if kept.method != Method::GET && !uri.contains("dryRun=All") {
            uri.push_str(if uri.contains('?') { "&dryRun=All" } else { "?dryRun=All" });
        }
        if kept.method == Method::PATCH
            && let Ok(mut object) = serde_json::from_slice::<serde_json::Value>(&body)
            && let Some(old) = object["metadata"]["name"].as_str().map(str::to_owned)
            && object["metadata"]["resourceVersion"].is_null()
            && !uri.contains("/namespaces?")
        {
            if right.verb == "escalate" {
                object["metadata"]["annotations"] = serde_json::json!({"example.com/again": "yes"});
            } else {
                let other = format!("{old}-other");
                uri = uri.replacen(&format!("/{old}?"), &format!("/{other}?"), 1);
                object["metadata"]["name"] = other.into();
            }
            body = serde_json::to_vec(&object).unwrap();
        }
        let mut request =
            Request::builder().method(kept.method.clone()).uri(uri).body(Body::from(body)).unwrap();
        *request.headers_mut() = kept.headers.clone();
        name(request.headers_mut(), user);
        let asked = tokio::time::timeout(std::time::Duration::from_secs(5), self.inner.send(request)).await;
        asked.map_or(0, |answer| answer.unwrap().status().as_u16())
    }
}

/// Whoever gives a right that they do not have themselves needs one more: to write that role, or to bind to it.
fn about_roles(right: &Right, body: &[u8]) -> Option<Right> {
    let of = |plural: &str, verb: &str, name: &serde_json::Value| Right {
        name: name.as_str().unwrap_or_default().to_owned(),
        ..Right::new(&right.group, plural, verb)
    };
    if !["create", "patch"].contains(&right.verb.as_str()) {
        return None;
    }
    let object: serde_json::Value = serde_json::from_slice(body).ok()?;
    match right.resource.as_str() {
        "roles" => Some(of("roles", "escalate", &object["metadata"]["name"])),
        "rolebindings" => {
            let role = &object["roleRef"];
            let plural = if role["kind"] == "Role" { "roles" } else { "clusterroles" };
            Some(of(plural, "bind", &role["name"]))
        }
        _ => None,
    }
}

fn name(headers: &mut http::HeaderMap, user: &str) {
    headers.insert("impersonate-user", HeaderValue::from_str(user).unwrap());
    headers.insert("impersonate-group", HeaderValue::from_static("system:authenticated"));
}
