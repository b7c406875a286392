//! ETags and conditions. The tag of an application names what is wanted and what is observed; a condition on a change
//! looks at what is wanted alone, because what is observed changes by itself all the time.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use slipway_domain::application::Application;

use super::problem::Problem;
use crate::hash::sha256;

/// The tag of an application: its generation, then what is known of it.
pub fn tag(application: &Application) -> String {
    format!("\"{}.{}\"", application.generation, application.revision)
}

/// May it be changed? Only if the caller has seen the present generation, or did not say what they saw.
pub fn may_change(headers: &HeaderMap, application: &Application) -> Result<(), Problem> {
    let Some(seen) = headers.get(header::IF_MATCH) else { return Ok(()) };
    let seen = seen.to_str().unwrap_or_default();
    let present = application.generation.to_string();
    let fits = |tag: &str| {
        let tag = tag.trim();
        tag == "*" || tag.trim_matches('"').split('.').next() == Some(&present)
    };
    if seen.split(',').any(fits) {
        return Ok(());
    }
    let why = format!(
        "It has generation {present} now, which is not the one that you saw. Look at it again first."
    );
    Err(Problem::new(StatusCode::PRECONDITION_FAILED, "SLW_CHANGED", why))
}

/// A document with a tag of its own, or nothing if the caller has it.
pub fn tagged(headers: &HeaderMap, document: &impl Serialize) -> Response {
    let text = serde_json::to_vec(document).unwrap_or_default();
    let tag = format!("\"{}\"", &sha256(&text)[..32]);
    with_tag(headers, &tag, document)
}

/// A document with that tag, or nothing if the caller has it.
pub fn with_tag(headers: &HeaderMap, tag: &str, document: &impl Serialize) -> Response {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or_default();
    let is_known = known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag);
    let mut answer =
        if is_known { StatusCode::NOT_MODIFIED.into_response() } else { Json(document).into_response() };
    if let Ok(tag) = HeaderValue::from_str(tag) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    answer
}
