//! The folder that keeps what was built, as an OCI image layout: other tools can read it. The layers of bases are
//! not in it, as the format allows; they stay in their registry.
//!
//! Several processes may share it, and any of them may be killed at any moment. Whoever writes holds a lock, and
//! what is written gets its name when it is complete.

mod prune;

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use slipway_domain::image::Digest;

pub use self::prune::Pruned;
use crate::manifest::{Descriptor, INDEX, Index, digest};

/// The key of the annotation that names an image in a layout.
const NAME: &str = "org.opencontainers.image.ref.name";
/// The key of the annotation that says what an image was built from.
const ORDER: &str = "slipway.order";
const VERSION: &str = r#"{"imageLayoutVersion":"1.0.0"}"#;

/// A folder that keeps images.
#[derive(Debug, Clone)]
pub struct Layout {
    root: Arc<Path>,
}

impl Layout {
    /// Opens the folder, or makes it.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let layout = Self { root: root.into().into() };
        fs::create_dir_all(layout.root.join("blobs/sha256"))?;
        let _lock = layout.lock()?;
        if layout.index().is_err() {
            layout.write("index.json", &empty_index()?)?;
        }
        layout.write("oci-layout", VERSION.as_bytes())?;
        Ok(layout)
    }

    /// The blob, if it is there and whole. One that is not is as good as none: it is written again.
    pub(crate) fn blob(&self, digest: &Digest) -> Option<Vec<u8>> {
        let bytes = fs::read(self.root.join(path(digest))).ok()?;
        (crate::manifest::digest(&bytes) == *digest).then_some(bytes)
    }

    /// Keeps a blob. One that is there already counts as used just now.
    pub(crate) fn keep(&self, bytes: &[u8]) -> io::Result<Digest> {
        let digest = digest(bytes);
        let _lock = self.lock()?;
        if self.blob(&digest).is_some() {
            self.touch(&digest)?;
        } else {
            self.write(&path(&digest), bytes)?;
        }
        Ok(digest)
    }

    /// Says that these are being used, so that nobody removes them meanwhile. False if one of them is gone.
    pub(crate) fn hold<'a>(&self, digests: impl IntoIterator<Item = &'a Digest>) -> io::Result<bool> {
        let _lock = self.lock()?;
        for digest in digests {
            match self.touch(digest) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    #[expect(clippy::disallowed_methods, reason = "a file's time is the machine's")]
    fn touch(&self, digest: &Digest) -> io::Result<()> {
        let file = File::options().write(true).open(self.root.join(path(digest)))?;
        file.set_modified(SystemTime::now())
    }

    /// What was built from an order and has this name.
    pub(crate) fn find(&self, name: &str, order: &str) -> io::Result<Option<Descriptor>> {
        let has = |descriptor: &Descriptor, key: &str, value: &str| {
            descriptor.annotations.get(key).is_some_and(|text| text == value)
        };
        let mut all = self.index()?.manifests.into_iter();
        Ok(all.find(|one| has(one, NAME, name) && has(one, ORDER, order)))
    }

    /// Names what was built from an order. What had the name before loses it.
    pub(crate) fn name(&self, name: &str, order: &str, mut built: Descriptor) -> io::Result<()> {
        built.annotations.insert(NAME.to_owned(), name.to_owned());
        built.annotations.insert(ORDER.to_owned(), order.to_owned());
        let _lock = self.lock()?;
        let mut index = self.index()?;
        index.manifests.retain(|one| one.annotations.get(NAME).is_none_or(|taken| taken != name));
        index.manifests.push(built);
        self.write("index.json", &serde_json::to_vec(&index)?)
    }

    fn index(&self) -> io::Result<Index> {
        Ok(serde_json::from_slice(&fs::read(self.root.join("index.json"))?)?)
    }

    /// Held until it is dropped; the system lets go of it when the process is killed.
    fn lock(&self) -> io::Result<File> {
        let file = File::options().create(true).append(true).open(self.root.join("lock"))?;
        file.lock()?;
        Ok(file)
    }

    /// Writes a file in one step. Only one writes at a time, so one temporary name is enough, and what a killed
    /// process left under it is overwritten.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let unfinished = self.root.join("unfinished");
        let mut file = File::create(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(unfinished, self.root.join(name))
    }
}

fn path(digest: &Digest) -> String {
    format!("blobs/{}", digest.as_str().replace(':', "/"))
}

fn empty_index() -> io::Result<Vec<u8>> {
    let index = Index {
        schema_version: 2,
        media_type: INDEX.to_owned(),
        manifests: Vec::new(),
        annotations: std::collections::BTreeMap::new(),
    };
    Ok(serde_json::to_vec(&index)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(layout: &Layout) -> Vec<String> {
        layout.index().unwrap().manifests.iter().map(|one| one.annotations[NAME].clone()).collect()
    }

    #[test]
    fn a_blob_that_was_cut_off_is_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        let digest = layout.keep(b"content").unwrap();
        fs::write(folder.path().join(path(&digest)), b"cont").unwrap();
        assert_eq!(layout.blob(&digest), None);
        layout.keep(b"content").unwrap();
        assert_eq!(layout.blob(&digest).unwrap(), b"content");
    }

    #[test]
    fn what_a_killed_process_left_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        Layout::open(folder.path()).unwrap().name("a:1", "x", Descriptor::of(INDEX, b"1")).unwrap();
        fs::write(folder.path().join("unfinished"), b"half a bl").unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        assert_eq!(names(&layout), ["a:1"]);
        assert!(layout.find("a:1", "x").unwrap().is_some());
        assert!(layout.find("a:1", "y").unwrap().is_none());
    }

    #[test]
    fn many_who_build_at_once_all_find_what_they_built() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for number in 0..8 {
                let root = folder.path();
                scope.spawn(move || {
                    let layout = Layout::open(root).unwrap();
                    let text = format!("image {number}");
                    layout.keep(text.as_bytes()).unwrap();
                    layout.keep(b"a layer of all").unwrap();
                    layout.name(&text, "order", Descriptor::of(INDEX, text.as_bytes())).unwrap();
                });
            }
        });
        let layout = Layout::open(folder.path()).unwrap();
        assert_eq!(names(&layout).len(), 8);
        assert!(layout.blob(&digest(b"a layer of all")).is_some());
    }

    #[test]
    fn a_name_means_what_was_built_last() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        layout.name("a:1", "old", Descriptor::of(INDEX, b"old")).unwrap();
        layout.name("a:1", "new", Descriptor::of(INDEX, b"new")).unwrap();
        assert_eq!(names(&layout), ["a:1"]);
        assert_eq!(layout.find("a:1", "new").unwrap().unwrap().digest, digest(b"new"));
    }
}
