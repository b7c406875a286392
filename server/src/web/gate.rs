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
use slipway_store::Origin;
use tokio::time::timeout;
use tower_sessions::Session;

use super::bearer;
use crate::{
    auth::{Admission, Keeper, PASS, Pass},
    desk::{Office, Witnessed},
};

/// How long somebody waits to be told that the database does not answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(6);

/// Lets a request through, or answers in its place.
pub async fn gate(
    Extension(office): Extension<Arc<Office>>,
    Extension(keeper): Extension<Arc<Keeper>>,
    Extension(origin): Extension<Origin>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let sent = bearer::secret(request.headers());
    if let Some(secret) = sent.filter(|_| request.uri().path().starts_with("/api/")) {
        return bearer::admit((office, keeper), origin, &secret, request, next).await;
    }
    let pass = match timeout(PATIENCE, who(&keeper, &session)).await {
        Ok(Ok(pass)) => pass,
        Ok(Err(error)) => return sorry(&*error),
        Err(late) => return sorry(&late),
    };
    match pass {
        Some(pass) => {
            let desk = office.desk(pass.actor.clone(), origin).in_visit(&pass.visit);
            let desk: SharedDesk = Arc::new(Witnessed(desk));
            request.extensions_mut().insert(desk);
            request.extensions_mut().insert(office.recognised(pass.actor.clone()));
            request.extensions_mut().insert(pass);
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

/// Who it is, if they came in and may stay.
async fn who(
    keeper: &Keeper,
    session: &Session,
) -> Result<Option<Pass>, Box<dyn std::error::Error + Send + Sync>> {
    let Some(mut pass) = session.get::<Pass>(PASS).await? else { return Ok(None) };
    match keeper.admit(&pass).await? {
        Admission::In => {}
        Admission::Changed(actor) => {
            pass.actor = actor;
            session.insert(PASS, &pass).await?;
        }
        Admission::Over => {
            session.flush().await?;
            return Ok(None);
        }
    }
    Ok(Some(pass))
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
