//! `Idempotency-Key`: the same request with the same key is done once and answered the same every time. What failed
//! may be tried again under its key.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderName, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use slipway_domain::{actor::Actor, ports::PortError};
use slipway_store::Before;

use super::problem::Problem;
use crate::{desk::Office, hash::sha256, web::limits::MAX_BODY};

const KEY: &str = "idempotency-key";
/// How many characters a key may have.
pub const LONGEST_KEY: usize = 200;
/// Answers of changes are small.
const MAX_ANSWER: usize = 1024 * 1024;
/// What of an answer's head is kept.
const HEAD: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];

/// An answer as it is kept, sealed: it may carry a new token.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    head: Vec<(String, String)>,
    body: String,
}

/// Answers a request that was answered before, or lets it through and keeps the answer.
pub async fn once(
    Extension(office): Extension<Arc<Office>>,
    Extension(actor): Extension<Actor>,
    request: Request,
    next: Next,
) -> Response {
    let key = request.headers().get(KEY).map(|key| key.to_str().unwrap_or_default().to_owned());
    let Some(key) = key.filter(|_| !request.method().is_safe()) else { return next.run(request).await };
    if key.is_empty() || key.len() > LONGEST_KEY {
        let why = format!("An Idempotency-Key has 1 to {LONGEST_KEY} characters.");
        return Problem::new(StatusCode::BAD_REQUEST, "SLW_BAD_KEY", why).into_response();
    }
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "SLW_TOO_LARGE", "The request is too large.")
            .into_response();
    };
    let print = format!("{} {} {}", head.method, head.uri, sha256(&body));
    let lease = SignedDuration::try_from(office.lease).unwrap_or(SignedDuration::MAX);
    match office.store.begin_answer(&actor.id, &key, &print, office.clock.now(), lease).await {
        Ok(Before::Nothing) => {}
        Ok(before) => return earlier(&office, before),
        Err(error) => return out_of_order(&error),
    }
    let answered = async {
        let answer = next.run(Request::from_parts(head, Body::from(body))).await;
        keep(&office, &actor, &key, answer).await
    };
    tokio::select! {
        answer = answered => answer,
        never = hold(&office, &actor, &key) => match never {},
    }
}

/// Holds on to the key for as long as it is polled: not when the process was killed, nor when whoever asked has left.
async fn hold(office: &Office, actor: &Actor, key: &str) -> Infallible {
    loop {
        tokio::time::sleep(office.lease / 3).await;
        if let Err(error) = office.store.hold_answer(&actor.id, key, office.clock.now()).await {
            tracing::warn!(error = %error.chain(), "A key was not held on to");
        }
    }
}

fn earlier(office: &Office, before: Before) -> Response {
    let refuse = |status, code, why: &str| Problem::new(status, code, why).into_response();
    match before {
        Before::Answered(sealed) => {
            let text = office.vault.open(&sealed).ok();
            let kept = text.and_then(|text| serde_json::from_str::<Kept>(&text).ok());
            kept.map_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response(), again)
        }
        Before::Other => {
            let why = "This key was used for another request. Use a new one.";
            refuse(StatusCode::UNPROCESSABLE_ENTITY, "SLW_KEY_USED", why)
        }
        _ => {
            let why = "The same request is being answered. Ask again in a moment.";
            refuse(StatusCode::CONFLICT, "SLW_UNDER_WAY", why)
        }
    }
}

fn again(kept: Kept) -> Response {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = (status, kept.body).into_response();
    answer.headers_mut().remove(header::CONTENT_TYPE);
    for (name, value) in kept.head {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

async fn keep(office: &Office, actor: &Actor, key: &str, answer: Response) -> Response {
    if !answer.status().is_success() {
        forget(office, actor, key).await;
        return answer;
    }
    let (head, body) = answer.into_parts();
    let Ok(body) = to_bytes(body, MAX_ANSWER).await else {
        forget(office, actor, key).await;
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let text =
        |name: &HeaderName| Some((name.to_string(), head.headers.get(name)?.to_str().ok()?.to_owned()));
    let kept = Kept {
        status: head.status.as_u16(),
        head: HEAD.iter().filter_map(text).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let sealed = office.vault.seal(&serde_json::to_string(&kept).unwrap_or_default());
    if let Err(error) = office.store.end_answer(&actor.id, key, Some(&sealed)).await {
        tracing::warn!(error = %error.chain(), "An answer was not kept");
    }
    Response::from_parts(head, Body::from(body))
}

async fn forget(office: &Office, actor: &Actor, key: &str) {
    if let Err(error) = office.store.end_answer(&actor.id, key, None).await {
        tracing::warn!(error = %error.chain(), "A key was not forgotten");
    }
}

fn out_of_order(error: &PortError) -> Response {
    tracing::error!(error = %error.chain(), "A key cannot be looked up");
    let why = "The database does not answer. Try again in a moment.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "SLW_UNAVAILABLE", why).into_response()
}
