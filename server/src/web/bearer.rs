//! Programs come in with a token. One that was made here is looked up by its hash, and does what its scopes say and its
//! owner may; an access token of the identity provider is proved by its signature, and does what its owner may.

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use slipway_app::desk::SharedDesk;
use slipway_domain::{actor::Actor, audit::UNKNOWN, ports::PortError, token::Scope};
use slipway_store::{Deed, Origin};
use tokio::time::timeout;

use super::{api::Problem, gate::PATIENCE};
use crate::{
    auth::{Bearer, Keeper, Provider, SignInError, is_signed},
    desk::{Office, Witnessed},
};

/// What a program sends to say who it is, if it does.
pub fn secret(headers: &HeaderMap) -> Option<String> {
    let sent = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (kind, secret) = sent.split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then(|| secret.trim().to_owned())
}

/// When what somebody came in with ends: a stream asks once and is answered for hours.
#[derive(Debug, Clone, Copy)]
pub struct Until(pub Timestamp);

/// Whoever comes in with a token.
struct Guest {
    actor: Actor,
    until: Timestamp,
    /// How the trail calls the way that they came.
    via: String,
    /// What the token may do; none if it may do all that its owner may.
    scopes: Option<Vec<Scope>>,
}

/// Lets the program through, or answers in its place.
pub async fn admit(
    (office, keeper): (Arc<Office>, Arc<Keeper>),
    origin: Origin,
    secret: &str,
    mut request: Request,
    next: Next,
) -> Response {
    let now = office.clock.now();
    if office.attempts.is_over(&origin.address, now) {
        let why = "Too many attempts. Wait a minute, then try again.";
        return Problem::new(StatusCode::TOO_MANY_REQUESTS, "SLW_BUSY", why).into_response();
    }
    let guest = match &keeper.provider {
        Some(provider) if is_signed(secret) => of_provider(provider, secret).await,
        _ => own(&office, &origin, secret).await,
    };
    let Guest { actor, until, via, scopes } = match guest {
        Ok(Some(guest)) => guest,
        Ok(None) => {
            office.attempts.count(&origin.address, now);
            return unknown(&office, &origin).await;
        }
        Err(problem) => return problem.into_response(),
    };
    let desk = office.desk(actor.clone(), Origin { via, ..origin });
    let wanted = needed(request.method(), request.uri().path());
    if scopes.as_ref().is_some_and(|scopes| !scopes.contains(&wanted)) {
        let (method, path) = (request.method().as_str(), request.uri().path());
        let label = wanted.label();
        desk.tell(&method.to_lowercase(), path, &format!("refused: SLW_SCOPE {label}")).await;
        let why = format!(
            "This token does not have the scope {label}. Make one that has it, under Account, Tokens."
        );
        return Problem::new(StatusCode::FORBIDDEN, "SLW_SCOPE", why).into_response();
    }
    let desk = match scopes {
        Some(scopes) => desk.limited(scopes),
        None => desk,
    };
    let desk: SharedDesk = Arc::new(Witnessed(desk));
    request.extensions_mut().insert(desk);
    request.extensions_mut().insert(office.recognised(actor));
    request.extensions_mut().insert(Until(until));
    next.run(request).await
}

/// Somebody with a token that was made here; nobody if it is worth nothing.
async fn own(office: &Office, origin: &Origin, secret: &str) -> Result<Option<Guest>, Problem> {
    let known = timeout(PATIENCE, office.token(secret)).await;
    let known = known.unwrap_or_else(|late| Err(PortError::new("looking up a token", late)));
    let known = known.map_err(|error| {
        tracing::error!(error = %error.chain(), "A token cannot be looked up");
        sorry("The database does not answer, so Slipway cannot tell who you are. Try again in a moment.")
    })?;
    let Some((token, actor)) = known else { return Ok(None) };
    if let Err(error) = office.store.token_used(&token.id, &origin.address, office.clock.now()).await {
        tracing::warn!(error = %error.chain(), "The use of a token was not remembered");
    }
    let via = format!("token {}", token.name);
    Ok(Some(Guest { actor, until: token.expires_at, via, scopes: Some(token.scopes) }))
}

