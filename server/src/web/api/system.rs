//! Slipway itself, for programs: how its parts stand, and how it is set.

use axum::{Extension, Json, response::IntoResponse};
use slipway_app::desk::SharedDesk;

use super::Answer;

/// Version, parts with their health, and settings without secrets. The parts are asked once in a few seconds, whoever
/// wants to know.
#[utoipa::path(get, path = "/api/v1/system", operation_id = "getSystem", tag = "system",
    responses((status = 200, description = "What it is, what it needs, and how it is set")))]
pub async fn system(Extension(desk): Extension<SharedDesk>) -> Answer {
    Ok(Json(desk.system().await?).into_response())
}
