//! Warnings about the objects of an application. They carry no labels, so those of everybody come along; what
//! is not ours is dropped at once, except the newest few: their namespace may be about to be known.

use std::collections::{BTreeMap, VecDeque};

use slipway_domain::observed::Remark;

use crate::facts::About;

/// So many warnings are kept of an application; the oldest go first.
const PER_APPLICATION: usize = 64;
/// So many warnings of unknown namespaces are kept.
const STRAYS: usize = 256;

/// A warning, and the name of the event that said it.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) about: About,
    pub(super) event: String,
    pub(super) remark: Remark,
}

/// The warnings of one namespace, one for each object and reason.
#[derive(Default)]
pub(super) struct Warnings(BTreeMap<About, (String, Remark)>);

impl Warnings {
    /// Keeps the warning; false if it says nothing new.
    pub(super) fn keep(&mut self, said: Said) -> bool {
        let Said { about, event, remark } = said;
        if self.0.get(&about).is_some_and(|(_, known)| known.at > remark.at) {
            return false;
        }
        let before = self.0.insert(about, (event, remark.clone()));
        while self.0.len() > PER_APPLICATION {
            let oldest = self.0.iter().min_by_key(|(_, (_, remark))| remark.at);
            let Some(oldest) = oldest.map(|(about, _)| about.clone()) else { break };
            self.0.remove(&oldest);
        }
        before.is_none_or(|(_, before)| before.message != remark.message)
    }

    /// Forgets what the event said.
    pub(super) fn forget(&mut self, event: &str) {
        self.0.retain(|_, (known, _)| known != event);
    }

    /// What is said about an object.
    pub(super) fn about(&self, kind: &str, name: &str) -> impl Iterator<Item = &Remark> {
        let about = move |about: &About| about.kind == kind && about.name == name;
        self.0.iter().filter(move |(key, _)| about(key)).map(|(_, (_, remark))| remark)
    }

    /// The names of the events.
    pub(super) fn events(&self) -> impl Iterator<Item = &String> {
        self.0.values().map(|(event, _)| event)
    }
}

/// Warnings of namespaces that are not known to be ours.
#[derive(Default)]
pub(super) struct Strays(VecDeque<(String, Said)>);

impl Strays {
    pub(super) fn keep(&mut self, namespace: &str, said: Said) {
        self.0.retain(|(place, known)| place != namespace || known.event != said.event);
        self.0.push_back((namespace.to_owned(), said));
        if self.0.len() > STRAYS {
            self.0.pop_front();
        }
    }

    /// Those of a namespace that turned out to be ours.
    pub(super) fn take(&mut self, namespace: &str) -> Vec<Said> {
        let all = std::mem::take(&mut self.0).into_iter();
        let (found, others): (VecDeque<_>, VecDeque<_>) = all.partition(|(place, _)| place == namespace);
        self.0 = others;
        found.into_iter().map(|(_, said)| said).collect()
    }
}
