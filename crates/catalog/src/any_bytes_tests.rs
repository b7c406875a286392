//! Whatever lies in the releases directory, reading it gives a release or a reason, never a panic.

use proptest::prelude::*;

use crate::any_bytes::{self, file, release};

const MANIFEST: &str =
    r#"{"name":"shop","version":"1","creationDate":"2020-04-03T12:10:16.844+0000","users":["a"]}"#;
const CONTAINER: &str =
    r#"{"kind":"container","name":"shop","version":"1","components":[{"name":"a","image":"b"}]}"#;
const CONNECTOR: &str =
    r#"{"name":"mail","actions":{"1":{"name":"SEND"}},"config":[{"name":"A","value":"1"}]}"#;
const PROCESS: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:a="http://activiti.org/bpmn">
    <process id="p"><userTask id="u" a:candidateUsers="x,${y}"/><serviceTask implementation="mail.SEND"/></process></definitions>"#;

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
    let process = file("processes/a.bpmn", PROCESS.as_bytes());
    let mail = file("connectors/mail.json", CONNECTOR.as_bytes());
    assert!(release(&[mail, process, file("shop.json", MANIFEST.as_bytes())]).is_ok());
    assert!(release(&[file("shop.json", CONTAINER.as_bytes())]).is_ok());
}

proptest! {
    #[test]
    fn s1_04_no_manifest_makes_the_reader_panic(content in prop_oneof![bytes(MANIFEST), bytes(CONTAINER)]) {
        any_bytes::manifest(&content);
    }

    #[test]
    fn s1_04_no_connector_makes_the_reader_panic(content in bytes(CONNECTOR)) {
        any_bytes::connector(&content);
    }

    #[test]
    fn s1_04_no_process_makes_the_reader_panic(content in bytes(PROCESS)) {
        any_bytes::process(&content);
    }

    #[test]
    fn s1_04_no_file_in_any_folder_makes_the_reader_panic(
        place in any::<u8>(),
        mut content in prop_oneof![bytes(PROCESS), bytes(CONNECTOR)],
    ) {
        content.insert(0, place);
        any_bytes::model(&content);
    }

    #[test]
    fn no_blueprint_makes_the_reader_panic(content in bytes(include_str!("../data/blueprints/container.toml"))) {
        any_bytes::blueprint(&String::from_utf8_lossy(&content));
    }
}
