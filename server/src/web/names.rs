//! Can an application be called so? Asked while somebody types.

use axum::{Extension, Json, Router, extract::Path, routing::get};
use serde::Serialize;
use slipway_app::desk::SharedDesk;

use super::api::Problem;

/// The route.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/api/v1/names/{name}", get(name))
}

#[derive(Serialize)]
struct Verdict {
    /// What is wrong with it; none if it can be had.
    problem: Option<String>,
}

async fn name(
    Extension(desk): Extension<SharedDesk>,
    Path(name): Path<String>,
) -> Result<Json<Verdict>, Problem> {
    Ok(Json(Verdict { problem: desk.name_problem(&name).await? }))
}
