//! The languages that pages are in, and which of them a person gets: the one that they chose, else the first that their
//! browser asks for, else English.

/// A language that is there completely.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// What it is called in cookies, forms and documents.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// What it calls itself, so that whoever reads only it finds it.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// The language of a tag; what comes after its first part, for example the country, makes no difference.
    pub fn parse(tag: &str) -> Option<Self> {
        let first = tag.trim().split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(first))
    }

    /// The one that a browser wants most of those that are there (`Accept-Language`).
    pub fn of_header(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for wish in header.split(',') {
            let (tag, weight) = wish.split_once(';').unwrap_or((wish, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
            let weight = weight.unwrap_or_default();
            // Of two that are wanted as much, the first one counts.
            if let Some(language) = Self::parse(tag).filter(|_| weight > best.map_or(0.0, |(most, _)| most)) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d15_a_browser_gets_the_language_that_it_wants_most_of_those_that_are_there() {
        let cases = [
            ("de", Some(Language::German)),
            ("de-AT,en;q=0.5", Some(Language::German)),
            ("en-GB,de;q=0.9", Some(Language::English)),
            ("fr,de;q=0.3,en;q=0.8", Some(Language::English)),
            ("DE;q=0.7, en;q=0.7", Some(Language::German)),
            ("de;q=0,en;q=0.1", Some(Language::English)),
            ("fr,ja", None),
            ("*", None),
            ("de;q=much", None),
            ("", None),
        ];
        for (header, language) in cases {
            assert_eq!(Language::of_header(header), language, "{header:?}");
        }
    }
}
