//! Every text is there in every language, with the same places in it, and nothing else is shown.

mod deeds;
mod every;
mod releases;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use fluent_bundle::FluentResource;
use leptos::prelude::*;

use super::{catalogue, day, number, phrases, text};
use crate::{language::Language, t, ui::time::ago};

/// What a message has places for, by its key.
type Places = BTreeMap<String, BTreeSet<String>>;

fn places_in(text: &str) -> BTreeSet<String> {
    let names = text.split('$').skip(1);
    names
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .filter(|name: &String| !name.is_empty())
        .collect()
}

/// The messages of a language. A line that begins with a key begins a message.
fn messages(language: Language) -> Places {
    let mut all = Places::new();
    for file in catalogue::files(language) {
        let mut last = String::new();
        for line in file.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            if !line.starts_with(' ') {
                let (key, value) = line.split_once(" = ").unwrap_or_else(|| panic!("{line:?} is no message"));
                assert!(!value.trim().is_empty(), "{key} says nothing");
                assert!(all.insert(key.to_owned(), BTreeSet::new()).is_none(), "{key} is there twice");
                key.clone_into(&mut last);
            }
            all.get_mut(&last).unwrap().extend(places_in(line));
        }
    }
    all
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

/// The code of a folder without its tests and comments, file by file.
fn code(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    files_below(&root.join(folder), &mut files);
    let read = files.into_iter().map(|path| {
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        (path.display().to_string(), lines.collect::<Vec<_>>().join("\n"))
    });
    read.filter(|(path, _)| !path.contains("tests")).collect()
}

/// The literals of some code, with where each begins.
fn literals(code: &str) -> Vec<(usize, String)> {
    let (bytes, mut found, mut at) = (code.as_bytes(), Vec::new(), 0);
    while let Some(begin) = code[at..].find('"').map(|begin| at + begin) {
        let mut end = begin + 1;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let is_char = begin > 0 && bytes[begin - 1] == b'\'';
        if is_char {
            at = begin + 1;
            continue;
        }
        let text = code.get(begin + 1..end).unwrap_or_default();
        let joined = text.split("\\\n").map(str::trim_start).collect::<Vec<_>>().concat();
        found.push((begin, joined.replace("\\\"", "\"")));
        at = (end + 1).min(bytes.len());
    }
    found
}

/// The keys that pages use, with what they put into each.
fn used() -> Vec<(String, String, Option<BTreeSet<String>>)> {
    let mut used = Vec::new();
    for (path, code) in code("src") {
        for (mark, is_call) in [("t!(", true), ("key!(", false)] {
            for (at, _) in code.match_indices(mark) {
                let is_whole = !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                let rest = code[at + mark.len()..].trim_start();
                let Some(rest) = rest.strip_prefix('"').filter(|_| is_whole) else { continue };
                let (key, rest) = rest.split_once('"').unwrap();
                let places = is_call.then(|| arguments(rest));
                used.push((path.clone(), key.to_owned(), places));
            }
        }
    }
    used
}

/// The names before the equal signs, until the bracket closes.
fn arguments(rest: &str) -> BTreeSet<String> {
    let (mut depth, mut all, mut word) = (0, BTreeSet::new(), String::new());
    let mut characters = rest.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            ')' | ']' | '}' if depth == 0 => break,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' => word.clear(),
            '=' if depth == 0 && characters.peek() != Some(&'=') => {
                let name = word.trim().to_owned();
                if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_') {
                    all.insert(name);
                }
            }
            c => word.push(c),
        }
    }
    all
}

fn in_language<T>(language: Language, what: impl FnOnce() -> T) -> T {
    Owner::new().with(|| {
        provide_context(language);
        what()
    })
}

#[test]
fn d15_every_file_of_texts_is_well_formed() {
    for language in Language::ALL {
        for file in catalogue::files(language) {
            let read = FluentResource::try_new((*file).to_owned());
            assert!(read.is_ok(), "{language:?}: {:?}", read.err().map(|(_, errors)| errors));
        }
    }
}

#[test]
fn d15_every_text_is_there_in_every_language_with_the_same_places_in_it() {
    let english = messages(Language::English);
    for language in Language::ALL {
        let other = messages(language);
        let keys = |all: &Places| all.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&english), keys(&other), "{language:?}");
        for (key, places) in &english {
            assert_eq!(places, &other[key], "{language:?}: {key}");
        }
    }
}

