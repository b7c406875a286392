//! Forgets what was kept for long enough. What belongs to a live application stays, except the ends of its containers,
//! which would grow without end.

use jiff::Timestamp;
use slipway_domain::ports::PortError;

use crate::{Store, rows::failed};

/// Since when what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The ends of containers (D3).
    pub ends_since: Timestamp,
    /// So many bytes of them at most; the newest stay.
    pub ends_bytes: i64,
    /// Applications that were removed, with everything that was done to them.
    pub history_since: Timestamp,
    /// Forms that were not sent.
    pub drafts_since: Timestamp,
}

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Ends of containers.
    pub ends: u64,
    /// Removed applications.
    pub applications: u64,
    /// Drafts.
    pub drafts: u64,
}

/// How many applications are forgotten in a row, so that nobody waits long for the database.
const AT_ONCE: i64 = 100;
/// Everything that refers to an application; a test compares it with the schema.
const BELONGINGS: [&str; 6] = [
    "DELETE FROM standings WHERE application_id = $1",
    "DELETE FROM quarantine WHERE application_id = $1",
    "DELETE FROM quarantined_images WHERE application_id = $1",
    "DELETE FROM image_checks WHERE application_id = $1",
    "DELETE FROM operations WHERE application_id = $1",
    "DELETE FROM generations WHERE application_id = $1",
];

impl Store {
    /// Takes over a chore that is due, until the next time. Of several processes that ask, one is told to do it.
    pub async fn take_chore(&self, name: &str, now: Timestamp, next: Timestamp) -> Result<bool, PortError> {
        let done = sqlx::query("UPDATE chores SET due_at = $1 WHERE name = $2 AND due_at <= $3")
            .bind(next.as_millisecond())
            .bind(name)
            .bind(now.as_millisecond())
            .execute(&self.pool)
            .await
            .map_err(failed("looking for chores"))?;
        Ok(done.rows_affected() == 1)
    }

    /// Forgets everything that is older. To do it again, or twice at once, changes nothing more.
    pub async fn clean(&self, kept: &Kept) -> Result<Cleaned, PortError> {
        let old = self.delete("DELETE FROM black_box WHERE ended_at < $1", kept.ends_since.as_millisecond());
        let old = old.await?;
        // The sum up to each row, from the newest on: what lies beyond the limit goes.
        let query = "DELETE FROM black_box WHERE id IN (SELECT id FROM (\
                SELECT id, SUM(OCTET_LENGTH(record)) OVER (ORDER BY ended_at DESC, id DESC) AS so_far \
                FROM black_box) AS sized WHERE so_far > $1)";
        let too_many = self.delete(query, kept.ends_bytes).await?;
        let drafts = self.delete("DELETE FROM drafts WHERE at < $1", kept.drafts_since.as_millisecond());
        let drafts = drafts.await?;
        let applications = self.forget_applications(kept.history_since).await?;
        Ok(Cleaned { ends: old + too_many, applications, drafts })
    }

    async fn delete(&self, query: &'static str, limit: i64) -> Result<u64, PortError> {
        let done = sqlx::query(query).bind(limit).execute(&self.pool).await;
        done.map(|done| done.rows_affected()).map_err(failed("forgetting what is old"))
    }

    /// Those of which an end of a container is still kept wait for that.
    async fn forget_applications(&self, since: Timestamp) -> Result<u64, PortError> {
        let mut forgotten = 0;
        loop {
            let ids: Vec<String> = sqlx::query_scalar(
                "SELECT id FROM applications WHERE gone_at < $1 AND NOT EXISTS \
                 (SELECT 1 FROM black_box WHERE application_id = applications.id) ORDER BY gone_at LIMIT $2",
            )
            .bind(since.as_millisecond())
            .bind(AT_ONCE)
            .fetch_all(&self.pool)
            .await
            .map_err(failed("looking for what is old"))?;
            if ids.is_empty() {
                return Ok(forgotten);
            }
            for id in &ids {
                forgotten += self.forget_application(id).await?;
            }
        }
    }

    async fn forget_application(&self, id: &str) -> Result<u64, PortError> {
        let failed = || failed("forgetting a removed application");
        let mut transaction = self.pool.begin_with(self.begin).await.map_err(failed())?;
        for query in BELONGINGS {
            sqlx::query(query).bind(id).execute(&mut *transaction).await.map_err(failed())?;
        }
        let query = "DELETE FROM applications WHERE id = $1 AND gone_at IS NOT NULL";
        let done = sqlx::query(query).bind(id).execute(&mut *transaction).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        Ok(done.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[tokio::test]
    async fn d3_whatever_refers_to_an_application_is_forgotten_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("slipway.db").display());
        let store = Store::open(&url).await.unwrap();
        let query = "SELECT tables.name FROM sqlite_schema AS tables \
             JOIN pragma_foreign_key_list(tables.name) AS keys ON keys.\"table\" = 'applications'";
        let referring: Vec<String> = sqlx::query_scalar(query).fetch_all(&store.pool).await.unwrap();
        let known = BELONGINGS.iter().filter_map(|query| query.split(' ').nth(2)).chain(["black_box"]);
        assert_eq!(
            referring.iter().map(String::as_str).collect::<BTreeSet<_>>(),
            known.collect::<BTreeSet<_>>(),
            "a table that refers to applications is missing in BELONGINGS, or has gone"
        );
    }
}
