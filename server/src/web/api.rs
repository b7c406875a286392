//! The REST interface below `/api/v1`: what the pages do, for programs. Each handler parses, asks the same desk as
//! the pages, and puts the answer into JSON; errors are `application/problem+json` with a stable code.

mod images;
mod order;
mod problem;

use axum::{
    Extension, Json, Router,
    extract::{Path, Query},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use slipway_app::desk::{ApplicationView, DeskError, SharedDesk, StripForm, UndeployForm};
use slipway_domain::{
    application::Application,
    names::{ApplicationName, ProjectName},
    operation::Operation,
    order::OrderForm,
    phase::Phase,
    plan::Plan,
};

use self::{order::ApiOrder, problem::Problem};

type Answer = Result<Response, Problem>;

/// All of it, for people who are signed in.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/api/v1/releases", get(releases))
        .route("/api/v1/releases/{project}", get(project))
        .route("/api/v1/applications", get(applications).post(deploy))
        .route("/api/v1/applications/{name}", get(application).put(update).delete(undeploy))
        .route("/api/v1/applications/{name}/generations", get(generations))
        .route("/api/v1/applications/{name}/operations", get(operations))
        .route("/api/v1/applications/{name}/operations/{id}/plans", get(plans))
        .route("/api/v1/applications/{name}/components", get(components))
        .route("/api/v1/applications/{name}/standings", get(standings))
        .route("/api/v1/plan", post(plan))
        .route("/api/v1/applications/{name}/plan", post(plan_update))
        .route("/api/v1/applications/{name}/ends", get(ends))
        .route("/api/v1/applications/{name}/held", get(held))
        .route("/api/v1/applications/{name}/strip", post(strip))
        .route("/api/v1/applications/{name}/rollback", post(roll_back))
        .route("/api/v1/applications/{name}/images", get(images::known).post(images::check))
        .route("/api/v1/applications/{name}/images/update", post(images::update))
        .route("/api/v1/applications/{name}/retry", post(retry))
        .route("/api/v1/applications/{name}/cancel", post(cancel))
}

async fn releases(Extension(desk): Extension<SharedDesk>) -> Answer {
    let view = desk.releases().await?;
    Ok(Json(serde_json::json!({
        "projects": view.projects, "broken": view.broken, "arriving": view.arriving,
    }))
    .into_response())
}

async fn project(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    let missing = || DeskError::NotFound { what: format!("No project {name:?} has been released.") };
    let name = ProjectName::parse(&name).map_err(|_| missing())?;
    Ok(Json(desk.project(&name).await?).into_response())
}

async fn applications(Extension(desk): Extension<SharedDesk>) -> Answer {
    let view = desk.instances().await?;
    Ok(Json(serde_json::json!({"applications": view.live})).into_response())
}

async fn deploy(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Json(order): Json<ApiOrder>,
) -> Answer {
    let form = OrderForm { idempotency_key: key(&headers), ..order.into_form(None)? };
    let name = desk.deploy(&form).await?;
    let place = [(header::LOCATION, format!("/api/v1/applications/{name}"))];
    Ok((StatusCode::ACCEPTED, place, Json(summary(desk.application(&name).await?))).into_response())
}

async fn application(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(summary(view(&desk, &name).await?)).into_response())
}

#[derive(Deserialize)]
struct UpdateOptions {
    #[serde(default)]
    even_quarantined: bool,
}

async fn update(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Query(options): Query<UpdateOptions>,
    Json(order): Json<ApiOrder>,
) -> Answer {
    let present = desk.order_of(&parsed(&name)?).await?;
    let form =
        OrderForm { name: name.clone(), idempotency_key: key(&headers), ..order.into_form(Some(present))? };
    desk.update(&form, options.even_quarantined).await?;
    Ok((StatusCode::ACCEPTED, Json(summary(view(&desk, &name).await?))).into_response())
}

async fn plan(Extension(desk): Extension<SharedDesk>, Json(order): Json<ApiOrder>) -> Answer {
    Ok(Json(planned(&desk.plan(&order.into_form(None)?, false).await?)).into_response())
}

async fn plan_update(
    Extension(desk): Extension<SharedDesk>,
    Path(name): Path<String>,
    Json(order): Json<ApiOrder>,
) -> Answer {
    let present = desk.order_of(&parsed(&name)?).await?;
    let form = OrderForm { name, ..order.into_form(Some(present))? };
    Ok(Json(planned(&desk.plan(&form, true).await?)).into_response())
}

