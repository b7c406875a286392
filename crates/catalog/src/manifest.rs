//! The manifest `<project>.json`: whose release it is, and of which kind. A manifest without a kind is one that
//! the Modeling app wrote.

use jiff::Timestamp;
use serde::Deserialize;
use slipway_domain::{
    names::ProjectName,
    release::{Release, ReleaseFile, ReleaseVersion},
};

use crate::{container, limits::Limits, modelled, refusal::Refusal, source::content_digest, text};

/// Where a release lies. What its manifest says must agree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The project whose folder it is.
    pub(crate) project: &'a ProjectName,
    /// The number that its folder or zip is called.
    pub(crate) version: ReleaseVersion,
}

impl Place<'_> {
    /// Does the manifest speak of this place?
    pub(crate) fn check(&self, name: &str, version: &str) -> Result<(), String> {
        let Place { project, version: number } = self;
        if name != project.as_str() {
            return Err(format!("the manifest is of {name:?}, but the folder is {project}"));
        }
        if version != number.to_string() {
            return Err(format!("the manifest says version {version:?}, but the folder is {number}"));
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct KindOnly {
    kind: Option<String>,
}

/// Makes a release of its files.
pub(crate) fn release(place: &Place<'_>, files: &[ReleaseFile], limits: &Limits) -> Result<Release, Refusal> {
    let name = format!("{}.json", place.project);
    let refuse = |reason| Refusal::file(&*name, reason);
    let Some(file) = files.iter().find(|file| file.path == name) else {
        return Err(refuse("the manifest is missing".to_owned()).unfinished());
    };
    let limits_here = Limits { document: limits.manifest, ..*limits };
    let text =
        text::utf8(&file.content, &limits_here).map_err(|reason| refuse(format!("the manifest {reason}")))?;
    let KindOnly { kind } = serde_json::from_str(text).map_err(|error| {
        let refusal = refuse(error.to_string());
        if error.is_eof() { refusal.unfinished() } else { refusal }
    })?;
    match kind.as_deref() {
        Some("container") => container::parse(text, content_digest(files), place).map_err(refuse),
        Some(kind) => Err(refuse(format!(
            "the kind {kind:?} is not known; this version knows \"container\" and modelled projects, which have none"
        ))),
        None => {
            let header = modelled::header(text, place).map_err(refuse)?;
            modelled::release(header, place, files, limits)
        }
    }
}

/// A time as manifests have it: RFC 3339, or as the Modeling app writes it, `2020-04-03T12:10:16.844+0000`.
pub(crate) fn time(text: Option<&str>) -> Result<Option<Timestamp>, String> {
    let Some(text) = text else { return Ok(None) };
    let parsed = text.parse().or_else(|_| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text));
    parsed.map(Some).map_err(|_| format!("creationDate {text:?} is not a time"))
}

/// Can it be the name of an environment variable?
pub(crate) fn is_variable(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Release, Refusal> {
        let project = ProjectName::parse("shop").unwrap();
        let place = Place { project: &project, version: ReleaseVersion::new(1).unwrap() };
        let files = [ReleaseFile { path: "shop.json".to_owned(), content: text.to_owned() }];
        release(&place, &files, &Limits::RELEASE)
    }

    #[test]
    fn s1_04_a_manifest_that_is_not_one_says_why() {
        let large = " ".repeat((1 << 20) + 1).into_bytes();
        let cases: [(&[u8], &str); 7] = [
            (b"", "EOF"),
            (b"{", "EOF"),
            (b"[]", "invalid length 0"),
            (br#"{"kind":"app"}"#, "the kind \"app\" is not known"),
            (br#"{"kind":1}"#, "expected a string"),
            (b"\xEF\xBB\xBF{}", "the manifest begins with a byte order mark"),
            (&large, "at most 1048576 are read"),
        ];
        for (text, expected) in cases {
            let refusal = read(text).unwrap_err();
            assert_eq!(refusal.file.as_deref(), Some("shop.json"));
            assert!(refusal.reason.contains(expected), "{:?} should contain {expected:?}", refusal.reason);
        }
    }

    #[test]
    fn s1_03_both_ways_to_write_a_time_mean_the_same_moment() {
        let expected = time(Some("2020-04-03T12:10:16.844Z")).unwrap();
        for text in
            ["2020-04-03T12:10:16.844+0000", "2020-04-03T14:10:16.844+0200", "2020-04-03T14:10:16.844+02:00"]
        {
            assert_eq!(time(Some(text)), Ok(expected), "{text}");
        }
        for text in ["", "yesterday", "2020-04-03", "2020-13-03T12:10:16Z"] {
            assert!(time(Some(text)).is_err(), "{text}");
        }
    }
}
