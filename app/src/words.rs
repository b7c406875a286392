//! What pages say. Every text has a key, and stands under it in `locales`, once for each language; pages name the key
//! with [`t!`](crate::t) and never the text. Only the server has the texts: islands find theirs on the page.

#[cfg(feature = "ssr")]
mod catalogue;
pub mod deeds;
mod labels;
#[cfg(feature = "ssr")]
mod phrases;
#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests;

pub use self::labels::Word;

use jiff::Timestamp;
use leptos::prelude::*;

use crate::language::Language;

/// The text with that key, in the language of the page, with values where it has places for them.
///
/// `t!("lines", count = 3)`
#[macro_export]
macro_rules! t {
    ($key:literal) => { $crate::words::text($key, &[]) };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::words::text($key, &[$((stringify!($name), $crate::words::Value::from($value))),+])
    };
}

/// A key that is looked up elsewhere, for example the head of a column. It marks the key for the test that all of them
/// are there and used.
#[macro_export]
macro_rules! key {
    ($key:literal) => {
        $key
    };
}

/// What is put into a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number, which the language writes in its own way and may bend words by.
    Number(i64),
}

impl<T: ToString + IsText> From<T> for Value {
    fn from(text: T) -> Self {
        Self::Text(text.to_string())
    }
}

/// What is put into a text as it is.
pub trait IsText {}
impl IsText for &str {}
impl IsText for String {}
impl IsText for &String {}

macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl From<$number> for Value {
            fn from(number: $number) -> Self {
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        })+
    };
}
numbers!(i64, u32, i32, usize, u64);

/// The language of the page.
pub fn language() -> Language {
    use_context().unwrap_or_default()
}

/// The text with that key; see [`t!`](crate::t).
#[cfg(feature = "ssr")]
pub fn text(key: &'static str, values: &[(&'static str, Value)]) -> String {
    catalogue::text(language(), key, values)
}

/// No text of the catalogue is needed in a browser; pages are made by the server.
#[cfg(not(feature = "ssr"))]
pub fn text(_: &'static str, _: &[(&'static str, Value)]) -> String {
    String::new()
}

/// A sentence that the rest of the product said, in the language of the page. Beyond pages everything is English: the
/// log, the interface for programs, what is kept. A sentence that is not known stays as it is.
pub fn told(sentence: impl Into<String>) -> String {
    told_in(language(), sentence)
}

/// The same in that language. After something was awaited, the page's is not at hand any more.
#[cfg(feature = "ssr")]
pub fn told_in(language: Language, sentence: impl Into<String>) -> String {
    let sentence = sentence.into();
    phrases::told(language, &sentence).unwrap_or(sentence)
}

/// Nothing is told by a browser.
#[cfg(not(feature = "ssr"))]
pub fn told_in(_: Language, sentence: impl Into<String>) -> String {
    sentence.into()
}

/// The same if the language of the page has it.
pub fn known(sentence: &str) -> Option<String> {
    let told = told(sentence);
    (language() == Language::English || told != sentence).then_some(told)
}

/// A number as the language writes it.
pub fn number(number: impl TryInto<i64>) -> String {
    let number: i64 = number.try_into().unwrap_or(i64::MAX);
    let digits = number.unsigned_abs().to_string();
    let mut grouped = if number < 0 { "-".to_owned() } else { String::new() };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(match language() {
                Language::English => ',',
                Language::German => '.',
            });
        }
        grouped.push(digit);
    }
    grouped
}

/// A day as the language writes it.
pub fn day(at: Timestamp) -> String {
    at.strftime(&t!("time-day")).to_string()
}
