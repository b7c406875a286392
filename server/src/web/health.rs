//! Whether the parts work that requests need, each by name and by nothing else: whoever asks need not be known.

use std::sync::Arc;

use axum::{Extension, Json, http::StatusCode, response::IntoResponse};
use serde_json::{Map, Value, json};
use slipway_domain::system::{Part, PartName, PartState};

use crate::{desk::Office, system::is_ready};

/// Ready to serve? Only what is needed for that decides; the cluster, for example, may be away: pages then show the
/// last known state.
pub async fn ready(Extension(office): Extension<Arc<Office>>) -> impl IntoResponse {
    let parts = office.process.health.look().await;
    let status = if is_ready(&parts) { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(told(&parts)))
}

fn told(parts: &[Part]) -> Value {
    // Who can be given access is asked of the provider, or of the database.
    let told = parts.iter().filter(|part| part.state != PartState::NotSetUp && part.name != PartName::People);
    let word = |part: &Part| if part.state == PartState::Works { "ok" } else { "out of reach" };
    let mut all: Map<String, Value> =
        told.map(|part| (part.name.label().to_owned(), json!(word(part)))).collect();
    let needed = PartName::ALL.into_iter().filter(|name| name.is_needed()).map(PartName::label);
    all.insert("needed".to_owned(), needed.collect());
    Value::Object(all)
}
