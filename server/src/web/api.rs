//! The REST interface below `/api/v1`: what the pages do, for programs. Each handler parses, asks the same desk as
//! the pages, and puts the answer into JSON; errors are `application/problem+json` with a stable code.

mod access;
mod audit;
mod conditions;
mod document;
mod images;
mod list;
mod logs;
mod once;
mod order;
mod people;
mod problem;
mod secrets;
mod system;
mod tokens;
mod told;

use axum::{
    Extension, Json, Router,
    extract::{FromRequest, Path, Query, Request, rejection::JsonRejection},
    http::{HeaderMap, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use slipway_app::desk::{ApplicationView, DeskError, RollbackForm, SharedDesk, StripForm, UndeployForm};
use slipway_domain::{
    application::Application,
    names::{ApplicationName, ProjectName},
    operation::Operation,
    order::OrderForm,
    permission::Action,
    phase::Phase,
    plan::Plan,
};
use utoipa::{IntoParams, OpenApi, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::problem::{Problem, shape};
use self::{list::ListOptions, order::ApiOrder};

type Answer = Result<Response, Problem>;

/// What every operation may answer beside its own.
#[derive(OpenApi)]
#[openapi(components(schemas(Problem)))]
struct Common;

/// All of it, for those who are known, and the document that describes it.
pub fn routes() -> Router {
    let (router, generated) = described().split_for_parts();
    let document = document::complete(&generated);
    let told = get(move |headers: HeaderMap| async move { conditions::tagged(&headers, &document) });
    router.route("/api/v1/openapi.json", told).layer(middleware::from_fn(once::once))
}

/// The document as it is committed (`docs/openapi.json`).
pub fn openapi() -> serde_json::Value {
    document::complete(&described().into_openapi())
}

fn described() -> OpenApiRouter {
    OpenApiRouter::with_openapi(Common::openapi())
        .routes(routes!(releases))
        .routes(routes!(project))
        .routes(routes!(applications, deploy))
        .routes(routes!(application, update, undeploy))
        .routes(routes!(generations))
        .routes(routes!(operations))
        .routes(routes!(components))
        .routes(routes!(plans))
        .routes(routes!(standings))
        .routes(routes!(plan))
        .routes(routes!(plan_update))
        .routes(routes!(ends))
        .routes(routes!(held))
        .routes(routes!(strip))
        .routes(routes!(roll_back))
        .routes(routes!(access::list, access::set))
        .routes(routes!(images::known, images::check))
        .routes(routes!(images::update))
        .routes(routes!(retry))
        .routes(routes!(cancel))
        .routes(routes!(export))
        .routes(routes!(secrets::list))
        .routes(routes!(logs::logs))
        .routes(routes!(told::told))
        .routes(routes!(told::recent))
        .routes(routes!(told::name))
        .routes(routes!(super::events::events))
        .routes(routes!(people::find))
        .routes(routes!(audit::search))
        .routes(routes!(audit::export))
        .routes(routes!(audit::verify))
        .routes(routes!(system::system))
        .routes(routes!(tokens::list, tokens::make))
        .routes(routes!(tokens::revoke))
}

/// A document that a program sends; what is wrong with it is a problem like any other.
struct Given<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Given<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let given = Json::<T>::from_request(request, state).await;
        given.map(|Json(given)| Self(given)).map_err(|rejection| {
            let code = match rejection {
                JsonRejection::MissingJsonContentType(_) => "SLW_MEDIA_TYPE",
                JsonRejection::JsonDataError(_) => "SLW_INVALID",
                _ => "SLW_BAD_REQUEST",
            };
            Problem::new(rejection.status(), code, rejection.body_text())
        })
    }
}

/// Released projects, and what could not be read.
#[utoipa::path(get, path = "/api/v1/releases", operation_id = "listReleases", tag = "releases",
    responses((status = 200, description = "The projects")))]
async fn releases(Extension(desk): Extension<SharedDesk>, headers: HeaderMap) -> Answer {
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
async fn project(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Answer {
    let missing = || DeskError::NotFound { what: format!("No project {name:?} has been released.") };
    let name = ProjectName::parse(&name).map_err(|_| missing())?;
    Ok(conditions::tagged(&headers, &desk.project(&name).await?))
}

/// Live applications.
#[utoipa::path(get, path = "/api/v1/applications", operation_id = "listApplications", tag = "applications",
    params(ListOptions),
    responses((status = 200, description = "A page of them")))]
