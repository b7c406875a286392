//! The releases directory. It is read anew for each listing, so a release that was just written shows without
//! a restart; limits keep a hostile or broken folder from costing more than its share.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use slipway_domain::{
    names::ProjectName,
    ports::{PortError, Releases},
    release::{BrokenRelease, Listing, Project, Release, ReleaseFile, ReleaseVersion},
};

use crate::manifest;

/// A manifest larger than this is not one.
const MAX_MANIFEST_BYTES: u64 = 1 << 20;
/// Files of a release larger than this together are refused.
const MAX_RELEASE_BYTES: u64 = 64 << 20;
/// More files than this in a release are refused.
const MAX_FILES: usize = 10_000;

/// Why the releases directory cannot be used at all.
#[derive(Debug, thiserror::Error)]
#[error("the releases directory {} cannot be read; set SLIPWAY_RELEASES_DIR to a directory that exists", path.display())]
pub struct OpenError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// Released projects in a directory.
#[derive(Debug, Clone)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// Takes a directory that can be read.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, OpenError> {
        let root = root.into();
        match fs::read_dir(&root) {
            Ok(_) => Ok(Self { root }),
            Err(source) => Err(OpenError { path: root, source }),
        }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.root
    }
}

#[async_trait]
impl Releases for Directory {
    async fn listing(&self) -> Result<Listing, PortError> {
        let root = self.root.clone();
        let read = tokio::task::spawn_blocking(move || read_root(&root)).await;
        read.map_err(|error| PortError::new("reading the releases directory", error))?
            .map_err(|error| PortError::new("reading the releases directory", error))
    }

    async fn files(
        &self,
        project: &ProjectName,
        version: ReleaseVersion,
    ) -> Result<Option<Vec<ReleaseFile>>, PortError> {
        let folder = self.root.join(project.as_str()).join(version.to_string());
        let mut paths = Vec::new();
        if collect(&folder, &folder, &mut paths).is_err() {
            return Ok(None);
        }
        paths.sort();
        let read = |path: String| fs::read(folder.join(&path)).map(|content| ReleaseFile { path, content });
        let files = paths.into_iter().map(read).collect::<io::Result<_>>();
        files.map(Some).map_err(|error| PortError::new("reading a release", error))
    }
}

fn read_root(root: &Path) -> io::Result<Listing> {
    let mut listing = Listing::default();
    for (name, path) in folders(root)? {
        match ProjectName::parse(&name) {
            Ok(project) => read_project(&project, &path, &mut listing)?,
            Err(error) => listing.broken.push(BrokenRelease {
                path: name,
                reason: format!("The folder's name is not the name of a project. {error}"),
            }),
        }
    }
    Ok(listing)
}

fn read_project(name: &ProjectName, path: &Path, listing: &mut Listing) -> io::Result<()> {
    let mut releases = Vec::new();
    for (folder, path) in folders(path)? {
        // Version 0 and folders without a number are a modeller's drafts: not released, so not listed (S1.06).
        let Some(version) = folder.parse().ok().and_then(ReleaseVersion::new) else { continue };
        match read_release(name, version, &path) {
            Ok(release) => releases.push(release),
            Err(reason) => {
                let path = format!("{name}/{folder}/{name}.json");
                listing.broken.push(BrokenRelease { path, reason });
            }
        }
    }
    releases.sort_by_key(|release| std::cmp::Reverse(release.version));
    if !releases.is_empty() {
        listing.projects.push(Project { name: name.clone(), releases });
    }
    Ok(())
}

fn read_release(name: &ProjectName, version: ReleaseVersion, path: &Path) -> Result<Release, String> {
    let manifest = path.join(format!("{name}.json"));
    let size = fs::metadata(&manifest).map_err(|_| "the manifest is missing".to_owned())?.len();
    if size > MAX_MANIFEST_BYTES {
        return Err(format!("the manifest has {size} bytes; at most {MAX_MANIFEST_BYTES} are read"));
    }
    let text = fs::read(&manifest).map_err(|error| format!("the manifest cannot be read: {error}"))?;
    manifest::parse(&text, name, version, content_digest(path)?)
}

