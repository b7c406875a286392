//! The board: all live applications in memory, and the hub that tells viewers what changed. List pages read it
//! and never the database.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use slipway_domain::{
    application::Application, ids::ApplicationId, people::People, ports::PortError, status::Status,
};
use slipway_store::Store;
use tokio::sync::{Mutex, broadcast};
use tokio_util::sync::CancellationToken;

/// Events that a viewer may be behind before it is sent everything anew.
const BACKLOG: usize = 1024;
/// How many removed applications viewers are told of.
const GONE: usize = 100;
/// What another replica changed is seen at the latest after this time.
const TICK: Duration = Duration::from_secs(1);
/// A database that takes longer does not answer any more.
const PATIENCE: Duration = Duration::from_secs(10);

/// An application's new state, encoded once for all viewers.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its revision.
    pub revision: i64,
    /// The application as JSON.
    pub json: Arc<str>,
    /// Who has access to it, and so may be told.
    pub people: Arc<People>,
}

/// The board.
pub struct Board {
    store: Store,
    live: RwLock<HashMap<ApplicationId, Application>>,
    /// Those that went last. A viewer whose page was made before an end and whose stream began after it must be
    /// told of it.
    gone: RwLock<VecDeque<Application>>,
    /// The newest revision that was taken in. Held while taking in, so that changes are told in their order.
    seen: Mutex<i64>,
    hub: broadcast::Sender<Change>,
}

impl Board {
    /// An empty board over that store.
    pub fn new(store: Store) -> Self {
        let hub = broadcast::channel(BACKLOG).0;
        Self { store, live: RwLock::default(), gone: RwLock::default(), seen: Mutex::new(0), hub }
    }

    /// Takes in what changed since the last time.
    pub async fn catch_up(&self) -> Result<(), PortError> {
        let mut seen = self.seen.lock().await;
        loop {
            let asked = tokio::time::timeout(PATIENCE, self.store.changed_since(*seen)).await;
            let changed = asked.map_err(|late| PortError::new("reading what changed", late))??;
            if changed.is_empty() {
                return Ok(());
            }
            for application in changed {
                *seen = application.revision;
                let json = serde_json::to_string(&application)
                    .map_err(|error| PortError::new("encoding an event", error))?;
                let change = Change {
                    revision: application.revision,
                    json: json.into(),
                    people: Arc::clone(&application.people),
                };
                self.take(application);
                // Nobody listening is fine.
                let _ = self.hub.send(change);
            }
        }
    }

    fn take(&self, application: Application) {
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        if application.standing.status == Status::Undeployed {
            live.remove(&application.id);
            let mut gone = self.gone.write().unwrap_or_else(PoisonError::into_inner);
            gone.truncate(GONE - 1);
            gone.push_front(application);
        } else {
            live.insert(application.id, application);
        }
    }

    /// Live applications, newest first.
    pub fn live(&self) -> Vec<Application> {
        self.live_where(|_| true)
    }

    /// Those of them that are like that, newest first.
    pub fn live_where(&self, wanted: impl Fn(&Application) -> bool) -> Vec<Application> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = live.values().filter(|application| wanted(application)).cloned().collect();
        all.sort_by_key(|application| std::cmp::Reverse(application.id));
        all
    }

    /// Is there a live one that is like that?
    pub fn any(&self, wanted: impl Fn(&Application) -> bool) -> bool {
        self.live.read().unwrap_or_else(PoisonError::into_inner).values().any(wanted)
    }

    /// What a viewer needs to know to begin with: live applications, and those that went last, of those that are
    /// like that.
    pub fn snapshot(&self, wanted: impl Fn(&Application) -> bool) -> Vec<Application> {
        let mut all = self.live_where(&wanted);
        let gone = self.gone.read().unwrap_or_else(PoisonError::into_inner);
        all.extend(gone.iter().filter(|application| wanted(application)).cloned());
        all
    }

    /// Changes from now on. Subscribe first, then read [`Self::snapshot`]: what comes twice does no harm.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.hub.subscribe()
    }

    /// Takes in changes until it is told to stop: at once when this process made them, soon when another did.
    pub async fn follow(&self, stop: CancellationToken) {
        let mut committed = self.store.subscribe();
        loop {
            committed.mark_unchanged();
            if let Err(error) = self.catch_up().await {
                tracing::warn!(error = %error.chain(), "The board is not up to date");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                _ = committed.changed() => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }
}
