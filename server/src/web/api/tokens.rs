//! Tokens for programs: one's own.

use axum::{Extension, Json, extract::Path, http::StatusCode, response::IntoResponse};
use serde::Deserialize;
use slipway_app::desk::SharedDesk;
use slipway_domain::token::TokenForm;
use utoipa::ToSchema;

use super::{Answer, Given};

/// The token that is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedToken {
    /// What it is for.
    name: String,
    /// What it may do: `read`, `change`, `remove`, `audit`, `tokens`.
    scopes: Vec<String>,
    /// How many days it lives, from 1 to 366.
    days: u32,
}

/// One's own tokens, without what programs send.
#[utoipa::path(get, path = "/api/v1/tokens", operation_id = "listTokens", tag = "tokens",
    responses((status = 200, description = "The tokens")))]
pub async fn list(Extension(desk): Extension<SharedDesk>) -> Answer {
    Ok(Json(serde_json::json!({"tokens": desk.tokens().await?})).into_response())
}

/// Makes a token. What programs send is in this answer and never shown again.
#[utoipa::path(post, path = "/api/v1/tokens", operation_id = "makeToken", tag = "tokens",
    request_body = WantedToken, responses((status = 201, description = "The token, with its secret")))]
pub async fn make(Extension(desk): Extension<SharedDesk>, Given(wanted): Given<WantedToken>) -> Answer {
    let form =
        TokenForm { name: wanted.name, scopes: wanted.scopes.join(","), days: wanted.days.to_string() };
    Ok((StatusCode::CREATED, Json(desk.make_token(&form).await?)).into_response())
}

/// Ends a token at once.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", operation_id = "revokeToken", tag = "tokens",
    params(("id" = String, Path, description = "Its identity")),
    responses((status = 204, description = "It is worth nothing any more")))]
pub async fn revoke(Extension(desk): Extension<SharedDesk>, Path(id): Path<String>) -> Answer {
    desk.revoke_token(&id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
