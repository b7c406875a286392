//! The document that stands in place of a page that could not even be begun: whatever layer of the server refused
//! the request or broke. It needs no desk, no session and no script.

use leptos::prelude::*;

use crate::{
    language::Language,
    look::Look,
    t,
    ui::{
        icon::Glyph,
        load::{Instead, Number},
    },
    words,
};

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The HTTP status.
    pub status: u16,
    /// What a layer said, if it said a sentence.
    pub line: Option<String>,
    /// The number of the request.
    pub request: String,
}

impl Fault {
    /// The icon, what happened, why, and what to do.
    fn told(&self) -> (Glyph, String, String) {
        let (glyph, heading, usual) = match self.status {
            400 | 422 => (Glyph::Question, t!("fault-unreadable"), t!("fault-unreadable-more")),
            401 => (Glyph::Lock, t!("fault-signed-out"), t!("fault-signed-out-more")),
            403 => (Glyph::Lock, t!("fault-refused"), t!("fault-elsewhere")),
            404 => (Glyph::Question, t!("not-found"), t!("nothing-here")),
            405 => (Glyph::Question, t!("fault-not-here"), t!("fault-not-here-more")),
            413 => (Glyph::Warning, t!("fault-too-large"), t!("fault-too-large-more")),
            429 => (Glyph::Warning, t!("fault-too-often"), t!("fault-too-often-more")),
            502..=504 => (Glyph::Unplugged, t!("fault-no-answer"), t!("fault-no-answer-more")),
            500.. => (Glyph::Warning, t!("fault-broke"), t!("fault-broke-more")),
            _ => (Glyph::Question, t!("fault-refused"), t!("fault-go-back")),
        };
        // What layers say about a mistake of their own is not for people.
        let line = self.line.clone().filter(|_| matches!(self.status, 429 | 503));
        (glyph, heading, line.map_or(usual, words::told))
    }

    /// The whole document; what it needs lies in that folder.
    pub fn document(&self, look: Look, language: Language, assets: &str) -> String {
        let owner = Owner::new();
        owner.with(|| {
            provide_context(language);
            self.page(look, language, assets).to_html()
        })
    }

    fn page(&self, look: Look, language: Language, assets: &str) -> impl IntoView + use<> {
        let asset = |name: &str| format!("/{assets}/{name}");
        let (icon, styles) = (asset("icon.svg"), asset("slipway.css"));
        let (glyph, heading, told) = self.told();
        let request = self.request.clone();
        view! {
            <!DOCTYPE html>
            <html lang=language.tag() data-theme=look.data_theme() data-motion=look.data_motion()>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content=look.theme.schemes()/>
                    <title>{format!("{heading} · Slipway")}</title>
                    <link rel="icon" href=icon type="image/svg+xml"/>
                    <link rel="stylesheet" href=styles/>
                </head>
                <body>
                    <main class="grid min-h-dvh content-center px-4">
                        <Instead glyph heading told><Number request/></Instead>
                    </main>
                </body>
            </html>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(status: u16, line: Option<&str>) -> String {
        let line = line.map(ToOwned::to_owned);
        Fault { status, line, request: "01ARZ".to_owned() }.document(
            Look::default(),
            Language::English,
            "pkg",
        )
    }

    #[test]
    fn d15_whatever_goes_wrong_there_is_a_page_with_the_number_of_the_request() {
        for status in 400..600 {
            let page = page(status, None);
            assert!(
                page.contains("<h1") && page.contains("01ARZ") && page.contains("href=\"/\""),
                "{status}"
            );
        }
    }

    #[test]
    fn d15_a_sentence_of_a_layer_is_shown_and_a_slip_of_one_is_not() {
        assert!(page(503, Some("The database does not answer.")).contains("The database does not answer."));
        assert!(!page(500, Some("called `unwrap()` on <None>")).contains("unwrap"));
        assert!(!page(503, Some("<script>")).contains("<script>"));
    }
}
