//! Names that a person chooses, checked once. The rule is that of the original product (S1.L01): 1 to 26
//! characters, lowercase letters, digits and hyphens, beginning with a letter, ending with a letter or digit.
//! 26, so that `<application>-<component>` stays below the 63 characters that Kubernetes allows.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest name that is accepted.
pub const MAX_LENGTH: usize = 26;

/// Why a text is not a name. The text of the error is for the person who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing was typed.
    #[error("Enter a name.")]
    Empty,
    /// More than [`MAX_LENGTH`] characters.
    #[error("Use at most 26 characters.")]
    TooLong,
    /// The first character is not a lowercase letter.
    #[error("Begin with a lowercase letter.")]
    BadStart,
    /// The last character is a hyphen.
    #[error("End with a letter or a digit.")]
    BadEnd,
    /// Something other than lowercase letters, digits and hyphens.
    #[error("Use only lowercase letters, digits and hyphens.")]
    BadCharacter,
}

fn check(text: &str) -> Result<(), NameError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().last()) else {
        return Err(NameError::Empty);
    };
    if !text.chars().all(allowed) {
        return Err(NameError::BadCharacter);
    }
    if text.len() > MAX_LENGTH {
        return Err(NameError::TooLong);
    }
    if !first.is_ascii_lowercase() {
        return Err(NameError::BadStart);
    }
    if last == '-' {
        return Err(NameError::BadEnd);
    }
    Ok(())
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Accepts the text if it follows the rule of this module.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                check(text).map(|()| Self(text.to_owned()))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                check(&text).map(|()| Self(text))
            }
        }

        impl std::str::FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// The name of an application. It is also the name of its namespace and part of its gateway address.
    ApplicationName
}
name! {
    /// The name of a project, as its folder in the releases directory is called.
    ProjectName
}
name! {
    /// The name of a component within its application.
    ComponentName
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn s1_l01_names_the_first_rule_that_is_broken() {
        for (text, expected) in [
            ("", NameError::Empty),
            ("abcdefghijklmnopqrstuvwxyza", NameError::TooLong),
            ("1shop", NameError::BadStart),
            ("-shop", NameError::BadStart),
            ("shop-", NameError::BadEnd),
            ("Shop", NameError::BadCharacter),
            ("shöp", NameError::BadCharacter),
            ("my shop", NameError::BadCharacter),
        ] {
            assert_eq!(ApplicationName::parse(text), Err(expected), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn s1_l01_every_text_of_the_rule_is_accepted_and_kept(text in "[a-z]([-a-z0-9]{0,24}[a-z0-9])?") {
            prop_assert_eq!(ApplicationName::parse(&text).map(String::from), Ok(text));
        }

        #[test]
        fn s1_l01_what_is_accepted_follows_the_rule(text in "\\PC{0,30}") {
            if ApplicationName::parse(&text).is_ok() {
                prop_assert!((1..=MAX_LENGTH).contains(&text.len()));
                prop_assert!(text.starts_with(|c: char| c.is_ascii_lowercase()));
                prop_assert!(!text.ends_with('-'));
            }
        }
    }
}
