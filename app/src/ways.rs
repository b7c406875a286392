//! Where a person is sent after a form: onwards, or back to it with what was typed.

use leptos::prelude::*;
use slipway_domain::names::ApplicationName;

use crate::{
    answer::{SharedAnswer, answer},
    desk::{DeskError, SharedDesk, UndeployForm},
};

/// The desk and the head of the answer. Take hold of them before anything is awaited.
pub fn at_hand() -> (SharedDesk, SharedAnswer) {
    (expect_context(), answer())
}

/// The page of an application.
pub fn instance(name: &str) -> String {
    format!("/devops/instances/{}", escape(name))
}

/// The name, or that there is no such application.
pub fn parsed(name: &str) -> Result<ApplicationName, DeskError> {
    let what = format!("No application is called {name:?}.");
    ApplicationName::parse(name).map_err(|_| DeskError::NotFound { what })
}

/// The application's page, with what is in the way if something is.
pub fn told(name: &str, done: Result<(), DeskError>) -> String {
    told_at(name, "", done)
}

/// The same on one of the tabs of the page, for example `/components`.
pub fn told_at(name: &str, tab: &str, done: Result<(), DeskError>) -> String {
    let page = format!("{}{tab}", instance(name));
    match done {
        Ok(()) => page,
        Err(error) => format!("{page}?{}", query(&[("problem", &worded(error))])),
    }
}

/// What is in the way, in words; of several answers what is wrong with each.
pub fn worded(error: DeskError) -> String {
    match error {
        DeskError::Invalid { fields } => {
            fields.into_iter().map(|field| field.message).collect::<Vec<_>>().join(" ")
        }
        error => error.to_string(),
    }
}

/// The confirmation again, with what is in the way.
pub fn back_to_undeploy(form: &UndeployForm, error: &DeskError) -> String {
    let told = match error {
        DeskError::Invalid { fields } => {
            fields.first().map(|field| field.message.clone()).unwrap_or_default()
        }
        error => error.to_string(),
    };
    let pairs = [("force", form.force.as_str()), ("problem", &told)];
    format!("{}/undeploy?{}", instance(&form.name), query(&pairs))
}

/// The page of tokens, with the new one or with what is in the way.
pub fn tokens(done: Result<Option<String>, DeskError>) -> String {
    let told = match done {
        Ok(made) => return format!("/account/tokens?{}", query(&[("made", &made.unwrap_or_default())])),
        Err(DeskError::Invalid { fields }) => {
            fields.into_iter().map(|field| field.message).collect::<Vec<_>>().join(" ")
        }
        Err(error) => error.to_string(),
    };
    format!("/account/tokens?{}", query(&[("problem", &told)]))
}

/// A query of those pairs that have a value.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let filled = pairs.iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

/// Only a page of ours is a place to go to: one slash and not two, and nothing that a browser reads as two.
pub fn own_page(next: &str) -> &str {
    let ours =
        next.starts_with('/') && !next[1..].starts_with(['/', '\\']) && !next.contains(char::is_control);
    if ours { next } else { "/" }
}

/// The value of a cookie in a cookie header.
pub fn cookie<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(other, _)| *other == name).map(|(_, value)| value)
}

/// Percent-encodes everything that is not plainly harmless.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_a_page_that_is_not_ours() {
        for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/a\nb", ""] {
            assert_eq!(own_page(elsewhere), "/", "{elsewhere:?}");
        }
        assert_eq!(own_page("/devops/instances?q=a"), "/devops/instances?q=a");
    }

    #[test]
    fn a_name_cannot_lead_to_another_page() {
        let form = UndeployForm { name: "../../x?y".into(), ..UndeployForm::default() };
        let back = back_to_undeploy(&form, &DeskError::SignedOut);
        assert!(back.starts_with("/devops/instances/..%2F..%2Fx%3Fy/undeploy?problem="), "{back}");
        assert_eq!(told("../x", Ok(())), "/devops/instances/..%2Fx");
    }
}