#[test]
fn d15_every_text_that_pages_ask_for_is_there_and_every_text_is_asked_for() {
    let (known, used) = (messages(Language::English), used());
    assert!(used.len() > 300, "only {} uses were found", used.len());
    for (path, key, places) in &used {
        let Some(wanted) = known.get(key) else { panic!("{path}: there is no text {key:?}") };
        if let Some(places) = places {
            assert_eq!(places, wanted, "{path}: {key}");
        }
    }
    let used: BTreeSet<_> = used.iter().map(|(_, key, _)| key.as_str()).collect();
    let idle: Vec<_> =
        known.keys().filter(|key| !key.starts_with("told-") && !used.contains(key.as_str())).collect();
    assert!(idle.is_empty(), "nobody asks for {idle:?}");
}

/// What is not a word of any language: names of products, of settings, of what is written as it is.
const NAMES: &[&str] = &[
    "Slipway", "admin", "Android", "Firefox", "Edge", "Edg", "Chrome", "Chrom", "Safari", "Windows", "Linux",
    "Mac OS",
];
/// What pages tell each other, or say to those who work on the console.
const NOT_SHOWN: &[&str] =
    &["/kit/", "/kit.rs", "/words", "/language.rs", "/desk.rs", "/actions", "/examples.rs"];

