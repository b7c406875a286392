//! Applications as they are.

use axum::{
    Extension, Json,
    extract::{Path, Query},
    http::HeaderMap,
    response::IntoResponse,
};
use slipway_app::desk::SharedDesk;

use super::{
    Answer, conditions,
    list::ListOptions,
    order::ApiOrder,
    summary::{parsed, summary, view},
};

/// Live applications.
#[utoipa::path(get, path = "/api/v1/applications", operation_id = "listApplications", tag = "applications",
    params(ListOptions),
    responses((status = 200, description = "A page of them")))]
pub(super) async fn list(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Query(options): Query<ListOptions>,
) -> Answer {
    let (page, next) = options.page(desk.applications().await?.live)?;
    Ok(conditions::tagged(&headers, &serde_json::json!({"applications": page, "next": next})))
}

/// An application: standing, phase, newest operation, address.
#[utoipa::path(get, path = "/api/v1/applications/{name}", operation_id = "getApplication", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The application")))]
pub(super) async fn application(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Answer {
    let summary = summary(view(&desk, &name).await?);
    Ok(conditions::with_tag(&headers, &conditions::tag(&summary.application), &summary))
}

/// Its workloads and their tasks as observed now.
#[utoipa::path(get, path = "/api/v1/applications/{name}/components", operation_id = "listComponents", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The components")))]
pub(super) async fn components(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"components": view(&desk, &name).await?.components})).into_response())
}

/// What holds its removal.
#[utoipa::path(get, path = "/api/v1/applications/{name}/held", operation_id = "getHeld", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "What holds it, or nothing")))]
pub(super) async fn held(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"held": desk.held(&parsed(&name)?).await?})).into_response())
}

/// The order with which it would be made as it is, without secrets: for `slipway deploy -f` and for keeping.
#[utoipa::path(get, path = "/api/v1/applications/{name}/order", operation_id = "exportApplication", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The order")))]
pub(super) async fn export(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Answer {
    let form = desk.order_of(&parsed(&name)?).await?;
    Ok(conditions::tagged(&headers, &ApiOrder::of(form)))
}
