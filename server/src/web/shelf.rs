//! What was made last, for as long as nothing has changed: parts of pages, and whole ones.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use slipway_app::kept::{Kept, Key};

/// So many are kept: everybody may ask for a list of their own.
const MOST: usize = 64;

/// What it is kept under, which says up to when it holds.
pub trait Label: Eq + Hash {
    /// Everything up to this revision is in it, and ages are told as of that moment.
    fn moment(&self) -> (i64, i64);
}

/// All of a kind; each has a cell, which whoever comes first fills.
#[derive(Debug)]
pub struct Shelf<Of, Cell>(Mutex<HashMap<Of, Arc<Cell>>>);

impl<Of, Cell> Default for Shelf<Of, Cell> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<Of: Label, Cell: Default> Shelf<Of, Cell> {
    /// Where that is kept. What no longer holds is forgotten when something newer is asked for.
    pub fn place(&self, label: Of) -> Arc<Cell> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains_key(&label) {
            all.retain(|old, _| old.moment() >= label.moment());
            if all.len() >= MOST {
                all.clear();
            }
        }
        Arc::clone(all.entry(label).or_default())
    }
}

impl Label for Key {
    fn moment(&self) -> (i64, i64) {
        (self.revision, self.age)
    }
}

impl Kept for Shelf<Key, OnceLock<Arc<str>>> {
    fn kept(&self, key: Key, make: &mut dyn FnMut() -> String) -> Arc<str> {
        // Not under the lock of all: the others are not to wait for this one.
        Arc::clone(self.place(key).get_or_init(|| make().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Parts = Shelf<Key, OnceLock<Arc<str>>>;

    fn key(revision: i64, place: &str) -> Key {
        Key { revision, age: 1, place: place.to_owned(), language: "en" }
    }

    #[test]
    fn d14_what_was_made_is_made_once_until_something_changes() {
        let shelf = Parts::default();
        let mut made = 0;
        let mut ask = |key| {
            shelf.kept(key, &mut || {
                made += 1;
                format!("made {made}")
            })
        };
        let asked =
            [ask(key(1, "a")), ask(key(1, "a")), ask(key(1, "b")), ask(key(2, "a")), ask(key(2, "a"))];
        assert_eq!(asked.map(|text| text.to_string()), ["made 1", "made 1", "made 2", "made 3", "made 3"]);
        assert_eq!(shelf.0.lock().unwrap().len(), 1, "what is old is forgotten");
    }

    #[test]
    fn d14_of_many_who_ask_at_once_one_makes_it() {
        let (shelf, made) = (Parts::default(), std::sync::atomic::AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    shelf.kept(key(1, "a"), &mut || {
                        made.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        // So long that the others have asked meanwhile.
                        (0..200_000).map(|number: u32| number.to_string()).collect::<String>()
                    })
                });
            }
        });
        assert_eq!(made.into_inner(), 1);
    }

    #[test]
    fn d14_what_everybody_asks_for_does_not_fill_the_memory() {
        let shelf = Parts::default();
        for number in 0..10 * MOST {
            shelf.kept(key(1, &number.to_string()), &mut String::new);
        }
        assert!(shelf.0.lock().unwrap().len() <= MOST);
    }
}
