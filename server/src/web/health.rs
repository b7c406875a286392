//! Whether the parts work that requests need, each by name.

use std::sync::Arc;

use axum::{Extension, Json, http::StatusCode, response::IntoResponse};
use serde_json::json;

use crate::desk::Office;

/// Ready to serve? The cluster may be away: pages then show the last known state.
pub async fn ready(Extension(office): Extension<Arc<Office>>) -> impl IntoResponse {
    let (database, listing) = tokio::join!(office.store.is_reachable(), office.releases.listing());
    let cluster = office.cluster.out_of_reach_since().is_none();
    let word = |works: bool| if works { "ok" } else { "out of reach" };
    let ready = database && listing.is_ok();
    let body =
        json!({"database": word(database), "cluster": word(cluster), "releases": word(listing.is_ok())});
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(body))
}