fn planned(plan: &Plan) -> serde_json::Value {
    serde_json::json!({"hash": plan.hash(), "steps": plan.steps(), "plan": plan})
}

#[derive(Deserialize)]
struct UndeployOptions {
    #[serde(default)]
    force: bool,
}

async fn undeploy(
    Extension(desk): Extension<SharedDesk>,
    Path(name): Path<String>,
    Query(options): Query<UndeployOptions>,
) -> Answer {
    // A program that names what it deletes has confirmed it.
    let force = if options.force { "true".to_owned() } else { String::new() };
    desk.undeploy(&UndeployForm { name: name.clone(), confirmation: name.clone(), force }).await?;
    Ok((StatusCode::ACCEPTED, Json(summary(view(&desk, &name).await?))).into_response())
}

async fn generations(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"generations": view(&desk, &name).await?.generations})).into_response())
}

async fn operations(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"operations": view(&desk, &name).await?.operations})).into_response())
}

async fn plans(Extension(desk): Extension<SharedDesk>, Path((name, id)): Path<(String, String)>) -> Answer {
    let missing = || DeskError::NotFound { what: format!("{name} has no operation {id:?}.") };
    let id = id.parse().map_err(|_| missing())?;
    Ok(Json(serde_json::json!({"plans": desk.plans(&parsed(&name)?, id).await?})).into_response())
}

async fn components(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"components": view(&desk, &name).await?.components})).into_response())
}

async fn standings(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    let standings = view(&desk, &name).await?.standings.into_iter();
    let told: Vec<_> =
        standings.map(|(at, standing)| serde_json::json!({"at": at, "standing": standing})).collect();
    Ok(Json(serde_json::json!({"standings": told})).into_response())
}

async fn ends(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    let ends = view(&desk, &name).await?.ends.into_iter();
    let told: Vec<_> = ends.map(|(at, ended)| serde_json::json!({"at": at, "ended": ended})).collect();
    Ok(Json(serde_json::json!({"ends": told})).into_response())
}

async fn held(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"held": desk.held(&parsed(&name)?).await?})).into_response())
}

#[derive(Deserialize)]
struct Strip {
    uid: String,
    finalizer: String,
    confirmation: String,
}

async fn strip(
    Extension(desk): Extension<SharedDesk>,
    Path(name): Path<String>,
    Json(wanted): Json<Strip>,
) -> Answer {
    let Strip { uid, finalizer, confirmation } = wanted;
    desk.strip(&StripForm { name, uid, finalizer, confirmation }).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
struct RollBack {
    generation: u32,
    #[serde(default)]
    even_quarantined: bool,
}

async fn roll_back(
    Extension(desk): Extension<SharedDesk>,
    Path(name): Path<String>,
    Json(wanted): Json<RollBack>,
) -> Answer {
    desk.roll_back(&parsed(&name)?, wanted.generation, wanted.even_quarantined).await?;
    Ok((StatusCode::ACCEPTED, Json(summary(view(&desk, &name).await?))).into_response())
}

async fn retry(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    desk.retry(&parsed(&name)?).await?;
    Ok((StatusCode::ACCEPTED, Json(summary(view(&desk, &name).await?))).into_response())
}

async fn cancel(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    desk.cancel(&parsed(&name)?).await?;
    Ok((StatusCode::ACCEPTED, Json(summary(view(&desk, &name).await?))).into_response())
}

/// An application as programs see it.
#[derive(Serialize)]
struct Summary {
    #[serde(flatten)]
    application: Application,
    phase: Option<&'static str>,
    operation: Option<Operation>,
    gateway_url: Option<String>,
}

fn summary(view: ApplicationView) -> Summary {
    let operation = view.operations.into_iter().next();
    let phase = operation.as_ref().map(|operation| Phase::of(operation).label());
    Summary { application: view.application, phase, operation, gateway_url: view.gateway_url }
}

async fn view(desk: &SharedDesk, name: &str) -> Result<ApplicationView, DeskError> {
    desk.application(&parsed(name)?).await
}

fn parsed(name: &str) -> Result<ApplicationName, DeskError> {
    let what = format!("No application is called {name:?}.");
    ApplicationName::parse(name).map_err(|_| DeskError::NotFound { what })
}

fn key(headers: &HeaderMap) -> String {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    key.unwrap_or_default().to_owned()
}
