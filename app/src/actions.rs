//! Server functions: parse, ask the desk, say where to go. Each is the target of a plain form, so a refusal is a
//! way back to the form with what was typed, not an error code. What was typed waits on the server meanwhile:
//! passwords may be among it, and addresses are written into logs.

#![expect(missing_docs, reason = "the macro turns the parameters into fields without documentation")]

use leptos::prelude::*;
use slipway_domain::{names::ApplicationName, order::OrderForm};

use crate::{
    answer::{SharedAnswer, answer},
    desk::{DeskError, SharedDesk, UndeployForm},
};

fn at_hand() -> (SharedDesk, SharedAnswer) {
    (expect_context(), answer())
}

/// Deploys a released project (S1.29).
#[server(prefix = "/actions", endpoint = "deploy")]
pub async fn deploy(form: OrderForm) -> Result<(), ServerFnError> {
    let (desk, answer) = at_hand();
    match desk.deploy(&form).await {
        Ok(name) => answer.redirect(&instance(name.as_str())),
        Err(error) => {
            let form_page = format!("/devops/releases/{}/deploy", escape(&form.project));
            answer.redirect(&back(&desk, &form_page, &form, &error).await);
        }
    }
    Ok(())
}

/// Updates an application to another configuration, in place (S1.L04).
#[server(prefix = "/actions", endpoint = "update")]
pub async fn update(
    form: OrderForm,
    #[server(default)] even_quarantined: String,
) -> Result<(), ServerFnError> {
    let (desk, answer) = at_hand();
    match desk.update(&form, !even_quarantined.is_empty()).await {
        Ok(()) => answer.redirect(&instance(&form.name)),
        Err(error) => {
            let form_page = format!("{}/update", instance(&form.name));
            answer.redirect(&back(&desk, &form_page, &form, &error).await);
        }
    }
    Ok(())
}

/// Makes an earlier generation real again (D10).
#[server(prefix = "/actions", endpoint = "rollback")]
pub async fn roll_back(name: String, generation: u32) -> Result<(), ServerFnError> {
    let (desk, answer) = at_hand();
    let done = match parsed(&name) {
        Ok(parsed) => desk.roll_back(&parsed, generation).await,
        Err(error) => Err(error),
    };
    answer.redirect(&told(&name, done));
    Ok(())
}

/// Runs the operation that failed again.
#[server(prefix = "/actions", endpoint = "retry")]
pub async fn retry(name: String) -> Result<(), ServerFnError> {
    let (desk, answer) = at_hand();
    let done = match parsed(&name) {
        Ok(parsed) => desk.retry(&parsed).await,
        Err(error) => Err(error),
    };
    answer.redirect(&told(&name, done));
    Ok(())
}

/// Ends the operation that is under way.
#[server(prefix = "/actions", endpoint = "cancel")]
pub async fn cancel(name: String) -> Result<(), ServerFnError> {
    let (desk, answer) = at_hand();
    let done = match parsed(&name) {
        Ok(parsed) => desk.cancel(&parsed).await,
        Err(error) => Err(error),
    };
    answer.redirect(&told(&name, done));
    Ok(())
}

/// Removes an application (S1.43, S1.44).
#[server(prefix = "/actions", endpoint = "undeploy")]
pub async fn undeploy(
    name: String,
    #[server(default)] confirmation: String,
    #[server(default)] force: String,
) -> Result<(), ServerFnError> {
    let form = UndeployForm { name, confirmation, force };
    let (desk, answer) = at_hand();
    match desk.undeploy(&form).await {
        Ok(()) => answer.redirect(&instance(&form.name)),
        Err(error) => answer.redirect(&back_to_undeploy(&form, &error)),
    }
    Ok(())
}

fn instance(name: &str) -> String {
    format!("/devops/instances/{}", escape(name))
}

fn parsed(name: &str) -> Result<ApplicationName, DeskError> {
    let what = format!("No application is called {name:?}.");
    ApplicationName::parse(name).map_err(|_| DeskError::NotFound { what })
}

/// The application's page, with what is in the way if something is.
fn told(name: &str, done: Result<(), DeskError>) -> String {
    match done {
        Ok(()) => instance(name),
        Err(error) => format!("{}?{}", instance(name), query(&[("problem", &error.to_string())])),
    }
}

/// The form again, with what was typed. Wrong fields are found anew there; anything else is told in words.
async fn back(desk: &SharedDesk, page: &str, form: &OrderForm, error: &DeskError) -> String {
    let told = match error {
        DeskError::Invalid { .. } => String::new(),
        error => error.to_string(),
    };
    let code = match error {
        DeskError::Refused { code, .. } => code.as_str(),
        _ => "",
    };
    let draft = desk.keep_draft(form).await.unwrap_or_default();
    format!("{page}?{}", query(&[("draft", &draft), ("check", "1"), ("code", code), ("problem", &told)]))
}

/// The confirmation again, with what is in the way.
fn back_to_undeploy(form: &UndeployForm, error: &DeskError) -> String {
    let told = match error {
        DeskError::Invalid { fields } => {
            fields.first().map(|field| field.message.clone()).unwrap_or_default()
        }
        error => error.to_string(),
    };
    let pairs = [("force", form.force.as_str()), ("problem", &told)];
    format!("{}/undeploy?{}", instance(&form.name), query(&pairs))
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
