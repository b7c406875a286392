//! An order: an application that is to be made, in one transaction with its first generation and operation.

use slipway_domain::{
    names::ApplicationName,
    operation::Kind,
    ports::PortError,
    spec::ApplicationSpec,
    status::{Standing, Status},
};
use sqlx::AnyConnection;

use super::{
    AcceptError, Accepted, Asked, NewApplication, add_generation, add_operation, earlier, encoded,
    next_revision, remember, tell,
};
use crate::{
    Store,
    rows::{failed, kind_text, read},
};

impl Store {
    /// Writes application, first generation, operation and audit row (S1.31, S1.33).
    pub async fn accept(&self, new: &NewApplication<'_>, asked: &Asked<'_>) -> Result<Accepted, AcceptError> {
        let failed = || failed("accepting an order");
        let mut transaction = self.begin().await.map_err(failed())?;
        let before = earlier(&mut transaction, asked.actor_id, new.idempotency_key).await;
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
        tell(&mut transaction, kind_text(Kind::Deploy), &new.spec.name, asked).await?;
        transaction.commit().await.map_err(failed())?;
        self.announce();
        Ok(Accepted::New)
    }

    /// The application that the same person ordered under the same key, if they did.
    pub async fn ordered_before(
        &self,
        actor_id: &str,
        key: &str,
    ) -> Result<Option<ApplicationName>, PortError> {
        let mut connection = self.pool.acquire().await.map_err(failed("looking for an order"))?;
        let name = earlier(&mut connection, actor_id, key).await.map_err(failed("looking for an order"))?;
        name.map(|name| read("name", &name)).transpose()
    }
}

async fn insert(
    transaction: &mut AnyConnection,
    spec: &ApplicationSpec,
    asked: &Asked<'_>,
) -> Result<(), sqlx::Error> {
    let revision = next_revision(transaction).await?;
    let standing = Standing { status: Status::CreateApp, reason: None, cause: None };
    sqlx::query(
        "INSERT INTO applications (id, name, project, version, generation, standing, revision, gateway_path, \
         created_by, created_at, updated_at, status_since, people) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $10, $11)",
    )
    .bind(spec.id.to_string())
    .bind(spec.name.as_str())
    .bind(spec.project.as_str())
    .bind(i64::from(spec.version.number()))
    .bind(i64::from(spec.generation))
    .bind(encoded(&standing)?)
    .bind(revision)
    .bind(spec.gateway_path())
    .bind(asked.actor)
    .bind(asked.at.as_millisecond())
    .bind(encoded(&spec.people())?)
    .execute(&mut *transaction)
    .await?;
    remember(transaction, &spec.id.to_string(), &standing, revision, asked.at).await?;
    add_generation(transaction, spec, asked).await
}
