//! Looking for rows of the audit trail, and looking at all of them.

use jiff::Timestamp;
use slipway_domain::{
    audit::{Entry, Filter, Verdict, Walk},
    ports::PortError,
};

use super::AuditRow;
use crate::{Store, rows::failed};

/// How many rows are looked at in one go.
const BATCH: i64 = 1000;

impl Store {
    /// The last rows, newest first.
    pub async fn audit(&self, limit: u32) -> Result<Vec<AuditRow>, PortError> {
        sqlx::query_as("SELECT * FROM audit ORDER BY seq DESC LIMIT $1")
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading the audit trail"))
    }

    /// The rows that are looked for with a number below that one, newest first.
    pub async fn search_audit(
        &self,
        filter: &Filter,
        below: i64,
        limit: u32,
    ) -> Result<Vec<Entry>, PortError> {
        let query = "SELECT * FROM audit WHERE seq < $1 AND at >= $2 AND at < $3 \
             AND ($4 = '' OR actor = $4) AND ($5 = '' OR action = $5) AND ($6 = '' OR object = $6) \
             AND outcome LIKE $7 ESCAPE '!' \
             AND ($8 = '%%' OR LOWER(actor || ' ' || action || ' ' || object || ' ' || outcome || ' ' || \
                 request || ' ' || address || ' ' || via) LIKE $8 ESCAPE '!') \
             ORDER BY seq DESC LIMIT $9";
        let rows: Vec<AuditRow> = sqlx::query_as(query)
            .bind(below)
            .bind(filter.from.map_or(i64::MIN, Timestamp::as_millisecond))
            .bind(filter.until.map_or(i64::MAX, Timestamp::as_millisecond))
            .bind(&filter.actor)
            .bind(&filter.action)
            .bind(&filter.object)
            .bind(format!("{}%", plainly(&filter.outcome)))
            .bind(format!("%{}%", plainly(&filter.q.to_lowercase())))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed("searching the audit trail"))?;
        rows.into_iter().map(Entry::try_from).collect()
    }

    /// Looks at the whole trail, and names the first row that is not as it should be.
    pub async fn verify_audit(&self) -> Result<Verdict, PortError> {
        // Read first: what is added while the rows are looked at does no harm.
        let count = self.counter("audit").await?;
        let since = self.counter("audit-chain").await?;
        let mut walk = Walk::from(since);
        let mut last = since - 1;
        loop {
            let rows: Vec<AuditRow> =
                sqlx::query_as("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2")
                    .bind(last)
                    .bind(BATCH)
                    .fetch_all(&self.pool)
                    .await
                    .map_err(failed("reading the audit trail"))?;
            for row in rows.iter().cloned() {
                let entry = Entry::try_from(row)?;
                last = entry.seq;
                if !walk.step(&entry) {
                    return Ok(walk.end(count));
                }
            }
            if rows.is_empty() {
                return Ok(walk.end(count));
            }
        }
    }

    async fn counter(&self, name: &str) -> Result<i64, PortError> {
        sqlx::query_scalar("SELECT value FROM counters WHERE name = $1")
            .bind(name)
            .fetch_one(&self.pool)
            .await
            .map_err(failed("reading a counter"))
    }
}

/// For `LIKE … ESCAPE '!'`: what was typed means itself.
fn plainly(typed: &str) -> String {
    typed.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}
