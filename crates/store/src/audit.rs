//! The audit trail: rows are added, in the transaction of what they tell, and never changed.

mod automatic;
mod reading;

use jiff::Timestamp;
use slipway_domain::{audit::Entry, ports::PortError};
use sqlx::AnyConnection;

pub(crate) use self::automatic::tell_step;
use crate::{
    Store,
    columns::row,
    rows::{failed, time},
};

/// Where a request came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Its number.
    pub request: String,
    /// The address of whoever sent it.
    pub address: String,
    /// `browser`, or `token` and its name.
    pub via: String,
}

impl Origin {
    /// Of what nobody sent.
    pub const NONE: &'static Self =
        &Self { request: String::new(), address: String::new(), via: String::new() };
}

/// What is to be told.
#[derive(Debug, Clone, Copy)]
pub struct Deed<'a> {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: &'a str,
    /// What was done, or asked for.
    pub action: &'a str,
    /// To what.
    pub object: &'a str,
    /// What came of it: `accepted`, or `refused` or `failed` with a colon and why.
    pub outcome: &'a str,
    /// Where it was asked.
    pub origin: &'a Origin,
}

row! {
    /// A row as it is kept.
    #[derive(Debug, Clone, PartialEq, Eq)]
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
        /// The request.
        pub request: String,
        /// Where it came from.
        pub address: String,
        /// The way in.
        pub via: String,
        /// Over the row and the hash before it.
        pub hash: String,
    }
}

impl TryFrom<AuditRow> for Entry {
    type Error = PortError;
    fn try_from(row: AuditRow) -> Result<Self, PortError> {
        let AuditRow { seq, at, actor, action, object, outcome, request, address, via, hash } = row;
        Ok(Self { seq, at: time(at)?, actor, action, object, outcome, request, address, via, hash })
    }
}

/// Writes a row. Call it last in a transaction: the counter's row is locked until its end, so that writers on all
/// replicas form one chain and numbers have no gaps. A statement that waited for the lock sees what was committed
/// before it, and so the hash that its own row continues.
pub(crate) async fn write(transaction: &mut AnyConnection, deed: &Deed<'_>) -> Result<(), sqlx::Error> {
    let seq: i64 =
        sqlx::query_scalar("UPDATE counters SET value = value + 1 WHERE name = 'audit' RETURNING value")
            .fetch_one(&mut *transaction)
            .await?;
    let before: Option<String> = sqlx::query_scalar("SELECT hash FROM audit WHERE seq = $1")
        .bind(seq - 1)
        .fetch_optional(&mut *transaction)
        .await?;
    // What is kept has milliseconds.
    let at = deed.at.as_millisecond();
    let entry = Entry {
        seq,
        at: Timestamp::from_millisecond(at).unwrap_or(deed.at),
        actor: kept(deed.actor),
        action: kept(deed.action),
        object: kept(deed.object),
        outcome: kept(deed.outcome),
        request: kept(&deed.origin.request),
        address: kept(&deed.origin.address),
        via: kept(&deed.origin.via),
        hash: String::new(),
    };
    let hash = entry.hash_after(&before.unwrap_or_default());
    sqlx::query(
        "INSERT INTO audit (seq, at, actor, action, object, outcome, request, address, via, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(seq)
    .bind(at)
    .bind(entry.actor)
    .bind(entry.action)
    .bind(entry.object)
    .bind(entry.outcome)
    .bind(entry.request)
    .bind(entry.address)
    .bind(entry.via)
    .bind(hash)
    .execute(transaction)
    .await
    .map(|_| ())
}

/// No row is longer than somebody can read; a zero character cannot be kept by PostgreSQL.
fn kept(text: &str) -> String {
    text.chars().filter(|character| *character != '\0').take(500).collect()
}

impl Store {
    /// Tells something that is no change of the database: a sign-in, a refusal, the use of a secret.
    pub async fn note(&self, deed: &Deed<'_>) -> Result<(), PortError> {
        let failed = || failed("writing the audit trail");
        let mut transaction = self.begin().await.map_err(failed())?;
        write(&mut transaction, deed).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }
}
