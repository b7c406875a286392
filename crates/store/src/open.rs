//! Opens the database, brings its schema up to date, or says in one sentence why not.

use std::{
    path::PathBuf,
    str::FromStr,
    sync::{Arc, LazyLock, atomic::Ordering},
    time::Duration,
};

use slipway_domain::ports::PortError;
use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, Connection, Executor, Transaction,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::{MigrateError, Migrator},
};
use tokio::sync::watch;

use crate::{
    health::Place,
    neighbours::{Neighbours, Signs},
    rows::failed,
    steps::steps,
};

/// How long a PostgreSQL server may take to say that a connection is alive.
const ALIVE: Duration = Duration::from_secs(3);

static STEPS: LazyLock<Migrator> = LazyLock::new(steps);

/// Why the database cannot be used. Each is a sentence that names the setting.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither `sqlite:` nor `postgres:`.
    #[error(
        "the database address {0:?} is not understood; set SLIPWAY_DATABASE_URL to sqlite:<file> or postgres://…"
    )]
    Address(String),
    /// The file cannot be made or opened.
    #[error("the database file {} cannot be opened; check SLIPWAY_DATA_DIR and its permissions", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something else is in the file.
    #[error("{} is not a SQLite database; set SLIPWAY_DATABASE_URL to another file", path.display())]
    NoDatabase {
        /// The file.
        path: PathBuf,
    },
    /// The server does not answer or refuses.
    #[error("the PostgreSQL server at {place} cannot be used; check SLIPWAY_DATABASE_URL and that it runs")]
    Server {
        /// Host and port, without the password.
        place: String,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// A newer Slipway has been here.
    #[error(
        "the database was made by a newer Slipway (its schema has step {0}, which this one does not know); run that version or restore a backup"
    )]
    Newer(i64),
    /// A step of the schema is not the one that was applied.
    #[error("step {0} of the database's schema is not the one that this Slipway knows; restore a backup")]
    Changed(i64),
    /// A step failed half-way.
    #[error("the database's schema could not be brought up to date")]
    Migration(#[source] MigrateError),
}

/// The database. Cloning is cheap and shares the pool.
#[derive(Clone)]
pub struct Store {
    pub(crate) pool: AnyPool,
    /// How a transaction that writes begins. SQLite must take the write lock at once: one that begins by reading
    /// and then finds somebody else writing cannot wait, it fails.
    begin: &'static str,
    signs: Signs,
    /// Other processes on the same database.
    neighbours: Option<Arc<Neighbours>>,
    /// Where it is.
    pub(crate) place: Arc<Place>,
}

