//! The port `Journal`: the engine's leases and records.

use async_trait::async_trait;
use futures::{StreamExt, stream::BoxStream};
use jiff::Timestamp;
use slipway_domain::{
    black_box::Ended,
    ids::{ApplicationId, OperationId},
    names::ApplicationName,
    observed::Remark,
    operation::{Operation, Progress},
    plan::Plan,
    ports::{Job, Journal, Judged, PortError, Recorded, Subject},
    removal::Proof,
    spec::ApplicationSpec,
    status::{Standing, Status},
};
use tokio_stream::wrappers::WatchStream;

use crate::{
    Store,
    audit::tell_step,
    intents::{next_revision, touch, write_standing},
    rows::{OperationRow, failed, read, time, to_json},
};

#[async_trait]
impl Journal for Store {
    async fn claim(&self, owner: &str, now: Timestamp, lease: Timestamp) -> Result<Option<Job>, PortError> {
        // The condition on the lease stands twice: of two that chose the same row, the second waits for the
        // first and then finds the row taken.
        let query = "UPDATE operations SET lease_owner = $1, lease_until = $3 \
             WHERE lease_until <= $2 AND due_at <= $2 AND id = (\
                SELECT candidate.id FROM operations AS candidate \
                WHERE candidate.due_at <= $2 AND candidate.lease_until <= $2 AND NOT EXISTS (\
                    SELECT 1 FROM operations AS other WHERE other.application_id = candidate.application_id \
                    AND other.id <> candidate.id AND other.lease_until > $2) \
                ORDER BY candidate.due_at, candidate.id LIMIT 1) RETURNING *";
        let row: Option<OperationRow> = sqlx::query_as(query)
            .bind(owner)
            .bind(now.as_millisecond())
            .bind(lease.as_millisecond())
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("claiming an operation"))?;
        let Some(row) = row else { return Ok(None) };
        let (application, step_since) = (read("application_id", &row.application_id)?, time(row.step_since)?);
        let operation = Operation::try_from(row)?;
        let spec = self.generation(application, operation.generation).await?;
        let spec =
            spec.ok_or_else(|| PortError::new("claiming an operation", "its configuration is missing"))?;
        Ok(Some(Job { operation, spec, step_since }))
    }

    async fn extend(&self, id: OperationId, owner: &str, lease: Timestamp) -> Result<bool, PortError> {
        let query = "UPDATE operations SET lease_until = $1 \
             WHERE id = $2 AND lease_owner = $3 AND due_at IS NOT NULL";
        let done = sqlx::query(query)
            .bind(lease.as_millisecond())
            .bind(id.to_string())
            .bind(owner)
            .execute(&self.pool)
            .await
            .map_err(failed("holding an operation"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn release(&self, id: OperationId, owner: &str) -> Result<(), PortError> {
        let query =
            "UPDATE operations SET lease_owner = NULL, lease_until = 0 WHERE id = $1 AND lease_owner = $2";
        let done = sqlx::query(query).bind(id.to_string()).bind(owner).execute(&self.pool).await;
        done.map_err(failed("letting go of an operation"))?;
        self.announce();
        Ok(())
    }

    async fn save_spec(&self, spec: &ApplicationSpec) -> Result<(), PortError> {
        sqlx::query("UPDATE generations SET spec = $1 WHERE application_id = $2 AND number = $3")
            .bind(to_json(spec)?)
            .bind(spec.id.to_string())
            .bind(i64::from(spec.generation))
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(failed("completing a configuration"))
    }

    async fn note(&self, id: OperationId, owner: &str, note: &str) -> Result<(), PortError> {
        let query =
            "UPDATE operations SET note = $1 WHERE id = $2 AND lease_owner = $3 AND due_at IS NOT NULL";
        let done = sqlx::query(query).bind(note).bind(id.to_string()).bind(owner).execute(&self.pool).await;
        done.map(|_| ()).map_err(failed("noting how far a step is"))
    }

    async fn keep_plan(
        &self,
        id: OperationId,
        owner: &str,
        plan: &Plan,
        because: Option<&str>,
        now: Timestamp,
    ) -> Result<(), PortError> {
        self.keep_plan_of(id, owner, plan, because, now).await
    }

    async fn prove(&self, id: OperationId, owner: &str, proof: &Proof) -> Result<(), PortError> {
        let query =
            "UPDATE operations SET proof = $1 WHERE id = $2 AND lease_owner = $3 AND due_at IS NOT NULL";
        let proof = to_json(proof)?;
        let done = sqlx::query(query).bind(proof).bind(id.to_string()).bind(owner).execute(&self.pool).await;
        done.map(|_| ()).map_err(failed("keeping a proof"))
    }

    async fn advance(
        &self,
        id: OperationId,
        owner: &str,
        progress: &Progress,
        note: Option<&str>,
        due: Timestamp,
        now: Timestamp,
    ) -> Result<bool, PortError> {
        let failed = || failed("recording a step");
        let mut transaction = self.begin().await.map_err(failed())?;
        let query = "SELECT * FROM operations WHERE id = $1 AND lease_owner = $2 AND due_at IS NOT NULL";
        let row: Option<OperationRow> = sqlx::query_as(query)
            .bind(id.to_string())
            .bind(owner)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed())?;
        let Some(row) = row else { return Ok(false) };
        let (application, step_since) = (row.application_id.clone(), row.step_since);
        let before = Operation::try_from(row)?;
        let since = if before.progress == *progress { step_since } else { now.as_millisecond() };
        let due = (!progress.is_over()).then(|| due.as_millisecond());
        let done = sqlx::query(
            "UPDATE operations SET progress = $1, note = $2, step_since = $3, due_at = $4, lease_owner = NULL, \
             lease_until = 0 WHERE id = $5 AND lease_owner = $6 AND due_at IS NOT NULL",
        )
        .bind(to_json(progress)?)
        .bind(note)
        .bind(since)
        .bind(due)
        .bind(id.to_string())
        .bind(owner)
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        if !before.kind.makes() && matches!(progress, Progress::Succeeded { .. }) {
            let standing = Standing { status: Status::Undeployed, reason: None, cause: None };
            let revision = next_revision(&mut transaction).await.map_err(failed())?;
            write_standing(&mut transaction, &application, &standing, revision, now).await?;
            sqlx::query("UPDATE applications SET gone_at = $1 WHERE id = $2")
                .bind(now.as_millisecond())
                .bind(&application)
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
        } else if before.progress != *progress {
            touch(&mut transaction, &application).await.map_err(failed())?;
        }
        tell_step(&mut transaction, &application, &before, progress, now).await?;
        transaction.commit().await.map_err(failed())?;
        self.announce();
        Ok(true)
    }

    async fn record(&self, judged: &[Judged<'_>], now: Timestamp) -> Result<Vec<Recorded>, PortError> {
        self.record_all(judged, now).await
    }

    async fn keep_end(&self, id: ApplicationId, ended: &Ended, at: Timestamp) -> Result<(), PortError> {
        self.keep(id, ended, at).await
    }

    async fn log_of_end(
        &self,
        id: ApplicationId,
        task: &str,
        at: Timestamp,
    ) -> Result<Option<String>, PortError> {
        self.log_of(id, task, at).await
    }

    async fn keep_warnings(
        &self,
        id: ApplicationId,
        warnings: &[Remark],
        oldest: Timestamp,
    ) -> Result<(), PortError> {
        self.keep_warned(id, warnings, oldest).await
    }

    async fn subjects(&self, names: &[ApplicationName]) -> Result<Vec<Subject>, PortError> {
        self.subjects_of(names).await
    }

    async fn live(&self) -> Result<Vec<ApplicationName>, PortError> {
        let names: Vec<String> = sqlx::query_scalar("SELECT name FROM applications WHERE gone_at IS NULL")
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading names"))?;
        names.iter().map(|name| read("name", name)).collect()
    }

    async fn hurry(&self, names: &[ApplicationName], now: Timestamp) -> Result<(), PortError> {
        self.hurry_all(names, now).await
    }

    fn woken(&self) -> BoxStream<'static, ()> {
        WatchStream::from_changes(self.subscribe()).map(|_| ()).boxed()
    }
}
