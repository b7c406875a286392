//! What is done with applications. Each answers at once; how far it is, the application says.

use axum::{
    Extension, Json,
    extract::{Path, Query},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use serde::Deserialize;
use slipway_app::desk::{RollbackForm, SharedDesk, StripForm, UndeployForm};
use slipway_domain::order::OrderForm;
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Given,
    order::ApiOrder,
    summary::{accepted, key, parsed, summary, unchanged},
};

/// Deploys a release as a new application.
#[utoipa::path(post, path = "/api/v1/applications", operation_id = "deploy", tag = "applications",
    request_body = ApiOrder,
    responses((status = 202, description = "The application; its address is in Location")))]
pub(super) async fn deploy(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Given(order): Given<ApiOrder>,
) -> Answer {
    let form = OrderForm { idempotency_key: key(&headers), ..order.into_form(None)? };
    let name = desk.deploy(&form).await?;
    let place = [(header::LOCATION, format!("/api/v1/applications/{name}"))];
    Ok((StatusCode::ACCEPTED, place, Json(summary(desk.application(&name).await?))).into_response())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UpdateOptions {
    /// Also one whose release was left for a reason.
    #[serde(default)]
    even_quarantined: bool,
}

/// Makes the next generation; what is not written stays as it is.
#[utoipa::path(put, path = "/api/v1/applications/{name}", operation_id = "update", tag = "applications",
    params(("name" = String, Path, description = "The name of the application"), UpdateOptions), request_body = ApiOrder,
    responses((status = 202, description = "The application")))]
pub(super) async fn update(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Query(options): Query<UpdateOptions>,
    Given(order): Given<ApiOrder>,
) -> Answer {
    unchanged(&desk, &headers, &name).await?;
    let present = desk.order_of(&parsed(&name)?).await?;
    let form =
        OrderForm { name: name.clone(), idempotency_key: key(&headers), ..order.into_form(Some(present))? };
    desk.update(&form, options.even_quarantined).await?;
    accepted(&desk, &name).await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UndeployOptions {
    /// Also what is being deployed or has failed?
    #[serde(default)]
    force: bool,
}

/// Removes an application with everything in it.
#[utoipa::path(delete, path = "/api/v1/applications/{name}", operation_id = "undeploy", tag = "applications",
    params(("name" = String, Path, description = "The name of the application"), UndeployOptions),
    responses((status = 202, description = "The application")))]
pub(super) async fn undeploy(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Query(options): Query<UndeployOptions>,
) -> Answer {
    unchanged(&desk, &headers, &name).await?;
    // A program that names what it deletes has confirmed it.
    let force = if options.force { "true".to_owned() } else { String::new() };
    desk.undeploy(&UndeployForm { name: name.clone(), confirmation: name.clone(), force }).await?;
    accepted(&desk, &name).await
}

#[derive(Deserialize, ToSchema)]
pub(super) struct RollBack {
    /// Which one.
    generation: u32,
    /// Also one whose release was left for a reason.
    #[serde(default)]
    even_quarantined: bool,
}

/// Makes an earlier generation real again, as it was.
#[utoipa::path(post, path = "/api/v1/applications/{name}/rollback", operation_id = "rollback", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")), request_body = RollBack,
    responses((status = 202, description = "The application")))]
pub(super) async fn roll_back(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Given(wanted): Given<RollBack>,
) -> Answer {
    unchanged(&desk, &headers, &name).await?;
    let RollBack { generation, even_quarantined } = wanted;
    let idempotency_key = key(&headers);
    let form = RollbackForm { name: name.clone(), generation, even_quarantined, idempotency_key };
    desk.roll_back(&form).await?;
    accepted(&desk, &name).await
}

/// Runs the operation that failed or was cancelled once more.
#[utoipa::path(post, path = "/api/v1/applications/{name}/retry", operation_id = "retry", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 202, description = "The application")))]
pub(super) async fn retry(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    desk.retry(&parsed(&name)?).await?;
    accepted(&desk, &name).await
}

/// Ends the operation that is under way where it is.
#[utoipa::path(post, path = "/api/v1/applications/{name}/cancel", operation_id = "cancel", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 202, description = "The application")))]
pub(super) async fn cancel(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    desk.cancel(&parsed(&name)?).await?;
    accepted(&desk, &name).await
}

#[derive(Deserialize, ToSchema)]
pub(super) struct Strip {
    /// The uid of the object.
    uid: String,
    /// The finalizer.
    finalizer: String,
    /// The name of the object, to confirm it.
    confirmation: String,
}

/// Strips one finalizer of one object that holds its removal.
#[utoipa::path(post, path = "/api/v1/applications/{name}/strip", operation_id = "strip", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")), request_body = Strip,
    responses((status = 204, description = "It is done")))]
pub(super) async fn strip(
    Extension(desk): Extension<SharedDesk>,
    Path(name): Path<String>,
    Given(wanted): Given<Strip>,
) -> Answer {
    let Strip { uid, finalizer, confirmation } = wanted;
    desk.strip(&StripForm { name, uid, finalizer, confirmation }).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
