//! How pages look, for the person at this browser.

#![expect(missing_docs, reason = "the macro turns the parameters into fields without documentation")]
#![cfg_attr(not(target_arch = "wasm32"), expect(clippy::unused_async, reason = "the macro wants it so"))]

use leptos::prelude::*;

/// Keeps a choice of colours, of motion or of the language, and goes back to the page that it was made on (D15).
#[server(prefix = "/actions", endpoint = "appearance")]
pub async fn appearance(
    #[server(default)] theme: String,
    #[server(default)] motion: String,
    #[server(default)] language: String,
    #[server(default)] next: String,
) -> Result<(), ServerFnError> {
    use crate::look::{COOKIE, Look, Theme};
    let answer = crate::answer::answer();
    let mut look = use_context::<Look>().unwrap_or_default();
    if let Some(theme) = Theme::parse(&theme) {
        look.theme = theme;
    }
    if !motion.is_empty() {
        look.is_still = motion == "off";
    }
    if let Some(language) = crate::language::Language::parse(&language) {
        look.language = Some(language);
    }
    answer.keep(COOKIE, &look.cookie());
    answer.redirect(crate::ways::own_page(&next));
    Ok(())
}