/// Somebody with an access token of the provider; nobody if it is not true.
async fn of_provider(provider: &Provider, token: &str) -> Result<Option<Guest>, Problem> {
    match timeout(PATIENCE, provider.bearer(token)).await {
        Ok(Ok(Bearer { actor, until })) => {
            Ok(Some(Guest { actor, until, via: "access token".to_owned(), scopes: None }))
        }
        Ok(Err(SignInError::Refused(reason))) => {
            tracing::info!(reason, "An access token is not accepted");
            Ok(None)
        }
        Ok(Err(SignInError::Provider(reason))) => Err(silent(&reason)),
        Err(late) => Err(silent(&late.to_string())),
    }
}

fn silent(reason: &str) -> Problem {
    tracing::warn!(reason, "An access token cannot be checked");
    sorry("The identity provider does not answer, so Slipway cannot tell who you are. Try again in a moment.")
}

fn sorry(why: &str) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "SLW_UNAVAILABLE", why)
}

async fn unknown(office: &Office, origin: &Origin) -> Response {
    let at = office.clock.now();
    let outcome = "refused: SLW_BAD_TOKEN";
    office.tell(&Deed { at, actor: UNKNOWN, action: "token", object: "", outcome, origin }).await;
    let why = "This token is not known, is over, was revoked or is not meant for Slipway. Make another one under \
               Account, Tokens, or ask the identity provider for a fresh one.";
    let mut answer = Problem::new(StatusCode::UNAUTHORIZED, "SLW_BAD_TOKEN", why).into_response();
    let kind = header::HeaderValue::from_static("Bearer error=\"invalid_token\"");
    answer.headers_mut().insert(header::WWW_AUTHENTICATE, kind);
    answer
}

/// What a request needs.
fn needed(method: &Method, path: &str) -> Scope {
    let path = path.strip_prefix("/api/v1/").unwrap_or(path);
    match path.split('/').next() {
        Some("audit") => return Scope::Audit,
        Some("tokens") => return Scope::Tokens,
        _ => {}
    }
    match *method {
        Method::GET | Method::HEAD => Scope::Read,
        // A plan changes nothing.
        Method::POST if path == "plan" || path.ends_with("/plan") => Scope::Read,
        Method::DELETE => Scope::Remove,
        _ if path.ends_with("/strip") => Scope::Remove,
        _ => Scope::Change,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s4_33_each_request_needs_a_scope() {
        for (method, path, scope) in [
            (Method::GET, "releases", Scope::Read),
            (Method::GET, "applications/shop", Scope::Read),
            (Method::GET, "events", Scope::Read),
            (Method::POST, "plan", Scope::Read),
            (Method::POST, "applications/shop/plan", Scope::Read),
            (Method::POST, "applications", Scope::Change),
            (Method::PUT, "applications/shop", Scope::Change),
            (Method::POST, "applications/shop/rollback", Scope::Change),
            (Method::POST, "applications/plan/retry", Scope::Change),
            (Method::DELETE, "applications/shop", Scope::Remove),
            (Method::POST, "applications/shop/strip", Scope::Remove),
            (Method::GET, "audit", Scope::Audit),
            (Method::GET, "audit/export", Scope::Audit),
            (Method::GET, "tokens", Scope::Tokens),
            (Method::POST, "tokens", Scope::Tokens),
            (Method::DELETE, "tokens/1", Scope::Tokens),
        ] {
            assert_eq!(needed(&method, &format!("/api/v1/{path}")), scope, "{method} {path}");
        }
    }

    #[test]
    fn s4_33_a_token_is_read_from_its_header_alone() {
        let headers = |value: &str| HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())]);
        assert_eq!(secret(&headers("Bearer slw_x")).as_deref(), Some("slw_x"));
        assert_eq!(secret(&headers("bearer  slw_x ")).as_deref(), Some("slw_x"));
        assert_eq!(secret(&headers("Basic YTpi")), None);
        assert_eq!(secret(&HeaderMap::new()), None);
    }
}
