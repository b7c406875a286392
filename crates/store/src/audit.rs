//! The audit trail: a row for every change that somebody asked for, in the transaction of the change.

use jiff::Timestamp;
use slipway_domain::ports::PortError;
use sqlx::{AnyConnection, FromRow};

use crate::{Store, rows::failed};

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AuditRow {
    /// From 1, without gaps.
    pub seq: i64,
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// To what.
    pub object: String,
    /// What came of it.
    pub outcome: String,
}

/// Writes a row. The counter's row is locked until the transaction ends, so numbers have no gaps.
pub(crate) async fn write(
    transaction: &mut AnyConnection,
    now: Timestamp,
    actor: &str,
    (action, object, outcome): (&str, &str, &str),
) -> Result<(), sqlx::Error> {
    let seq: i64 =
        sqlx::query_scalar("UPDATE counters SET value = value + 1 WHERE name = 'audit' RETURNING value")
            .fetch_one(&mut *transaction)
            .await?;
    sqlx::query("INSERT INTO audit (seq, at, actor, action, object, outcome) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(seq)
        .bind(now.as_millisecond())
        .bind(actor)
        .bind(action)
        .bind(object)
        .bind(outcome)
        .execute(transaction)
        .await
        .map(|_| ())
}

impl Store {
    /// Records something that is no change of an application: a sign-in, a refusal.
    pub async fn note(&self, now: Timestamp, actor: &str, what: (&str, &str, &str)) -> Result<(), PortError> {
        let failed = || failed("writing the audit trail");
        let mut transaction = self.pool.begin_with(self.begin).await.map_err(failed())?;
        write(&mut transaction, now, actor, what).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// The last rows, newest first.
    pub async fn audit(&self, limit: u32) -> Result<Vec<AuditRow>, PortError> {
        sqlx::query_as("SELECT * FROM audit ORDER BY seq DESC LIMIT $1")
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading the audit trail"))
    }
}
