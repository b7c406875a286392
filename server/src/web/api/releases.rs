//! What can be deployed.

use axum::{Extension, extract::Path, http::HeaderMap};
use slipway_app::desk::{DeskError, SharedDesk};
use slipway_domain::names::ProjectName;

use super::{Answer, conditions};

/// Released projects, and what could not be read.
#[utoipa::path(get, path = "/api/v1/releases", operation_id = "listReleases", tag = "releases",
    responses((status = 200, description = "The projects")))]
pub(super) async fn list(Extension(desk): Extension<SharedDesk>, headers: HeaderMap) -> Answer {
    let view = desk.releases().await?;
    Ok(conditions::tagged(
        &headers,
        &serde_json::json!({
            "projects": view.projects, "broken": view.broken, "arriving": view.arriving,
        }),
    ))
}

/// One released project with its releases.
#[utoipa::path(get, path = "/api/v1/releases/{project}", operation_id = "getProject", tag = "releases",
    params(("project" = String, Path, description = "The name of the project")),
    responses((status = 200, description = "The project")))]
pub(super) async fn project(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Answer {
    let missing = || DeskError::NotFound { what: format!("No project {name:?} has been released.") };
    let name = ProjectName::parse(&name).map_err(|_| missing())?;
    Ok(conditions::tagged(&headers, &desk.project(&name).await?))
}
