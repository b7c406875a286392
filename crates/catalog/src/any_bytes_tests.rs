//! Whatever lies in the releases directory, reading it gives a release or a reason, never a panic.

use proptest::prelude::*;
use slipway_domain::{
    names::ProjectName,
    release::{Release, ReleaseFile, ReleaseVersion},
};

use crate::{
    connector,
    limits::Limits,
    manifest::{self, Place},
    models, process,
    refusal::Refusal,
};

const MANIFEST: &str =
    r#"{"name":"shop","version":"1","creationDate":"2020-04-03T12:10:16.844+0000","users":["a"]}"#;
const CONTAINER: &str =
    r#"{"kind":"container","name":"shop","version":"1","components":[{"name":"a","image":"b"}]}"#;
const CONNECTOR: &str =
    r#"{"name":"mail","actions":{"1":{"name":"SEND"}},"config":[{"name":"A","value":"1"}]}"#;
const PROCESS: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:a="http://activiti.org/bpmn">
    <process id="p"><userTask id="u" a:candidateUsers="x,${y}"/><serviceTask implementation="mail.SEND"/></process></definitions>"#;

fn file(path: &str, content: Vec<u8>) -> ReleaseFile {
    ReleaseFile { path: path.to_owned(), content }
}

fn read(files: &[ReleaseFile]) -> Result<Release, Refusal> {
    let project = ProjectName::parse("shop").unwrap();
    let place = Place { project: &project, version: ReleaseVersion::new(1).unwrap() };
    manifest::release(&place, files, &Limits::RELEASE)
}

/// Bytes of all kinds: arbitrary ones, text with the characters that matter to parsers, and a sound document in
/// which a few bytes were changed and whose end may be missing.
fn bytes(sound: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    let damaged = (changes, any::<prop::sample::Index>()).prop_map(move |(changes, end)| {
        let mut bytes = sound.as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len() - end.index(bytes.len()) / 8);
        bytes
    });
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        "[<>/&;#x!\\[\\]?{}\",:=' a-c0-9é.-]{0,200}".prop_map(String::into_bytes),
        damaged,
    ]
}

#[test]
fn the_sound_documents_are_sound() {
    let process = file("processes/a.bpmn", PROCESS.into());
    let mail = file("connectors/mail.json", CONNECTOR.into());
    assert!(read(&[mail, process, file("shop.json", MANIFEST.into())]).is_ok());
    assert!(read(&[file("shop.json", CONTAINER.into())]).is_ok());
}

proptest! {
    #[test]
    fn s1_04_no_manifest_makes_the_reader_panic(content in prop_oneof![bytes(MANIFEST), bytes(CONTAINER)]) {
        let _ = read(&[file("shop.json", content)]);
    }

    #[test]
    fn s1_04_no_connector_makes_the_reader_panic(content in bytes(CONNECTOR)) {
        let _ = connector::parse(&content, &Limits::RELEASE);
    }

    #[test]
    fn s1_04_no_process_makes_the_reader_panic(content in bytes(PROCESS)) {
        if let Ok(process) = process::parse(&content, &Limits::RELEASE) {
            prop_assert!(process.processes > 0);
            let is_name = |user: &String| !user.is_empty() && !user.contains("${");
            prop_assert!(process.users.iter().all(is_name));
        }
    }

    #[test]
    fn s1_04_no_file_in_any_folder_makes_the_reader_panic(
        folder in "processes|connectors|ui|forms|decision-tables|files|scripts|triggers|other",
        name in "[a-z-]{0,3}(-extensions)?(\\.bpmn20)?(\\.xml|\\.json|\\.bpmn|\\.dmn|\\.bin)?",
        content in prop_oneof![bytes(PROCESS), bytes(CONNECTOR)],
    ) {
        let _ = models::read(&[file(&format!("{folder}/{name}"), content)], &Limits::RELEASE);
    }
}
