//! The audit trail for programs: search, the whole of it as JSON lines, and whether it is whole.

use axum::{
    Extension, Json,
    body::Body,
    extract::Query,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{Stream, stream};
use serde::Deserialize;
use slipway_app::desk::{AuditView, SharedDesk};
use slipway_domain::audit::Filter;
use utoipa::IntoParams;

use super::{Answer, problem::Problem};

/// What is looked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// A part of any text of the row.
    q: String,
    /// Who, exactly.
    actor: String,
    /// What, exactly.
    action: String,
    /// To what, exactly.
    object: String,
    /// How the outcome begins: `accepted`, `refused`, `succeeded`, `failed`, `used`.
    outcome: String,
    /// Not before this day or moment.
    from: String,
    /// Before this day or moment.
    until: String,
    /// Where the page before ended: its `next`.
    cursor: Option<i64>,
}

impl Search {
    fn filter(self) -> Filter {
        let time = |text: &str| {
            let whole = text.parse().ok();
            whole.or_else(|| format!("{text}T00:00:00Z").parse().ok())
        };
        Filter {
            from: time(&self.from),
            until: time(&self.until),
            q: self.q,
            actor: self.actor,
            action: self.action,
            object: self.object,
            outcome: self.outcome,
        }
    }
}

/// Rows, newest first; `next` is the cursor of the older ones.
#[utoipa::path(get, path = "/api/v1/audit", operation_id = "searchAudit", tag = "audit", params(Search),
    responses((status = 200, description = "Rows")))]
pub async fn search(Extension(desk): Extension<SharedDesk>, Query(search): Query<Search>) -> Answer {
    let cursor = search.cursor;
    let AuditView { entries, older } = desk.audit(&search.filter(), cursor).await?;
    Ok(Json(serde_json::json!({"entries": entries, "next": older})).into_response())
}

/// All rows that are looked for, one JSON document in each line, newest first.
#[utoipa::path(get, path = "/api/v1/audit/export", operation_id = "exportAudit", tag = "audit", params(Search),
    responses((status = 200, description = "JSON lines")))]
pub async fn export(
    Extension(desk): Extension<SharedDesk>,
    Query(search): Query<Search>,
) -> Result<Response, Problem> {
    let filter = search.filter();
    // Whether it may be read is known before the first line is sent.
    let first = desk.audit(&filter, None).await?;
    let head = [
        (header::CONTENT_TYPE, "application/jsonl; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.jsonl\""),
    ];
    Ok((head, Body::from_stream(lines(desk, filter, first))).into_response())
}

fn lines(
    desk: SharedDesk,
    filter: Filter,
    first: AuditView,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    stream::unfold(Some((desk, filter, first)), |state| async move {
        let (desk, filter, view) = state?;
        let mut text = String::new();
        for entry in &view.entries {
            text.push_str(&serde_json::to_string(entry).unwrap_or_default());
            text.push('\n');
        }
        let next = match view.older {
            None => None,
            Some(older) => match desk.audit(&filter, Some(older)).await {
                Ok(view) => Some((desk, filter, view)),
                // A file that ends in the middle must not look whole.
                Err(error) => return Some((Err(std::io::Error::other(error.to_string())), None)),
            },
        };
        Some((Ok(Bytes::from(text)), next))
    })
}

/// Is it whole?
#[utoipa::path(get, path = "/api/v1/audit/verify", operation_id = "verifyAudit", tag = "audit",
    responses((status = 200, description = "The first row that is not as it should be, if there is one")))]
pub async fn verify(Extension(desk): Extension<SharedDesk>) -> Answer {
    Ok(Json(desk.verify_audit().await?).into_response())
}
