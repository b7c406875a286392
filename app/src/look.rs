//! How a person wants pages to be: their look, and their language. The choice is kept in a cookie, so that the server applies it with the first
//! byte and nothing flashes.

use crate::{language::Language, ways::cookie};

/// The cookie that keeps the choice.
pub const COOKIE: &str = "slipway_look";

/// Which set of colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Light or dark as the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// The strongest contrast, light or dark as the system says.
    Contrast,
}

impl Theme {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::System, Self::Light, Self::Dark, Self::Contrast];

    /// What it is called in cookies, forms and stylesheets.
    pub fn slug(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }

    /// What it is called in cookies, forms and stylesheets.
    pub fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.slug() == slug)
    }

    /// Which schemes of the browser's own it goes with.
    pub fn schemes(self) -> &'static str {
        match self {
            Self::System | Self::Contrast => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// What a person has chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Look {
    /// The colours.
    pub theme: Theme,
    /// Does nothing move, whatever the system says?
    pub is_still: bool,
    /// The language; none leaves it to the browser.
    pub language: Option<Language>,
}

impl Look {
    /// The choice in a cookie header; what cannot be understood is no choice.
    pub fn of_cookies(header: &str) -> Self {
        let mut words = cookie(header, COOKIE).unwrap_or_default().split('.');
        let theme = words.next().and_then(Theme::parse).unwrap_or_default();
        let others: Vec<_> = words.collect();
        Self {
            theme,
            is_still: others.contains(&"still"),
            language: others.iter().find_map(|tag| Language::parse(tag)),
        }
    }

    /// The value of the cookie that keeps it.
    pub fn cookie(self) -> String {
        let still = if self.is_still { ".still" } else { "" };
        let language = self.language.map(|language| format!(".{}", language.tag())).unwrap_or_default();
        format!("{}{still}{language}", self.theme.slug())
    }

    /// What the stylesheet goes by: `data-theme` of the document.
    pub fn data_theme(self) -> Option<&'static str> {
        (self.theme != Theme::System).then(|| self.theme.slug())
    }

    /// What the stylesheet goes by: `data-motion` of the document.
    pub fn data_motion(self) -> Option<&'static str> {
        self.is_still.then_some("off")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d15_a_look_is_the_same_after_it_was_kept() {
        for theme in Theme::ALL {
            for is_still in [false, true] {
                for language in [None, Some(Language::English), Some(Language::German)] {
                    let look = Look { theme, is_still, language };
                    let header = format!("slipway_session=abc; {COOKIE}={}; other=1", look.cookie());
                    assert_eq!(Look::of_cookies(&header), look);
                }
            }
        }
    }

    #[test]
    fn d15_a_cookie_that_means_nothing_is_no_choice() {
        for header in ["", "slipway_look", "slipway_look=", "slipway_look=pink.loud", "xslipway_look=dark"] {
            assert_eq!(Look::of_cookies(header), Look::default(), "{header:?}");
        }
    }
}
