//! Reading the cluster's words.

use crate::black_box::is_place;

/// A line of evidence is no longer than this.
const LONGEST: usize = 400;
/// Of last words, the last lines say why.
const LINES: usize = 3;

/// Does the text contain one of these, in whatever case? The needles are in small letters.
pub(super) fn has(text: &str, needles: &[&str]) -> bool {
    let text = text.to_lowercase();
    needles.iter().any(|needle| text.contains(needle))
}

/// The name in quotes that follows these words: `x` in `secret "x" not found`.
pub(super) fn quoted<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("{before}\""))?;
    rest.split_once('"').map(|(name, _)| name)
}

/// The word that follows these words: `k` in `couldn't find key k in Secret`.
pub(super) fn word<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    let end = rest.find(|c: char| c.is_whitespace() || c == ',').unwrap_or(rest.len());
    Some(rest[..end].trim_matches('"')).filter(|word| !word.is_empty())
}

/// The end of a long text, for people: its last lines, and not too much of them.
pub(super) fn short(text: &str) -> String {
    let mut said = String::new();
    let lines = text.lines().rev().map(str::trim_end);
    for line in lines.filter(|line| !line.is_empty() && !is_place(line)).take(LINES) {
        if said.is_empty() {
            line.clone_into(&mut said);
        } else if said.chars().count() + line.chars().count() < LONGEST {
            said = format!("{line} / {said}");
        } else {
            break;
        }
    }
    match said.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &said[..end]),
        None => said,
    }
}

/// Do the words name this host, as `lookup db on`, `db:5432`, `"db"`, `db.shop.svc`?
pub(super) fn names_host(text: &str, host: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.match_indices(host).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + host.len()..]);
        if before.ends_with(is_part) || before.ends_with('.') || after.starts_with(is_part) {
            return false;
        }
        let mut next = after.chars();
        let (first, second) = (next.next(), next.next());
        let is_quoted = before.ends_with(['"', '\'']) && matches!(first, Some('"' | '\''));
        let has_port = first == Some(':') && second.is_some_and(|c| c.is_ascii_digit());
        let is_qualified = first == Some('.') && second.is_some_and(|c| c.is_ascii_lowercase());
        let is_asked = ["lookup", "host", "hostname", "to", "reach"]
            .contains(&before.split_whitespace().next_back().unwrap_or_default());
        is_quoted || has_port || is_qualified || is_asked
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_recognised_by_what_stands_around_it() {
        for text in
            ["dial tcp: lookup db on 10.96.0.10:53", "dial db:5432", "cannot reach db", "http://db.shop.svc/"]
        {
            assert!(names_host(text, "db"), "{text}");
        }
        for text in ["the db is fine", "mydb:5432", "db-2:5432", "", "lookup web.db.shop"] {
            assert!(!names_host(text, "db"), "{text}");
        }
    }

    #[test]
    fn of_many_lines_the_last_ones_stay() {
        assert_eq!(short("a\nb\n\nc\nd\n"), "b / c / d");
        assert_eq!(short(&"ä".repeat(500)).chars().count(), LONGEST + 1);
        assert_eq!(short(""), "");
        // The last one says why; the others only where they fit.
        assert_eq!(
            short(&format!("{}\nCaused by: it\n\tat a.B(B.java:1)\n", "x".repeat(450))),
            "Caused by: it"
        );
    }

    #[test]
    fn names_are_found_behind_words() {
        assert_eq!(quoted("secret \"key\" not found", "secret "), Some("key"));
        assert_eq!(word("couldn't find key a.b in Secret shop/x", "in Secret "), Some("shop/x"));
        assert_eq!(word("key", "key"), None);
    }
}
