//! The addresses of sign-in and sign-out. Plain handlers: forms and redirects, no server functions.

use std::sync::Arc;

use axum::{
    Extension, Form, Router,
    extract::Query,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use slipway_app::ways::{escape, own_page};
use slipway_store::Of;
use tower_sessions::Session;

use super::{
    keeper::{Keeper, Newcomer, Pass},
    local::Recognised,
    oidc::{Arrival, Attempt, Kept, SignInError},
};

/// Where the session keeps who came in.
pub const PASS: &str = "pass";
/// Where the session keeps a sign-in that has begun.
const ATTEMPT: &str = "attempt";

/// What the handlers need.
#[derive(Clone)]
struct Doors {
    keeper: Arc<Keeper>,
    public_url: Option<String>,
}

/// All of it.
pub fn routes(keeper: Arc<Keeper>, public_url: Option<String>) -> Router {
    let router = Router::new()
        .route("/auth/sign-out", post(sign_out))
        .route("/auth/signed-out", get(|| async { back("signed-out", "") }))
        .route("/auth/visits/end", post(end_visit));
    let router = match keeper.provider {
        Some(_) => router
            .route("/auth/login", get(login))
            .route("/auth/callback", get(callback))
            .route("/auth/backchannel-logout", post(signed_out_elsewhere)),
        None => router.route("/auth/sign-in", post(sign_in)),
    };
    router.layer(Extension(Doors { keeper, public_url }))
}

#[derive(Deserialize)]
struct SignInForm {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn sign_in(
    Extension(Doors { keeper, .. }): Extension<Doors>,
    session: Session,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Redirect {
    let problem = match keeper.accounts.recognise(&form.name, form.password, keeper.clock.now()).await {
        Ok(Recognised::Yes(actor)) => {
            let arrival = Arrival { actor, session: None, kept: Kept::default() };
            return let_in(&keeper, &session, &headers, arrival, &form.next).await;
        }
        Ok(Recognised::No) => "wrong",
        Ok(Recognised::Closed) => "busy",
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
    let Some(provider) = &doors.keeper.provider else { return back("provider", &wish.next) };
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
    Extension(Doors { keeper, .. }): Extension<Doors>,
    session: Session,
    headers: HeaderMap,
    Query(answer): Query<Callback>,
) -> Redirect {
    // Taken out before it is used, so that it is used once.
    let attempt: Option<Attempt> = session.remove(ATTEMPT).await.ok().flatten();
    let (Some(provider), Some(attempt)) = (&keeper.provider, attempt) else { return back("expired", "") };
    let next = attempt.next.clone();
    match provider.end(attempt, &answer.state, answer.code).await {
        Ok(arrival) => let_in(&keeper, &session, &headers, arrival, &next).await,
        Err(error) => told(&error, &next),
    }
}

/// Signs out here, and then at the provider, which sends the browser back.
async fn sign_out(Extension(doors): Extension<Doors>, session: Session, headers: HeaderMap) -> Redirect {
    let pass: Option<Pass> = session.get(PASS).await.ok().flatten();
    if let Err(error) = session.flush().await {
        tracing::warn!(error = &error as &dyn std::error::Error, "A session was not forgotten");
    }
    let Some(pass) = pass else { return back("signed-out", "") };
    let kept = doors.keeper.leave(&pass).await.ok().flatten();
    let (Some(provider), Some(kept)) = (&doors.keeper.provider, kept) else { return back("signed-out", "") };
    let here = format!("{}/auth/signed-out", origin(&doors, &headers));
    match provider.farewell(&kept, &here).await {
        Ok(Some(url)) => Redirect::to(&url),
        // It cannot be told; here the person is signed out.
        Ok(None) | Err(_) => back("signed-out", ""),
    }
}

#[derive(Deserialize)]
struct VisitForm {
    /// Which one; all others if it is empty.
    #[serde(default)]
    visit: String,
}

/// Ends a visit of the same person in another browser.
async fn end_visit(
    Extension(Doors { keeper, .. }): Extension<Doors>,
    Extension(pass): Extension<Pass>,
    Form(form): Form<VisitForm>,
) -> Redirect {
    let actor_id = &pass.actor.id;
    let of = match form.visit.as_str() {
        "" => Of::Others { actor_id, but: &pass.visit },
        id => Of::One { id, actor_id },
    };
    if let Err(error) = keeper.store.end_visits(of).await {
        tracing::error!(error = %error.chain(), "A visit was not ended");
    }
    Redirect::to("/account")
}

#[derive(Deserialize)]
struct LogoutForm {
    logout_token: String,
}

/// The provider says that somebody signed out somewhere else.
async fn signed_out_elsewhere(
    Extension(Doors { keeper, .. }): Extension<Doors>,
    Form(form): Form<LogoutForm>,
) -> Response {
    let Some(provider) = &keeper.provider else { return StatusCode::NOT_FOUND.into_response() };
    let whom = match provider.signed_out(&form.logout_token).await {
        Ok(whom) => whom,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "A logout token is not accepted");
            return (StatusCode::BAD_REQUEST, error.to_string()).into_response();
        }
    };
    match keeper.sign_out(&whom).await {
        Ok(_) => ([(header::CACHE_CONTROL, "no-store")], StatusCode::OK).into_response(),
        Err(error) => {
            tracing::error!(error = %error.chain(), "Somebody was not signed out");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Remembers who it is under a new session id, so that one that was known before is worth nothing.
async fn let_in(
    keeper: &Keeper,
    session: &Session,
    headers: &HeaderMap,
    arrival: Arrival,
    next: &str,
) -> Redirect {
    let name = arrival.actor.name.clone();
    match kept(keeper, session, headers, arrival).await {
        Ok(()) => {
            tracing::info!(actor.name = %name, "{name} signed in");
            Redirect::to(own_page(next))
        }
        Err(error) => {
            tracing::error!(error = &*error, "A session was not kept");
            back("provider", next)
        }
    }
}

async fn kept(
    keeper: &Keeper,
    session: &Session,
    headers: &HeaderMap,
    arrival: Arrival,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    session.cycle_id().await?;
    // Kept once before the visit, which refers to it.
    session.save().await?;
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let pass = keeper
        .begin(Newcomer {
            actor: arrival.actor,
            provider_session: arrival.session,
            kept: keeper.provider.as_ref().map(|_| arrival.kept),
            session_id: session.id().map(|id| id.to_string()).unwrap_or_default(),
            agent: agent.unwrap_or("a program"),
        })
        .await?;
    session.insert(PASS, pass).await?;
    Ok(())
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

/// The address of this server, as the browser knows it.
fn origin(doors: &Doors, headers: &HeaderMap) -> String {
    let host = || headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let public = doors.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
    public.unwrap_or_else(|| format!("http://{}", host()))
}
