//! A fresh database for every life.

use sqlx::{AssertSqlSafe, Connection, Executor, postgres::PgConnection};
use tempfile::TempDir;
use ulid::Ulid;

/// Where fresh databases come from.
pub enum Database {
    /// Files in that folder.
    Sqlite(TempDir),
    /// Databases on that server.
    Postgres(String),
}

/// The PostgreSQL server, if there is one; a test run that must have one fails without.
pub fn server() -> Option<String> {
    let server = std::env::var("SLIPWAY_TEST_POSTGRES").ok();
    assert!(
        server.is_some() || std::env::var("SLIPWAY_TEST_REQUIRE").is_err(),
        "SLIPWAY_TEST_POSTGRES is not set"
    );
    if server.is_none() {
        println!("skipped on PostgreSQL: SLIPWAY_TEST_POSTGRES is not set");
    }
    server
}

impl Database {
    /// The address of an empty database.
    #[expect(clippy::disallowed_methods, reason = "a test makes up its own identifiers")]
    pub async fn fresh(&self) -> String {
        let name = format!("slipway_{}", Ulid::generate().to_string().to_lowercase());
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join(name).display()),
            Self::Postgres(server) => {
                let mut admin = PgConnection::connect(server).await.unwrap();
                // The name is made of letters and digits above.
                admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
                format!("{}/{name}", server.rsplit_once('/').unwrap().0)
            }
        }
    }
}
