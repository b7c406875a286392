//! How an application came to be as it is.

use axum::{Extension, Json, extract::Path, response::IntoResponse};
use slipway_app::desk::{DeskError, SharedDesk};
use slipway_domain::permission::Action;

use super::{
    Answer,
    summary::{parsed, view},
};

/// Its configurations, newest first.
#[utoipa::path(get, path = "/api/v1/applications/{name}/generations", operation_id = "listGenerations", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The generations")))]
pub(super) async fn generations(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    desk.may(Action::ReadConfiguration, Some(&parsed(&name)?)).await?;
    Ok(Json(serde_json::json!({"generations": view(&desk, &name).await?.generations})).into_response())
}

/// What was done, newest first.
#[utoipa::path(get, path = "/api/v1/applications/{name}/operations", operation_id = "listOperations", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The operations")))]
pub(super) async fn operations(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"operations": view(&desk, &name).await?.operations})).into_response())
}

/// What an operation planned to do before it did it.
#[utoipa::path(get, path = "/api/v1/applications/{name}/operations/{id}/plans", operation_id = "listPlans",
    tag = "applications",
    params(("name" = String, Path, description = "The name of the application"),
        ("id" = String, Path, description = "The operation")),
    responses((status = 200, description = "The plans, in the order in which they were made")))]
pub(super) async fn plans(
    Extension(desk): Extension<SharedDesk>,
    Path((name, id)): Path<(String, String)>,
) -> Answer {
    let missing = || DeskError::NotFound { what: format!("{name} has no operation {id:?}.") };
    let id = id.parse().map_err(|_| missing())?;
    Ok(Json(serde_json::json!({"plans": desk.plans(&parsed(&name)?, id).await?})).into_response())
}

/// What its badge said, newest first.
#[utoipa::path(get, path = "/api/v1/applications/{name}/standings", operation_id = "listStandings", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The standings")))]
pub(super) async fn standings(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    let standings = view(&desk, &name).await?.standings.into_iter();
    let told: Vec<_> =
        standings.map(|(at, standing)| serde_json::json!({"at": at, "standing": standing})).collect();
    Ok(Json(serde_json::json!({"standings": told})).into_response())
}

/// How its containers ended, with their last lines; also after it was undeployed.
#[utoipa::path(get, path = "/api/v1/applications/{name}/ends", operation_id = "listEnds", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The ends")))]
pub(super) async fn ends(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    let ends = view(&desk, &name).await?.ends.into_iter();
    let told: Vec<_> = ends.map(|(at, ended)| serde_json::json!({"at": at, "ended": ended})).collect();
    Ok(Json(serde_json::json!({"ends": told})).into_response())
}
