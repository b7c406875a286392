//! From rows to the domain and back.

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use slipway_domain::{
    application::Application,
    operation::{Kind, Operation},
    people::People,
    ports::PortError,
};

use crate::columns::row;

/// Something in the database is not what was written there.
#[derive(Debug, thiserror::Error)]
#[error("{column} holds {value:?}, which this version does not understand")]
struct Unreadable {
    column: &'static str,
    value: String,
}

/// Reads a text column.
pub(crate) fn read<T: std::str::FromStr>(column: &'static str, text: &str) -> Result<T, PortError> {
    text.parse().map_err(|_| unreadable(column, text))
}

/// Reads a JSON column.
pub(crate) fn from_json<T: DeserializeOwned>(column: &'static str, text: &str) -> Result<T, PortError> {
    serde_json::from_str(text).map_err(|_| unreadable(column, text))
}

/// Writes a JSON column. The domain's types always can be written; the error is for form's sake.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, PortError> {
    serde_json::to_string(value).map_err(|error| PortError::new("writing JSON", error))
}

/// Reads a time column.
pub(crate) fn time(milliseconds: i64) -> Result<Timestamp, PortError> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| unreadable("a time", &milliseconds.to_string()))
}

fn unreadable(column: &'static str, value: &str) -> PortError {
    PortError::new("reading the database", Unreadable { column, value: value.to_owned() })
}

/// Names what was attempted when a query failed.
pub(crate) fn failed(what: &'static str) -> impl FnOnce(sqlx::Error) -> PortError {
    move |error| PortError::new(what, error)
}

/// How a kind of operation is written.
pub(crate) fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Deploy => "deploy",
        Kind::Update => "update",
        Kind::Rollback => "rollback",
        Kind::Access => "access",
        Kind::Undeploy => "undeploy",
        Kind::ForceUndeploy => "force-undeploy",
    }
}

fn kind(text: &str) -> Result<Kind, PortError> {
    let known =
        [Kind::Deploy, Kind::Update, Kind::Rollback, Kind::Access, Kind::Undeploy, Kind::ForceUndeploy];
    known.into_iter().find(|kind| kind_text(*kind) == text).ok_or_else(|| unreadable("kind", text))
}

row! {
    pub(crate) struct ApplicationRow {
        id: String,
        name: String,
        project: String,
        version: i64,
        generation: i64,
        standing: String,
        status_since: i64,
        revision: i64,
        gateway_path: Option<String>,
        people: String,
        created_by: String,
        created_at: i64,
        updated_at: i64,
    }
}

impl TryFrom<ApplicationRow> for Application {
    type Error = PortError;
    fn try_from(row: ApplicationRow) -> Result<Self, PortError> {
        Ok(Self {
            id: read("id", &row.id)?,
            name: read("name", &row.name)?,
            project: read("project", &row.project)?,
            version: from_json("version", &row.version.to_string())?,
            generation: from_json("generation", &row.generation.to_string())?,
            standing: from_json("standing", &row.standing)?,
            status_since: time(row.status_since)?,
            revision: row.revision,
            gateway_path: row.gateway_path,
            people: people(&row.people)?.into(),
            created_by: row.created_by,
            created_at: time(row.created_at)?,
            updated_at: time(row.updated_at)?,
        })
    }
}

/// Reads who has access; nobody, as long as that is not written down.
pub(crate) fn people(text: &str) -> Result<People, PortError> {
    if text.is_empty() {
        return Ok(People::NOBODY);
    }
    let mut people: People = from_json("people", text)?;
    // Most lists have one name, and each is read with room for four; they are kept for every application.
    people.admins.shrink_to_fit();
    people.users.shrink_to_fit();
    Ok(people)
}

row! {
    pub(crate) struct OperationRow {
        pub(crate) id: String,
        pub(crate) application_id: String,
        kind: String,
        pub(crate) generation: i64,
        progress: String,
        note: Option<String>,
        proof: Option<String>,
        pub(crate) step_since: i64,
        requested_by: String,
        requested_at: i64,
    }
}

impl TryFrom<OperationRow> for Operation {
    type Error = PortError;
    fn try_from(row: OperationRow) -> Result<Self, PortError> {
        Ok(Self {
            id: read("id", &row.id)?,
            kind: kind(&row.kind)?,
            generation: from_json("generation", &row.generation.to_string())?,
            progress: from_json("progress", &row.progress)?,
            note: row.note,
            proof: row.proof.map(|proof| from_json("proof", &proof)).transpose()?,
            requested_by: row.requested_by,
            requested_at: time(row.requested_at)?,
        })
    }
}
