//! Tokens of programs: what each may do on behalf of the person who made it, and until when.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::order::FieldError;

/// How every token begins, so that a search for leaked ones finds it.
pub const PREFIX: &str = "slw_";
/// The longest life of a token.
pub const MAX_DAYS: u32 = 366;

/// A part of what its owner may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// See releases and applications, and try out plans.
    Read,
    /// Deploy, update, roll back, retry, cancel.
    Change,
    /// Undeploy, and strip finalizers.
    Remove,
    /// Read the audit trail.
    Audit,
    /// See, make and revoke tokens.
    Tokens,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Read, Self::Change, Self::Remove, Self::Audit, Self::Tokens];

    /// How it is written.
    pub fn label(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Change => "change",
            Self::Remove => "remove",
            Self::Audit => "audit",
            Self::Tokens => "tokens",
        }
    }

    /// What it is for.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Read => "See releases and applications, and try out plans",
            Self::Change => "Deploy, update, roll back, retry and cancel",
            Self::Remove => "Undeploy, and strip finalizers",
            Self::Audit => "Read the audit trail",
            Self::Tokens => "See, make and revoke tokens",
        }
    }
}

impl FromStr for Scope {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|scope| scope.label() == text).ok_or(())
    }
}

/// A token as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its identity; worth nothing to anybody else.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// From where.
    pub last_used_from: String,
}

/// A token that has just been made. It is never shown again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewToken {
    /// What is kept of it.
    #[serde(flatten)]
    pub token: Token,
    /// What a program sends.
    pub secret: String,
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenForm {
    /// What to call it.
    pub name: String,
    /// What it may do: words with commas between them.
    pub scopes: String,
    /// How many days it lives.
    pub days: String,
}

/// What is asked for, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenOrder {
    /// What to call it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// How long it lives.
    pub life: SignedDuration,
}

impl TokenForm {
    /// Checks every field and reports all that is wrong at once.
    pub fn check(&self) -> Result<TokenOrder, Vec<FieldError>> {
        let mut errors = Vec::new();
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 60 {
            errors.push(FieldError::new("name", "Say in up to 60 characters what the token is for."));
        }
        let words = self.scopes.split([',', ' ']).filter(|word| !word.is_empty());
        let scopes: Result<Vec<Scope>, ()> = words.map(str::parse).collect();
        let scopes = scopes.ok().filter(|scopes| !scopes.is_empty());
        if scopes.is_none() {
            let known = Scope::ALL.map(Scope::label).join(", ");
            errors.push(FieldError::new("scopes", format!("Choose at least one of: {known}.")));
        }
        let days = self.days.trim().parse().ok().filter(|days| (1..=MAX_DAYS).contains(days));
        if days.is_none() {
            errors.push(FieldError::new("days", format!("Enter a number of days from 1 to {MAX_DAYS}.")));
        }
        match (scopes, days) {
            (Some(mut scopes), Some(days)) if errors.is_empty() => {
                scopes.sort_unstable();
                scopes.dedup();
                Ok(TokenOrder { name, scopes, life: SignedDuration::from_hours(i64::from(days) * 24) })
            }
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(name: &str, scopes: &str, days: &str) -> TokenForm {
        TokenForm { name: name.into(), scopes: scopes.into(), days: days.into() }
    }

    #[test]
    fn s4_33_a_token_has_a_name_scopes_and_an_end() {
        let order = form(" ci ", "change,read, read", "30").check().unwrap();
        assert_eq!((order.name.as_str(), order.scopes), ("ci", vec![Scope::Read, Scope::Change]));
        assert_eq!(order.life, SignedDuration::from_hours(720));
    }

    #[test]
    fn s4_33_a_token_for_nothing_for_anything_or_for_ever_is_refused() {
        let wrong = |form: TokenForm| {
            form.check().unwrap_err().into_iter().map(|error| error.field).collect::<Vec<_>>()
        };
        assert_eq!(wrong(form("", "", "")), ["name", "scopes", "days"]);
        assert_eq!(wrong(form("ci", "everything", "30")), ["scopes"]);
        for days in ["0", "367", "-1", "for ever"] {
            assert_eq!(wrong(form("ci", "read", days)), ["days"]);
        }
    }
}
