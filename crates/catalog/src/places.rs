//! Where releases lie below the releases directory: `<project>/<version>/` and `<project>/<version>.zip`.

use std::{
    collections::BTreeMap,
    fs::{self, FileType},
    io,
    path::{Path, PathBuf},
};

use slipway_domain::{
    names::ProjectName,
    release::{BrokenRelease, ReleaseVersion},
};

use crate::source::Source;

const LINK: &str = "is a symbolic link; the releases directory holds only folders and zips";

/// A place where a release should be.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// The project.
    pub(crate) project: ProjectName,
    /// The number.
    pub(crate) version: ReleaseVersion,
    /// The folder or zip.
    pub(crate) source: Source,
    /// The same place, relative to the releases directory.
    pub(crate) label: String,
}

/// What a look around found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Places that can be read, by project and number.
    pub(crate) candidates: Vec<Candidate>,
    /// Places that cannot.
    pub(crate) broken: Vec<BrokenRelease>,
}

impl Found {
    fn refuse(&mut self, path: impl Into<String>, reason: impl Into<String>) {
        self.broken.push(BrokenRelease { path: path.into(), reason: reason.into() });
    }
}

/// Looks through all projects. An error only if the releases directory itself cannot be read.
pub(crate) fn all(root: &Path) -> io::Result<Found> {
    let mut found = Found::default();
    for Entry { name, path, kind } in entries(root)? {
        if kind.is_symlink() {
            found.refuse(name, LINK);
        } else if kind.is_dir() {
            match ProjectName::parse(&name) {
                Ok(project) => of_project(&project, &path, &mut found),
                Err(error) => {
                    found.refuse(name, format!("The folder's name is not the name of a project. {error}"));
                }
            }
        }
    }
    Ok(found)
}

/// Looks for one release. None also if it is there twice: nobody knows which one is meant.
pub(crate) fn one(root: &Path, project: &ProjectName, version: ReleaseVersion) -> Option<Candidate> {
    let path = root.join(project.as_str());
    let mut found = Found::default();
    if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir()) {
        of_project(project, &path, &mut found);
    }
    found.candidates.into_iter().find(|candidate| candidate.version == version)
}

fn of_project(project: &ProjectName, path: &Path, found: &mut Found) {
    let entries = match entries(path) {
        Ok(entries) => entries,
        // It was removed between two looks.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return,
        Err(error) => return found.refuse(project.as_str(), format!("the folder cannot be read: {error}")),
    };
    let mut by_version: BTreeMap<ReleaseVersion, Vec<Candidate>> = BTreeMap::new();
    for Entry { name, path, kind } in entries {
        let label = format!("{project}/{name}");
        match release_at(&name, path, kind) {
            Ok(Some((version, source))) => {
                let candidate = Candidate { project: project.clone(), version, source, label };
                by_version.entry(version).or_default().push(candidate);
            }
            Ok(None) => {}
            Err(reason) => found.refuse(label, reason),
        }
    }
    for (version, mut candidates) in by_version {
        match candidates.pop() {
            Some(only) if candidates.is_empty() => found.candidates.push(only),
            Some(last) => {
                let others: Vec<_> = candidates.iter().map(|other| other.label.as_str()).collect();
                let others = others.join(", ");
                found.refuse(
                    last.label,
                    format!("version {version} is also there as {others}; remove all but one"),
                );
            }
            None => {}
        }
    }
}

/// Whether a release should be there, and as what. Anything with a number that cannot be one is not passed over in
/// silence: somebody waits for it to appear.
fn release_at(name: &str, path: PathBuf, kind: FileType) -> Result<Option<(ReleaseVersion, Source)>, String> {
    let is_zip =
        Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("zip")) && !kind.is_dir();
    let number = name.split_at_checked(name.len().saturating_sub(".zip".len())).filter(|_| is_zip);
    let Some(version) = version(number.map_or(name, |(number, _)| number))? else { return Ok(None) };
    if kind.is_symlink() {
        Err(LINK.to_owned())
    } else if is_zip && kind.is_file() {
        Ok(Some((version, Source::Zip(path))))
    } else if kind.is_dir() {
        Ok(Some((version, Source::Folder(path))))
    } else {
        // A pipe that is called 1.zip would be waited for until somebody writes to it.
        Err("is neither a folder nor a zip".to_owned())
    }
}

/// The number in a name. Version 0 and names without a number are a modeller's drafts: not released (S1.06).
fn version(name: &str) -> Result<Option<ReleaseVersion>, String> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let number: u32 = name.parse().map_err(|_| "the number of the version is too large".to_owned())?;
    match ReleaseVersion::new(number) {
        Some(version) if version.to_string() != name => Err(format!("the version is written as {version}")),
        version => Ok(version),
    }
}

struct Entry {
    name: String,
    path: PathBuf,
    kind: FileType,
}

/// What lies in a folder, by name. Hidden entries are somebody's tools, and file systems keep a folder of their own.
fn entries(path: &Path) -> io::Result<Vec<Entry>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && name != "lost+found" {
            found.push(Entry { name, path: entry.path(), kind: entry.file_type()? });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_06_only_a_number_of_1_or_more_is_a_release() {
        for draft in ["", "0", "000", "draft", "1a", "-1", "+1", "1.5", " 1", "١"] {
            assert_eq!(version(draft), Ok(None), "{draft:?}");
        }
        assert_eq!(version("10"), Ok(ReleaseVersion::new(10)));
        assert_eq!(version("01").unwrap_err(), "the version is written as 1");
        assert_eq!(version("99999999999").unwrap_err(), "the number of the version is too large");
    }
}
