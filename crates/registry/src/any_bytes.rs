//! Every reader of bytes that a registry or an operator wrote, one function each, for those who try them with any
//! bytes: the fuzz targets (`make fuzz`) and the property tests. Each says what must hold of what was read.

use std::collections::BTreeMap;

use crate::{
    Credentials, Mirror, challenge as challenges,
    config::{self, Addition},
    manifest::{Document, digest},
    refusal,
};

/// A manifest or an index: in OCI's types it is read again as what it was.
pub fn document(bytes: &[u8]) {
    if let Ok(Document::Manifest(manifest)) = Document::parse(bytes)
        && let Ok(manifest) = manifest.into_oci()
        && let Ok(text) = serde_json::to_vec(&manifest)
    {
        assert_eq!(Document::parse(&text), Ok(Document::Manifest(manifest)));
    }
}

/// The configuration of an image. The first byte says how many layers its manifest has.
pub fn config(bytes: &[u8]) {
    let Some((layers, text)) = bytes.split_first() else { return };
    let Ok(base) = serde_json::from_slice(text) else { return };
    let labels = BTreeMap::from([("a".to_owned(), "b".to_owned())]);
    let addition = Addition { diff_id: &digest(b"layer"), folder: "/release", labels };
    if let Ok(amended) = config::amended(base, usize::from(*layers), &addition) {
        let diff_ids = amended.pointer("/rootfs/diff_ids").and_then(|ids| ids.as_array()).map(Vec::len);
        assert_eq!(diff_ids, Some(usize::from(*layers) + 1));
        assert!(config::platform(&amended).is_some_and(|platform| platform.starts_with("linux/")));
    }
}

/// What a registry answers to a stranger.
pub fn challenge(header: &str) {
    for challenge in challenges::parse(header) {
        assert!(!challenge.scheme.is_empty());
        let _ = (challenge.param("realm"), challenge.param("scope"));
    }
}

/// The words of a refusal: a few lines, each of a size that can be shown.
pub fn words(body: &[u8]) {
    let words = refusal::words(body);
    assert!(words.len() <= 5 && words.iter().all(|line| line.chars().count() <= 300 && !line.contains('\n')));
}

/// A file of credentials, and the address of a registry.
pub fn credentials(text: &str) {
    let _ = Credentials::parse(text);
    if let Ok(mirror) = Mirror::parse(text) {
        assert!(!mirror.host.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    /// A sound document in which a few bytes were changed, and whose end may be missing.
    fn damaged(sound: &'static str) -> impl Strategy<Value = Vec<u8>> {
        let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
        (changes, any::<prop::sample::Index>()).prop_map(move |(changes, end)| {
            let mut bytes = sound.as_bytes().to_vec();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes.truncate(bytes.len() - end.index(bytes.len()) / 8);
            bytes
        })
    }

    const MANIFEST: &str = include_str!("../../../fuzz/seeds/oci_document/manifest.json");
    const CONFIG: &str = include_str!("../../../fuzz/seeds/oci_config/config");
    const CREDENTIALS: &str = include_str!("../../../fuzz/seeds/credentials/config.json");
    const ERRORS: &str = r#"{"errors":[{"code":"DENIED","message":"no","detail":"because"}]}"#;

    #[test]
    fn the_sound_documents_are_sound() {
        assert!(crate::manifest::Document::parse(MANIFEST.as_bytes()).is_ok());
        assert!(crate::Credentials::parse(CREDENTIALS).is_ok());
        super::config(CONFIG.as_bytes());
    }

    proptest! {
        #[test]
        fn s1_35_no_manifest_makes_the_reader_panic(bytes in damaged(MANIFEST)) {
            super::document(&bytes);
        }

        #[test]
        fn s1_35_no_configuration_makes_the_reader_panic(bytes in damaged(CONFIG)) {
            super::config(&bytes);
        }

        #[test]
        fn no_credentials_make_the_reader_panic(bytes in damaged(CREDENTIALS)) {
            super::credentials(&String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn s1_37_no_refusal_makes_the_reader_panic(
            bytes in prop_oneof![damaged(ERRORS), proptest::collection::vec(any::<u8>(), 0..900)],
        ) {
            super::words(&bytes);
        }
    }
}
