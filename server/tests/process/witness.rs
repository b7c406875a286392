//! Sees every request of the programs to the cluster and to the registry, and stands in its way when told to.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    body::Bytes,
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use tokio::sync::Notify;

/// A request, without what differs between two lives that do the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Which program asked.
    pub who: String,
    /// Method and address.
    pub what: String,
    /// What came along.
    pub body: Bytes,
}

impl Seen {
    /// The generation whose object is written, if it is one.
    pub fn generation(&self) -> Option<String> {
        let object: Value = serde_json::from_slice(&self.body).ok()?;
        object["metadata"]["labels"]["slipway.internal/generation"].as_str().map(str::to_owned)
    }

    /// The namespace that it is about, which may be one that is to be made.
    pub fn namespace(&self) -> Option<String> {
        let (_, place) = self.what.split_once("/namespaces")?;
        if let Some(place) = place.strip_prefix('/') {
            return place.split(['/', '?']).next().map(str::to_owned);
        }
        let object: Value = serde_json::from_slice(&self.body).ok()?;
        object["metadata"]["name"].as_str().map(str::to_owned)
    }

    /// Does it change anything?
    pub fn is_write(&self) -> bool {
        let only_looks = ["GET ", "HEAD "].iter().any(|method| self.what.starts_with(method));
        !only_looks && !self.what.contains("dryRun=")
    }
}

/// A moment in the life of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// This request has not done anything.
    Before(String),
    /// It has, but its answer did not arrive.
    After(String),
}

/// What happens at a moment.
enum Deed {
    /// The program is killed.
    Kill,
    /// The request is told to come again in a second.
    Busy,
    /// The request waits until it is let go; then it goes on, even if nobody waits for its answer any more.
    Hold { reached: Arc<Notify>, go: Arc<Notify> },
}

/// A request that will be held.
pub struct Held {
    reached: Arc<Notify>,
    go: Arc<Notify>,
}

/// The witness.
#[derive(Default)]
pub struct Witness {
    seen: Mutex<Vec<Seen>>,
    watches: AtomicUsize,
    order: Mutex<Option<(Moment, Deed)>>,
    programs: Mutex<HashMap<String, u32>>,
    /// When the last answer was given.
    answered: Mutex<Option<Instant>>,
    /// Who was told to come again, and when.
    busy: Mutex<Option<(String, Instant)>>,
    /// How long each of them stayed away.
    stayed_away: Mutex<Vec<Duration>>,
}

impl Witness {
    /// A program has begun to live.
    pub fn follow(&self, who: &str, process: u32) {
        lock(&self.programs).insert(who.to_owned(), process);
    }

    /// Which process a program is at this moment.
    pub fn process(&self, who: &str) -> Option<u32> {
        lock(&self.programs).get(who).copied()
    }

    /// Kills a program at once.
    pub fn kill(&self, who: &str) {
        self.signal(who, "-9");
    }

    /// Sends a program the signal after which it is gone.
    pub fn signal(&self, who: &str, signal: &str) {
        if let Some(process) = lock(&self.programs).remove(who) {
            let killed = std::process::Command::new("kill").args([signal, &process.to_string()]).status();
            assert!(killed.unwrap().success());
        }
    }

    /// Kills whoever comes to that moment next, once.
    pub fn kill_at(&self, moment: Moment) {
        *lock(&self.order) = Some((moment, Deed::Kill));
    }

    /// Holds whoever comes to that moment next, once.
    pub fn hold_at(&self, moment: Moment) -> Held {
        let held = Held { reached: Arc::default(), go: Arc::default() };
        let deed = Deed::Hold { reached: Arc::clone(&held.reached), go: Arc::clone(&held.go) };
        *lock(&self.order) = Some((moment, deed));
        held
    }

    /// Tells the request at that moment to come again in a second, once.
    pub fn busy_at(&self, moment: Moment) {
        *lock(&self.order) = Some((moment, Deed::Busy));
    }

    /// How long those stayed away that were told to come again.
    pub fn stayed_away(&self) -> Vec<Duration> {
        std::mem::take(&mut lock(&self.stayed_away))
    }

    /// Has the moment come for which something was told? If not, it is forgotten.
    pub fn was_reached(&self) -> bool {
        lock(&self.order).take().is_none()
    }

    /// What was seen since the last call.
    pub fn take_seen(&self) -> Vec<Seen> {
        std::mem::take(&mut lock(&self.seen))
    }

    /// A watch was asked for.
    pub fn watch_began(&self) {
        self.watches.fetch_add(1, Ordering::SeqCst);
    }

    /// As many watches were asked for so far.
    pub fn watches(&self) -> usize {
        self.watches.load(Ordering::SeqCst)
    }

    /// When the last answer was given.
    pub fn answered_at(&self) -> Instant {
        lock(&self.answered).unwrap()
    }

    /// How much that program has changed in the cluster.
    pub fn writes_of(&self, who: &str) -> usize {
        lock(&self.seen).iter().filter(|seen| seen.who == who && seen.is_write()).count()
    }

    /// Lets a request through, or not.
    pub async fn between(
        &self,
        seen: Seen,
        answer: impl Future<Output = Response> + Send + 'static,
    ) -> Response {
        let (before, after) = (Moment::Before(seen.what.clone()), Moment::After(seen.what.clone()));
        let who = seen.who.clone();
        if let Some((_, told)) = lock(&self.busy).take_if(|(what, _)| *what == seen.what) {
            lock(&self.stayed_away).push(told.elapsed());
        }
        let what = seen.what.clone();
        lock(&self.seen).push(seen);
        match self.deed_at(&before) {
            Some(Deed::Kill) => return self.strike(&who),
            Some(Deed::Busy) => {
                *lock(&self.busy) = Some((what, Instant::now()));
                return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response();
            }
            Some(Deed::Hold { reached, go }) => {
                let late = async move {
                    reached.notify_one();
                    go.notified().await;
                    answer.await
                };
                // On its own, because whoever asked may have gone away when it goes on.
                return tokio::spawn(late).await.unwrap();
            }
            None => {}
        }
        let answer = answer.await;
        *lock(&self.answered) = Some(Instant::now());
        match self.deed_at(&after) {
            Some(Deed::Kill) => self.strike(&who),
            Some(Deed::Hold { reached, go }) => {
                reached.notify_one();
                go.notified().await;
                answer
            }
            Some(Deed::Busy) | None => answer,
        }
    }

    fn deed_at(&self, moment: &Moment) -> Option<Deed> {
        lock(&self.order).take_if(|(told, _)| told == moment).map(|(_, deed)| deed)
    }

    fn strike(&self, who: &str) -> Response {
        self.kill(who);
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    }
}

impl Held {
    /// Waits until the request is held. False if it never comes.
    pub async fn reached(&self) -> bool {
        tokio::time::timeout(Duration::from_secs(30), self.reached.notified()).await.is_ok()
    }

    /// Lets it go on.
    pub fn go(&self) {
        self.go.notify_one();
    }
}

/// Method and address, without identities and digests, which differ from life to life.
pub fn signature(method: &Method, path: &str, query: &str) -> String {
    let whole =
        if query.is_empty() { format!("{method} {path}") } else { format!("{method} {path}?{query}") };
    let whole = without(&whole, "application-id%3D", 26);
    without(&without(&whole, "sha256:", 64), "sha256%3A", 64)
}

/// Takes away so many characters behind a mark.
fn without(text: &str, mark: &str, length: usize) -> String {
    match text.split_once(mark) {
        Some((before, after)) => format!("{before}{mark}{}", after.get(length..).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
