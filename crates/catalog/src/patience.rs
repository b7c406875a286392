//! When a release is complete. Nobody says so: a copy that is under way looks like a release with fewer files. So a
//! release counts as complete when nothing in it has changed for a while. A copy that stands still for longer cannot
//! be told from one that has ended; whoever copies over a slow line writes to a name that begins with a dot, which
//! is passed over, and renames it at the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use slipway_domain::ids::Clock;

use crate::source::Fingerprint;

/// What is certainly not complete (a zip without an end) is given so many times as long until it counts as broken.
const UNFINISHED: i32 = 10;

/// How long a release must have been left alone until it is read.
#[derive(Clone)]
pub(crate) struct Patience {
    quiet: SignedDuration,
    clock: Arc<dyn Clock>,
    /// Since when a place has looked as it does.
    seen: Arc<Mutex<BTreeMap<String, (Fingerprint, Timestamp)>>>,
}

impl Patience {
    pub(crate) fn new(quiet: Duration, clock: Arc<dyn Clock>) -> Self {
        let quiet = SignedDuration::try_from(quiet).unwrap_or(SignedDuration::MAX);
        Self { quiet, clock, seen: Arc::default() }
    }

    /// Has nothing changed there for long enough to read it?
    pub(crate) fn is_over(&self, place: &str, now: &Fingerprint) -> bool {
        self.has_rested(place, now, self.quiet)
    }

    /// Has nothing changed there for so long that what is missing will not come any more?
    pub(crate) fn has_given_up(&self, place: &str, now: &Fingerprint) -> bool {
        self.has_rested(place, now, self.quiet.saturating_mul(UNFINISHED))
    }

    /// Forgets places that are no more.
    pub(crate) fn keep(&self, places: &BTreeSet<String>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|place, _| places.contains(place));
    }

    /// By the times of the file system. A file server whose clock is ahead is not believed for ever: then it counts
    /// since when the place was seen as it is.
    fn has_rested(&self, place: &str, look: &Fingerprint, needed: SignedDuration) -> bool {
        let now = self.clock.now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(look.changed()) >= needed {
            seen.remove(place);
            return true;
        }
        match seen.get(place) {
            Some((then, since)) if then == look => now.duration_since(*since) >= needed,
            _ => {
                seen.insert(place.to_owned(), (look.clone(), now));
                false
            }
        }
    }
}

impl fmt::Debug for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patience").field("quiet", &self.quiet).finish_non_exhaustive()
    }
}
