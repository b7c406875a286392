//! The routes of the console, and the layers around them.

mod api;
mod assets;
mod attempts;
mod bearer;
mod documents;
mod doors;
mod events;
mod faults;
mod gate;
mod health;
mod limits;
mod manual;
mod measure;
mod origin;
mod pack;
mod pages;
mod resolver;
mod serve;
mod shelf;

use std::{sync::Arc, time::Duration};

use axum::{Extension, Router, http::HeaderValue, middleware, routing::get};
use slipway_app::{pages::kit::Development, sign_in::SignInMode};
use tokio_util::sync::CancellationToken;
use tower::util::option_layer;
use tower_http::{catch_panic::CatchPanicLayer, csrf::CsrfLayer, set_header::SetResponseHeaderLayer};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

pub use self::{api::openapi, attempts::Attempts, origin::Proxies, serve::serve};
use crate::{
    auth::{self, Keeper, Sessions},
    desk::Office,
};

/// What the routes are made of.
pub struct Parts {
    pub office: Arc<Office>,
    pub keeper: Arc<Keeper>,
    pub sign_in: SignInMode,
    pub sessions: Sessions,
    pub public_url: Option<String>,
    pub proxies: Proxies,
    pub development: Development,
    pub stop: CancellationToken,
}

/// All routes. The layers are listed from the inside to the outside: the last one sees a request first.
pub fn router(parts: Parts) -> Result<Router, String> {
    let whole = parts.keeper.limits.whole.as_secs();
    let https = parts.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    let sessions = SessionManagerLayer::new(parts.sessions)
        // Browsers take such a name only from the host itself, for all of it and over TLS.
        .with_name(if https { "__Host-slipway" } else { "slipway_session" })
        // The cookie must come along when the identity provider sends the browser back.
        .with_same_site(SameSite::Lax)
        .with_secure(https)
        .with_expiry(Expiry::OnInactivity(time::Duration::seconds(whole)));
    let door = origin::Door { ids: Arc::clone(&parts.office.ids), proxies: parts.proxies };
    let header = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::overriding(
            axum::http::HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    let behind_the_gate = pages::routes(parts.sign_in, parts.development, https)?
        .merge(api::routes())
        .merge(manual::routes())
        .merge(
            auth::routes(Arc::clone(&parts.keeper), parts.public_url)
                .layer(middleware::from_fn(doors::watch)),
        )
        // Who is it? Whoever is not signed in sees the sign-in page and nothing else.
        .layer(middleware::from_fn(gate::gate))
        .layer(Extension(Arc::clone(&parts.office)))
        .layer(Extension(parts.keeper))
        .layer(Extension(events::Stop(parts.stop)))
        .layer(sessions)
        // Applications live on sibling hosts, which SameSite does not keep out.
        .layer(CsrfLayer::new());
    let open = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(health::ready))
        .route("/pkg/{*path}", get(assets::asset))
        .layer(Extension(parts.office));
    Ok(limits::limited(behind_the_gate)
        .merge(open)
        // A mistake in one request must not take the others down.
        .layer(CatchPanicLayer::custom(faults::broken))
        .layer(middleware::from_fn(faults::tell))
        .layer(middleware::from_fn_with_state(door, origin::origin))
        .layer(middleware::from_fn(pack::pack))
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("x-frame-options", "DENY"))
        .layer(header("referrer-policy", "same-origin"))
        .layer(header("permissions-policy", "camera=(), geolocation=(), microphone=()"))
        .layer(header("cross-origin-opener-policy", "same-origin"))
        .layer(header("cross-origin-resource-policy", "same-origin"))
        .layer(option_layer(https.then(|| header("strict-transport-security", "max-age=31536000"))))
        // Pages bring a policy of their own; whatever else is opened as one may do nothing.
        .layer(SetResponseHeaderLayer::if_not_present(
            axum::http::header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ),
        ))
        .layer(middleware::from_fn(measure::measure))
        .layer(middleware::from_fn(api::shape)))
}

/// The client for identity providers and registries: never follows a redirect, never waits for ever.
pub fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    careful().timeout(Duration::from_secs(15)).build()
}

/// The client for answers that do not end.
pub fn patient_client() -> Result<reqwest::Client, reqwest::Error> {
    careful().build()
}

fn careful() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .dns_resolver(Arc::new(resolver::Careful))
        .connect_timeout(Duration::from_secs(5))
        // What ends at a machine that has gone must not be tried connection by connection.
        .pool_idle_timeout(Duration::from_secs(10))
        .user_agent(concat!("slipway/", env!("CARGO_PKG_VERSION")))
}
