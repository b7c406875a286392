//! A release in a folder.

use std::{
    fs::{self, File, Metadata},
    io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use jiff::Timestamp;
use slipway_domain::release::ReleaseFile;

use super::{paths, read_at_most};
use crate::{limits::Limits, refusal::Refusal};

/// A file that was found and not yet read.
pub(super) struct Entry {
    /// Below the release.
    pub(super) path: String,
    /// Where it is.
    place: PathBuf,
    /// Its size at this moment.
    size: u64,
    /// Size and times: what a write changes.
    pub(super) stamp: [u8; 40],
}

/// All files of a folder by path, and when something there changed last; no file is opened.
pub(super) fn walk(root: &Path, limits: &Limits) -> Result<(Vec<Entry>, Timestamp), Refusal> {
    let folder = fs::symlink_metadata(root).map_err(|error| Refusal::io("", &error))?;
    let mut walk = Walk { limits, seen: 0, found: Vec::new(), changed: changed_at(&folder) };
    walk.collect(root, "")?;
    let (mut found, changed) = (walk.found, walk.changed);
    let size = found.iter().fold(0_u64, |sum, entry| sum.saturating_add(entry.size));
    if size > limits.bytes {
        return Err(too_large(limits));
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok((found, changed))
}

/// All files with their contents.
pub(super) fn read(root: &Path, limits: &Limits) -> Result<Vec<ReleaseFile>, Refusal> {
    let mut left = limits.bytes;
    let mut files = Vec::new();
    for entry in walk(root, limits)?.0 {
        let content = open(&entry).and_then(|file| read_at_most(file, left));
        let content = content.map_err(|error| match error.kind() {
            io::ErrorKind::ResourceBusy => Refusal::arriving(),
            _ => Refusal::io(&entry.path, &error),
        });
        let content = content?.ok_or_else(|| too_large(limits))?;
        left -= content.len() as u64;
        files.push(ReleaseFile { path: entry.path, content });
    }
    Ok(files)
}

/// The file that was found, and not one that somebody put into its place meanwhile: that could be a link.
fn open(entry: &Entry) -> io::Result<File> {
    let file = File::open(&entry.place)?;
    if stamp_of(&file.metadata()?) != entry.stamp {
        return Err(io::ErrorKind::ResourceBusy.into());
    }
    Ok(file)
}

/// What a write to the file changes, and when it was.
pub(super) fn stamp(path: &Path) -> io::Result<([u8; 40], Timestamp)> {
    fs::symlink_metadata(path).map(|metadata| (stamp_of(&metadata), changed_at(&metadata)))
}

/// A walk through a release.
struct Walk<'a> {
    limits: &'a Limits,
    /// Files and folders so far: empty folders cost time, too.
    seen: usize,
    found: Vec<Entry>,
    /// When a file or a folder changed last.
    changed: Timestamp,
}

impl Walk<'_> {
    fn collect(&mut self, folder: &Path, prefix: &str) -> Result<(), Refusal> {
        let io = |error| Refusal::io(prefix, &error);
        for entry in fs::read_dir(folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let name = entry.file_name();
            let join =
                |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
            let Some(path) = name.to_str().map(join) else {
                return Err(Refusal::file(join(&name.to_string_lossy()), "has a name that is not UTF-8"));
            };
            self.seen += 1;
            if self.seen > self.limits.files {
                return Err(Refusal::whole(format!("the release has more than {} files", self.limits.files)));
            }
            paths::check(&path, self.limits)?;
            self.take(&entry.path(), path)?;
        }
        Ok(())
    }

    fn take(&mut self, place: &Path, path: String) -> Result<(), Refusal> {
        // Not the metadata of what a link points to: a link is refused before anything follows it.
        let metadata = fs::symlink_metadata(place).map_err(|error| Refusal::io(&path, &error))?;
        self.changed = self.changed.max(changed_at(&metadata));
        if metadata.is_symlink() {
            return Err(Refusal::file(path, "is a symbolic link; a release holds only files"));
        } else if metadata.is_dir() {
            return self.collect(place, &path);
        } else if !metadata.is_file() {
            // Reading a pipe would wait for ever.
            return Err(Refusal::file(path, "is neither a file nor a folder"));
        }
        let (size, stamp) = (metadata.len(), stamp_of(&metadata));
        self.found.push(Entry { path, place: place.to_owned(), size, stamp });
        Ok(())
    }
}

fn too_large(limits: &Limits) -> Refusal {
    Refusal::whole(format!("the release has more than {} bytes", limits.bytes))
}

fn stamp_of(metadata: &Metadata) -> [u8; 40] {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified = modified.map_or(0, |since| since.as_nanos());
    let (inode, changed) = changed(metadata);
    let mut stamp = [0; 40];
    stamp[..8].copy_from_slice(&metadata.len().to_be_bytes());
    stamp[8..16].copy_from_slice(&inode.to_be_bytes());
    stamp[16..24].copy_from_slice(&u64::try_from(modified).unwrap_or(u64::MAX).to_be_bytes());
    stamp[24..].copy_from_slice(&changed.to_be_bytes());
    stamp
}

/// When it changed last, also if only its name or what lies in it did. Copying restores older times of the last
/// write, but not this one, where the system knows it.
fn changed_at(metadata: &Metadata) -> Timestamp {
    let (_, changed) = changed(metadata);
    let written = || metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    let known = (changed != 0).then(|| Timestamp::from_nanosecond(changed).ok()).flatten();
    known.or_else(written).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Tools that restore the time of the last write cannot restore these.
#[cfg(unix)]
fn changed(metadata: &Metadata) -> (u64, i128) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ino(), i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec()))
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> (u64, i128) {
    (0, 0)
}
