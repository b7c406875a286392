//! Errors for programs: RFC 9457 problem details with a stable code.

use axum::{
    Json,
    body::to_bytes,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use slipway_app::{answer::status_of, desk::DeskError};
use utoipa::ToSchema;

const KIND: HeaderValue = HeaderValue::from_static("application/problem+json");
/// What a layer says about a refusal is a line.
const LINE: usize = 2048;

/// What is in the way.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the code says more.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    status: u16,
    /// Stable, for programs: `SLW_NOT_FOUND`.
    code: String,
    /// A sentence for people.
    detail: String,
    /// What is wrong with which field.
    errors: Vec<WrongField>,
}

/// What is wrong with a field.
#[derive(Debug, Serialize, ToSchema)]
struct WrongField {
    /// The field, with dots between the names on the way to it.
    field: String,
    /// A sentence for people.
    message: String,
}

impl Problem {
    /// A problem without fields.
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Unknown"),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: detail.into(),
            errors: vec![],
        }
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        let status = StatusCode::from_u16(status_of(&error)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let problem = Self::new(status, usual(status), error.to_string());
        match error {
            DeskError::Refused { code, .. } => Self { code, ..problem },
            DeskError::Invalid { fields } => {
                let errors =
                    fields.into_iter().map(|error| WrongField { field: error.field, message: error.message });
                Self { errors: errors.collect(), ..problem }
            }
            _ => problem,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, KIND);
        response
    }
}

/// The code of a status that says everything.
fn usual(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "SLW_BAD_REQUEST",
        401 => "SLW_SIGNED_OUT",
        403 => "SLW_FORBIDDEN",
        404 => "SLW_NOT_FOUND",
        405 => "SLW_METHOD",
        409 => "SLW_NOT_NOW",
        412 => "SLW_CHANGED",
        413 => "SLW_TOO_LARGE",
        415 => "SLW_MEDIA_TYPE",
        422 => "SLW_INVALID",
        429 => "SLW_BUSY",
        503 => "SLW_UNAVAILABLE",
        500.. => "SLW_BROKEN",
        _ => "SLW_REFUSED",
    }
}

/// Whatever layer refuses a request to the interface for programs, programs get a problem.
pub async fn shape(request: Request, next: Next) -> Response {
    let is_ours = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    if !is_ours || status.as_u16() < 400 || kind == Some(&KIND) {
        return response;
    }
    let is_line = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let (mut head, body) = response.into_parts();
    // A compressed line cannot be read here.
    let is_plain = is_line && !head.headers.contains_key(header::CONTENT_ENCODING);
    let line = if is_plain { to_bytes(body, LINE).await.ok() } else { None };
    let line = line.and_then(|line| String::from_utf8(line.to_vec()).ok()).filter(|line| !line.is_empty());
    let reason = || format!("{}.", status.canonical_reason().unwrap_or("It was refused"));
    let mut problem = Problem::new(status, usual(status), line.unwrap_or_else(reason)).into_response();
    // What other layers said stays: which request it was, and what browsers may do with the answer.
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING] {
        head.headers.remove(name);
    }
    problem.headers_mut().extend(head.headers);
    problem
}
