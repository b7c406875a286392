//! Errors for programs: RFC 9457 problem details with a stable code.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use slipway_app::{answer::status_of, desk::DeskError};

/// What the desk said, as an answer.
pub struct Problem(DeskError);

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(status_of(&self.0)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let detail = self.0.to_string();
        let (code, fields) = match self.0 {
            DeskError::SignedOut => ("SLW_SIGNED_OUT".to_owned(), vec![]),
            DeskError::Forbidden { .. } => ("SLW_FORBIDDEN".to_owned(), vec![]),
            DeskError::NotFound { .. } => ("SLW_NOT_FOUND".to_owned(), vec![]),
            DeskError::Invalid { fields } => ("SLW_INVALID".to_owned(), fields),
            DeskError::Refused { code, .. } => (code, vec![]),
            DeskError::Unavailable { .. } => ("SLW_UNAVAILABLE".to_owned(), vec![]),
        };
        let body = json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "code": code,
            "detail": detail,
            "errors": fields,
        });
        let mut response = (status, Json(body)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}
