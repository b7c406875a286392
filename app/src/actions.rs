//! Server functions: parse, ask the desk, say where to go. Each is the target of a plain form, so a refusal is a
//! way back to the form with what was typed, not an error code.

#![expect(missing_docs, reason = "the macro turns the parameters into fields without documentation")]

use leptos::prelude::*;
use slipway_domain::order::OrderForm;

use crate::desk::{DeskError, UndeployForm};

/// Deploys a released project (S1.29).
#[server(prefix = "/actions", endpoint = "deploy")]
pub async fn deploy(
    project: String,
    #[server(default)] name: String,
    #[server(default)] version: String,
    #[server(default)] admins: String,
    #[server(default)] users: String,
    #[server(default)] idempotency_key: String,
) -> Result<(), ServerFnError> {
    let form = OrderForm { name, project, version, admins, users, idempotency_key };
    let (desk, answer) = (expect_context::<crate::desk::SharedDesk>(), crate::answer::answer());
    match desk.deploy(&form).await {
        Ok(name) => answer.redirect(&format!("/devops/instances/{name}")),
        Err(error) => answer.redirect(&back_to_deploy(&form, &error)),
    }
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
    let (desk, answer) = (expect_context::<crate::desk::SharedDesk>(), crate::answer::answer());
    match desk.undeploy(&form).await {
        Ok(()) => answer.redirect(&format!("/devops/instances/{}", escape(&form.name))),
        Err(error) => answer.redirect(&back_to_undeploy(&form, &error)),
    }
    Ok(())
}

/// The form again, with what was typed. Wrong fields are found anew there; anything else is told in words.
pub fn back_to_deploy(form: &OrderForm, error: &DeskError) -> String {
    let mut pairs = vec![
        ("name", form.name.as_str()),
        ("version", &form.version),
        ("admins", &form.admins),
        ("users", &form.users),
        ("check", "1"),
    ];
    let told = error.to_string();
    if !matches!(error, DeskError::Invalid { .. }) {
        pairs.push(("problem", &told));
    }
    format!("/devops/releases/{}/deploy?{}", escape(&form.project), query(&pairs))
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
    format!("/devops/instances/{}/undeploy?{}", escape(&form.name), query(&pairs))
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
    fn what_was_typed_survives_a_mistake() {
        let form = OrderForm { name: "My shop".into(), project: "web-shop".into(), ..OrderForm::default() };
        let back = back_to_deploy(&form, &DeskError::Invalid { fields: vec![] });
        assert_eq!(back, "/devops/releases/web-shop/deploy?name=My%20shop&check=1");
    }

    #[test]
    fn a_name_cannot_lead_to_another_page() {
        let form = UndeployForm { name: "../../x?y".into(), ..UndeployForm::default() };
        let back = back_to_undeploy(&form, &DeskError::SignedOut);
        assert!(back.starts_with("/devops/instances/..%2F..%2Fx%3Fy/undeploy?problem="), "{back}");
    }
}
