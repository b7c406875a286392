//! Where a person is sent after a form: onwards, or back to it with what was typed.

use leptos::prelude::*;
use slipway_domain::{names::ApplicationName, order::OrderForm};

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
    match done {
        Ok(()) => instance(name),
        Err(DeskError::Invalid { fields }) => {
            let told = fields.into_iter().map(|field| field.message).collect::<Vec<_>>().join(" ");
            format!("{}?{}", instance(name), query(&[("problem", &told)]))
        }
        Err(error) => format!("{}?{}", instance(name), query(&[("problem", &error.to_string())])),
    }
}

/// The form again, with what was typed. Wrong fields are found anew there; anything else is told in words.
pub async fn back(desk: &SharedDesk, page: &str, form: &OrderForm, error: &DeskError) -> String {
    let told = match error {
        DeskError::Invalid { .. } => String::new(),
        error => error.to_string(),
    };
    let code = match error {
        DeskError::Refused { code, .. } => code.as_str(),
        _ => "",
    };
    let draft = desk.keep_draft(form).await.unwrap_or_default();
    // Who has looked at a plan is shown the one that there is now.
    let plan = if form.plan.is_empty() { "" } else { "1" };
    let pairs =
        [("draft", draft.as_str()), ("check", "1"), ("plan", plan), ("code", code), ("problem", &told)];
    format!("{page}?{}", query(&pairs))
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

fn query(pairs: &[(&str, &str)]) -> String {
    let filled = pairs.iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
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
    fn a_name_cannot_lead_to_another_page() {
        let form = UndeployForm { name: "../../x?y".into(), ..UndeployForm::default() };
        let back = back_to_undeploy(&form, &DeskError::SignedOut);
        assert!(back.starts_with("/devops/instances/..%2F..%2Fx%3Fy/undeploy?problem="), "{back}");
        assert_eq!(told("../x", Ok(())), "/devops/instances/..%2Fx");
    }
}
