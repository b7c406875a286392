//! Whether the tags of an application's images still mean what runs (D11).

use axum::{Extension, Json, extract::Path, http::HeaderMap, response::IntoResponse};
use serde::Deserialize;
use slipway_app::desk::{NewImagesForm, SharedDesk};
use utoipa::ToSchema;

use super::{
    Answer, Given,
    summary::{accepted, key, parsed, view},
};

/// What the registries said last; null if they were not asked about this generation.
#[utoipa::path(get, path = "/api/v1/applications/{name}/images", operation_id = "knownImages", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The last check")))]
pub async fn known(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"check": view(&desk, &name).await?.images})).into_response())
}

/// Asks them now.
#[utoipa::path(post, path = "/api/v1/applications/{name}/images", operation_id = "checkImages", tag = "applications",
    params(("name" = String, Path, description = "The name of the application")),
    responses((status = 200, description = "The check")))]
pub async fn check(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"check": desk.check_images(&parsed(&name)?).await?})).into_response())
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
/// Which new images are wanted.
pub struct Wanted {
    /// Which components; all whose tag moved if there is none.
    #[serde(default)]
    components: Vec<String>,
    /// Also a release that was left for a reason.
    #[serde(default)]
    even_quarantined: bool,
}

/// The next generation, with the images that their tags mean now.
#[utoipa::path(post, path = "/api/v1/applications/{name}/images/update", operation_id = "takeNewImages",
    tag = "applications",
    params(("name" = String, Path, description = "The name of the application")), request_body = Wanted,
    responses((status = 202, description = "The application")))]
pub async fn update(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Given(wanted): Given<Wanted>,
) -> Answer {
    let Wanted { components, even_quarantined } = wanted;
    let form =
        NewImagesForm { name: name.clone(), components, even_quarantined, idempotency_key: key(&headers) };
    desk.take_new_images(&form).await?;
    accepted(&desk, &name).await
}