async fn applications(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Query(options): Query<ListOptions>,
) -> Answer {
    let (page, next) = options.page(desk.applications().await?.live)?;
    Ok(conditions::tagged(&headers, &serde_json::json!({"applications": page, "next": next})))
}

/// Deploys a release as a new application.
#[utoipa::path(post, path = "/api/v1/applications", operation_id = "deploy", tag = "applications",
    request_body = ApiOrder,
    responses((status = 202, description = "The application; its address is in Location")))]
async fn deploy(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Given(order): Given<ApiOrder>,
) -> Answer {
    let form = OrderForm { idempotency_key: key(&headers), ..order.into_form(None)? };
    let name = desk.deploy(&form).await?;
    let place = [(header::LOCATION, format!("/api/v1/applications/{name}"))];
    Ok((StatusCode::ACCEPTED, place, Json(summary(desk.application(&name).await?))).into_response())
}

/// An application: standing, phase, newest operation, address.
#[utoipa::path(get, path = "/api/v1/applications/{name}", operation_id = "getApplication", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The application")))]
async fn application(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Answer {
    let summary = summary(view(&desk, &name).await?);
    Ok(conditions::with_tag(&headers, &conditions::tag(&summary.application), &summary))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UpdateOptions {
    /// Also to a release that it was rolled back from?
    /// Also one whose release was left for a reason.
    #[serde(default)]
    even_quarantined: bool,
}

/// Makes the next generation; what is not written stays as it is.
#[utoipa::path(put, path = "/api/v1/applications/{name}", operation_id = "update", tag = "applications",
    params(("name" = String, Path, description = "The name of the application"), UpdateOptions), request_body = ApiOrder,
    responses((status = 202, description = "The application")))]
async fn update(
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
    Ok((StatusCode::ACCEPTED, Json(summary(view(&desk, &name).await?))).into_response())
}

/// What an order would do. Nothing is written.
#[utoipa::path(post, path = "/api/v1/plan", operation_id = "plan", tag = "plans",
    request_body = ApiOrder,
    responses((status = 200, description = "The plan")))]
async fn plan(Extension(desk): Extension<SharedDesk>, Given(order): Given<ApiOrder>) -> Answer {
    Ok(Json(planned(&desk.plan(&order.into_form(None)?, false).await?)).into_response())
}

/// What an update would do. Nothing is written.
#[utoipa::path(post, path = "/api/v1/applications/{name}/plan", operation_id = "planUpdate", tag = "plans",
    params(("name" = String, Path, description = "The name of the application")), request_body = ApiOrder,
    responses((status = 200, description = "The plan")))]
async fn plan_update(
    Extension(desk): Extension<SharedDesk>,
    Path(name): Path<String>,
    Given(order): Given<ApiOrder>,
) -> Answer {
    let present = desk.order_of(&parsed(&name)?).await?;
    let form = OrderForm { name, ..order.into_form(Some(present))? };
    Ok(Json(planned(&desk.plan(&form, true).await?)).into_response())
}

fn planned(plan: &Plan) -> serde_json::Value {
    serde_json::json!({"hash": plan.hash(), "steps": plan.steps(), "plan": plan})
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UndeployOptions {
    /// Also what is being deployed or has failed?
    #[serde(default)]
    force: bool,
}

/// Removes an application with everything in it.
#[utoipa::path(delete, path = "/api/v1/applications/{name}", operation_id = "undeploy", tag = "applications",
    params(("name" = String, Path, description = "The name of the application"), UndeployOptions),
    responses((status = 202, description = "The application")))]
async fn undeploy(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Query(options): Query<UndeployOptions>,
) -> Answer {
    unchanged(&desk, &headers, &name).await?;
    // A program that names what it deletes has confirmed it.
    let force = if options.force { "true".to_owned() } else { String::new() };
    desk.undeploy(&UndeployForm { name: name.clone(), confirmation: name.clone(), force }).await?;
    Ok((StatusCode::ACCEPTED, Json(summary(view(&desk, &name).await?))).into_response())
}

/// Its configurations, newest first.
#[utoipa::path(get, path = "/api/v1/applications/{name}/generations", operation_id = "listGenerations", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The generations")))]
async fn generations(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    desk.may(Action::ReadConfiguration, Some(&parsed(&name)?)).await?;
    Ok(Json(serde_json::json!({"generations": view(&desk, &name).await?.generations})).into_response())
}

