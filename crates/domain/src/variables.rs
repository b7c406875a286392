//! Variables as a person or a program enters them: one flat JSON object (S1.24, S1.25).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A variable larger than this is a file in the wrong place.
const MAX_VALUE_BYTES: usize = 32 << 10;

/// Why a text is not a set of variables. The text of the error is for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VariablesError {
    /// Not JSON.
    #[error("This is not JSON: {0}.")]
    NoJson(String),
    /// JSON, but not an object.
    #[error("Write one object, for example {{\"EMAIL_HOST\": \"smtp.example.com\"}}.")]
    NoObject,
    /// A value is an object, a list or null.
    #[error("{key} is {what}; a variable is a text, a number or true or false.")]
    Nested {
        /// Which variable.
        key: String,
        /// What its value is.
        what: &'static str,
    },
    /// A key that no environment variable can have.
    #[error("{0:?} is not the name of a variable: use letters, digits and _, and do not begin with a digit.")]
    BadName(String),
    /// A value that is too large.
    #[error("{0} has more than 32 KiB.")]
    TooLarge(String),
}

/// Reads a flat JSON object; nothing typed is no variable. Numbers and booleans are kept as their text.
pub fn parse(text: &str) -> Result<BTreeMap<String, String>, VariablesError> {
    if text.trim().is_empty() {
        return Ok(BTreeMap::new());
    }
    let value: Value =
        serde_json::from_str(text).map_err(|error| VariablesError::NoJson(error.to_string()))?;
    match value {
        Value::Object(object) => flat(object),
        _ => Err(VariablesError::NoObject),
    }
}

/// The variables of an object that is JSON already.
pub fn flat(object: Map<String, Value>) -> Result<BTreeMap<String, String>, VariablesError> {
    object
        .into_iter()
        .map(|(key, value)| {
            if !is_name(&key) {
                return Err(VariablesError::BadName(key));
            }
            let text = match value {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                Value::Bool(truth) => truth.to_string(),
                Value::Null => return Err(VariablesError::Nested { key, what: "null" }),
                Value::Array(_) => return Err(VariablesError::Nested { key, what: "a list" }),
                Value::Object(_) => return Err(VariablesError::Nested { key, what: "an object" }),
            };
            if text.len() > MAX_VALUE_BYTES { Err(VariablesError::TooLarge(key)) } else { Ok((key, text)) }
        })
        .collect()
}

/// Is it the name of an environment variable?
pub fn is_name(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn s1_25_the_example_of_the_original_is_accepted() {
        let variables = parse(r#"{"EMAIL_HOST":"https://mysmtp.com","EMAIL_PORT":"8050"}"#).unwrap();
        assert_eq!(variables["EMAIL_HOST"], "https://mysmtp.com");
        assert_eq!(variables["EMAIL_PORT"], "8050");
    }

    #[test]
    fn s1_24_numbers_and_booleans_are_kept_as_their_text() {
        let variables = parse(r#"{"PORT": 8050, "TLS": true, "RATE": 1.50}"#).unwrap();
        assert_eq!(variables.values().map(String::as_str).collect::<Vec<_>>(), ["8050", "1.5", "true"]);
    }

    #[test]
    fn s1_24_what_is_nested_is_refused_by_its_key() {
        for (text, told) in [
            (r#"{"A": {"B": "c"}}"#, "A is an object"),
            (r#"{"A": ["b"]}"#, "A is a list"),
            (r#"{"A": null}"#, "A is null"),
            (r#"{"A B": "c"}"#, "\"A B\" is not the name"),
            (r#"{"1A": "c"}"#, "\"1A\" is not the name"),
            (r#"["a"]"#, "Write one object"),
            ("{", "This is not JSON"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(told), "{text}: {error:?} should contain {told:?}");
        }
    }

    proptest! {
        #[test]
        fn s1_24_any_text_is_read_or_refused(text in "\\PC{0,60}") {
            let _ = parse(&text);
        }

        #[test]
        fn s1_24_what_is_written_as_text_comes_back(
            variables in proptest::collection::btree_map("[A-Z_][A-Z0-9_]{0,10}", "\\PC{0,20}", 0..6)
        ) {
            let text = serde_json::to_string(&variables).unwrap();
            prop_assert_eq!(parse(&text).unwrap(), variables);
        }
    }
}
