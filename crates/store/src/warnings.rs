//! What the cluster warned of, for longer than the cluster remembers it (S3.56).

use jiff::Timestamp;
use slipway_domain::{ids::ApplicationId, observed::Remark, ports::PortError, told::Warning};

use crate::{
    Store,
    rows::{failed, time},
};

impl Store {
    /// Keeps warnings, each time that one was said once; forgets what was said before `oldest`.
    pub(crate) async fn keep_warned(
        &self,
        id: ApplicationId,
        warnings: &[Remark],
        oldest: Timestamp,
    ) -> Result<(), PortError> {
        let failed = || failed("keeping warnings");
        let mut transaction = self.begin().await.map_err(failed())?;
        sqlx::query("DELETE FROM warnings WHERE at < $1")
            .bind(oldest.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        for (remark, at) in warnings.iter().filter_map(|remark| Some((remark, remark.at?))) {
            let query = "INSERT INTO warnings (application_id, object, reason, at, message) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
            sqlx::query(query)
                .bind(id.to_string())
                .bind(&remark.object)
                .bind(&remark.reason)
                .bind(at.as_millisecond())
                .bind(&remark.message)
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())
    }

    /// What the cluster warned of since then, newest first.
    pub async fn warnings(
        &self,
        id: ApplicationId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Warning>, PortError> {
        let query = "SELECT at, object, reason, message FROM warnings WHERE application_id = $1 AND at >= $2 \
             ORDER BY at DESC LIMIT $3";
        let rows: Vec<(i64, String, String, String)> = sqlx::query_as(query)
            .bind(id.to_string())
            .bind(since.as_millisecond())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading warnings"))?;
        let warning = |(at, object, reason, message)| Ok(Warning { at: time(at)?, object, reason, message });
        rows.into_iter().map(warning).collect()
    }
}
