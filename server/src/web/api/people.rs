//! Users and groups who can be given access.

use axum::{Extension, Json, extract::Query, response::IntoResponse};
use serde::Deserialize;
use slipway_app::desk::SharedDesk;
use utoipa::IntoParams;

use super::Answer;

/// Who is looked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// A part of the name.
    q: String,
    /// Where the page before ended: its `next`.
    cursor: String,
}

/// Users and groups with that text in their names. An order names a group as `group:` and its name.
#[utoipa::path(get, path = "/api/v1/people", operation_id = "findPeople", tag = "people", params(Search),
    responses((status = 200, description = "A page of them; none if there is no directory")))]
pub async fn find(Extension(desk): Extension<SharedDesk>, Query(search): Query<Search>) -> Answer {
    Ok(Json(desk.find_people(&search.q, &search.cursor).await?).into_response())
}
