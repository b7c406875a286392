//! Sentences of the rest of the product, in the language of a page. The domain, the adapters and the desk say them in
//! English, because programs, logs and what is kept are English; here a sentence is recognised by its English text in
//! `told.ftl`, what stands in its places is taken out, and both are told in the other language.

use std::sync::LazyLock;

use super::{Value, catalogue};
use crate::language::Language;

/// A sentence with places in it.
struct Phrase {
    key: &'static str,
    /// What stands before, between and after the places.
    fixed: Vec<&'static str>,
    /// The names of the places.
    places: Vec<&'static str>,
}

/// The phrases; the one with the most text of its own first, because it says most about what is meant.
static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let told = catalogue::files(Language::English).last().copied().unwrap_or_default();
    let mut phrases: Vec<Phrase> = told.lines().filter_map(read).collect();
    phrases
        .sort_by_key(|phrase| std::cmp::Reverse(phrase.fixed.iter().map(|text| text.len()).sum::<usize>()));
    phrases
});

fn read(line: &'static str) -> Option<Phrase> {
    let (key, mut rest) = line.split_once(" = ").filter(|_| !line.starts_with('#'))?;
    let (mut fixed, mut places) = (Vec::new(), Vec::new());
    while let Some((before, after)) = rest.split_once("{ $") {
        let (place, after) = after.split_once(" }")?;
        fixed.push(before);
        places.push(place);
        rest = after;
    }
    fixed.push(rest);
    Some(Phrase { key, fixed, places })
}

impl Phrase {
    /// What stands in the places, if that is what was said.
    fn found<'a>(&self, said: &'a str) -> Option<Vec<&'a str>> {
        let (first, others) = self.fixed.split_first()?;
        let mut rest = said.strip_prefix(first)?;
        let mut found = Vec::with_capacity(others.len());
        for (index, text) in others.iter().enumerate() {
            let is_last = index + 1 == others.len();
            let at = if is_last { rest.len().checked_sub(text.len())? } else { rest.find(text)? };
            let (value, after) = (rest.get(..at)?, rest.get(at..)?);
            rest = after.strip_prefix(text)?;
            if value.is_empty() {
                return None;
            }
            found.push(value);
        }
        rest.is_empty().then_some(found)
    }
}

/// What was said in that language; none if it is not known there.
pub(super) fn told(language: Language, said: &str) -> Option<String> {
    if language == Language::English {
        return None;
    }
    whole(language, said).or_else(|| {
        // Several sentences may have been put together.
        let ends = said.match_indices(". ").map(|(at, _)| at + 1);
        ends.into_iter().find_map(|end| {
            let (first, rest) = (said.get(..end)?, said.get(end + 1..)?);
            let first = whole(language, first)?;
            Some(format!("{first} {}", told(language, rest).unwrap_or_else(|| rest.to_owned())))
        })
    })
}

fn whole(language: Language, said: &str) -> Option<String> {
    let (phrase, found) = PHRASES.iter().find_map(|phrase| Some((phrase, phrase.found(said)?)))?;
    let values: Vec<_> = phrase
        .places
        .iter()
        .zip(found)
        .map(|(place, value)| (*place, Value::Text(listed(language, value))))
        .collect();
    Some(catalogue::text(language, phrase.key, &values))
}

/// What stands in a place may be something that is told, too, or a list of such.
fn listed(language: Language, value: &str) -> String {
    let each: Option<Vec<_>> = items(value).into_iter().map(|item| told(language, item)).collect();
    let each = each.map(|each| each.join(", "));
    each.or_else(|| told(language, value)).unwrap_or_else(|| value.to_owned())
}

/// The items of a list. A comma in brackets belongs to what the item says.
fn items(list: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let split = list.split(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    });
    split.map(str::trim_start).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d15_a_sentence_is_recognised_with_what_stands_in_it() {
        let phrase = read("told-x = { $who } waits for { $other }, which is not well.").unwrap();
        assert_eq!(phrase.found("web waits for db, which is not well."), Some(vec!["web", "db"]));
        assert_eq!(phrase.found("web waits for db."), None);
        assert_eq!(phrase.found(" waits for db, which is not well."), None);
    }

    #[test]
    fn d15_english_stays_as_it_was_said() {
        assert_eq!(told(Language::English, "It runs. Use Undeploy instead."), None);
    }

    #[test]
    fn d15_sentences_that_were_put_together_are_told_one_by_one() {
        let said = "Something nobody knows: 1.5. It has been removed.";
        assert_eq!(told(Language::German, said), None);
        let said = "It has been removed. It runs. Use Undeploy instead.";
        assert_eq!(
            told(Language::German, said).as_deref(),
            Some("Sie wurde entfernt. Sie läuft. Nehmen Sie stattdessen Entfernen.")
        );
    }
}