/// A digest over the names and contents of all files: the same files give the same digest anywhere.
fn content_digest(release: &Path) -> Result<String, String> {
    let mut files = Vec::new();
    collect(release, release, &mut files)?;
    files.sort();
    let mut hash = Sha256::new();
    let mut bytes = 0;
    for file in files {
        let content = fs::read(release.join(&file)).map_err(|error| format!("{file}: {error}"))?;
        bytes += content.len() as u64;
        if bytes > MAX_RELEASE_BYTES {
            return Err(format!("the release has more than {MAX_RELEASE_BYTES} bytes"));
        }
        // Lengths keep ("ab", "c") apart from ("a", "bc").
        hash.update((file.len() as u64).to_be_bytes());
        hash.update(&file);
        hash.update((content.len() as u64).to_be_bytes());
        hash.update(&content);
    }
    Ok(format!("sha256:{}", hex::encode(hash.finalize())))
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    for entry in entries {
        let entry = entry.map_err(|error| error.to_string())?;
        let kind = entry.file_type().map_err(|error| error.to_string())?;
        let path = entry.path();
        let relative = path.strip_prefix(root).unwrap_or(&path);
        let Some(relative) = relative.to_str() else {
            return Err(format!("the name of {} is not valid UTF-8", relative.display()));
        };
        if kind.is_symlink() {
            return Err(format!("{relative} is a symbolic link; a release holds only files"));
        } else if kind.is_dir() {
            collect(root, &path, files)?;
        } else {
            files.push(relative.to_owned());
        }
        if files.len() > MAX_FILES {
            return Err(format!("the release has more than {MAX_FILES} files"));
        }
    }
    Ok(())
}

/// The folders in a folder, by name; hidden ones are somebody's tools, not projects.
fn folders(path: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() && !name.starts_with('.') {
            found.push((name, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, project: &str, version: &str, manifest: &str) {
        let folder = root.join(project).join(version);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{project}.json")), manifest).unwrap();
    }

    fn manifest(project: &str, version: &str) -> String {
        format!(
            r#"{{"kind":"container","name":"{project}","version":"{version}",
                "components":[{{"name":"web","image":"example.com/app:1"}}]}}"#
        )
    }

    #[test]
    fn s1_03_versions_are_listed_newest_first() {
        let root = tempfile::tempdir().unwrap();
        for version in ["2", "10", "1"] {
            write(root.path(), "shop", version, &manifest("shop", version));
        }
        let listing = read_root(root.path()).unwrap();
        let versions: Vec<_> = listing.projects[0].releases.iter().map(|r| r.version.number()).collect();
        assert_eq!(versions, [10, 2, 1]);
    }

    #[test]
    fn s1_06_a_draft_is_not_listed() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "shop", "0", &manifest("shop", "0"));
        write(root.path(), "shop", "draft", &manifest("shop", "draft"));
        assert_eq!(read_root(root.path()).unwrap(), Listing::default());
    }

    #[test]
    fn s1_04_a_broken_release_is_named_and_hides_nothing() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "shop", "1", &manifest("shop", "1"));
        write(root.path(), "shop", "2", "{");
        fs::create_dir_all(root.path().join("empty/1")).unwrap();
        let listing = read_root(root.path()).unwrap();
        assert_eq!(listing.projects.len(), 1);
        let broken: Vec<_> = listing.broken.iter().map(|b| b.path.as_str()).collect();
        assert_eq!(broken, ["empty/1/empty.json", "shop/2/shop.json"]);
    }

    #[test]
    fn the_digest_changes_with_any_file_and_with_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "shop", "1", &manifest("shop", "1"));
        let digest = || read_root(root.path()).unwrap().projects[0].releases[0].digest.clone();
        let before = digest();
        assert_eq!(digest(), before);
        fs::create_dir(root.path().join("shop/1/files")).unwrap();
        fs::write(root.path().join("shop/1/files/policy.txt"), "be kind").unwrap();
        assert_ne!(digest(), before);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_release_is_refused() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "shop", "1", &manifest("shop", "1"));
        std::os::unix::fs::symlink("/etc/passwd", root.path().join("shop/1/secrets")).unwrap();
        assert!(read_root(root.path()).unwrap().broken[0].reason.contains("symbolic link"));
    }

    #[test]
    fn a_directory_that_does_not_exist_is_named_with_its_setting() {
        let error = Directory::open("/does/not/exist").unwrap_err().to_string();
        assert!(error.contains("/does/not/exist") && error.contains("SLIPWAY_RELEASES_DIR"), "{error}");
    }
}
