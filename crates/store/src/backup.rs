//! The whole database as another one, of the same kind or not: how it is backed up while a server works, and how it
//! comes back. Who is signed in is no part of it: a copy must not let anybody in.

use futures::TryStreamExt;
use slipway_domain::ports::PortError;
use sqlx::{Any, AssertSqlSafe, Column, Row, Transaction, any::AnyRow};

use crate::{Store, rows::failed};

/// Every table but those of sessions, each behind those that it refers to. All columns are texts and numbers.
const TABLES: [&str; 18] = [
    "counters",
    "applications",
    "generations",
    "operations",
    "audit",
    "accounts",
    "standings",
    "quarantine",
    "black_box",
    "drafts",
    "plans",
    "image_checks",
    "quarantined_images",
    "chores",
    "warnings",
    "tokens",
    "answers",
    "refused_passwords",
];
/// Stays where it is: who is signed in, and which steps of the schema were applied.
const LEFT_OUT: [&str; 3] = ["sessions", "visits", "_sqlx_migrations"];
/// What a new database holds before anybody has used it.
const BEGUN: [&str; 2] = ["counters", "chores"];

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// Somebody uses the other database already.
    #[error("the database that it is to go to holds {0} already; name one that nobody has used")]
    Used(&'static str),
    /// A table that this version knows nothing of.
    #[error("the database has a table {0} that is no part of it; nothing was copied")]
    Stranger(String),
    /// A database does not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Store {
    /// Copies everything, as of one moment, to a database that nobody has used. How many rows that were.
    pub async fn copy_to(&self, target: &Self) -> Result<u64, CopyError> {
        let failed = || failed("copying the database");
        let mut from = self.look().await.map_err(failed())?;
        let mut to = target.begin().await.map_err(failed())?;
        if let Some(stranger) = self.stranger(&mut from).await.map_err(failed())? {
            return Err(CopyError::Stranger(stranger));
        }
        for table in TABLES.into_iter().filter(|table| !BEGUN.contains(table)) {
            let query = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
            let rows: i64 = sqlx::query_scalar(query).fetch_one(&mut *to).await.map_err(failed())?;
            if rows > 0 {
                return Err(CopyError::Used(table));
            }
        }
        let mut count = 0;
        for table in TABLES {
            let clear = AssertSqlSafe(format!("DELETE FROM {table}"));
            if BEGUN.contains(&table) {
                sqlx::query(clear).execute(&mut *to).await.map_err(failed())?;
            }
            count += copy(table, &mut from, &mut to).await.map_err(failed())?;
        }
        to.commit().await.map_err(failed())?;
        target.announce();
        Ok(count)
    }

    /// A table that is neither copied nor left out on purpose.
    async fn stranger(&self, from: &mut Transaction<'static, Any>) -> Result<Option<String>, sqlx::Error> {
        let tables: Vec<String> = sqlx::query_scalar(self.list_of_tables()).fetch_all(&mut **from).await?;
        let is_known = |table: &String| {
            TABLES.contains(&table.as_str())
                || LEFT_OUT.contains(&table.as_str())
                || table.starts_with("sqlite_")
        };
        Ok(tables.into_iter().find(|table| !is_known(table)))
    }
}

async fn copy(
    table: &str,
    from: &mut Transaction<'static, Any>,
    to: &mut Transaction<'static, Any>,
) -> Result<u64, sqlx::Error> {
    // The name is one of those above.
    let mut rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}"))).fetch(&mut **from);
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        insert(table, &row, to).await?;
        count += 1;
    }
    Ok(count)
}

enum Value {
    Nothing,
    Number(i64),
    Text(String),
}

/// What is not there is written as such: a value that is none would have to be of the right kind.
async fn insert(table: &str, row: &AnyRow, to: &mut Transaction<'static, Any>) -> Result<(), sqlx::Error> {
    let columns: Vec<&str> = row.columns().iter().map(Column::name).collect();
    let values: Vec<Value> = (0..columns.len()).map(|index| value(row, index)).collect::<Result<_, _>>()?;
    let mut number = 0;
    let places: Vec<String> = values
        .iter()
        .map(|value| {
            if matches!(value, Value::Nothing) {
                return "NULL".to_owned();
            }
            number += 1;
            format!("${number}")
        })
        .collect();
    let text = format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
    // Made of names that are part of the schema.
    let mut query = sqlx::query(AssertSqlSafe(text));
    for value in values {
        query = match value {
            Value::Nothing => query,
            Value::Number(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
        };
    }
    query.execute(&mut **to).await.map(|_| ())
}

fn value(row: &AnyRow, index: usize) -> Result<Value, sqlx::Error> {
    if let Ok(number) = row.try_get::<Option<i64>, _>(index) {
        return Ok(number.map_or(Value::Nothing, Value::Number));
    }
    Ok(row.try_get::<Option<String>, _>(index)?.map_or(Value::Nothing, Value::Text))
}
