//! Every reader of bytes that somebody else wrote, one function each, for those who try them with any bytes: the fuzz
//! targets (`make fuzz`) and the property tests. Each says what must hold of what was read.

use std::{io::Cursor, path::Path};

use slipway_domain::{
    names::ProjectName,
    release::{Release, ReleaseFile, ReleaseVersion},
};

use crate::{
    blueprints, catalogue, connector as connectors,
    limits::Limits,
    manifest::{self as manifests, Place},
    models, process as processes,
    refusal::Refusal,
    source,
};

/// What fuzzing has time for. The numbers are smaller, the rules are the same.
const LIMITS: Limits = Limits { files: 200, bytes: 4 << 20, ..Limits::RELEASE };

pub(crate) fn file(path: &str, content: &[u8]) -> ReleaseFile {
    ReleaseFile { path: path.to_owned(), content: content.to_owned() }
}

/// The files as release 1 of the project `shop`.
pub(crate) fn release(files: &[ReleaseFile]) -> Result<Release, Refusal> {
    let (Ok(project), Some(version)) = (ProjectName::parse("shop"), ReleaseVersion::new(1)) else {
        return Err(Refusal::whole("shop is the name of a project, and 1 a version"));
    };
    manifests::release(&Place { project: &project, version }, files, &Limits::RELEASE)
}

/// A zipped release: no file leaves the release, and no limit is passed.
pub fn zip(bytes: &[u8]) {
    let Ok(files) = source::sorted(source::zipped::read(Cursor::new(bytes), &LIMITS)) else { return };
    assert!(files.len() <= LIMITS.files);
    assert!(files.iter().map(|file| file.content.len() as u64).sum::<u64>() <= LIMITS.bytes);
    let leaves = |path: &str| path.starts_with('/') || path.split('/').any(|part| part == "..");
    assert!(files.iter().all(|file| !leaves(&file.path)));
    let _ = release(&files);
}

/// The manifest of a release, of either kind.
pub fn manifest(bytes: &[u8]) {
    if let Ok(release) = release(&[file("shop.json", bytes)]) {
        assert_eq!((release.project.as_str(), release.version.number()), ("shop", 1));
        assert!(!release.components.is_empty(), "a manifest alone holds no process");
    }
}

/// A process in BPMN.
pub fn process(bytes: &[u8]) {
    if let Ok(process) = processes::parse(bytes, &Limits::RELEASE) {
        assert!(process.processes > 0);
        let is_name = |user: &String| !user.is_empty() && !user.contains("${");
        assert!(process.users.iter().chain(&process.groups).all(is_name));
    }
}

/// A connector.
pub fn connector(bytes: &[u8]) {
    if let Ok(connector) = connectors::parse(bytes, &Limits::RELEASE) {
        assert!(connector.config.iter().all(|entry| !entry.secure || entry.value.is_empty()));
    }
}

/// A file of any folder of a release. Its first byte says which folder, and how the name ends.
pub fn model(bytes: &[u8]) {
    const FOLDERS: [&str; 9] = [
        "processes",
        "connectors",
        "ui",
        "forms",
        "decision-tables",
        "files",
        "scripts",
        "triggers",
        "other",
    ];
    const ENDS: [&str; 7] = [".json", "-extensions.json", ".bpmn20.xml", ".xml", ".dmn", ".bin", ""];
    let Some((first, content)) = bytes.split_first() else { return };
    let first = usize::from(*first);
    let path = format!("{}/a{}", FOLDERS[first % FOLDERS.len()], ENDS[first / FOLDERS.len() % ENDS.len()]);
    let _ = models::read(&[file("processes/a.bpmn", b"<x/>"), file(&path, content)], &Limits::RELEASE);
    let _ = models::read(&[file(&path, content)], &Limits::RELEASE);
}

/// A blueprint, and a catalogue of connectors.
pub fn blueprint(text: &str) {
    let _ = blueprints::parse(Path::new("any.toml"), text);
    let _ = catalogue::parse(Path::new("connectors.toml"), text);
}
