//! Reading applications, their configurations and operations. "Not found" is `None`.

use std::sync::Arc;

use jiff::Timestamp;
use slipway_domain::{
    application::Application, ids::ApplicationId, names::ApplicationName, operation::Operation,
    people::People, ports::PortError, spec::ApplicationSpec, status::Standing,
};
use sqlx::{Any, Executor, FromRow, Row, any::AnyRow};

use crate::{
    Store,
    rows::{ApplicationRow, OperationRow, failed, from_json, people, read, time, to_json},
};

/// So many changes are read at a time at most.
pub const CHANGED_AT_ONCE: usize = 1000;

impl Store {
    /// Applications that changed after that revision, in the order of their changes; those that are gone too. At most
    /// [`CHANGED_AT_ONCE`].
    pub async fn changed_since(&self, revision: i64) -> Result<Vec<Application>, PortError> {
        let query = "SELECT * FROM applications WHERE revision > $1 ORDER BY revision LIMIT $2";
        let rows: Vec<ApplicationRow> = sqlx::query_as(query)
            .bind(revision)
            .bind(i64::try_from(CHANGED_AT_ONCE).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading what changed"))?;
        rows.into_iter().map(Application::try_from).collect()
    }

    /// Live applications, newest first.
    pub async fn applications(&self) -> Result<Vec<Application>, PortError> {
        let query = "SELECT * FROM applications WHERE gone_at IS NULL ORDER BY created_at DESC, id DESC";
        let rows: Vec<ApplicationRow> =
            sqlx::query_as(query).fetch_all(&self.pool).await.map_err(failed("reading applications"))?;
        rows.into_iter().map(Application::try_from).collect()
    }

    /// Applications that were removed, last one first.
    pub async fn gone_applications(&self, limit: u32) -> Result<Vec<Application>, PortError> {
        let query =
            "SELECT * FROM applications WHERE gone_at IS NOT NULL ORDER BY gone_at DESC, id DESC LIMIT $1";
        let rows: Vec<ApplicationRow> = sqlx::query_as(query)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading removed applications"))?;
        rows.into_iter().map(Application::try_from).collect()
    }

    /// The live application of that name, else the one of that name that was removed last.
    pub async fn application(&self, name: &ApplicationName) -> Result<Option<Application>, PortError> {
        let query = "SELECT * FROM applications WHERE name = $1 \
             ORDER BY CASE WHEN gone_at IS NULL THEN 0 ELSE 1 END, gone_at DESC LIMIT 1";
        let row: Option<ApplicationRow> = sqlx::query_as(query)
            .bind(name.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("reading an application"))?;
        row.map(Application::try_from).transpose()
    }

    /// A configuration of an application.
    pub async fn generation(
        &self,
        id: ApplicationId,
        number: u32,
    ) -> Result<Option<ApplicationSpec>, PortError> {
        generation(&self.pool, &id.to_string(), number).await
    }

    /// All configurations of an application, newest first, each with who made it and when.
    pub async fn generations(
        &self,
        id: ApplicationId,
    ) -> Result<Vec<(ApplicationSpec, String, Timestamp)>, PortError> {
        let query = "SELECT spec, created_by, created_at FROM generations WHERE application_id = $1 ORDER BY number DESC";
        let rows: Vec<(String, String, i64)> = sqlx::query_as(query)
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading configurations"))?;
        rows.into_iter().map(|(spec, by, at)| Ok((from_json("spec", &spec)?, by, time(at)?))).collect()
    }

    /// What the badge of an application said, newest first, each with since when.
    pub async fn standings(
        &self,
        id: ApplicationId,
        limit: u32,
    ) -> Result<Vec<(Timestamp, Standing)>, PortError> {
        let query =
            "SELECT at, standing FROM standings WHERE application_id = $1 ORDER BY revision DESC LIMIT $2";
        let rows: Vec<(i64, String)> = sqlx::query_as(query)
            .bind(id.to_string())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading what a badge said"))?;
        rows.into_iter().map(|(at, text)| Ok((time(at)?, from_json("standing", &text)?))).collect()
    }

    /// The releases that an application was rolled back from.
    pub async fn quarantined(&self, id: ApplicationId) -> Result<Vec<u32>, PortError> {
        let query = "SELECT version FROM quarantine WHERE application_id = $1 ORDER BY version";
        let versions: Vec<i64> = sqlx::query_scalar(query)
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading the quarantine"))?;
        Ok(versions.into_iter().filter_map(|version| u32::try_from(version).ok()).collect())
    }

    /// The operations of an application, newest first.
    pub async fn operations(&self, id: ApplicationId) -> Result<Vec<Operation>, PortError> {
        let query = "SELECT * FROM operations WHERE application_id = $1 ORDER BY requested_at DESC, id DESC";
        let rows: Vec<OperationRow> = sqlx::query_as(query)
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading operations"))?;
        rows.into_iter().map(Operation::try_from).collect()
    }

    /// Writes down who has access to applications that were made before that was kept beside them.
    pub async fn complete_people(&self) -> Result<(), PortError> {
        let query = "SELECT applications.id, generations.spec FROM applications JOIN generations \
             ON generations.application_id = applications.id AND generations.number = applications.generation \
             WHERE applications.people = '' LIMIT 500";
        loop {
            let failed = || failed("writing down who has access");
            let rows: Vec<(String, String)> =
                sqlx::query_as(query).fetch_all(&self.pool).await.map_err(failed())?;
            if rows.is_empty() {
                return Ok(());
            }
            for (id, spec) in rows {
                let spec: ApplicationSpec = from_json("spec", &spec)?;
                // Whoever has changed it meanwhile has written it.
                sqlx::query("UPDATE applications SET people = $1 WHERE id = $2 AND people = ''")
                    .bind(to_json(&spec.people())?)
                    .bind(id)
                    .execute(&self.pool)
                    .await
                    .map_err(failed())?;
            }
        }
    }

    /// What was done lately, to whose application, newest first.
    pub async fn recent_operations(
        &self,
        limit: u32,
    ) -> Result<Vec<(ApplicationName, Arc<People>, Operation)>, PortError> {
        let query = "SELECT operations.*, applications.name AS application_name, applications.people \
             FROM operations \
             JOIN applications ON applications.id = operations.application_id \
             ORDER BY operations.requested_at DESC, operations.id DESC LIMIT $1";
        let rows: Vec<RecentRow> = sqlx::query_as(query)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading what was done lately"))?;
        rows.into_iter()
            .map(|row| {
                let name = read("name", &row.application_name)?;
                Ok((name, people(&row.people)?.into(), row.operation.try_into()?))
            })
            .collect()
    }
}

struct RecentRow {
    application_name: String,
    people: String,
    operation: OperationRow,
}

impl<'r> FromRow<'r, AnyRow> for RecentRow {
    fn from_row(row: &'r AnyRow) -> Result<Self, sqlx::Error> {
        let operation = OperationRow::from_row(row)?;
        Ok(Self {
            application_name: row.try_get("application_name")?,
            people: row.try_get("people")?,
            operation,
        })
    }
}

/// A configuration of an application. Inside a transaction it is read on the transaction's own connection: one
/// that held the write lock and waited for another connection would wait for those who wait for the lock.
pub(crate) async fn generation(
    executor: impl Executor<'_, Database = Any>,
    application: &str,
    number: u32,
) -> Result<Option<ApplicationSpec>, PortError> {
    let query = "SELECT spec FROM generations WHERE application_id = $1 AND number = $2";
    let spec: Option<String> = sqlx::query_scalar(query)
        .bind(application)
        .bind(i64::from(number))
        .fetch_optional(executor)
        .await
        .map_err(failed("reading a configuration"))?;
    spec.map(|text| from_json("spec", &text)).transpose()
}
