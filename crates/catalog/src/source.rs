//! Where the files of a release lie: in a folder or in a zip. Both give the same files in the same order under
//! the same limits, so nothing above this module knows which it was.

mod folder;
mod paths;
pub(crate) mod zipped;

use std::{
    io::{self, Read},
    path::PathBuf,
};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use slipway_domain::release::ReleaseFile;

use crate::{limits::Limits, refusal::Refusal};

/// One place that should hold a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A folder with the files.
    Folder(PathBuf),
    /// A zip with the files at its root.
    Zip(PathBuf),
}

/// What changes when somebody writes to a source, without reading the contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    hash: [u8; 32],
    changed: Timestamp,
}

impl Fingerprint {
    /// When somebody last wrote there, by the clock of the file system.
    pub(crate) fn changed(&self) -> Timestamp {
        self.changed
    }
}

impl Source {
    /// Looks at names, sizes and times only.
    pub(crate) fn fingerprint(&self, limits: &Limits) -> Result<Fingerprint, Refusal> {
        let mut hash = Sha256::new();
        let changed = match self {
            Self::Folder(path) => {
                let (entries, changed) = folder::walk(path, limits)?;
                for entry in entries {
                    hash.update((entry.path.len() as u64).to_be_bytes());
                    hash.update(&entry.path);
                    hash.update(entry.stamp);
                }
                changed
            }
            Self::Zip(path) => {
                let (stamp, changed) = folder::stamp(path).map_err(|error| Refusal::io("", &error))?;
                hash.update(stamp);
                changed
            }
        };
        Ok(Fingerprint { hash: hash.finalize().into(), changed })
    }

    /// All files, sorted by path.
    pub(crate) fn read(&self, limits: &Limits) -> Result<Vec<ReleaseFile>, Refusal> {
        sorted(match self {
            Self::Folder(path) => folder::read(path, limits),
            Self::Zip(path) => zipped::open(path, limits),
        })
    }
}

/// The files by path, if they can lie side by side.
pub(crate) fn sorted(files: Result<Vec<ReleaseFile>, Refusal>) -> Result<Vec<ReleaseFile>, Refusal> {
    let mut files = files?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    paths::check_together(files.iter().map(|file| file.path.as_str()))?;
    Ok(files)
}

/// A digest over the names and contents of all files: the same files give the same digest anywhere.
pub(crate) fn content_digest(files: &[ReleaseFile]) -> String {
    let mut hash = Sha256::new();
    for ReleaseFile { path, content } in files {
        // Lengths keep ("ab", "c") apart from ("a", "bc").
        hash.update((path.len() as u64).to_be_bytes());
        hash.update(path);
        hash.update((content.len() as u64).to_be_bytes());
        hash.update(content);
    }
    format!("sha256:{}", hex::encode(hash.finalize()))
}

/// Reads to the end, but never more than `most` bytes: a size that was declared is only a claim.
fn read_at_most(reader: impl Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut content = Vec::new();
    reader.take(most.saturating_add(1)).read_to_end(&mut content)?;
    Ok((content.len() as u64 <= most).then_some(content))
}

#[cfg(test)]
#[path = "source/zipped_tests.rs"]
mod zipped_tests;
