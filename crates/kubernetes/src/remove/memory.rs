//! The newest look at each namespace that is being deleted. A look asks for every kind that the cluster knows, and
//! the question what holds a namespace comes several times a second.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use slipway_domain::removal::Look;

/// How long a look is good enough.
const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// Looks by the uid of their namespace.
#[derive(Default)]
pub(super) struct Looks(Mutex<HashMap<String, Look>>);

impl Looks {
    /// The newest look, if it is good enough.
    pub(super) fn fresh(&self, uid: &str, now: Timestamp) -> Option<Look> {
        self.looks().get(uid).filter(|look| is_fresh(look, now)).cloned()
    }

    /// Keeps a look and drops those that are not good enough any more: their namespaces may be gone.
    pub(super) fn keep(&self, uid: String, look: Look) {
        let mut looks = self.looks();
        looks.retain(|_, other| is_fresh(other, look.at));
        looks.insert(uid, look);
    }

    /// The next question is answered by a new look.
    pub(super) fn forget(&self) {
        self.looks().clear();
    }

    fn looks(&self) -> MutexGuard<'_, HashMap<String, Look>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_fresh(look: &Look, now: Timestamp) -> bool {
    now.duration_since(look.at) < FRESH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d1_a_look_is_good_for_a_few_seconds_or_until_it_is_forgotten() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let look = |second| Look {
            at: at(second),
            leftovers: vec![],
            partial: vec![],
            unlisted: vec![],
            dead_apis: vec![],
        };
        let looks = Looks::default();
        looks.keep("a".into(), look(0));
        assert!(looks.fresh("a", at(4)).is_some());
        assert!(looks.fresh("a", at(5)).is_none());
        assert!(looks.fresh("b", at(0)).is_none());
        looks.keep("b".into(), look(10));
        assert_eq!(looks.looks().len(), 1);
        looks.forget();
        assert!(looks.fresh("b", at(10)).is_none());
    }
}
