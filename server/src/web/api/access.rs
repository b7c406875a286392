//! Who has access to an application.

use axum::{Extension, extract::Path, http::HeaderMap};
use serde::Deserialize;
use slipway_app::desk::{AccessForm, SharedDesk};
use slipway_domain::{order::listed, people::Shown};
use utoipa::ToSchema;

use super::{
    Answer, Given, conditions,
    summary::{accepted, key, unchanged, view},
};

/// Who administers it and who uses it, as they are called now, and what the directory knows of each.
#[utoipa::path(get, path = "/api/v1/applications/{name}/access", operation_id = "getAccess", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The people")))]
pub async fn list(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Answer {
    let (admins, users) = view(&desk, &name).await?.people;
    Ok(conditions::tagged(&headers, &serde_json::json!({"admins": admins, "users": users})))
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
/// Who is to have access. A group is `group:` and its name.
pub struct WantedAccess {
    /// Who administers it; whoever does so now if it is not written.
    admins: Option<Vec<String>>,
    /// Who uses it; whoever does so now if it is not written.
    users: Option<Vec<String>>,
}

/// Says anew who has access. Nothing of the application is started anew.
#[utoipa::path(put, path = "/api/v1/applications/{name}/access", operation_id = "setAccess", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")), request_body = WantedAccess,
    responses((status = 202, description = "The application")))]
pub async fn set(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Given(wanted): Given<WantedAccess>,
) -> Answer {
    unchanged(&desk, &headers, &name).await?;
    let (admins, users) = view(&desk, &name).await?.people;
    let form = AccessForm {
        admins: wanted.admins.map_or_else(|| typed(&admins), |names| listed(&names)),
        users: wanted.users.map_or_else(|| typed(&users), |names| listed(&names)),
        idempotency_key: key(&headers),
        name: name.clone(),
        ..AccessForm::default()
    };
    desk.set_access(&form).await?;
    accepted(&desk, &name).await
}

/// Those who have access now, by the names that they were given it under.
fn typed(people: &[Shown]) -> String {
    listed(&people.iter().map(|shown| shown.typed.as_str()).collect::<Vec<_>>())
}
