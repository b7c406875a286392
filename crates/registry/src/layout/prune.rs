//! Forgets what was built and is not needed any more. The folder is a store of what can be made again, so to remove
//! too much costs time and breaks nothing; what somebody uses at this moment stays all the same.

use std::{collections::BTreeSet, fs, io, time::SystemTime};

use slipway_domain::image::Digest;

use super::{Layout, path};
use crate::manifest::Document;

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// How many blobs.
    pub blobs: usize,
    /// How many bytes they had.
    pub bytes: u64,
}

impl Layout {
    /// Removes what is no part of an image in use and was last used before that moment. Whoever builds holds what
    /// was used just now, and the lock is held until the end: nothing is taken away from under a running build.
    pub fn prune(&self, in_use: &BTreeSet<Digest>, before: SystemTime) -> io::Result<Pruned> {
        let _lock = self.lock()?;
        let mut index = self.index()?;
        let all = index.manifests.len();
        index
            .manifests
            .retain(|one| in_use.contains(&one.digest) || self.was_used_since(&one.digest, before));
        if index.manifests.len() < all {
            // First the names, then what they mean: a process that is killed between leaves no name of nothing.
            self.write("index.json", &serde_json::to_vec(&index)?)?;
        }
        let named = index.manifests.into_iter().map(|one| one.digest);
        let needed = self.with_parts(named.chain(in_use.iter().cloned()));
        let mut pruned = Pruned::default();
        for entry in fs::read_dir(self.root.join("blobs/sha256"))? {
            let entry = entry?;
            // What is not called like a blob was put there by somebody else.
            let Ok(digest) = Digest::parse(&format!("sha256:{}", entry.file_name().to_string_lossy())) else {
                continue;
            };
            if needed.contains(&digest) || self.was_used_since(&digest, before) {
                continue;
            }
            let bytes = entry.metadata()?.len();
            fs::remove_file(entry.path())?;
            pruned = Pruned { blobs: pruned.blobs + 1, bytes: pruned.bytes + bytes };
        }
        Ok(pruned)
    }

    fn was_used_since(&self, digest: &Digest, moment: SystemTime) -> bool {
        let used = fs::metadata(self.root.join(path(digest))).and_then(|metadata| metadata.modified());
        used.is_ok_and(|used| used >= moment)
    }

    /// These and everything that they name.
    fn with_parts(&self, roots: impl Iterator<Item = Digest>) -> BTreeSet<Digest> {
        let mut found = BTreeSet::new();
        let mut open: Vec<Digest> = roots.collect();
        while let Some(digest) = open.pop() {
            let document = self.blob(&digest).and_then(|bytes| Document::parse(&bytes).ok());
            if !found.insert(digest) {
                continue;
            }
            match document {
                Some(Document::Index(index)) => {
                    open.extend(index.manifests.into_iter().map(|one| one.digest));
                }
                Some(Document::Manifest(manifest)) => {
                    found.insert(manifest.config.digest);
                    found.extend(manifest.layers.into_iter().map(|layer| layer.digest));
                }
                None => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::manifest::{CONFIG, Descriptor, INDEX, LAYER, MANIFEST};

    const DAY: Duration = Duration::from_hours(24);

    #[expect(clippy::disallowed_methods, reason = "a file's time is the machine's")]
    fn now() -> SystemTime {
        SystemTime::now()
    }

    /// An image of one layer under an index, named, as a build leaves it.
    fn built(layout: &Layout, name: &str) -> Digest {
        let layer = Descriptor::of(LAYER, name.as_bytes());
        let config = Descriptor::of(CONFIG, format!("{{\"of\":\"{name}\"}}").as_bytes());
        let manifest =
            json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]});
        let manifest = manifest.to_string();
        let index = json!({"schemaVersion": 2, "mediaType": INDEX,
            "manifests": [Descriptor::of(MANIFEST, manifest.as_bytes())]});
        let index = index.to_string();
        layout.keep(name.as_bytes()).unwrap();
        layout.keep(format!("{{\"of\":\"{name}\"}}").as_bytes()).unwrap();
        layout.keep(manifest.as_bytes()).unwrap();
        let top = layout.keep(index.as_bytes()).unwrap();
        layout.name(name, "order", Descriptor::of(INDEX, index.as_bytes())).unwrap();
        top
    }

    /// Makes everything that is there as old as that.
    fn age(layout: &Layout, by: Duration) {
        for entry in fs::read_dir(layout.root.join("blobs/sha256")).unwrap() {
            let file = fs::File::options().write(true).open(entry.unwrap().path()).unwrap();
            file.set_modified(now() - by).unwrap();
        }
    }

