//! What people ask for, each in one transaction: the change of what is wanted, its operation, its audit row.
//! Nothing else happens here; the engine makes it real.

mod accept;
mod change;
mod remove;

use jiff::Timestamp;
use slipway_domain::{
    application::Application,
    ids::OperationId,
    names::ApplicationName,
    operation::{Kind, Operation, Progress},
    ports::PortError,
    spec::ApplicationSpec,
    status::Standing,
};
use sqlx::AnyConnection;

use crate::{
    audit::{self, Deed, Origin},
    rows::{OperationRow, failed, kind_text, to_json},
};

pub use self::change::Change;

/// Who asked, when, and under which new identity the operation runs.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// Who, by the identity that stays.
    pub actor_id: &'a str,
    /// What they are called.
    pub actor: &'a str,
    /// When.
    pub at: Timestamp,
    /// The identity of the operation to be.
    pub operation: OperationId,
    /// Where.
    pub origin: &'a Origin,
}

/// An application to be made.
#[derive(Debug, Clone)]
pub struct NewApplication<'a> {
    /// Its first configuration.
    pub spec: &'a ApplicationSpec,
    /// The same key again is the same order; empty means that every order counts.
    pub idempotency_key: &'a str,
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// It is in the database now.
    New,
    /// It was there already, under this name.
    Again(ApplicationName),
}

/// Why an order was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// A live application has the name.
    #[error("an application of that name exists")]
    NameTaken,
    /// The database failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Why a removal was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// No live application has the name.
    #[error("there is no application of that name")]
    NotFound,
    /// The status forbids it.
    #[error("{0}")]
    Refused(&'static str),
    /// The database failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Why a change was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// No live application has the name.
    #[error("there is no application of that name")]
    NotFound,
    /// A rule forbids it now.
    #[error("{0}")]
    Refused(&'static str),
    /// Somebody else changed it since the configuration was made.
    #[error("somebody else has changed the application meanwhile")]
    Stale,
    /// The application was rolled back from this release.
    #[error("the application was rolled back from release {0}")]
    Quarantined(u32),
    /// The database failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// The application that the same person gave an order for under the same key.
async fn earlier(
    transaction: &mut AnyConnection,
    actor_id: &str,
    key: &str,
) -> Result<Option<String>, sqlx::Error> {
    let query = "SELECT applications.name FROM operations \
         JOIN applications ON applications.id = operations.application_id \
         WHERE operations.requested_by_id = $1 AND operations.idempotency_key = $2";
    sqlx::query_scalar(query).bind(actor_id).bind(key).fetch_optional(transaction).await
}

/// Adds a configuration.
async fn add_generation(
    transaction: &mut AnyConnection,
    spec: &ApplicationSpec,
    asked: &Asked<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO generations (application_id, number, spec, created_by, created_at) \
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(spec.id.to_string())
    .bind(i64::from(spec.generation))
    .bind(encoded(spec)?)
    .bind(asked.actor)
    .bind(asked.at.as_millisecond())
    .execute(transaction)
    .await
    .map(|_| ())
}

fn encoded(value: &impl serde::Serialize) -> Result<String, sqlx::Error> {
    to_json(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

async fn add_operation(
    transaction: &mut AnyConnection,
    spec: &ApplicationSpec,
    kind: Kind,
    asked: &Asked<'_>,
    key: Option<&str>,
) -> Result<(), PortError> {
    let progress = Progress::Open { step: kind.first_step() };
    sqlx::query(
        "INSERT INTO operations (id, application_id, kind, generation, progress, step_since, due_at, \
         requested_by, requested_by_id, requested_at, idempotency_key) \
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $6, $9)",
    )
    .bind(asked.operation.to_string())
    .bind(spec.id.to_string())
    .bind(kind_text(kind))
    .bind(i64::from(spec.generation))
    .bind(to_json(&progress)?)
    .bind(asked.at.as_millisecond())
    .bind(asked.actor)
    .bind(asked.actor_id)
    .bind(key)
    .execute(transaction)
    .await
    .map(|_| ())
    .map_err(failed("adding an operation"))
}

/// Tells that it was accepted. The last thing in a transaction: whoever waits for the revision's counter and then for
/// the trail's must never meet somebody who waits in the other order.
async fn tell(
    transaction: &mut AnyConnection,
    action: &str,
    name: &ApplicationName,
    asked: &Asked<'_>,
) -> Result<(), PortError> {
    let Asked { actor, at, origin, .. } = *asked;
    let deed = Deed { at, actor, action, object: name.as_str(), outcome: "accepted", origin };
    audit::write(transaction, &deed).await.map_err(failed("writing the audit trail"))
}

/// Ends what is open. Its lease stays with whoever runs a step of it, until they notice and let go.
async fn cancel_open(
    transaction: &mut AnyConnection,
    application: &Application,
    now: Timestamp,
) -> Result<(), PortError> {
    let failed = || failed("cancelling an operation");
    let query = "SELECT * FROM operations WHERE application_id = $1 AND due_at IS NOT NULL";
    let rows: Vec<OperationRow> = sqlx::query_as(query)
        .bind(application.id.to_string())
        .fetch_all(&mut *transaction)
        .await
        .map_err(failed())?;
    for row in rows {
        let operation = Operation::try_from(row)?;
        let Progress::Open { step } = operation.progress else { continue };
        sqlx::query("UPDATE operations SET progress = $1, due_at = NULL WHERE id = $2")
            .bind(to_json(&Progress::Cancelled { step, at: now })?)
            .bind(operation.id.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
    }
    Ok(())
}

/// Writes how an application stands, under a revision of the same transaction.
pub(crate) async fn write_standing(
    transaction: &mut AnyConnection,
    id: &str,
    standing: &Standing,
    revision: i64,
    now: Timestamp,
) -> Result<(), PortError> {
    let failed = || failed("recording how an application stands");
    // A badge that says the same with other words has said so since before.
    let query = "UPDATE applications SET standing = $1, revision = $2, updated_at = $3, \
         status_since = CASE WHEN $5 = (SELECT status FROM standings WHERE application_id = $4 \
             ORDER BY revision DESC LIMIT 1) THEN status_since ELSE $3 END WHERE id = $4";
    sqlx::query(query)
        .bind(to_json(standing)?)
        .bind(revision)
        .bind(now.as_millisecond())
        .bind(id)
        .bind(standing.status.label())
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
    remember(transaction, id, standing, revision, now).await.map_err(failed())
}

/// Keeps what the badge said, for the history.
async fn remember(
    transaction: &mut AnyConnection,
    id: &str,
    standing: &Standing,
    revision: i64,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO standings (revision, application_id, at, status, standing) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(revision)
    .bind(id)
    .bind(now.as_millisecond())
    .bind(standing.status.label())
    .bind(encoded(standing)?)
    .execute(transaction)
    .await
    .map(|_| ())
}

/// Gives an application another revision although it stands as before: viewers of its operation are told.
pub(crate) async fn touch(transaction: &mut AnyConnection, id: &str) -> Result<(), sqlx::Error> {
    let revision = next_revision(transaction).await?;
    let query = "UPDATE applications SET revision = $1 WHERE id = $2";
    sqlx::query(query).bind(revision).bind(id).execute(transaction).await.map(|_| ())
}

/// The next revision. Its row is locked until the transaction ends, so revisions become visible in their order:
/// whoever has seen one has seen all before it.
pub(crate) async fn next_revision(transaction: &mut AnyConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("UPDATE counters SET value = value + 1 WHERE name = 'revision' RETURNING value")
        .fetch_one(transaction)
        .await
}
