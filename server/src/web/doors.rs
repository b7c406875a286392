//! Watches the doors: who comes in, who is turned away and who goes stands in the audit trail, whichever handler
//! decided it.

use std::sync::Arc;

use axum::{
    Extension,
    extract::Request,
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use serde_json::Value;
use slipway_domain::audit::UNKNOWN;
use slipway_store::{Deed, Origin};
use tower_sessions::Session;

use crate::desk::Office;

/// Writes a row for each request that signs somebody in or out.
pub async fn watch(
    Extension(office): Extension<Arc<Office>>,
    Extension(origin): Extension<Origin>,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let action = match (request.method(), path.strip_prefix("/auth/").unwrap_or_default()) {
        (&Method::GET, "callback") => "sign-in",
        (&Method::POST, action) => action,
        _ => return next.run(request).await,
    };
    let now = office.clock.now();
    if action == "sign-in" {
        if office.attempts.is_over(&origin.address, now) {
            return Redirect::to("/sign-in?problem=busy").into_response();
        }
        office.attempts.count(&origin.address, now);
    }
    let before = who(&session).await;
    let response = next.run(request).await;
    let actor = who(&session).await.or(before).unwrap_or_else(|| UNKNOWN.to_owned());
    let outcome = outcome(&response);
    // What was typed as a name may be a password, so only names of those who came in are told.
    let actor = if action == "sign-in" && outcome != "accepted" { UNKNOWN } else { &actor };
    let deed = Deed { at: now, actor, action, object: "", outcome: &outcome, origin: &origin };
    office.tell(&deed).await;
    response
}

/// The name of whoever the session belongs to.
async fn who(session: &Session) -> Option<String> {
    for (key, path) in [("actor", "/name"), ("pass", "/actor/name")] {
        let kept: Option<Value> = session.get(key).await.ok().flatten();
        if let Some(name) = kept.as_ref().and_then(|kept| kept.pointer(path)).and_then(Value::as_str) {
            return Some(name.to_owned());
        }
    }
    None
}

/// Whoever is turned away is sent to the sign-in page with a problem.
fn outcome(response: &Response) -> String {
    let place = response.headers().get(header::LOCATION).and_then(|place| place.to_str().ok());
    let problem = place.and_then(|place| place.split_once("?problem=")).map(|(_, rest)| rest);
    let problem = problem.map(|rest| rest.split('&').next().unwrap_or_default());
    match problem {
        Some(problem) if problem != "signed-out" => format!("refused: {problem}"),
        _ if response.status() >= StatusCode::BAD_REQUEST => format!("refused: {}", response.status()),
        _ => "accepted".to_owned(),
    }
}
