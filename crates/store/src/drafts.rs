//! Forms that a person filled in and could not send yet, each sealed as a whole.

use jiff::Timestamp;
use slipway_domain::{ports::PortError, sealed::Sealed};

use crate::{Store, rows::failed};

impl Store {
    /// Keeps a draft of a person.
    pub async fn keep_draft(
        &self,
        id: &str,
        actor: &str,
        sealed: &Sealed,
        now: Timestamp,
    ) -> Result<(), PortError> {
        sqlx::query("INSERT INTO drafts (id, actor, sealed, at) VALUES ($1, $2, $3, $4)")
            .bind(id)
            .bind(actor)
            .bind(sealed.as_str())
            .bind(now.as_millisecond())
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(failed("keeping a draft"))
    }

    /// The draft of that identifier, if it is that person's.
    pub async fn draft(&self, id: &str, actor: &str) -> Result<Option<Sealed>, PortError> {
        let sealed: Option<String> =
            sqlx::query_scalar("SELECT sealed FROM drafts WHERE id = $1 AND actor = $2")
                .bind(id)
                .bind(actor)
                .fetch_optional(&self.pool)
                .await
                .map_err(failed("reading a draft"))?;
        Ok(sealed.map(Sealed::new))
    }
}