impl Store {
    /// Opens `sqlite:<file>` or `postgres://…` and brings its schema up to date.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let (pool, begin, place) = match url.strip_prefix("sqlite:") {
            Some(file) => {
                let path = PathBuf::from(file.trim_start_matches("//"));
                let pool = sqlite(path.clone()).await?;
                (pool, "BEGIN IMMEDIATE", Place::file(path))
            }
            None => (postgres(url).await?, "BEGIN", Place::Server(server(url).unwrap_or_default())),
        };
        if !is_up_to_date(&pool).await {
            STEPS.run(&pool).await.map_err(|error| match error {
                MigrateError::VersionMissing(version) => OpenError::Newer(version),
                MigrateError::VersionMismatch(version) => OpenError::Changed(version),
                error => OpenError::Migration(error),
            })?;
        }
        let signs = Signs::default();
        let neighbours = (!url.starts_with("sqlite:"))
            .then(|| Arc::new(Neighbours::meet(url.to_owned(), pool.clone(), signs.clone())));
        Ok(Self { pool, begin, signs, neighbours, place: Arc::new(place) })
    }

    /// Lets a PostgreSQL role use everything, and add to the audit trail without changing what is there (D7).
    pub async fn grant_to(&self, role: &str) -> Result<(), PortError> {
        let role = format!("\"{}\"", role.replace('"', "\"\""));
        // The role's name is quoted above.
        let statements = format!(
            "GRANT USAGE ON SCHEMA public TO {role}; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}; \
             REVOKE UPDATE, DELETE, TRUNCATE ON audit FROM {role}; \
             REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON _sqlx_migrations FROM {role}"
        );
        let granted = self.pool.execute(AssertSqlSafe(statements)).await;
        granted.map(|_| ()).map_err(failed("granting rights"))
    }

    /// How many connections there are, and how many of them wait for something to do.
    pub fn connections(&self) -> (usize, usize) {
        (usize::try_from(self.pool.size()).unwrap_or_default(), self.pool.num_idle())
    }

    /// How many operations are not over.
    pub async fn open_operations(&self) -> Result<i64, PortError> {
        open_operations(&self.pool).await.map_err(failed("counting operations"))
    }

    /// Changes whenever an application or an operation may have changed, here or by a neighbour.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.signs.changed.subscribe()
    }

    /// Begins a transaction that writes. Whoever asked may leave off in the middle, as a browser does that goes
    /// away; the library would then return a connection to the pool whose transaction has begun without its
    /// knowledge, and what others write on it would never be committed. A task of its own is never left off.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        let (pool, begin) = (self.pool.clone(), self.begin);
        let task = tokio::spawn(async move { pool.begin_with(begin).await });
        task.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    /// Begins a transaction that reads, and sees the database as it is at one moment whatever others write.
    pub(crate) async fn look(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        let begin = match self.neighbours {
            None => "BEGIN",
            Some(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        self.pool.begin_with(begin).await
    }

    /// The query for the names of all tables.
    pub(crate) fn list_of_tables(&self) -> &'static str {
        match self.neighbours {
            None => "SELECT name FROM sqlite_master WHERE type = 'table'",
            Some(_) => {
                "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'"
            }
        }
    }

    /// Another number whenever a session may have been changed or ended, here or by a neighbour.
    pub fn session_changes(&self) -> u64 {
        self.signs.sessions.load(Ordering::SeqCst)
    }

    /// Says that sessions were changed or ended.
    pub(crate) fn announce_sessions(&self) {
        self.signs.sessions.fetch_add(1, Ordering::SeqCst);
        self.tell_neighbours();
    }

    /// Says that something was committed.
    pub(crate) fn announce(&self) {
        self.signs.changed.send_modify(|count| *count += 1);
        self.tell_neighbours();
    }

    fn tell_neighbours(&self) {
        if let Some(neighbours) = &self.neighbours {
            neighbours.tell();
        }
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// How many operations are not over, as a pool or a transaction sees it.
pub(crate) async fn open_operations<'c>(
    database: impl Executor<'c, Database = Any>,
) -> Result<i64, sqlx::Error> {
    let query = "SELECT COUNT(*) FROM operations WHERE due_at IS NOT NULL";
    sqlx::query_scalar(query).fetch_one(database).await
}

/// Is every step of the schema there? A role that may not change the schema can then use it all the same.
async fn is_up_to_date(pool: &AnyPool) -> bool {
    let query = "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version";
    let Ok(applied) = sqlx::query_as::<_, (i64, Vec<u8>)>(query).fetch_all(pool).await else { return false };
    let known = STEPS.iter().map(|step| (step.version, step.checksum.to_vec()));
    applied.into_iter().eq(known)
}

async fn sqlite(path: PathBuf) -> Result<AnyPool, OpenError> {
    create_private(&path).map_err(|source| OpenError::File { path: path.clone(), source: source.into() })?;
    let failed = |error: sqlx::Error| match &error {
        // 26: SQLITE_NOTADB
        sqlx::Error::Database(inner) if inner.code().as_deref() == Some("26") => {
            OpenError::NoDatabase { path: path.clone() }
        }
        _ => OpenError::File { path: path.clone(), source: error.into() },
    };
    let options = AnyConnectOptions::from_str(&format!("sqlite:{}", path.display())).map_err(failed)?;
    // One connection beforehand: a pool would try again and again and finally say that it has no connection.
    let mut probe = AnyConnection::connect_with(&options).await.map_err(failed)?;
    probe.execute("PRAGMA journal_mode = WAL").await.map_err(failed)?;
    probe.close().await.map_err(failed)?;
    let pool = AnyPoolOptions::new().max_connections(4).after_connect(|connection, _| {
        Box::pin(async move {
            // WAL lets pages read while an operation is recorded. FULL: what a person was told is accepted
            // survives a power cut. An eighth of a MiB of pages for each connection, not two: the kernel has them, too.
            connection
                .execute(
                    "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                     PRAGMA foreign_keys = ON; PRAGMA cache_size = -128",
                )
                .await
                .map(|_| ())
        })
    });
    pool.connect_with(options).await.map_err(failed)
}

/// Sessions and password hashes are nobody else's business.
fn create_private(path: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true).mode(0o600).open(path).map(|_| ())
}

/// A server that has lost sight of us, and not we of it alone, must not keep what a transaction had locked.
const LEFT: &str = "SET idle_in_transaction_session_timeout = '20s'";

async fn postgres(url: &str) -> Result<AnyPool, OpenError> {
    let place =
        server(url).ok_or_else(|| OpenError::Address(url.split('@').next_back().unwrap_or("").to_owned()))?;
    let failed = |source| OpenError::Server { place: place.clone(), source };
    let options = AnyConnectOptions::from_str(url).map_err(failed)?;
    AnyConnection::connect_with(&options).await.map_err(failed)?.close().await.map_err(failed)?;
    // The pool itself waits for a server that says nothing: when it gives a connection out as long as somebody waits
    // for one, and when it takes one back for ever, with one place less from then on.
    let pool = AnyPoolOptions::new()
        .max_connections(10)
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .after_connect(|connection, _| Box::pin(async { connection.execute(LEFT).await.map(|_| ()) }))
        .before_acquire(|connection, _| Box::pin(is_alive(connection)))
        .after_release(|connection, _| Box::pin(is_alive(connection)));
    pool.connect_with(options).await.map_err(failed)
}

/// An error means that the connection is dropped.
async fn is_alive(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let answer = tokio::time::timeout(ALIVE, connection.ping()).await;
    answer.unwrap_or_else(|late| Err(sqlx::Error::Io(late.into()))).map(|()| true)
}

/// Host, port and database of a PostgreSQL address: what may be shown.
fn server(url: &str) -> Option<String> {
    let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"))?;
    let after_password = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    Some(after_password.split('?').next().unwrap_or_default().to_owned())
}
