//! The gate: puts the desk of whoever is signed in into the request, and sends everybody else to the sign-in page.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::Request,
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use slipway_app::{desk::SharedDesk, ways::escape};
use slipway_domain::actor::Actor;
use tokio::time::timeout;
use tower_sessions::Session;

use crate::{auth::ACTOR, desk::Office};

/// How long somebody waits to be told that the database does not answer.
const PATIENCE: Duration = Duration::from_secs(6);

/// Lets a request through, or answers in its place.
pub async fn gate(
    Extension(office): Extension<Arc<Office>>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let actor = match timeout(PATIENCE, session.get::<Actor>(ACTOR)).await {
        Ok(Ok(actor)) => actor,
        Ok(Err(error)) => return sorry(&error),
        Err(late) => return sorry(&late),
    };
    match actor {
        Some(actor) => {
            let desk: SharedDesk = Arc::new(office.desk(actor.clone()));
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

fn sorry(error: &(dyn std::error::Error + 'static)) -> Response {
    tracing::error!(error, "Sessions cannot be read");
    let sorry = "The database does not answer, so Slipway cannot tell who you are. Try again in a moment.";
    (StatusCode::SERVICE_UNAVAILABLE, sorry).into_response()
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
