//! A registry: bases that are always there, and what was pushed.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use axum::{
    body::Bytes,
    http::{HeaderName, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

/// Below this path is what was pushed; all else are bases.
pub const BUILT: &str = "built";

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

/// What was pushed, by path.
#[derive(Default)]
pub struct Registry(Mutex<BTreeMap<String, Bytes>>);

impl Registry {
    /// Everything that was pushed, without digests: an image names its base, and so the port of this registry.
    pub fn pushed(&self) -> Vec<String> {
        let kept = self.shelf();
        let kind = |path: &String| path.split("sha256:").next().unwrap_or_default().to_owned();
        let mut pushed: Vec<_> = kept.keys().map(kind).collect();
        pushed.sort();
        pushed
    }

    /// As if nothing had been pushed.
    pub fn clear(&self) {
        self.shelf().clear();
    }

    pub fn answer(&self, method: &Method, path: &str, query: &str, body: Bytes) -> Response {
        let repository = path.trim_start_matches("/v2/");
        if !repository.starts_with(BUILT) {
            return base(path);
        }
        match *method {
            Method::POST => {
                (StatusCode::ACCEPTED, [(header::LOCATION, format!("{path}upload"))]).into_response()
            }
            Method::PUT => self.put(path, query, body),
            _ => match self.shelf().get(path) {
                Some(bytes) => found(bytes.clone()),
                None => StatusCode::NOT_FOUND.into_response(),
            },
        }
    }

    fn put(&self, path: &str, query: &str, body: Bytes) -> Response {
        let is_digest = digest(&body);
        let path = match query.strip_prefix("digest=") {
            Some(said) if said.replace("%3A", ":") == is_digest => path.replace("uploads/upload", &is_digest),
            Some(_) => return StatusCode::BAD_REQUEST.into_response(),
            None => path.to_owned(),
        };
        self.shelf().insert(path, body);
        (StatusCode::CREATED, [(DIGEST, is_digest)]).into_response()
    }

    fn shelf(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Bytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every repository of bases has every tag but `missing`, and behind each the same image.
fn base(path: &str) -> Response {
    let config =
        r#"{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}"#;
    let manifest = serde_json::json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": digest(config.as_bytes()),
            "size": config.len(),
        },
        "layers": [],
    });
    match path.rsplit_once("/manifests/") {
        Some((_, tag)) if tag.contains("missing") => StatusCode::NOT_FOUND.into_response(),
        Some(_) => found(manifest.to_string().into()),
        None => found(Bytes::from_static(config.as_bytes())),
    }
}

fn found(bytes: Bytes) -> Response {
    ([(header::CONTENT_TYPE, MANIFEST.to_owned()), (DIGEST, digest(&bytes))], bytes).into_response()
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}
