//! What an order would do. Nothing is written.

use axum::{Extension, Json, extract::Path, response::IntoResponse};
use slipway_app::desk::SharedDesk;
use slipway_domain::{order::OrderForm, plan::Plan};

use super::{Answer, Given, order::ApiOrder, summary::parsed};

/// What an order would do. Nothing is written.
#[utoipa::path(post, path = "/api/v1/plan", operation_id = "plan", tag = "plans",
    request_body = ApiOrder,
    responses((status = 200, description = "The plan")))]
pub(super) async fn plan(Extension(desk): Extension<SharedDesk>, Given(order): Given<ApiOrder>) -> Answer {
    Ok(Json(planned(&desk.plan(&order.into_form(None)?, false).await?)).into_response())
}

/// What an update would do. Nothing is written.
#[utoipa::path(post, path = "/api/v1/applications/{name}/plan", operation_id = "planUpdate", tag = "plans",
    params(("name" = String, Path, description = "The name of the application")), request_body = ApiOrder,
    responses((status = 200, description = "The plan")))]
pub(super) async fn plan_update(
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