#[test]
fn d15_pages_show_no_text_that_is_not_in_the_catalogue() {
    let mut found = Vec::new();
    for (path, code) in code("src") {
        if NOT_SHOWN.iter().any(|part| path.contains(part)) && !path.contains("/ui/examples.rs") {
            continue;
        }
        for (at, text) in literals(&code) {
            let before = code[..at].trim_end();
            let is_child = before.ends_with('>') && !before.ends_with("=>");
            let has_word = text.chars().filter(char::is_ascii_alphabetic).count() > 1;
            let mut letters = text.chars();
            let is_sentence = letters.next().is_some_and(|c| c.is_ascii_uppercase())
                && letters.next().is_some_and(|c| c.is_ascii_lowercase() || c == ' ');
            // Said by the desk's rules, and told in the language of the page where it is shown.
            let is_told = is_sentence && phrases::told(Language::German, &filled(&text)).is_some();
            // The keys of a keyboard's events, and what the macros read.
            let is_code = ["Arrow", "Escape", "Enter"].iter().any(|name| text.starts_with(name))
                || before.ends_with("reason =")
                || before.ends_with("get_attribute(")
                || path.contains("/islands/") && before.ends_with("JsValue::from_str(");
            if (is_child && has_word || is_sentence)
                && !is_told
                && !is_code
                && !NAMES.contains(&text.as_str())
            {
                found.push(format!("{path}: {text:?}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The sentence with something in its places, as it would be said.
fn filled(text: &str) -> String {
    let (mut said, mut depth) = (String::new(), 0);
    for c in text.replace("{{", "(").replace("}}", ")").chars() {
        match c {
            '{' => {
                depth += 1;
                said.push_str("x1");
            }
            '}' => depth -= 1,
            _ if depth == 0 => said.push(c),
            _ => {}
        }
    }
    said
}

/// What people are told by the rest of the product: everything there that is a sentence, except in these.
const NOT_FOR_PAGES: &[&str] = &[
    // The command line, the interface for programs, and what programs ask.
    "/cli",
    "/web/api",
    "/openapi",
    "/main.rs",
    "/accounts.rs",
    "/config",
    "/settings",
    // Words of the simulated cluster.
    "/sandbox/",
    "/faults/",
];

/// Sentences that are put together of parts; what becomes of them is tested below.
const PUT_TOGETHER: &[&str] = &[
    "{} needs the role {role}{people}. {ask}, then sign in again.",
    "{object} is held by the {several} {}.",
    "{}: looked for {}: {outcome}.",
    "{key} is {what}; a variable is a text, a number or true or false.",
    "{} {} {what}.",
    "No node has as much {what} as one task of {} asks for.",
    "{lead}: {}.",
];

#[test]
fn d15_whatever_people_are_told_by_the_rest_of_the_product_is_told_in_their_language() {
    let mut missing = Vec::new();
    let mut known = 0;
    for folder in [
        "../crates/domain/src",
        "../crates/engine/src",
        "../crates/kubernetes/src",
        "../crates/registry/src",
        "../crates/store/src",
        "../server/src",
    ] {
        for (path, code) in code(folder) {
            if NOT_FOR_PAGES.iter().any(|part| path.contains(part)) {
                continue;
            }
            for (at, text) in literals(&code) {
                let is_sentence = text.ends_with('.')
                    && text.contains(' ')
                    && text.starts_with(|c: char| c.is_ascii_uppercase() || c == '{');
                let line = code[..at].rsplit('\n').next().unwrap_or_default();
                let is_logged = ["tracing::", "expect(", "reason =", "println", "#[command", "#[arg"]
                    .iter()
                    .any(|word| line.contains(word));
                if !is_sentence || is_logged || PUT_TOGETHER.contains(&text.as_str()) {
                    continue;
                }
                if phrases::told(Language::German, &filled(&text)).is_some() {
                    known += 1;
                } else {
                    missing.push(format!("{path}: {text}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(known > 200, "only {known} sentences were found");
}

#[test]
fn d15_a_cause_is_told_with_what_it_is_about() {
    let told = |said: &str| phrases::told(Language::German, said);
    assert_eq!(
        told("The image of Init container wait-for-db of web cannot be pulled.").as_deref(),
        Some("Das Image von Init-Container wait-for-db von web kann nicht abgerufen werden.")
    );
    assert_eq!(
        told("Waiting for web 0 of 2 (after db, mq), db 1 of 3, mq to stay up.").as_deref(),
        Some("Wartet auf web 0 von 2 (nach db, mq), db 1 von 3, mq, ob es oben bleibt.")
    );
    assert_eq!(
        told("Deploying needs the role devops. Ask whoever manages accounts here for the role, then sign in again.")
            .as_deref(),
        Some(
            "Bereitzustellen braucht die Rolle devops. Bitten Sie die Leute, die hier Konten verwalten, um die Rolle, und melden Sie sich dann neu an."
        )
    );
}

#[test]
fn d15_sentences_that_are_put_together_of_parts_are_told_whole() {
    use slipway_domain::{
        permission::{Action, Forbidden},
        variables,
    };
    let mut said: Vec<String> =
        Action::ALL.iter().map(|action| Forbidden { action: *action }.told("slipway-reader")).collect();
    said.extend(
        ["[]", "{\"a b\": 1}", "{\"A\": null}", "{\"A\": []}", "{\"A\": {}}", "no"]
            .map(|typed| variables::parse(typed).map_or_else(|error| error.to_string(), |_| String::new())),
    );
    said.extend(
        [
            "Deployment web was changed by somebody else meanwhile.",
            "Deployment web was removed by somebody else meanwhile.",
            "Deployment web was made anew by somebody else meanwhile.",
            "Deployment web exists already.",
            "Deployment web is not part of this generation.",
            "No node has as much memory as one task of web asks for.",
            "No node has as much processor time as one task of web asks for.",
            "Still there: pods (2), widgets.example.com (1).",
            "Finalizers that hold it: example.com/hold in 1.",
            "2026-05-04 10:00:00 UTC: looked for pods: nothing found.",
            "2026-05-04 10:00:00 UTC: looked for the namespace shop: nothing found.",
            "2026-05-04 10:00:00 UTC: looked for roles with the label a=b anywhere: nothing found.",
            "2026-05-04 10:00:00 UTC: looked for persistentvolumes bound to claims of shop: nothing found.",
            "Widget one is held by the finalizer example.com/hold (set by kubectl; no program named after example.com was found).",
        ]
        .map(str::to_owned),
    );
    for said in said {
        let told = phrases::told(Language::German, &said);
        let english = [" is ", " was ", " the ", " needs ", " nothing ", " with ", " bound "];
        assert!(
            told.as_ref().is_some_and(|told| !english.iter().any(|word| told.contains(word))),
            "{said}: {told:?}"
        );
    }
}

#[test]
fn d15_numbers_and_dates_are_written_as_the_language_does() {
    let at = "2026-05-04T10:00:00Z".parse().unwrap();
    let later = "2026-09-01T10:00:00Z".parse().unwrap();
    in_language(Language::English, || {
        assert_eq!(number(1_234_567_usize), "1,234,567");
        assert_eq!((day(at), ago(at, later)), ("2026-05-04".to_owned(), "2026-05-04".to_owned()));
        assert_eq!(t!("count-lines", count = 1000), "1,000 lines");
        assert_eq!(t!("count-lines", count = 1), "1 line");
    });
    in_language(Language::German, || {
        assert_eq!(number(1_234_567_usize), "1.234.567");
        assert_eq!((day(at), ago(at, later)), ("04.05.2026".to_owned(), "04.05.2026".to_owned()));
        assert_eq!(t!("count-lines", count = 1000), "1.000 Zeilen");
        assert_eq!(t!("count-lines", count = 1), "1 Zeile");
        assert_eq!(ago(at, at + jiff::SignedDuration::from_hours(24)), "vor 1 Tag");
    });
}

#[test]
fn s1_49_the_english_names_stay_as_they_are() {
    let names = ["releases", "instances", "deploy", "undeploy", "force-undeploy", "infrastructure"];
    let words = in_language(Language::English, || names.map(|key| text(key, &[])));
    assert_eq!(
        words,
        [
            "Application releases",
            "Application instances",
            "Deploy",
            "Undeploy",
            "Force Undeploy",
            "Infrastructure"
        ]
    );
}
