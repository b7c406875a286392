//! What the audit trail keeps has a meaning in every language.

use std::collections::BTreeSet;

use slipway_domain::operation::Kind;

use super::{code, in_language};
use crate::{
    language::Language,
    words::deeds::{DEEDS, METHODS, deed, deeds},
};

/// What stands before the word where a row is written.
const MARKS: &[&str] =
    &["self.look(\"", "self.change(\"", ".tell(\"", "action: \"", "tell(&mut transaction, \"", ") => \""];

/// The words that rows are written with.
fn written() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for (path, code) in ["../server/src", "../crates/store/src"].into_iter().flat_map(code) {
        for mark in MARKS.iter().filter(|mark| !mark.starts_with(')') || path.ends_with("/web/doors.rs")) {
            let found = code.split(mark).skip(1).filter_map(|rest| rest.split('"').next());
            words.extend(found.filter(|word| !word.is_empty()).map(str::to_owned));
        }
    }
    words
}

#[test]
fn d7_whatever_the_audit_trail_keeps_has_a_meaning() {
    let known: BTreeSet<_> = DEEDS.iter().map(|(word, _)| *word).collect();
    let written = written();
    let missing: Vec<_> = written.iter().filter(|word| !known.contains(word.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(written.len() > 24, "only {written:?} were found");
    for kind in
        [Kind::Deploy, Kind::Update, Kind::Rollback, Kind::Access, Kind::Undeploy, Kind::ForceUndeploy]
    {
        let word = serde_json::to_value(kind).unwrap();
        assert!(known.contains(word.as_str().unwrap()), "{word}");
    }
    // The doors take their words from addresses.
    for path in ["sign-in", "sign-out", "visits/end", "backchannel-logout"] {
        assert!(known.contains(path), "{path}");
    }
}

#[test]
fn d7_two_deeds_are_never_called_the_same() {
    for language in Language::ALL {
        in_language(language, || {
            let all = deeds();
            let meanings: BTreeSet<_> = all.iter().map(|(_, meaning)| meaning).collect();
            assert_eq!(meanings.len(), DEEDS.len() + METHODS.len(), "{language:?}: {all:?}");
        });
    }
    in_language(Language::German, || {
        assert_eq!(deed("undeploy"), "Entfernen");
        assert_eq!(deed("put"), "Anfrage eines Programms: PUT");
        assert_eq!(deed("of-a-later-version"), "of-a-later-version");
    });
}
