//! What is told beside the applications themselves: by the cluster, by what was done lately, about a name.

use axum::{Extension, Json, extract::Path, response::IntoResponse};
use slipway_app::desk::SharedDesk;

use super::{Answer, summary::parsed};

/// What the cluster tells about it now, and what it warned of in the last day, newest first.
#[utoipa::path(get, path = "/api/v1/applications/{name}/events", operation_id = "listEvents", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "What was told; null if the cluster cannot be asked")))]
pub async fn told(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(desk.events(&parsed(&name)?).await?).into_response())
}

/// What was done lately, to which application, newest first.
#[utoipa::path(get, path = "/api/v1/operations", operation_id = "listRecent", tag = "applications",
    responses((status = 200, description = "The operations")))]
pub async fn recent(Extension(desk): Extension<SharedDesk>) -> Answer {
    let recent = desk.recent().await?.into_iter();
    let operations: Vec<_> = recent
        .map(|(name, operation)| serde_json::json!({"application": name, "operation": operation}))
        .collect();
    Ok(Json(serde_json::json!({"operations": operations})).into_response())
}

/// Can a new application be called so?
#[utoipa::path(get, path = "/api/v1/names/{name}", operation_id = "checkName", tag = "applications",
    params(("name" = String, Path, description = "The name")),
    responses((status = 200, description = "What is wrong with it; null if it can be had")))]
pub async fn name(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"problem": desk.name_problem(&name).await?})).into_response())
}
