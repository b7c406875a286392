//! What people ask for, each in one transaction: the change of what is wanted, its operation, its audit row.
//! Nothing else happens here; the engine makes it real.

use jiff::Timestamp;
use slipway_domain::{
    application::Application,
    ids::OperationId,
    names::ApplicationName,
    operation::{Kind, Operation, Progress},
    ports::PortError,
    spec::ApplicationSpec,
    status::{Standing, Status},
};
use sqlx::AnyConnection;

use crate::{
    Store, audit,
    rows::{ApplicationRow, OperationRow, failed, kind_text, read, to_json},
};

/// Who asked, when, and under which new identity the operation runs.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// Who.
    pub actor: &'a str,
    /// When.
    pub at: Timestamp,
    /// The identity of the operation to be.
    pub operation: OperationId,
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

impl Store {
    /// Writes application, first generation, operation and audit row (S1.31, S1.33).
    pub async fn accept(&self, new: &NewApplication<'_>, asked: &Asked<'_>) -> Result<Accepted, AcceptError> {
        let failed = || failed("accepting an order");
        let mut transaction = self.pool.begin_with(self.begin).await.map_err(failed())?;
        let before = earlier(&mut transaction, asked.actor, new.idempotency_key).await;
        if let Some(name) = before.map_err(failed())? {
            return Ok(Accepted::Again(read("name", &name)?));
        }
        match insert(&mut transaction, new.spec, asked).await {
            Ok(()) => {}
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                return Err(AcceptError::NameTaken);
            }
            Err(error) => return Err(failed()(error).into()),
        }
        let key = Some(new.idempotency_key).filter(|key| !key.is_empty());
        add_operation(&mut transaction, new.spec, Kind::Deploy, asked, key).await?;
        transaction.commit().await.map_err(failed())?;
        self.announce();
        Ok(Accepted::New)
    }

    /// The application that the same person ordered under the same key, if they did.
    pub async fn ordered_before(&self, actor: &str, key: &str) -> Result<Option<ApplicationName>, PortError> {
        let mut connection = self.pool.acquire().await.map_err(failed("looking for an order"))?;
        let name = earlier(&mut connection, actor, key).await.map_err(failed("looking for an order"))?;
        name.map(|name| read("name", &name)).transpose()
    }

    /// Cancels what is under way and asks for the removal, if the application's status allows it.
    pub async fn remove(
        &self,
        name: &ApplicationName,
        kind: Kind,
        asked: &Asked<'_>,
    ) -> Result<(), RemoveError> {
        let failed = || failed("asking for a removal");
        let mut transaction = self.pool.begin_with(self.begin).await.map_err(failed())?;
        let row: Option<ApplicationRow> =
            sqlx::query_as("SELECT * FROM applications WHERE name = $1 AND gone_at IS NULL")
                .bind(name.as_str())
                .fetch_optional(&mut *transaction)
                .await
                .map_err(failed())?;
        let application = Application::try_from(row.ok_or(RemoveError::NotFound)?)?;
        let status = application.standing.status;
        let allowed = match kind {
            Kind::ForceUndeploy => status.may_force_undeploy(),
            _ => status.may_undeploy(),
        };
        allowed.map_err(RemoveError::Refused)?;
        cancel_open(&mut transaction, &application, asked.at).await?;
        let spec = self.generation(application.id, application.generation).await?;
        let spec =
            spec.ok_or_else(|| PortError::new("asking for a removal", "its configuration is missing"))?;
        add_operation(&mut transaction, &spec, kind, asked, None).await?;
        let standing = Standing { status: Status::Undeploying, reason: None, cause: None };
        let revision = next_revision(&mut transaction).await.map_err(failed())?;
        write_standing(&mut transaction, &application.id.to_string(), &standing, revision, asked.at).await?;
        transaction.commit().await.map_err(failed())?;
        self.announce();
        Ok(())
    }
}

/// The application that the same person ordered under the same key.
async fn earlier(
    transaction: &mut AnyConnection,
    actor: &str,
    key: &str,
) -> Result<Option<String>, sqlx::Error> {
    let query = "SELECT applications.name FROM operations \
         JOIN applications ON applications.id = operations.application_id \
         WHERE operations.requested_by = $1 AND operations.idempotency_key = $2";
    sqlx::query_scalar(query).bind(actor).bind(key).fetch_optional(transaction).await
}

async fn insert(
    transaction: &mut AnyConnection,
    spec: &ApplicationSpec,
    asked: &Asked<'_>,
) -> Result<(), sqlx::Error> {
    let revision = next_revision(transaction).await?;
    let standing = Standing { status: Status::CreateApp, reason: None, cause: None };
    let json = |value: Result<String, PortError>| value.map_err(|error| sqlx::Error::Encode(error.into()));
    sqlx::query(
        "INSERT INTO applications (id, name, project, version, generation, standing, revision, gateway_path, \
         created_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
    )
    .bind(spec.id.to_string())
    .bind(spec.name.as_str())
    .bind(spec.project.as_str())
    .bind(i64::from(spec.version.number()))
    .bind(i64::from(spec.generation))
    .bind(json(to_json(&standing))?)
    .bind(revision)
    .bind(spec.gateway_path())
    .bind(asked.actor)
    .bind(asked.at.as_millisecond())
    .execute(&mut *transaction)
    .await?;
    sqlx::query(
        "INSERT INTO generations (application_id, number, spec, created_by, created_at) \
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(spec.id.to_string())
    .bind(i64::from(spec.generation))
    .bind(json(to_json(spec))?)
    .bind(asked.actor)
    .bind(asked.at.as_millisecond())
    .execute(transaction)
    .await
    .map(|_| ())
}

async fn add_operation(
    transaction: &mut AnyConnection,
    spec: &ApplicationSpec,
    kind: Kind,
    asked: &Asked<'_>,
    key: Option<&str>,
) -> Result<(), PortError> {
    let failed = || failed("adding an operation");
    let progress = Progress::Open { step: kind.first_step() };
    sqlx::query(
        "INSERT INTO operations (id, application_id, kind, generation, progress, step_since, due_at, \
         requested_by, requested_at, idempotency_key) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $6, $8)",
    )
    .bind(asked.operation.to_string())
    .bind(spec.id.to_string())
    .bind(kind_text(kind))
    .bind(i64::from(spec.generation))
    .bind(to_json(&progress)?)
    .bind(asked.at.as_millisecond())
    .bind(asked.actor)
    .bind(key)
    .execute(&mut *transaction)
    .await
    .map_err(failed())?;
    let what = (kind_text(kind), spec.name.as_str(), "accepted");
    audit::write(transaction, asked.at, asked.actor, what).await.map_err(failed())
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
    sqlx::query("UPDATE applications SET standing = $1, revision = $2, updated_at = $3 WHERE id = $4")
        .bind(to_json(standing)?)
        .bind(revision)
        .bind(now.as_millisecond())
        .bind(id)
        .execute(transaction)
        .await
        .map(|_| ())
        .map_err(failed())
}

/// The next revision. Its row is locked until the transaction ends, so revisions become visible in their order:
/// whoever has seen one has seen all before it.
pub(crate) async fn next_revision(transaction: &mut AnyConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("UPDATE counters SET value = value + 1 WHERE name = 'revision' RETURNING value")
        .fetch_one(transaction)
        .await
}
