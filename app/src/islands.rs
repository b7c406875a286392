//! The few things that move by themselves. Each is also right without JavaScript, only less lively.

pub mod copy;
mod dom;
pub mod live;
pub mod log;
mod morph;
pub mod name;
pub mod palette;
pub mod people;
mod stream;

/// The word for a status on pages that are not English: they carry all of them.
#[cfg(not(feature = "ssr"))]
pub(crate) fn status_word(label: &'static str) -> String {
    let words = dom::element::<web_sys::Element>("words")
        .map(|words| dom::told(&words, "data-statuses"))
        .unwrap_or_default();
    let word = words.split('|').find_map(|pair| pair.strip_prefix(label)?.strip_prefix('='));
    word.unwrap_or(label).to_owned()
}
