//! Why a release is not shown as one that can be deployed.

use std::{fmt, io};

/// What is wrong with a release, for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The file at fault, below the release; none if it is the release as a whole.
    pub(crate) file: Option<String>,
    /// What is wrong with it.
    pub(crate) reason: String,
    /// For how long.
    pub(crate) lasts: Lasts,
}

/// How long a refusal lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lasts {
    /// Until somebody changes a file.
    UntilChanged,
    /// Likewise, unless more is on its way: what is there is a beginning.
    Unfinished,
    /// It might be better next time though nobody changes a file. It is not remembered.
    Passing,
    /// Somebody is writing at this moment. It is not remembered, and nothing is wrong.
    Arriving,
}

impl Refusal {
    /// The release as a whole is wrong.
    pub(crate) fn whole(reason: impl Into<String>) -> Self {
        Self { file: None, reason: reason.into(), lasts: Lasts::UntilChanged }
    }

    /// The release is being written.
    pub(crate) fn arriving() -> Self {
        Self { lasts: Lasts::Arriving, ..Self::whole("is being written at this moment") }
    }

    /// The same, said of what is only a beginning.
    pub(crate) fn unfinished(self) -> Self {
        Self { lasts: Lasts::Unfinished, ..self }
    }

    /// One file of it is wrong.
    pub(crate) fn file(path: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self { file: Some(path.into()), reason: reason.to_string(), lasts: Lasts::UntilChanged }
    }

    /// A file could not be read; an empty path means the release itself. A file that was there a moment ago is being
    /// moved or removed.
    pub(crate) fn io(path: &str, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound {
            return Self::arriving();
        }
        let file = (!path.is_empty()).then(|| path.to_owned());
        Self { file, reason: format!("cannot be read: {error}"), lasts: Lasts::Passing }
    }
}
