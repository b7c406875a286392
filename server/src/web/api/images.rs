//! Whether the tags of an application's images still mean what runs (D11).

use axum::{
    Extension, Json,
    extract::Path,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use serde::Deserialize;
use slipway_app::desk::{NewImagesForm, SharedDesk};

use super::{Answer, key, parsed, summary, view};

/// What the registries said last; null if they were not asked about this generation.
pub async fn known(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"check": view(&desk, &name).await?.images})).into_response())
}

/// Asks them now.
pub async fn check(Extension(desk): Extension<SharedDesk>, Path(name): Path<String>) -> Answer {
    Ok(Json(serde_json::json!({"check": desk.check_images(&parsed(&name)?).await?})).into_response())
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    #[serde(default)]
    components: Vec<String>,
    #[serde(default)]
    even_quarantined: bool,
}

/// The next generation, with the images that their tags mean now.
pub async fn update(
    Extension(desk): Extension<SharedDesk>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Json(wanted): Json<Wanted>,
) -> Answer {
    let Wanted { components, even_quarantined } = wanted;
    let form =
        NewImagesForm { name: name.clone(), components, even_quarantined, idempotency_key: key(&headers) };
    desk.take_new_images(&form).await?;
    Ok((StatusCode::ACCEPTED, Json(summary(view(&desk, &name).await?))).into_response())
}
