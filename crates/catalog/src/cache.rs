//! What was read already. Reading a release again costs as much as the release is large; looking whether it
//! changed costs almost nothing.

use std::collections::{BTreeMap, BTreeSet};

use slipway_domain::release::Release;

use crate::{
    refusal::{Lasts, Refusal},
    source::Fingerprint,
};

/// Releases by where they lie, each as of a fingerprint.
#[derive(Debug, Default)]
pub(crate) struct Cache(BTreeMap<String, (Fingerprint, Result<Release, Refusal>)>);

impl Cache {
    /// What is known about that place, if nobody wrote to it since.
    pub(crate) fn get(&self, place: &str, now: &Fingerprint) -> Option<Result<Release, Refusal>> {
        self.0.get(place).filter(|(then, _)| then == now).map(|(_, known)| known.clone())
    }

    /// Remembers what was read of a place as it looked before the reading: whoever wrote to it meanwhile changed it.
    pub(crate) fn put(&mut self, place: &str, before: Fingerprint, read: &Result<Release, Refusal>) {
        let passes = |refusal: &Refusal| matches!(refusal.lasts, Lasts::Passing | Lasts::Arriving);
        if !read.as_ref().is_err_and(passes) {
            self.0.insert(place.to_owned(), (before, read.clone()));
        }
    }

    /// Forgets places that are no more.
    pub(crate) fn keep(&mut self, places: &BTreeSet<String>) {
        self.0.retain(|place, _| places.contains(place));
    }
}
