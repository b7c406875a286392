//! Why a release cannot be read, and what the catalogue of connectors says, is told in every language.

use std::fs;

use serde::Deserialize;

use super::{code, filled, literals, phrases};
use crate::language::Language;

/// What is said to whoever starts the server, and what fuzzing says.
const NOT_ON_PAGES: &[&str] = &["/blueprints.rs", "/catalogue.rs", "/any_bytes.rs"];
/// What is said to the log, to compilers and to nobody.
const NOT_TOLD: &[&str] = &["PortError::new", "debug_assert", "#[error", "include_str!"];

fn told(said: &str) -> Option<String> {
    phrases::told(Language::German, said)
}

#[test]
fn s1_04_why_a_release_cannot_be_read_is_told_in_every_language() {
    let (mut known, mut missing) = (0, Vec::new());
    for (path, code) in code("../crates/catalog/src") {
        if NOT_ON_PAGES.iter().any(|part| path.ends_with(part)) {
            continue;
        }
        for (at, text) in literals(&code) {
            let line = code[..at].rsplit('\n').next().unwrap_or_default();
            let is_told = text.trim().contains(' ') && !NOT_TOLD.iter().any(|mark| line.contains(mark));
            match told(&filled(&text)) {
                _ if !is_told => {}
                Some(_) => known += 1,
                None => missing.push(format!("{path}: {text}")),
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(known > 80, "only {known} reasons were found");
}

#[test]
fn s1_04_reasons_that_are_put_together_of_parts_are_told_whole() {
    for (said, expected) in [
        (
            "the manifest is UTF-16 or UTF-32; save it as UTF-8",
            "das Manifest ist UTF-16 oder UTF-32; speichern Sie es als UTF-8",
        ),
        (
            "component \"web\": Begin with a lowercase letter.",
            "Komponente \"web\": Beginnen Sie mit einem kleinen Buchstaben.",
        ),
        (
            "The folder's name is not the name of a project. Use at most 26 characters.",
            "Der Name des Ordners ist nicht der Name eines Projekts. Nehmen Sie höchstens 26 Zeichen.",
        ),
    ] {
        assert_eq!(told(said).as_deref(), Some(expected));
    }
}

#[test]
fn s1_04_what_the_reader_of_json_finds_is_told_too() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[expect(dead_code, reason = "only read")]
        name: String,
        #[expect(dead_code, reason = "only read")]
        kind: Option<String>,
    }
    let deep = "[".repeat(1000);
    for text in [
        "",
        "{",
        "{}",
        "[",
        "no",
        "{\"name\": 1}",
        "{\"name\": \"a\", \"colour\": 1}",
        "{\"name\": \"a\",}",
        "{\"name\": \"a\", \"name\": \"b\"}",
        "{\"name\": \"a\"} x",
        "{1: 2}",
    ] {
        let error = serde_json::from_str::<File>(text).unwrap_err().to_string();
        assert!(told(&error).is_some(), "{text:?}: {error}");
    }
    let error = serde_json::from_str::<serde_json::Value>(&deep).unwrap_err().to_string();
    assert!(told(&error).is_some(), "{error}");
}

#[test]
fn s1_22_what_the_catalogue_says_about_variables_is_told_in_every_language() {
    let catalogue = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/catalog/data/connectors.toml");
    let text = fs::read_to_string(catalogue).unwrap();
    let said: Vec<_> =
        text.split("description = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let missing: Vec<_> = said.iter().filter(|said| told(said).is_none()).collect();
    assert!(missing.is_empty() && said.len() > 50, "{missing:?} of {}", said.len());
}
