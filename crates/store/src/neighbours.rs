//! Other processes on the same PostgreSQL hear of a commit at once, so that a badge moves for their viewers too. What
//! is not heard is found by the next tick. SQLite has no neighbours.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::{AnyPool, AssertSqlSafe, Executor, postgres::PgListener};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::timeout,
};

const CHANNEL: &str = "slipway";
/// How soon a listener that lost its connection tries again.
const AGAIN: Duration = Duration::from_secs(2);
/// After this time without a word it is asked whether the server is still there.
const SILENCE: Duration = Duration::from_secs(10);

/// What a commit is heard by, here and at the neighbours.
#[derive(Clone, Default)]
pub(crate) struct Signs {
    /// Counts commits after which somebody may want to look: operations due, applications changed.
    pub(crate) changed: Arc<watch::Sender<u64>>,
    /// Counts what may have changed a session. A neighbour does not say what it committed.
    pub(crate) sessions: Arc<AtomicU64>,
}

/// The way to the neighbours; it ends when the last store of this process is dropped.
pub(crate) struct Neighbours {
    tell: mpsc::Sender<()>,
    _tasks: JoinSet<()>,
}

impl Neighbours {
    /// Listens, and tells whenever it is asked to.
    pub(crate) fn meet(url: String, pool: AnyPool, signs: Signs) -> Self {
        // One that waits says all that there is to say.
        let (tell, told) = mpsc::channel(1);
        // Nobody needs to hear of their own commits.
        let me = RandomState::new().build_hasher().finish().to_string();
        let mut tasks = JoinSet::new();
        tasks.spawn(speak(pool, told, me.clone()));
        tasks.spawn(listen(url, signs, me));
        Self { tell, _tasks: tasks }
    }

    /// Tells the neighbours that something was committed.
    pub(crate) fn tell(&self) {
        let _ = self.tell.try_send(());
    }
}

async fn speak(pool: AnyPool, mut told: mpsc::Receiver<()>, me: String) {
    while told.recv().await.is_some() {
        // Digits only.
        let spoken = pool.execute(AssertSqlSafe(format!("NOTIFY {CHANNEL}, '{me}'")));
        match timeout(SILENCE, spoken).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "Neighbours were not told");
            }
            Err(_) => tracing::debug!("Neighbours were not told: the server says nothing"),
        }
    }
}

async fn listen(url: String, signs: Signs, me: String) {
    loop {
        if let Err(error) = hear(&url, &signs, &me).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "Neighbours cannot be heard");
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn hear(url: &str, signs: &Signs, me: &str) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(CHANNEL).await?;
    // Whatever was said before was not heard.
    signs.sessions.fetch_add(1, Ordering::SeqCst);
    loop {
        match timeout(SILENCE, listener.try_recv()).await {
            Ok(heard) => {
                // Nothing, if the connection was lost and found again.
                if heard?.is_none_or(|heard| heard.payload() != me) {
                    signs.sessions.fetch_add(1, Ordering::SeqCst);
                    signs.changed.send_modify(|count| *count += 1);
                }
            }
            // Nothing to hear, or nobody there any more?
            Err(_) => match timeout(SILENCE, listener.execute("SELECT 1")).await {
                Ok(answer) => _ = answer?,
                Err(late) => return Err(sqlx::Error::Io(late.into())),
            },
        }
    }
}
