//! Changes of what exists: another generation, an earlier one again, the same once more, or no further.

use std::collections::BTreeSet;

use slipway_domain::{
    application::Application,
    names::ApplicationName,
    operation::{Kind, Operation},
    ports::PortError,
    spec::{ApplicationSpec, ComponentSpec},
    status::{Standing, Status},
};
use sqlx::AnyConnection;

use super::{
    Asked, ChangeError, add_generation, add_operation, cancel_open, next_revision, tell, write_standing,
};
use crate::{
    Store,
    applications::generation,
    rows::{ApplicationRow, OperationRow, failed, from_json, kind_text, to_json},
};

/// A change that somebody asks for.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The next generation, complete.
    pub spec: &'a ApplicationSpec,
    /// Update, rollback or access.
    pub kind: Kind,
    /// Also to a release that the application was rolled back from? That holds for a rollback, too.
    pub even_quarantined: bool,
    /// The same key again is the same change; empty means that every one counts.
    pub idempotency_key: &'a str,
}

impl Store {
    /// Writes the next generation and the operation that makes it real.
    pub async fn change(&self, change: &Change<'_>, asked: &Asked<'_>) -> Result<(), ChangeError> {
        let failed = || failed("asking for a change");
        let mut transaction = self.begin().await.map_err(failed())?;
        let spec = change.spec;
        let before = super::earlier(&mut transaction, asked.actor_id, change.idempotency_key).await;
        if before.map_err(failed())?.is_some() {
            return Ok(());
        }
        let (application, newest) = live(&mut transaction, &spec.name).await?;
        let allowed = match change.kind {
            Kind::Access => newest.may_set_access(&application.standing),
            _ => newest.may_update(),
        };
        allowed.map_err(ChangeError::Refused)?;
        if application.id != spec.id || application.generation + 1 != spec.generation {
            return Err(ChangeError::Stale);
        }
        match change.kind {
            Kind::Rollback => {
                if !change.even_quarantined {
                    refuse_quarantined(&mut transaction, spec).await?;
                }
                quarantine(&mut transaction, &application, spec, asked).await.map_err(failed())?;
            }
            // The release that runs goes on, whatever was thought of it.
            Kind::Access => {}
            _ if change.even_quarantined => {}
            _ => refuse_quarantined(&mut transaction, spec).await?,
        }
        add_generation(&mut transaction, spec, asked).await.map_err(failed())?;
        sqlx::query("UPDATE applications SET generation = $1, version = $2, gateway_path = $3, people = $4 WHERE id = $5")
            .bind(i64::from(spec.generation))
            .bind(i64::from(spec.version.number()))
            .bind(spec.gateway_path())
            .bind(to_json(&spec.people())?)
            .bind(spec.id.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        let key = Some(change.idempotency_key).filter(|key| !key.is_empty());
        add_operation(&mut transaction, spec, change.kind, asked, key).await?;
        begun(&mut transaction, &application, change.kind, asked).await?;
        tell(&mut transaction, kind_text(change.kind), &spec.name, asked).await?;
        transaction.commit().await.map_err(failed())?;
        self.announce();
        Ok(())
    }

    /// Runs the newest operation again with the same inputs, if it failed or was cancelled.
    pub async fn retry(&self, name: &ApplicationName, asked: &Asked<'_>) -> Result<(), ChangeError> {
        let failed = || failed("asking for another try");
        let mut transaction = self.begin().await.map_err(failed())?;
        let (application, newest) = live(&mut transaction, name).await?;
        newest.may_retry().map_err(ChangeError::Refused)?;
        let spec = generation(&mut *transaction, &application.id.to_string(), newest.generation).await?;
        let spec =
            spec.ok_or_else(|| PortError::new("asking for another try", "its configuration is missing"))?;
        add_operation(&mut transaction, &spec, newest.kind, asked, None).await?;
        begun(&mut transaction, &application, newest.kind, asked).await?;
        tell(&mut transaction, "retry", name, asked).await?;
        transaction.commit().await.map_err(failed())?;
        self.announce();
        Ok(())
    }

    /// Ends the operation that is under way where it is.
    pub async fn cancel(&self, name: &ApplicationName, asked: &Asked<'_>) -> Result<(), ChangeError> {
        let failed = || failed("cancelling an operation");
        let mut transaction = self.begin().await.map_err(failed())?;
        let (application, newest) = live(&mut transaction, name).await?;
        newest.may_cancel().map_err(ChangeError::Refused)?;
        cancel_open(&mut transaction, &application, asked.at).await?;
        let revision = next_revision(&mut transaction).await.map_err(failed())?;
        let reason = format!("{} was cancelled by {}.", newest.kind.label(), asked.actor);
        let stopped = || Standing { status: Status::Unknown, reason: Some(reason), cause: None };
        let standing = if newest.kind.leaves_workloads() { application.standing } else { stopped() };
        write_standing(&mut transaction, &application.id.to_string(), &standing, revision, asked.at).await?;
        tell(&mut transaction, "cancel", name, asked).await?;
        transaction.commit().await.map_err(failed())?;
        self.announce();
        Ok(())
    }
}

/// The live application of that name and its newest operation.
async fn live(
    transaction: &mut AnyConnection,
    name: &ApplicationName,
) -> Result<(Application, Operation), ChangeError> {
    let failed = || failed("reading an application");
    let row: Option<ApplicationRow> =
        sqlx::query_as("SELECT * FROM applications WHERE name = $1 AND gone_at IS NULL")
            .bind(name.as_str())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed())?;
    let application = Application::try_from(row.ok_or(ChangeError::NotFound)?)?;
    let query =
        "SELECT * FROM operations WHERE application_id = $1 ORDER BY requested_at DESC, id DESC LIMIT 1";
    let row: OperationRow = sqlx::query_as(query)
        .bind(application.id.to_string())
        .fetch_one(transaction)
        .await
        .map_err(failed())?;
    Ok((application, Operation::try_from(row)?))
}

