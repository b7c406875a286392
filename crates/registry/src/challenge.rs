//! Reads what a registry answers to a stranger: `WWW-Authenticate`, with one challenge or several.

/// One way in that a registry offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// In lower case: `basic`, `bearer`, or what Slipway does not know.
    pub scheme: String,
    params: Vec<(String, String)>,
}

impl Challenge {
    /// The parameter of that name.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Everything in a header that can be understood; what cannot is left out.
pub(crate) fn parse(header: &str) -> Vec<Challenge> {
    let mut challenges: Vec<Challenge> = Vec::new();
    for item in items(header) {
        let (scheme, param) = head(item);
        if let Some(scheme) = scheme {
            challenges.push(Challenge { scheme: scheme.to_ascii_lowercase(), params: Vec::new() });
        }
        if let (Some((key, value)), Some(challenge)) = (param.split_once('='), challenges.last_mut()) {
            challenge.params.push((key.trim().to_owned(), unquoted(value.trim())));
        }
    }
    challenges
}

/// An item begins a new challenge if a word stands before the parameter, or if it is nothing but a word.
fn head(item: &str) -> (Option<&str>, &str) {
    match item.split_once(char::is_whitespace) {
        Some((word, rest)) if !word.contains('=') && !rest.trim_start().starts_with('=') => {
            (Some(word), rest)
        }
        None if !item.contains('=') => (Some(item), ""),
        _ => (None, item),
    }
}

/// The header cut at its commas, except those within quotes.
fn items(header: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    header
        .split(move |c| {
            let end = c == ',' && !quoted;
            if c == '"' && !escaped {
                quoted = !quoted;
            }
            escaped = c == '\\' && quoted && !escaped;
            end
        })
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else { return value.to_owned() };
    let mut text = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => text.extend(chars.next()),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bearer_challenge_names_realm_service_and_scope() {
        let header = r#"Bearer realm="https://auth.example.com/token",service="registry",scope="repository:a/b:pull,push""#;
        let challenges = parse(header);
        assert_eq!(challenges.len(), 1);
        let bearer = &challenges[0];
        assert_eq!(bearer.scheme, "bearer");
        assert_eq!(bearer.param("realm"), Some("https://auth.example.com/token"));
        assert_eq!(bearer.param("Service"), Some("registry"));
        assert_eq!(bearer.param("scope"), Some("repository:a/b:pull,push"));
        assert_eq!(bearer.param("error"), None);
    }

    #[test]
    fn several_challenges_may_share_a_header() {
        let challenges = parse(r#"Negotiate, Basic realm="a \"b\", c" , BEARER realm = "x", service=y"#);
        let schemes: Vec<_> = challenges.iter().map(|challenge| challenge.scheme.as_str()).collect();
        assert_eq!(schemes, ["negotiate", "basic", "bearer"]);
        assert_eq!(challenges[1].param("realm"), Some("a \"b\", c"));
        assert_eq!(challenges[2].param("realm"), Some("x"));
        assert_eq!(challenges[2].param("service"), Some("y"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in ".{0,200}") {
            parse(&text);
        }

        #[test]
        fn anything_that_looks_like_a_challenge_is_read_without_harm(text in r#"[Bb=", \\a]{0,60}"#) {
            parse(&text);
        }

        #[test]
        fn what_was_quoted_comes_back(value in r"[^\x00-\x1f]{0,40}") {
            let quoted = value.replace('\\', r"\\").replace('"', "\\\"");
            let challenges = parse(&format!("Bearer realm=\"{quoted}\", service=\"s\""));
            prop_assert_eq!(challenges.len(), 1);
            prop_assert_eq!(challenges[0].param("realm"), Some(value.as_str()));
            prop_assert_eq!(challenges[0].param("service"), Some("s"));
        }
    }
}
