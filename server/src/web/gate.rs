//! The gate: puts the desk of whoever is signed in into the request, and sends everybody else to the sign-in page.

use std::sync::Arc;

use axum::{
    Extension,
    extract::Request,
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use slipway_app::{desk::SharedDesk, ways::escape};
use slipway_domain::actor::Actor;
use slipway_store::Origin;
use tower_sessions::Session;

use super::bearer;
use crate::{
    auth::ACTOR,
    desk::{Office, Witnessed},
};

/// Lets a request through, or answers in its place.
pub async fn gate(
    Extension(office): Extension<Arc<Office>>,
    Extension(origin): Extension<Origin>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let sent = bearer::secret(request.headers());
    if let Some(secret) = sent.filter(|_| request.uri().path().starts_with("/api/")) {
        return bearer::admit(office, origin, &secret, request, next).await;
    }
    let actor = match session.get::<Actor>(ACTOR).await {
        Ok(actor) => actor,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "Sessions cannot be read");
            let sorry =
                "The database does not answer, so Slipway cannot tell who you are. Try again in a moment.";
            return (StatusCode::SERVICE_UNAVAILABLE, sorry).into_response();
        }
    };
    match actor {
        Some(actor) => {
            let desk: SharedDesk = Arc::new(Witnessed(office.desk(actor.clone(), origin)));
            request.extensions_mut().insert(desk);
            request.extensions_mut().insert(actor);
            next.run(request).await
        }
        None if is_open(request.uri().path()) => next.run(request).await,
        None if request.uri().path().starts_with("/api/") => {
            (StatusCode::UNAUTHORIZED, "Sign in first.").into_response()
        }
        None => Redirect::to(&sign_in(&request)).into_response(),
    }
}

/// Pages for people who are not known yet.
fn is_open(path: &str) -> bool {
    path == "/sign-in" || path.starts_with("/auth/")
}

/// The sign-in page, and after it the page that was asked for; a form that was posted is not posted again.
fn sign_in(request: &Request) -> String {
    let wanted = request.uri().path_and_query().map_or("/", |path| path.as_str());
    if *request.method() == Method::GET && wanted != "/" {
        format!("/sign-in?next={}", escape(wanted))
    } else {
        "/sign-in".to_owned()
    }
}
