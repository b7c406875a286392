//! Texts with places to fill in: `{application}`, `{database.url}`. What a blueprint may name is known when it is
//! read, so filling in cannot fail later.

use std::collections::BTreeMap;

/// The values by name.
pub type Values = BTreeMap<String, String>;

/// Calls `fill` with each name in braces and puts its answer in place; braces without a name stay.
fn replace(text: &str, mut fill: impl FnMut(&str) -> Option<String>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        result.push_str(before);
        let name = from[1..].split_once('}').map(|(name, _)| name).filter(|name| is_name(name));
        let Some(name) = name else {
            result.push('{');
            rest = &from[1..];
            continue;
        };
        match fill(name) {
            Some(value) => result.push_str(&value),
            None => result.push_str(&from[..name.len() + 2]),
        }
        rest = &from[name.len() + 2..];
    }
    result.push_str(rest);
    result
}

/// Words of lowercase letters, digits and hyphens with dots between; everything else is a text with braces in it.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.split('.').all(|word| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        })
}

/// The text with all its places filled in.
pub fn fill(text: &str, values: &Values) -> String {
    replace(text, |name| values.get(name).cloned())
}

/// The names that a text has places for.
pub fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    replace(text, |name| {
        names.push(name.to_owned());
        None
    });
    names
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn places_are_filled_in_and_other_braces_stay() {
        let values =
            Values::from([("application".into(), "shop".into()), ("database.url".into(), "x".into())]);
        for (text, expected) in [
            ("/{application}/rb", "/shop/rb"),
            ("{database.url}{application}", "xshop"),
            (r#"[{"name":"{application}"}]"#, r#"[{"name":"shop"}]"#),
            ("${EXPRESSION} {", "${EXPRESSION} {"),
            ("{unknown}", "{unknown}"),
        ] {
            assert_eq!(fill(text, &values), expected);
        }
    }

    #[test]
    fn a_value_is_not_filled_in_again() {
        let values = Values::from([("a".into(), "{b}".into()), ("b".into(), "c".into())]);
        assert_eq!(fill("{a}", &values), "{b}");
    }

    proptest! {
        #[test]
        fn any_text_without_values_stays_as_it_is(text in "\\PC{0,40}") {
            prop_assert_eq!(fill(&text, &Values::new()), text);
        }
    }
}
