//! Why a release is not shown as one that can be deployed.

use std::{fmt, io};

/// What is wrong with a release, for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The file at fault, below the release; none if it is the release as a whole.
    pub(crate) file: Option<String>,
    /// What is wrong with it.
    pub(crate) reason: String,
    /// Might it be better next time though nobody changes a file? Then it is not remembered.
    pub(crate) passing: bool,
}

impl Refusal {
    /// The release as a whole is wrong.
    pub(crate) fn whole(reason: impl Into<String>) -> Self {
        Self { file: None, reason: reason.into(), passing: false }
    }

    /// The release as a whole cannot be read now.
    pub(crate) fn passing(reason: impl Into<String>) -> Self {
        Self { passing: true, ..Self::whole(reason) }
    }

    /// One file of it is wrong.
    pub(crate) fn file(path: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self { file: Some(path.into()), reason: reason.to_string(), passing: false }
    }

    /// A file could not be read; an empty path means the release itself.
    pub(crate) fn io(path: &str, error: &io::Error) -> Self {
        let file = (!path.is_empty()).then(|| path.to_owned());
        Self { file, reason: format!("cannot be read: {error}"), passing: true }
    }
}
