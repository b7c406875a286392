//! Faults of the simulated server as a whole.

/// What happens to requests and to open watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weather {
    /// Does it answer?
    pub(crate) reachable: bool,
    /// Watches that began before this count are told that they are too old.
    pub(crate) expired: u64,
    /// Watches that began before this count are cut.
    pub(crate) cut: u64,
}

impl Weather {
    pub(crate) const FINE: Self = Self { reachable: true, expired: 0, cut: 0 };
}
