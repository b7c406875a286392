//! The addresses of sign-in and sign-out. Plain handlers: forms and redirects, no server functions.

use std::sync::Arc;

use axum::{
    Extension, Form, Router,
    extract::Query,
    http::HeaderMap,
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use serde::Deserialize;
use slipway_app::ways::escape;
use slipway_domain::actor::Actor;
use tower_sessions::Session;

use super::{
    local::Accounts,
    oidc::{Attempt, Provider, SignInError},
};

/// Where the session keeps who came in.
pub const ACTOR: &str = "actor";
/// Where the session keeps a sign-in that has begun.
const ATTEMPT: &str = "attempt";

/// What the handlers need.
#[derive(Clone)]
pub struct Doors {
    pub accounts: Accounts,
    pub provider: Option<Arc<Provider>>,
    pub public_url: Option<String>,
}

/// All of it.
pub fn routes(accounts: Accounts, provider: Option<Arc<Provider>>, public_url: Option<String>) -> Router {
    let router = Router::new().route("/auth/sign-out", post(sign_out));
    let router = match provider {
        Some(_) => router.route("/auth/login", get(login)).route("/auth/callback", get(callback)),
        None => router.route("/auth/sign-in", post(sign_in)),
    };
    router.layer(Extension(Doors { accounts, provider, public_url }))
}

#[derive(Deserialize)]
struct SignInForm {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn sign_in(
    Extension(doors): Extension<Doors>,
    session: Session,
    Form(form): Form<SignInForm>,
) -> impl IntoResponse {
    let problem = match doors.accounts.recognise(&form.name, form.password).await {
        Ok(Some(actor)) => return let_in(&session, actor, &form.next).await,
        Ok(None) => "wrong",
        Err(error) => {
            tracing::error!(error = %error.chain(), "A sign-in could not be checked");
            "provider"
        }
    };
    back(problem, &form.next)
}

#[derive(Deserialize)]
struct Wish {
    #[serde(default)]
    next: String,
}

async fn login(
    Extension(doors): Extension<Doors>,
    session: Session,
    headers: HeaderMap,
    Query(wish): Query<Wish>,
) -> impl IntoResponse {
    let redirect = format!("{}/auth/callback", origin(&doors, &headers));
    let Some(provider) = doors.provider else { return back("provider", &wish.next) };
    match provider.begin(&redirect, wish.next.clone()).await {
        Ok((url, attempt)) => match session.insert(ATTEMPT, attempt).await {
            Ok(()) => Redirect::to(&url),
            Err(_) => back("provider", &wish.next),
        },
        Err(error) => told(&error, &wish.next),
    }
}

#[derive(Deserialize)]
struct Callback {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
}

async fn callback(
    Extension(doors): Extension<Doors>,
    session: Session,
    Query(answer): Query<Callback>,
) -> impl IntoResponse {
    // Taken out before it is used, so that it is used once.
    let attempt: Option<Attempt> = session.remove(ATTEMPT).await.ok().flatten();
    let (Some(provider), Some(attempt)) = (doors.provider, attempt) else { return back("expired", "") };
    let next = attempt.next.clone();
    match provider.end(attempt, &answer.state, answer.code).await {
        Ok(actor) => let_in(&session, actor, &next).await,
        Err(error) => told(&error, &next),
    }
}

async fn sign_out(session: Session) -> impl IntoResponse {
    if let Err(error) = session.flush().await {
        tracing::warn!(error = &error as &dyn std::error::Error, "A session was not forgotten");
    }
    back("signed-out", "")
}

/// Remembers who it is under a new session id, so that one that was known before is worth nothing.
async fn let_in(session: &Session, actor: Actor, next: &str) -> Redirect {
    let name = actor.name.clone();
    let kept = match session.cycle_id().await {
        Ok(()) => session.insert(ACTOR, actor).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(()) => {
            tracing::info!(actor.name = %name, "{name} signed in");
            Redirect::to(own_page(next))
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "A session was not kept");
            back("provider", next)
        }
    }
}

fn told(error: &SignInError, next: &str) -> Redirect {
    tracing::warn!(error = error as &dyn std::error::Error, "A sign-in did not work");
    let problem = match error {
        SignInError::Provider(_) => "provider",
        SignInError::Refused(_) => "refused",
    };
    back(problem, next)
}

fn back(problem: &str, next: &str) -> Redirect {
    Redirect::to(&format!("/sign-in?problem={problem}&next={}", escape(own_page(next))))
}

/// Only a page of ours is a place to go to: one slash and not two, and nothing that a browser reads as two.
fn own_page(next: &str) -> &str {
    let ours =
        next.starts_with('/') && !next[1..].starts_with(['/', '\\']) && !next.contains(char::is_control);
    if ours { next } else { "/" }
}

/// The address of this server, as the browser knows it.
fn origin(doors: &Doors, headers: &HeaderMap) -> String {
    let host = || headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let public = doors.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
    public.unwrap_or_else(|| format!("http://{}", host()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_a_page_that_is_not_ours() {
        for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/a\nb", ""] {
            assert_eq!(own_page(elsewhere), "/", "{elsewhere:?}");
        }
        assert_eq!(own_page("/devops/instances?q=a"), "/devops/instances?q=a");
    }
}
