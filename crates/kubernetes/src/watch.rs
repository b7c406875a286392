//! One watch per kind for the whole process, on one label selector where the objects carry our labels. Keeps the
//! facts of every application and says which one was touched; decides nothing.

mod cache;

use std::{
    fmt::Debug,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use jiff::Timestamp;
use kube::{
    Api, Client, Resource,
    runtime::{
        WatchStreamExt,
        watcher::{self, Event, watcher},
    },
};
use serde::de::DeserializeOwned;
use slipway_domain::{
    ids::{ApplicationId, Clock},
    names::ApplicationName,
    observed::Observed,
};
use tokio::{
    sync::{Notify, broadcast, watch as signal},
    task::JoinSet,
    time::Instant,
};
use tokio_stream::wrappers::BroadcastStream;

use self::cache::{Cache, Fact};
use crate::{
    facts::Room,
    labels,
    lean::{self, Deployment, Job, Namespace, Node, PersistentVolumeClaim, Pod, ReplicaSet, StatefulSet},
};

/// How often a cluster that is out of reach is asked whether it is back.
const KNOCK: Duration = Duration::from_secs(2);
/// The watches begin anew at most this often because somebody doubts what they say.
const RENEW: Duration = Duration::from_secs(10);
/// How long it may take to answer that.
const ANSWER: Duration = Duration::from_secs(5);
/// How many kinds must have been listed before anything is said about an application. The others only help to
/// explain, and a cluster may refuse to show them.
const NEEDED: usize = 5;
/// So many objects are listed at a time: each page is in memory as it came and as it was read, of all kinds at once.
const PAGE: u32 = 100;
/// Names that a slow listener may be behind; whoever is further behind looks at everything anyway.
const BACKLOG: usize = 4096;

/// The watches; they end when this is dropped.
pub(crate) struct Watches {
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

struct Shared {
    cache: Cache,
    touched: broadcast::Sender<ApplicationName>,
    /// How many of the needed kinds have not been listed yet.
    unlisted: AtomicUsize,
    listed: Notify,
    /// Something that was asked of the cluster did not come to its end.
    doubted: Notify,
    /// How often the cluster has come back. What a watch hears after that may be nothing at all, because its
    /// connection ends at a machine that has gone; so all of them begin anew.
    returns: signal::Sender<u64>,
    out_of_reach: Mutex<Option<Timestamp>>,
    clock: Arc<dyn Clock>,
}

impl Watches {
    pub(crate) fn start(client: &Client, clock: Arc<dyn Clock>) -> Self {
        let shared = Arc::new(Shared {
            cache: Cache::default(),
            touched: broadcast::channel(BACKLOG).0,
            unlisted: AtomicUsize::new(NEEDED),
            listed: Notify::new(),
            doubted: Notify::new(),
            returns: signal::channel(0).0,
            out_of_reach: Mutex::new(None),
            clock,
        });
        let mut tasks = JoinSet::new();
        let ours = || listing().labels(&labels::ours());
        // All of them, because a name is taken by whosever namespace has it. Of those of others only that is kept.
        let all = listing();
        tasks.spawn(follow::<Namespace>(client.clone(), Arc::clone(&shared), all, true));
        tasks.spawn(follow::<Deployment>(client.clone(), Arc::clone(&shared), ours(), true));
        tasks.spawn(follow::<StatefulSet>(client.clone(), Arc::clone(&shared), ours(), true));
        tasks.spawn(follow::<Job>(client.clone(), Arc::clone(&shared), ours(), true));
        tasks.spawn(follow::<Pod>(client.clone(), Arc::clone(&shared), ours(), true));
        tasks.spawn(follow::<ReplicaSet>(client.clone(), Arc::clone(&shared), ours(), false));
        tasks.spawn(follow::<PersistentVolumeClaim>(client.clone(), Arc::clone(&shared), ours(), false));
        tasks.spawn(follow::<Node>(client.clone(), Arc::clone(&shared), listing(), false));
        tasks.spawn(follow_warnings(client.clone(), Arc::clone(&shared)));
        tasks.spawn(knock(client.clone(), Arc::clone(&shared)));
        Self { shared, _tasks: tasks }
    }

    /// Has each of the kinds that are needed been listed?
    pub(crate) fn are_listed(&self) -> bool {
        self.shared.unlisted.load(Ordering::Acquire) == 0
    }

    /// None as long as some kind has never been listed.
    pub(crate) fn observe(&self, name: &ApplicationName, id: ApplicationId) -> Option<Observed> {
        self.are_listed().then(|| Observed {
            out_of_reach_since: self.out_of_reach_since(),
            ..self.shared.cache.observe(name.as_str(), id)
        })
    }

    /// Is there no namespace of that name, as far as is known? None as long as the watches do not know.
    pub(crate) fn is_free(&self, name: &ApplicationName) -> Option<bool> {
        let is_known = self.are_listed() && self.out_of_reach_since().is_none();
        is_known.then(|| self.shared.cache.is_free(name.as_str()))
    }

    /// What the nodes have to give, as far as that is known.
    pub(crate) fn nodes(&self) -> Vec<Room> {
        self.shared.cache.nodes()
    }

    pub(crate) fn touched(&self) -> BoxStream<'static, ApplicationName> {
        let names = BroadcastStream::new(self.shared.touched.subscribe());
        names.filter_map(|name| async { name.ok() }).boxed()
    }

    /// Somebody waited for the cluster in vain, or found something else than the watches say: it is asked whether it
    /// is there, and the watches begin anew.
    pub(crate) fn doubt(&self) {
        self.shared.doubted.notify_one();
    }

    pub(crate) fn out_of_reach_since(&self) -> Option<Timestamp> {
        *self.shared.out_of_reach.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn touch(&self, namespaces: impl IntoIterator<Item = String>) {
        for name in namespaces.into_iter().filter_map(|name| ApplicationName::parse(&name).ok()) {
            // Nobody listening is fine: whoever begins to listen looks at everything first.
            let _ = self.touched.send(name);
        }
    }

    fn lost(&self, error: &(dyn std::error::Error + 'static)) {
        let mut since = self.out_of_reach.lock().unwrap_or_else(PoisonError::into_inner);
        if since.is_none() {
            tracing::warn!(error, "The cluster is out of reach");
            *since = Some(self.clock.now());
        }
    }

    fn found(&self) {
        let mut since = self.out_of_reach.lock().unwrap_or_else(PoisonError::into_inner);
        if since.take().is_some() {
            tracing::info!("The cluster is back");
            self.renew();
        }
    }

    fn renew(&self) {
        self.returns.send_modify(|count| *count += 1);
    }
}

fn listing() -> watcher::Config {
    watcher::Config::default().page_size(PAGE)
}

async fn follow<K>(client: Client, shared: Arc<Shared>, config: watcher::Config, is_needed: bool)
where
    K: Fact + Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + 'static,
{
    let begin = || watcher(Api::<K>::all(client.clone()), config.clone()).default_backoff().boxed();
    let (mut events, mut returns) = (begin(), shared.returns.subscribe());
    let mut listing = cache::Unseen::default();
    let (mut first, mut refused) = (true, false);
    loop {
        let event = tokio::select! {
            event = events.try_next() => event,
            _ = returns.changed() => {
                events = begin();
                continue;
            }
        };
        match event {
            Ok(Some(event)) => {
                let listed = matches!(event, Event::InitDone);
                let touched = shared.cache.take(event, &mut listing);
                if listed && std::mem::take(&mut first) && is_needed {
                    shared.unlisted.fetch_sub(1, Ordering::AcqRel);
                    shared.listed.notify_waiters();
                }
                shared.touch(touched);
            }
            Ok(None) => return,
            // A resource version that is too old, or a page that is asked for too late, is mended by the watcher itself:
            // it lists anew.
            Err(
                watcher::Error::WatchError(status)
                | watcher::Error::InitialListFailed(kube::Error::Api(status)),
            ) if status.code == 410 => {}
            // What only helps to explain may be forbidden: then less is explained.
            Err(error) if !is_needed && is_refusal(&error) => {
                if !std::mem::replace(&mut refused, true) {
                    let kind = K::kind(&());
                    tracing::warn!(error = &error as &dyn std::error::Error, kind = %kind, "The cluster does not show {kind} objects");
                }
            }
            Err(error) => shared.lost(&error),
        }
    }
}

fn is_refusal(error: &watcher::Error) -> bool {
    use watcher::Error::{InitialListFailed, WatchError, WatchFailed, WatchStartFailed};
    let (InitialListFailed(kube::Error::Api(status))
    | WatchStartFailed(kube::Error::Api(status))
    | WatchFailed(kube::Error::Api(status))
    | WatchError(status)) = error
    else {
        return false;
    };
    matches!(status.code, 403 | 404)
}

/// Events carry no labels: all warnings come, and those of namespaces that are not ours are dropped. So it is
/// better to know first which are.
async fn follow_warnings(client: Client, shared: Arc<Shared>) {
    loop {
        let listed = shared.listed.notified();
        if shared.unlisted.load(Ordering::Acquire) == 0 {
            break;
        }
        listed.await;
    }
    let config = listing().fields("type=Warning");
    follow::<lean::Event>(client, shared, config, false).await;
}

/// A watch that resumes says nothing until something changes, so while the cluster is out of reach it is asked; and
/// when somebody has waited for it in vain, because a watch cannot tell silence from peace.
async fn knock(client: Client, shared: Arc<Shared>) {
    let mut renewed: Option<Instant> = None;
    loop {
        let is_doubted = tokio::select! {
            () = shared.doubted.notified() => true,
            () = tokio::time::sleep(KNOCK) => false,
        };
        let is_lost = shared.out_of_reach.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        if !is_doubted && !is_lost {
            continue;
        }
        match tokio::time::timeout(ANSWER, client.apiserver_version()).await {
            Ok(Ok(_)) if is_lost => shared.found(),
            // It answers, and yet the watches may hear nothing any more: their connections are other ones.
            Ok(Ok(_)) if renewed.is_none_or(|at| at.elapsed() > RENEW) => {
                renewed = Some(Instant::now());
                shared.renew();
            }
            Ok(Ok(_)) => {}
            Ok(Err(error)) => shared.lost(&error),
            Err(late) => shared.lost(&late),
        }
    }
}
