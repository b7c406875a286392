//! A removal: what is under way is cancelled in the same transaction that asks for it.

use slipway_domain::{
    application::Application,
    names::ApplicationName,
    operation::Kind,
    ports::PortError,
    status::{Standing, Status},
};
use sqlx::AnyConnection;

use super::{Asked, RemoveError, add_operation, cancel_open, next_revision, tell, write_standing};
use crate::{
    Store,
    applications::generation,
    rows::{ApplicationRow, failed, kind_text},
};

impl Store {
    /// Cancels what is under way and asks for the removal, if the application's status allows it.
    pub async fn remove(
        &self,
        name: &ApplicationName,
        kind: Kind,
        asked: &Asked<'_>,
    ) -> Result<(), RemoveError> {
        let failed = || failed("asking for a removal");
        let mut transaction = self.begin().await.map_err(failed())?;
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
        if is_under_way(&mut transaction, &application, kind).await.map_err(failed())? {
            tell(&mut transaction, kind_text(kind), name, asked).await?;
            return transaction.commit().await.map_err(|error| failed()(error).into());
        }
        cancel_open(&mut transaction, &application, asked.at).await?;
        let spec = generation(&mut *transaction, &application.id.to_string(), application.generation).await?;
        let spec =
            spec.ok_or_else(|| PortError::new("asking for a removal", "its configuration is missing"))?;
        add_operation(&mut transaction, &spec, kind, asked, None).await?;
        let standing = Standing { status: Status::Undeploying, reason: None, cause: None };
        let revision = next_revision(&mut transaction).await.map_err(failed())?;
        write_standing(&mut transaction, &application.id.to_string(), &standing, revision, asked.at).await?;
        tell(&mut transaction, kind_text(kind), name, asked).await?;
        transaction.commit().await.map_err(failed())?;
        self.announce();
        Ok(())
    }
}

/// Is the same being done already? To begin it anew would bring nothing, and who asks twice means it once.
async fn is_under_way(
    transaction: &mut AnyConnection,
    application: &Application,
    kind: Kind,
) -> Result<bool, sqlx::Error> {
    let query =
        "SELECT COUNT(*) FROM operations WHERE application_id = $1 AND kind = $2 AND due_at IS NOT NULL";
    let found: i64 = sqlx::query_scalar(query)
        .bind(application.id.to_string())
        .bind(kind_text(kind))
        .fetch_one(transaction)
        .await?;
    Ok(found > 0)
}
