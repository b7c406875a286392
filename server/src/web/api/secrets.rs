//! How old the secrets of an application are, and what uses them.

use axum::{Extension, Json, extract::Path, response::IntoResponse};
use slipway_app::desk::SharedDesk;

use super::{Answer, summary::parsed};

/// Its secrets: when each was set and by whom, and what uses it. Never what it is.
#[utoipa::path(get, path = "/api/v1/applications/{name}/secrets", operation_id = "listSecrets", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The secrets; advice says how to change one that is old")))]
pub async fn list(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"secrets": desk.secrets(&parsed(&name)?).await?})).into_response())
}
