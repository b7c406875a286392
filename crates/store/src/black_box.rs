//! The ends of containers, readable when pod and namespace are gone (D3).

use jiff::Timestamp;
use slipway_domain::{black_box::Ended, ids::ApplicationId, ports::PortError};

use crate::{
    Store,
    rows::{failed, from_json, time, to_json},
};

impl Store {
    /// Keeps an end, once.
    pub(crate) async fn keep(
        &self,
        id: ApplicationId,
        ended: &Ended,
        at: Timestamp,
    ) -> Result<(), PortError> {
        let query = "INSERT INTO black_box (id, application_id, component, task, ended_at, record) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
        sqlx::query(query)
            .bind(key(id, &ended.task, at))
            .bind(id.to_string())
            .bind(ended.component.as_str())
            .bind(&ended.task)
            .bind(at.as_millisecond())
            .bind(to_json(ended)?)
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(failed("keeping the end of a container"))
    }

    /// What a container said before that end.
    pub(crate) async fn log_of(
        &self,
        id: ApplicationId,
        task: &str,
        at: Timestamp,
    ) -> Result<Option<String>, PortError> {
        let row: Option<String> = sqlx::query_scalar("SELECT record FROM black_box WHERE id = $1")
            .bind(key(id, task, at))
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("reading the end of a container"))?;
        let Some(text) = row else { return Ok(None) };
        from_json("record", &text).map(|ended: Ended| ended.log)
    }

    /// The ends of an application's containers, last one first.
    pub async fn ends(&self, id: ApplicationId, limit: u32) -> Result<Vec<(Timestamp, Ended)>, PortError> {
        let query = "SELECT ended_at, record FROM black_box WHERE application_id = $1 ORDER BY ended_at DESC LIMIT $2";
        let rows: Vec<(i64, String)> = sqlx::query_as(query)
            .bind(id.to_string())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading the ends of containers"))?;
        rows.into_iter().map(|(at, text)| Ok((time(at)?, from_json("record", &text)?))).collect()
    }
}

/// Each end once.
fn key(id: ApplicationId, task: &str, at: Timestamp) -> String {
    format!("{id}/{task}/{}", at.as_millisecond())
}
