//! Secrets at rest. What is sealed can be stored and copied; only the vault, which has the key, opens it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A secret that nobody can read without the key.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(String);

impl Sealed {
    /// Wraps what a vault has sealed.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// What the vault has sealed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}
