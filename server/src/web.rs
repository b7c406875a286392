//! The routes of the console, and the layers around them.

mod api;
mod assets;
mod events;
mod gate;
mod health;
mod pages;

use std::{sync::Arc, time::Duration};

use axum::{Extension, Router, http::HeaderValue, middleware, routing::get};
use slipway_app::sign_in::SignInMode;
use tokio_util::sync::CancellationToken;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer,
    limit::RequestBodyLimitLayer, set_header::SetResponseHeaderLayer,
};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

use crate::{
    auth::{self, Accounts, Provider, Sessions},
    desk::Office,
};

/// A form is small; whatever is larger is not one.
const MAX_BODY: usize = 256 * 1024;
/// A session ends this long after sign-in.
const SESSION: time::Duration = time::Duration::hours(12);

/// What the routes are made of.
pub struct Parts {
    pub office: Arc<Office>,
    pub accounts: Accounts,
    pub provider: Option<Arc<Provider>>,
    pub sign_in: SignInMode,
    pub sessions: Sessions,
    pub public_url: Option<String>,
    pub stop: CancellationToken,
}

/// All routes. The layers are listed from the inside to the outside: the last one sees a request first.
pub fn router(parts: Parts) -> Result<Router, String> {
    let https = parts.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    let sessions = SessionManagerLayer::new(parts.sessions)
        .with_name("slipway_session")
        // The cookie must come along when the identity provider sends the browser back.
        .with_same_site(SameSite::Lax)
        .with_secure(https)
        .with_expiry(Expiry::OnInactivity(SESSION));
    let header = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::overriding(
            axum::http::HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    let behind_the_gate = pages::routes(parts.sign_in)?
        .route("/api/v1/events", get(events::events))
        .merge(api::routes())
        .merge(auth::routes(parts.accounts, parts.provider, parts.public_url))
        // Who is it? Whoever is not signed in sees the sign-in page and nothing else.
        .layer(middleware::from_fn(gate::gate))
        .layer(Extension(Arc::clone(&parts.office)))
        .layer(Extension(events::Stop(parts.stop)))
        .layer(sessions)
        // Applications live on sibling hosts, which SameSite does not keep out.
        .layer(CsrfLayer::new())
        .layer(RequestBodyLimitLayer::new(MAX_BODY));
    let open = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(health::ready))
        .route("/pkg/{*path}", get(assets::asset))
        .layer(Extension(parts.office));
    Ok(behind_the_gate
        .merge(open)
        .layer(CompressionLayer::new())
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("x-frame-options", "DENY"))
        .layer(header("referrer-policy", "same-origin"))
        // A mistake in one request must not take the others down.
        .layer(CatchPanicLayer::new()))
}

/// The client for identity providers and registries: never follows a redirect, never waits for ever.
pub fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(15))
        .connect_timeout(Duration::from_secs(5))
        // What ends at a machine that has gone must not be tried connection by connection.
        .pool_idle_timeout(Duration::from_secs(10))
        .user_agent(concat!("slipway/", env!("CARGO_PKG_VERSION")))
        .build()
}
