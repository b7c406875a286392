//! The board: all live applications in memory, and the hub that tells viewers what changed. List pages read it
//! and never the database.

mod lists;
mod sheet;

use std::{
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    time::Duration,
};

use bytes::Bytes;
use slipway_domain::{
    application::Application,
    ids::ApplicationId,
    listing::Wish,
    people::People,
    ports::{Cluster, PortError},
};
use slipway_store::Store;
use tokio::{
    sync::{Mutex, broadcast},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use self::lists::Lists;
pub use self::{
    lists::{Told, Window},
    sheet::Sheet,
};

/// How many batches a viewer may be behind before it is told what is so instead of what changed.
const BACKLOG: usize = 64;
/// What another replica changed is seen at the latest after this time.
const TICK: Duration = Duration::from_secs(1);
/// What changes within this time after something else is told together: the first at once, a storm in batches.
const TOGETHER: Duration = Duration::from_millis(50);
/// A viewer of whom nothing is heard for longer is taken for gone by what lies between.
const BEAT: Duration = Duration::from_secs(15);
/// A database that takes longer does not answer any more.
const PATIENCE: Duration = Duration::from_secs(10);

/// An application's new state, encoded once for all viewers.
#[derive(Debug, Clone)]
pub struct Change {
    /// Which one.
    pub id: ApplicationId,
    /// Its revision.
    pub revision: i64,
    /// The event as it is sent.
    pub record: Bytes,
    /// Who has access to it, and so may be told.
    pub people: Arc<People>,
}

impl Change {
    /// The new state of that one.
    pub fn of(application: &Application) -> Result<Self, PortError> {
        let encoded = |error| PortError::new("encoding an event", error);
        let json = serde_json::to_string(application).map_err(encoded)?;
        let revision = application.revision;
        let record = format!("event: application\nid: {revision}\ndata: {json}\n\n").into();
        Ok(Self { id: application.id, revision, record, people: Arc::clone(&application.people) })
    }
}

/// What is told at a time.
#[derive(Debug, Clone)]
pub enum News {
    /// Changes that were taken in together.
    Batch(Arc<Batch>),
    /// The cluster has been read, is out of reach, or is back.
    Cluster,
    /// Nothing, to be heard of.
    Beat,
}

/// Changes that were taken in together.
#[derive(Debug)]
pub struct Batch {
    /// In the order of their revisions.
    pub changes: Vec<Change>,
    /// All of them, for whoever sees all.
    pub records: Bytes,
    lists: Lists,
}

impl Batch {
    fn of(changes: Vec<Change>) -> Self {
        let records = changes.iter().flat_map(|change| change.record.iter().copied()).collect();
        Self { changes, records, lists: Lists::default() }
    }

    /// What viewers who see all and had those rows of the list before them are told; worked out by the first of them.
    pub fn of_list(&self, wish: &Wish, before: &Window, make: impl FnOnce() -> Told) -> Told {
        self.lists.told(wish, before, make)
    }
}

/// The board.
pub struct Board {
    store: Store,
    sheet: RwLock<Sheet>,
    /// Held while taking in, so that changes are told in their order.
    taking: Mutex<()>,
    hub: broadcast::Sender<News>,
}

impl Board {
    /// An empty board over that store.
    pub fn new(store: Store) -> Self {
        let hub = broadcast::channel(BACKLOG).0;
        Self { store, sheet: RwLock::default(), taking: Mutex::default(), hub }
    }

    /// Takes in what changed since the last time. Was there anything?
    pub async fn catch_up(&self) -> Result<bool, PortError> {
        let _taking = self.taking.lock().await;
        let mut any = false;
        loop {
            let seen = self.read().revision();
            let asked = tokio::time::timeout(PATIENCE, self.store.changed_since(seen)).await;
            let fresh = asked.map_err(|late| PortError::new("reading what changed", late))??;
            let is_all = fresh.len() < slipway_store::CHANGED_AT_ONCE;
            any |= !fresh.is_empty();
            let fresh: Vec<_> = fresh.into_iter().map(Arc::new).collect();
            self.take(&fresh);
            // After it was taken in: whoever comes later than this question reads it.
            if self.hub.receiver_count() > 0 && !fresh.is_empty() {
                let changes = fresh.iter().map(|fresh| Change::of(fresh)).collect::<Result<_, _>>()?;
                let _ = self.hub.send(News::Batch(Arc::new(Batch::of(changes))));
            }
            if is_all {
                return Ok(any);
            }
        }
    }

    fn take(&self, fresh: &[Arc<Application>]) {
        let mut sheet = self.sheet.write().unwrap_or_else(PoisonError::into_inner);
        for application in fresh {
            sheet.take(Arc::clone(application));
        }
    }

    /// What is so at this moment. Nothing new is taken in while it is kept, so it must not be kept across a wait.
    pub fn read(&self) -> RwLockReadGuard<'_, Sheet> {
        self.sheet.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Is there a live one that is like that?
    pub fn any(&self, wanted: impl Fn(&Application) -> bool) -> bool {
        self.read().live().any(|application| wanted(application))
    }

    /// Changes from now on. Subscribe first, then [`Self::read`]: what comes twice does no harm.
    pub fn subscribe(&self) -> broadcast::Receiver<News> {
        self.hub.subscribe()
    }

    /// Takes in changes until it is told to stop: at once when this process made them, soon when another did.
    pub async fn follow(&self, cluster: Arc<dyn Cluster>, stop: CancellationToken) {
        let mut committed = self.store.subscribe();
        let mut heard = Instant::now();
        let state = || (cluster.has_been_read(), cluster.out_of_reach_since());
        let mut known = state();
        loop {
            committed.mark_unchanged();
            let pause = match self.catch_up().await {
                Ok(true) => TOGETHER,
                Ok(false) => Duration::ZERO,
                Err(error) => {
                    tracing::warn!(error = %error.chain(), "The board is not up to date");
                    Duration::ZERO
                }
            };
            if std::mem::replace(&mut known, state()) != known {
                let _ = self.hub.send(News::Cluster);
            }
            if heard.elapsed() >= BEAT {
                heard = Instant::now();
                let _ = self.hub.send(News::Beat);
            }
            let next = async {
                tokio::time::sleep(pause).await;
                tokio::select! {
                    _ = committed.changed() => {}
                    () = tokio::time::sleep(TICK) => {}
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = next => {}
            }
        }
    }
}
