//! Registries that send a client for a token first, as most public ones do.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Json, Router,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde_json::json;
use slipway_domain::ports::Images as _;

use crate::{
    base::sha256,
    proxy::serve,
    support::{Slipway, hopeless, image_ref, passing},
};

/// A registry with one image, and the place where its tokens are.
#[derive(Default)]
struct Guarded {
    host: Mutex<String>,
    /// The queries and the names of those who asked for a token.
    asked: Mutex<Vec<(String, Option<String>)>>,
    /// How long tokens live; 0 for those that the registry forgets at once.
    life: AtomicU64,
    refuse: Mutex<Option<StatusCode>>,
    valid: Mutex<Option<String>>,
}

const CONFIG: &[u8] = br#"{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[]}}"#;

fn manifest() -> Vec<u8> {
    let config = json!({ "mediaType": "application/vnd.oci.image.config.v1+json",
                         "digest": sha256(CONFIG), "size": CONFIG.len() });
    serde_json::to_vec(&json!({ "schemaVersion": 2, "config": config, "layers": [] })).unwrap()
}

impl Guarded {
    async fn start(life: u64) -> (Arc<Self>, String) {
        let guarded = Arc::new(Self { life: life.into(), ..Self::default() });
        let app =
            Router::new().route("/token", get(token)).fallback(content).with_state(Arc::clone(&guarded));
        let host = serve(app).await;
        guarded.host.lock().unwrap().clone_from(&host);
        (guarded, host)
    }

    fn asked(&self) -> Vec<(String, Option<String>)> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

async fn token(
    State(guarded): State<Arc<Guarded>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let who = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
    let mut asked = guarded.asked.lock().unwrap();
    asked.push((query.unwrap_or_default(), who));
    if let Some(status) = *guarded.refuse.lock().unwrap() {
        return (status, Json(json!({ "details": "incorrect username or password" }))).into_response();
    }
    let token = format!("token-{}", asked.len());
    *guarded.valid.lock().unwrap() = Some(format!("Bearer {token}"));
    Json(json!({ "token": token, "expires_in": guarded.life.load(Ordering::Relaxed) })).into_response()
}

async fn content(State(guarded): State<Arc<Guarded>>, uri: Uri, headers: HeaderMap) -> Response {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if shown.is_none() || shown != guarded.valid.lock().unwrap().as_deref() {
        let host = guarded.host.lock().unwrap().clone();
        let challenge = format!(
            r#"Bearer realm="http://{host}/token",service="guard, of all",scope="repository:team/app:pull""#
        );
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge)]).into_response();
    }
    let manifest = manifest();
    let digest = sha256(&manifest);
    match uri.path() {
        path if path.ends_with("/manifests/1") || path.ends_with(&digest) => {
            ([("docker-content-digest", digest)], manifest).into_response()
        }
        path if path.ends_with(&sha256(CONFIG)) => CONFIG.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

#[tokio::test]
async fn s1_22_a_token_is_fetched_once_and_used_until_it_expires() {
    crate::support::tls();
    let (guarded, host) = Guarded::start(300).await;
    let slipway = Slipway::known_to(&host, None, &[&host]);
    let resolved = slipway.base("team/app:1").await;
    assert_eq!(resolved.digest.as_str(), sha256(&manifest()));
    assert_eq!(resolved.platforms, ["linux/amd64"]);
    slipway.base("team/app:1").await;
    let asked = guarded.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0].0, "service=guard%2C+of+all&scope=repository%3Ateam%2Fapp%3Apull");
    assert!(asked[0].1.as_ref().unwrap().starts_with("Basic "));
    assert!(!format!("{:?}", slipway.remote).contains("token-1"));

    // The registry may forget it earlier.
    *guarded.valid.lock().unwrap() = None;
    slipway.base("team/app:1").await;
    assert_eq!(guarded.asked().len(), 1);
}

#[tokio::test]
async fn s1_22_a_token_that_expired_is_not_shown() {
    crate::support::tls();
    let (guarded, host) = Guarded::start(0).await;
    let slipway = Slipway::new(&host, None);
    slipway.base("team/app:1").await;
    let asked = guarded.asked();
    assert!(asked.len() > 1, "{asked:?}");
    assert!(asked.iter().all(|(_, who)| who.is_none()));
}

#[tokio::test]
async fn s1_22_who_gets_no_token_is_told_why() {
    crate::support::tls();
    let (guarded, host) = Guarded::start(300).await;
    let slipway = Slipway::known_to(&host, None, &[&host]);
    *guarded.refuse.lock().unwrap() = Some(StatusCode::UNAUTHORIZED);
    let cause = hopeless(slipway.remote.resolve(&image_ref("team/app:1")).await);
    assert_eq!(cause.code, "SLW_REGISTRY_DENIED");
    assert!(cause.evidence.iter().any(|line| line.contains("incorrect username or password")), "{cause:?}");

    *guarded.refuse.lock().unwrap() = Some(StatusCode::BAD_GATEWAY);
    passing(slipway.remote.resolve(&image_ref("team/app:1")).await);
    *guarded.refuse.lock().unwrap() = None;
    slipway.base("team/app:1").await;
}
