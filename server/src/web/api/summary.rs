//! An application as programs see it, and how they name it.

use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use serde::Serialize;
use slipway_app::desk::{ApplicationView, DeskError, SharedDesk};
use slipway_domain::{application::Application, names::ApplicationName, operation::Operation, phase::Phase};

use super::{Answer, conditions, problem::Problem};

/// An application as programs see it.
#[derive(Serialize)]
pub(super) struct Summary {
    #[serde(flatten)]
    pub(super) application: Application,
    phase: Option<&'static str>,
    operation: Option<Operation>,
    gateway_url: Option<String>,
}

pub(super) fn summary(view: ApplicationView) -> Summary {
    let operation = view.operations.into_iter().next();
    let phase = operation.as_ref().map(|operation| Phase::of(operation).label());
    Summary { application: view.application, phase, operation, gateway_url: view.gateway_url }
}

/// What is done now, and the application as it is.
pub(super) async fn accepted(desk: &SharedDesk, name: &str) -> Answer {
    Ok((StatusCode::ACCEPTED, Json(summary(view(desk, name).await?))).into_response())
}

pub(super) async fn view(desk: &SharedDesk, name: &str) -> Result<ApplicationView, DeskError> {
    desk.application(&parsed(name)?).await
}

pub(super) fn parsed(name: &str) -> Result<ApplicationName, DeskError> {
    let what = format!("No application is called {name:?}.");
    ApplicationName::parse(name).map_err(|_| DeskError::NotFound { what })
}

pub(super) fn key(headers: &HeaderMap) -> String {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    key.unwrap_or_default().to_owned()
}

/// Is it still as the caller saw it?
pub(super) async fn unchanged(desk: &SharedDesk, headers: &HeaderMap, name: &str) -> Result<(), Problem> {
    if headers.contains_key(header::IF_MATCH) {
        conditions::may_change(headers, &view(desk, name).await?.application)?;
    }
    Ok(())
}
