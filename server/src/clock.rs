//! The one place where time is read and identifiers are made up.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use slipway_domain::ids::{Clock, Ids};
use ulid::{Generator, Ulid};

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is given")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Identifiers that sort in the order in which they were made.
pub struct SystemIds(Mutex<Generator>);

impl SystemIds {
    /// A fresh source.
    pub fn new() -> Self {
        Self(Mutex::new(Generator::new()))
    }
}

impl Ids for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is where everybody else's identifiers come from")]
    fn next(&self) -> Ulid {
        let mut generator = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // More than 2^80 in one millisecond do not happen; a random one is as good then.
        generator.generate().unwrap_or_else(|_| Ulid::generate())
    }
}
