//! The texts of `locales`; those of a language are read when somebody first asks for one of them.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

use super::Value;
use crate::language::Language;

type Texts = FluentBundle<FluentResource>;

macro_rules! files {
    ($language:literal: $($file:literal),+) => {
        &[$(include_str!(concat!("../../locales/", $language, "/", $file, ".ftl"))),+]
    };
}

const ENGLISH: &[&str] =
    files!("en": "words", "frame", "lists", "order", "application", "account", "system", "told");
const GERMAN: &[&str] =
    files!("de": "words", "frame", "lists", "order", "application", "account", "system", "told");

/// The files of a language as they were written.
pub(super) fn files(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => ENGLISH,
        Language::German => GERMAN,
    }
}

/// A megabyte for each language.
fn texts(language: Language) -> &'static Texts {
    static ENGLISH: LazyLock<Texts> = LazyLock::new(|| read(Language::English));
    static GERMAN: LazyLock<Texts> = LazyLock::new(|| read(Language::German));
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

fn read(language: Language) -> Texts {
    let mut texts = FluentBundle::new_concurrent(vec![language.tag().parse().unwrap_or_default()]);
    // The marks around values are for languages that are written from right to left; they would be copied along.
    texts.set_use_isolating(false);
    texts.set_formatter(Some(|value, _| match value {
        #[expect(clippy::cast_possible_truncation, reason = "numbers are put in as whole ones")]
        FluentValue::Number(number) => Some(super::number(number.value as i64)),
        _ => None,
    }));
    for file in files(language) {
        // A file that is not well-formed, or says something twice, is found by a test.
        let (Ok(file) | Err((file, _))) = FluentResource::try_new((*file).to_owned());
        let _ = texts.add_resource(file);
    }
    texts
}

/// A text. One that is not there is shown by its key, which a test keeps from happening.
pub(super) fn text(language: Language, key: &str, values: &[(&'static str, Value)]) -> String {
    let texts = texts(language);
    let Some(pattern) = texts.get_message(key).and_then(|message| message.value()) else {
        return key.to_owned();
    };
    let mut args = FluentArgs::with_capacity(values.len());
    for (name, value) in values {
        match value {
            Value::Text(text) => args.set(*name, text.as_str()),
            Value::Number(number) => args.set(*name, *number),
        }
    }
    texts.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
}
