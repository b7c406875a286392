//! How often an address may try to come in: enough for people, too little for guessing. Counted in this process.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

/// How many tries an address has in a minute.
const TRIES: u32 = 60;
const WINDOW: SignedDuration = SignedDuration::from_mins(1);
/// More addresses than this are not remembered: those whose minute is over are forgotten first.
const ADDRESSES: usize = 10_000;

/// Tries by address: since when, and how many.
#[derive(Debug, Default)]
pub struct Attempts(Mutex<HashMap<String, (Timestamp, u32)>>);

impl Attempts {
    /// Counts a try.
    pub fn count(&self, address: &str, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ADDRESSES {
            known.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
        }
        let (since, tries) = known.entry(address.to_owned()).or_insert((now, 0));
        if now.duration_since(*since) >= WINDOW {
            (*since, *tries) = (now, 0);
        }
        *tries += 1;
    }

    /// Has that address tried too often?
    pub fn is_over(&self, address: &str, now: Timestamp) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(address)
            .is_some_and(|(since, tries)| *tries >= TRIES && now.duration_since(*since) < WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_tries_too_often_waits_for_the_rest_of_its_minute() {
        let attempts = Attempts::default();
        let at = |seconds| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        for _ in 0..TRIES {
            assert!(!attempts.is_over("192.0.2.1", at(1)));
            attempts.count("192.0.2.1", at(1));
        }
        assert!(attempts.is_over("192.0.2.1", at(60)));
        assert!(!attempts.is_over("192.0.2.2", at(60)), "another address");
        assert!(!attempts.is_over("192.0.2.1", at(61)));
        attempts.count("192.0.2.1", at(61));
        assert!(!attempts.is_over("192.0.2.1", at(62)), "a new minute");
    }
}
