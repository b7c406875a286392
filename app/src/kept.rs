//! What was rendered is kept for whoever asks for the same again: a list that a hundred people look at is made once each
//! time that it changes.

use std::sync::Arc;

use jiff::Timestamp;
use leptos::prelude::*;
use slipway_domain::{people::People, permission::Action};

use crate::{desk::SharedDesk, words::language};

/// For how long ages may be told as they were.
const MILLISECONDS: i64 = 2_000;

/// When, as far as ages are told.
pub fn age(now: Timestamp) -> i64 {
    now.as_millisecond() / MILLISECONDS
}

/// Everything that a part of a page depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Everything up to this revision is in it.
    pub revision: i64,
    /// When, as far as ages are told.
    pub age: i64,
    /// Which part of which page, and what it is asked for.
    pub place: String,
    /// In which language, by its tag.
    pub language: &'static str,
}

impl Key {
    /// The key for whoever asks now. None for those who may not do everything: what they see depends on who they are.
    pub fn of(place: String, revision: i64, now: Timestamp) -> Option<Self> {
        let actor = expect_context::<SharedDesk>().surroundings().actor;
        let may = |action| actor.may(action, &People::NOBODY).is_ok();
        let may_all = [Action::See, Action::Deploy, Action::Change, Action::Remove].into_iter().all(may);
        may_all.then(|| Self { revision, age: age(now), place, language: language().tag() })
    }
}

/// Where it is kept.
pub trait Kept: Send + Sync {
    /// What is kept under that key; if there is nothing, what `make` makes. Whoever asks meanwhile waits for it.
    fn kept(&self, key: Key, make: &mut dyn FnMut() -> String) -> Arc<str>;
}

/// How it travels in a request's context.
pub type SharedKept = Arc<dyn Kept>;

/// The part of the page, made or kept.
pub fn kept(key: Option<Key>, make: impl FnOnce() -> String) -> Arc<str> {
    let (mut make, shelf) = (Some(make), use_context::<SharedKept>());
    let mut make = || make.take().map(|make| make()).unwrap_or_default();
    match key.zip(shelf) {
        Some((key, shelf)) => shelf.kept(key, &mut make),
        None => make().into(),
    }
}