    fn count(layout: &Layout) -> usize {
        fs::read_dir(layout.root.join("blobs/sha256")).unwrap().count()
    }

    fn layout() -> (tempfile::TempDir, Layout) {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        (folder, layout)
    }

    #[test]
    fn s1_34_what_no_application_refers_to_goes_and_the_rest_stays_whole() {
        let (_folder, layout) = layout();
        let (used, unused) = (built(&layout, "used"), built(&layout, "unused"));
        age(&layout, 9 * DAY);
        assert_eq!(count(&layout), 8);
        let pruned = layout.prune(&BTreeSet::from([used.clone()]), now() - 7 * DAY).unwrap();
        assert_eq!((pruned.blobs, count(&layout)), (4, 4));
        assert!(pruned.bytes > 0);
        assert!(layout.find("used", "order").unwrap().is_some());
        assert_eq!(layout.find("unused", "order").unwrap(), None);
        assert!(layout.blob(&used).is_some() && layout.blob(&digest_of("used")).is_some());
        assert!(layout.blob(&unused).is_none() && layout.blob(&digest_of("unused")).is_none());
        assert_eq!(layout.prune(&BTreeSet::from([used]), now() - 7 * DAY).unwrap(), Pruned::default());
    }

    fn digest_of(text: &str) -> Digest {
        crate::manifest::digest(text.as_bytes())
    }

    #[test]
    fn s1_34_what_was_used_a_short_while_ago_stays_though_nothing_refers_to_it() {
        let (_folder, layout) = layout();
        built(&layout, "new");
        assert_eq!(layout.prune(&BTreeSet::new(), now() - DAY).unwrap(), Pruned::default());
        assert!(layout.find("new", "order").unwrap().is_some());
    }

    #[test]
    fn s1_34_an_image_that_lost_its_name_stays_as_long_as_an_earlier_generation_runs_it() {
        let (_folder, layout) = layout();
        let earlier = built(&layout, "bundle:v1");
        layout.name("bundle:v1", "another order", Descriptor::of(INDEX, b"newer")).unwrap();
        age(&layout, 9 * DAY);
        layout.prune(&BTreeSet::from([earlier.clone()]), now() - DAY).unwrap();
        assert!(layout.blob(&earlier).is_some());
        assert!(layout.blob(&digest_of("bundle:v1")).is_some(), "its layer");
    }

    #[test]
    fn s1_34_a_build_that_finds_old_parts_keeps_them() {
        let (_folder, layout) = layout();
        let layer = layout.keep(b"a layer of another image").unwrap();
        age(&layout, 9 * DAY);
        // The build is between its layer and its name: nothing refers to the layer yet.
        layout.keep(b"a layer of another image").unwrap();
        layout.prune(&BTreeSet::new(), now() - DAY).unwrap();
        assert!(layout.blob(&layer).is_some());
        age(&layout, 9 * DAY);
        assert!(layout.hold([&layer]).unwrap());
        layout.prune(&BTreeSet::new(), now() - DAY).unwrap();
        assert!(layout.hold([&layer]).unwrap());
        age(&layout, 9 * DAY);
        layout.prune(&BTreeSet::new(), now() - DAY).unwrap();
        assert!(!layout.hold([&layer]).unwrap(), "what is gone is not held");
    }

    #[test]
    fn s1_34_pruning_beside_running_builds_takes_nothing_away_from_them() {
        let (folder, layout) = layout();
        let root = folder.path();
        std::thread::scope(|scope| {
            for number in 0..4 {
                scope.spawn(move || {
                    let layout = Layout::open(root).unwrap();
                    for round in 0..20 {
                        let name = format!("image {number} {round}");
                        let top = built(&layout, &name);
                        // Everything that a push is going to send.
                        assert!(layout.find(&name, "order").unwrap().is_some(), "{name}");
                        assert!(
                            layout.with_parts([top].into_iter()).iter().all(|one| layout.blob(one).is_some())
                        );
                    }
                });
            }
            scope.spawn(|| {
                for _ in 0..40 {
                    layout.prune(&BTreeSet::new(), now() - DAY).unwrap();
                    built(&layout, "old");
                    for part in ["old", "{\"of\":\"old\"}"] {
                        let file = layout.root.join(path(&digest_of(part)));
                        let file = fs::File::options().write(true).open(file).unwrap();
                        file.set_modified(now() - 9 * DAY).unwrap();
                    }
                }
            });
        });
    }
}
