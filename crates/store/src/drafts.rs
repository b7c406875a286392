//! Orders that a person has not placed yet, each sealed as a whole. Whose they are is said by the identity that stays.

use jiff::Timestamp;
use slipway_domain::{ports::PortError, sealed::Sealed};

use crate::{
    Store,
    rows::{failed, time},
};

impl Store {
    /// Keeps a draft of a person in place of what it was before.
    pub async fn keep_draft(
        &self,
        id: &str,
        actor_id: &str,
        sealed: &Sealed,
        now: Timestamp,
    ) -> Result<(), PortError> {
        // Whoever knows the identifier of somebody else's draft changes nothing with it.
        let query = "INSERT INTO drafts (id, actor, sealed, at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, at = excluded.at \
             WHERE drafts.actor = excluded.actor";
        sqlx::query(query)
            .bind(id)
            .bind(actor_id)
            .bind(sealed.as_str())
            .bind(now.as_millisecond())
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(failed("keeping a draft"))
    }

    /// The draft of that identifier, if it is that person's, and when it was changed last.
    pub async fn draft(&self, id: &str, actor_id: &str) -> Result<Option<(Timestamp, Sealed)>, PortError> {
        let row: Option<(i64, String)> =
            sqlx::query_as("SELECT at, sealed FROM drafts WHERE id = $1 AND actor = $2")
                .bind(id)
                .bind(actor_id)
                .fetch_optional(&self.pool)
                .await
                .map_err(failed("reading a draft"))?;
        row.map(|(at, sealed)| Ok((time(at)?, Sealed::new(sealed)))).transpose()
    }

    /// The drafts of a person with their identifiers, the one changed last first.
    pub async fn drafts(
        &self,
        actor_id: &str,
        limit: u32,
    ) -> Result<Vec<(String, Timestamp, Sealed)>, PortError> {
        let query = "SELECT id, at, sealed FROM drafts WHERE actor = $1 ORDER BY at DESC, id DESC LIMIT $2";
        let rows: Vec<(String, i64, String)> = sqlx::query_as(query)
            .bind(actor_id)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading drafts"))?;
        rows.into_iter().map(|(id, at, sealed)| Ok((id, time(at)?, Sealed::new(sealed)))).collect()
    }

    /// Forgets a draft, if it is that person's.
    pub async fn discard_draft(&self, id: &str, actor_id: &str) -> Result<(), PortError> {
        sqlx::query("DELETE FROM drafts WHERE id = $1 AND actor = $2")
            .bind(id)
            .bind(actor_id)
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(failed("discarding a draft"))
    }
}