/// The badge says at once that the request was received; where the workloads go on, it says what it said.
async fn begun(
    transaction: &mut AnyConnection,
    application: &Application,
    kind: Kind,
    asked: &Asked<'_>,
) -> Result<(), PortError> {
    let revision = next_revision(transaction).await.map_err(failed("asking for a change"))?;
    let received = || Standing { status: Status::CreateApp, reason: None, cause: None };
    let standing = if kind.leaves_workloads() { application.standing.clone() } else { received() };
    write_standing(transaction, &application.id.to_string(), &standing, revision, asked.at).await
}

/// The release that is left is not to be deployed to this application again by mistake (D10).
async fn quarantine(
    transaction: &mut AnyConnection,
    left: &Application,
    spec: &ApplicationSpec,
    asked: &Asked<'_>,
) -> Result<(), sqlx::Error> {
    quarantine_images(transaction, left, spec, asked).await?;
    if left.version == spec.version {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO quarantine (application_id, version, since, actor) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (application_id, version) DO NOTHING",
    )
    .bind(left.id.to_string())
    .bind(i64::from(left.version.number()))
    .bind(asked.at.as_millisecond())
    .bind(asked.actor)
    .execute(transaction)
    .await
    .map(|_| ())
}

/// Nor are the images that are left, though their tags may still mean them.
async fn quarantine_images(
    transaction: &mut AnyConnection,
    left: &Application,
    spec: &ApplicationSpec,
    asked: &Asked<'_>,
) -> Result<(), sqlx::Error> {
    let query = "SELECT spec FROM generations WHERE application_id = $1 AND number = $2";
    let text: String = sqlx::query_scalar(query)
        .bind(left.id.to_string())
        .bind(i64::from(left.generation))
        .fetch_one(&mut *transaction)
        .await?;
    let ran: ApplicationSpec = from_json("spec", &text).map_err(|error| sqlx::Error::Decode(error.into()))?;
    let goes_on = |digest| spec.components.iter().any(|component| component.meant() == Some(digest));
    let left_behind =
        ran.components.iter().filter_map(ComponentSpec::meant).filter(|digest| !goes_on(*digest));
    for digest in left_behind.collect::<BTreeSet<_>>() {
        sqlx::query(
            "INSERT INTO quarantined_images (application_id, digest, since, actor) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (application_id, digest) DO NOTHING",
        )
        .bind(left.id.to_string())
        .bind(digest.as_str())
        .bind(asked.at.as_millisecond())
        .bind(asked.actor)
        .execute(&mut *transaction)
        .await?;
    }
    Ok(())
}

async fn refuse_quarantined(
    transaction: &mut AnyConnection,
    spec: &ApplicationSpec,
) -> Result<(), ChangeError> {
    let query = "SELECT COUNT(*) FROM quarantine WHERE application_id = $1 AND version = $2";
    let found: i64 = sqlx::query_scalar(query)
        .bind(spec.id.to_string())
        .bind(i64::from(spec.version.number()))
        .fetch_one(transaction)
        .await
        .map_err(failed("reading the quarantine"))?;
    if found == 0 { Ok(()) } else { Err(ChangeError::Quarantined(spec.version.number())) }
}
