//! What everybody with the same page of the list before them is told: worked out once for all of them.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use bytes::Bytes;
use slipway_domain::{ids::ApplicationId, listing::Wish};

/// The rows of a page of the list, as they were at a revision.
#[derive(Debug, Clone, Default)]
pub struct Window {
    /// The revision.
    pub at: i64,
    /// The rows.
    pub rows: Arc<HashSet<ApplicationId>>,
}

/// What somebody is told of a batch, and what they have before them then.
#[derive(Debug, Clone)]
pub struct Told {
    /// The events; none if nothing of it concerns them.
    pub records: Option<Bytes>,
    /// The rows.
    pub window: Window,
}

/// Worked out by the first of those who ask.
type Once = Arc<OnceLock<Told>>;

/// What was worked out, by what is asked for and the revision of the rows that were shown before.
#[derive(Debug, Default)]
pub(super) struct Lists(Mutex<HashMap<(Wish, i64), Once>>);

impl Lists {
    /// What is known, or what `make` makes. Whoever asks meanwhile waits for it.
    pub(super) fn told(&self, wish: &Wish, before: &Window, make: impl FnOnce() -> Told) -> Told {
        let place = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry((wish.clone(), before.at)).or_default())
        };
        // Not under the lock of all: those who asked for something else are not to wait for this one.
        place.get_or_init(make).clone()
    }
}
