//! Reading applications, their configurations and operations. "Not found" is `None`.

use slipway_domain::{
    application::Application, ids::ApplicationId, names::ApplicationName, operation::Operation,
    ports::PortError, spec::ApplicationSpec,
};

use crate::{
    Store,
    rows::{ApplicationRow, OperationRow, failed, from_json},
};

impl Store {
    /// Applications that changed after that revision, in the order of their changes; those that are gone too.
    pub async fn changed_since(&self, revision: i64) -> Result<Vec<Application>, PortError> {
        let query = "SELECT * FROM applications WHERE revision > $1 ORDER BY revision LIMIT 1000";
        let rows: Vec<ApplicationRow> = sqlx::query_as(query)
            .bind(revision)
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
        let query = "SELECT spec FROM generations WHERE application_id = $1 AND number = $2";
        let spec: Option<String> = sqlx::query_scalar(query)
            .bind(id.to_string())
            .bind(i64::from(number))
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("reading a configuration"))?;
        spec.map(|text| from_json("spec", &text)).transpose()
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
}