/// What was done, newest first.
#[utoipa::path(get, path = "/api/v1/applications/{name}/operations", operation_id = "listOperations", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The operations")))]
async fn operations(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"operations": view(&desk, &name).await?.operations})).into_response())
}

/// What an operation planned to do before it did it.
#[utoipa::path(get, path = "/api/v1/applications/{name}/operations/{id}/plans", operation_id = "listPlans",
    tag = "applications",
    params(("name" = String, Path, description = "The name of the application"),
        ("id" = String, Path, description = "The operation")),
    responses((status = 200, description = "The plans, in the order in which they were made")))]
async fn plans(Extension(desk): Extension<SharedDesk>, Path((name, id)): Path<(String, String)>) -> Answer {
    let missing = || DeskError::NotFound { what: format!("{name} has no operation {id:?}.") };
    let id = id.parse().map_err(|_| missing())?;
    Ok(Json(serde_json::json!({"plans": desk.plans(&parsed(&name)?, id).await?})).into_response())
}

/// Its workloads and their tasks as observed now.
#[utoipa::path(get, path = "/api/v1/applications/{name}/components", operation_id = "listComponents", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The components")))]
async fn components(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"components": view(&desk, &name).await?.components})).into_response())
}

/// What its badge said, newest first.
#[utoipa::path(get, path = "/api/v1/applications/{name}/standings", operation_id = "listStandings", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The standings")))]
async fn standings(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    let standings = view(&desk, &name).await?.standings.into_iter();
    let told: Vec<_> =
        standings.map(|(at, standing)| serde_json::json!({"at": at, "standing": standing})).collect();
    Ok(Json(serde_json::json!({"standings": told})).into_response())
}

/// How its containers ended, with their last lines; also after it was undeployed.
#[utoipa::path(get, path = "/api/v1/applications/{name}/ends", operation_id = "listEnds", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The ends")))]
async fn ends(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    let ends = view(&desk, &name).await?.ends.into_iter();
    let told: Vec<_> = ends.map(|(at, ended)| serde_json::json!({"at": at, "ended": ended})).collect();
    Ok(Json(serde_json::json!({"ends": told})).into_response())
}

/// What holds its removal.
#[utoipa::path(get, path = "/api/v1/applications/{name}/held", operation_id = "getHeld", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "What holds it, or nothing")))]
async fn held(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"held": desk.held(&parsed(&name)?).await?})).into_response())
}

#[derive(Deserialize, ToSchema)]
struct Strip {
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
async fn strip(
    Extension(desk): Extension<SharedDesk>,
    Path(name): Path<String>,
    Given(wanted): Given<Strip>,
) -> Answer {
    let Strip { uid, finalizer, confirmation } = wanted;
    desk.strip(&StripForm { name, uid, finalizer, confirmation }).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize, ToSchema)]
struct RollBack {
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
async fn roll_back(
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
    Ok((StatusCode::ACCEPTED, Json(summary(view(&desk, &name).await?))).into_response())
}

/// Runs the operation that failed or was cancelled once more.
#[utoipa::path(post, path = "/api/v1/applications/{name}/retry", operation_id = "retry", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 202, description = "The application")))]
async fn retry(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    desk.retry(&parsed(&name)?).await?;
    Ok((StatusCode::ACCEPTED, Json(summary(view(&desk, &name).await?))).into_response())
}

/// Ends the operation that is under way where it is.
#[utoipa::path(post, path = "/api/v1/applications/{name}/cancel", operation_id = "cancel", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 202, description = "The application")))]
async fn cancel(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    desk.cancel(&parsed(&name)?).await?;
    Ok((StatusCode::ACCEPTED, Json(summary(view(&desk, &name).await?))).into_response())
}

/// The order with which it would be made as it is, without secrets: for `slipway deploy -f` and for keeping.
#[utoipa::path(get, path = "/api/v1/applications/{name}/order", operation_id = "exportApplication", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The order")))]
async fn export(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Answer {
    let form = desk.order_of(&parsed(&name)?).await?;
    Ok(conditions::tagged(&headers, &ApiOrder::of(form)))
}

/// Is it still as the caller saw it?
async fn unchanged(desk: &SharedDesk, headers: &HeaderMap, name: &str) -> Result<(), Problem> {
    if headers.contains_key(header::IF_MATCH) {
        conditions::may_change(headers, &view(desk, name).await?.application)?;
    }
    Ok(())
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
