//! Server functions: parse, ask the desk, say where to go. Each is the target of a plain form, so a refusal is a
//! way back to the form with what was typed, not an error code. What was typed waits on the server meanwhile:
//! passwords may be among it, and addresses are written into logs.

#![expect(missing_docs, reason = "the macro turns the parameters into fields without documentation")]

pub mod access;
pub mod appearance;
pub mod images;
pub mod name;
pub mod together;

use leptos::prelude::*;
use slipway_domain::{
    order::OrderForm,
    token::{Scope, TokenForm},
    wizard::Rows,
};

use crate::wizard::Place;

/// Takes in the answers of one step of an order, and goes where the pressed button leads (S1.16).
#[server(prefix = "/actions", endpoint = "draft")]
pub async fn draft(
    #[server(default)] place: Place,
    #[server(default)] step: String,
    #[server(default)] go: String,
    #[server(default)] remove: String,
    #[server(default)] view: String,
    #[server(default)] rows: Rows,
    #[server(default)] form: OrderForm,
) -> Result<(), ServerFnError> {
    let (desk, answer) = crate::ways::at_hand();
    let posted = crate::wizard::Posted { place: place.clone(), step, go, remove, view, rows, form };
    match crate::wizard::take(&*desk, posted).await {
        Ok(href) => answer.redirect(&href),
        Err(error) => answer.redirect(&crate::wizard::lost(&place, &error)),
    }
    Ok(())
}

/// Forgets an order that was not placed.
#[server(prefix = "/actions", endpoint = "discard")]
pub async fn discard(draft: String) -> Result<(), ServerFnError> {
    let (desk, answer) = crate::ways::at_hand();
    // If it cannot be forgotten now, it is by itself in a week.
    let _ = desk.discard_draft(&draft).await;
    answer.redirect("/devops/releases");
    Ok(())
}

/// Deploys a released project (S1.29).
#[server(prefix = "/actions", endpoint = "deploy")]
pub async fn deploy(form: OrderForm, #[server(default)] draft: String) -> Result<(), ServerFnError> {
    let (desk, answer) = crate::ways::at_hand();
    let order = crate::wizard::ordered(&*desk, &draft, form).await;
    match desk.deploy(&order).await {
        Ok(name) => {
            let _ = desk.discard_draft(&draft).await;
            answer.redirect(&crate::ways::instance(name.as_str()));
        }
        Err(error) => answer.redirect(&crate::wizard::back(&*desk, &draft, order, false, &error).await),
    }
    Ok(())
}

/// Updates an application to another configuration, in place (S1.L04).
#[server(prefix = "/actions", endpoint = "update")]
pub async fn update(
    form: OrderForm,
    #[server(default)] draft: String,
    #[server(default)] even_quarantined: String,
) -> Result<(), ServerFnError> {
    let (desk, answer) = crate::ways::at_hand();
    let order = crate::wizard::ordered(&*desk, &draft, form).await;
    match desk.update(&order, !even_quarantined.is_empty()).await {
        Ok(()) => {
            let _ = desk.discard_draft(&draft).await;
            answer.redirect(&crate::ways::instance(&order.name));
        }
        Err(error) => answer.redirect(&crate::wizard::back(&*desk, &draft, order, true, &error).await),
    }
    Ok(())
}

/// Makes an earlier generation real again (D10).
#[server(prefix = "/actions", endpoint = "rollback")]
pub async fn roll_back(
    name: String,
    generation: u32,
    #[server(default)] even_quarantined: String,
    #[server(default)] idempotency_key: String,
) -> Result<(), ServerFnError> {
    let (desk, answer) = crate::ways::at_hand();
    let even_quarantined = !even_quarantined.is_empty();
    let form = crate::desk::RollbackForm { name, generation, even_quarantined, idempotency_key };
    let done = desk.roll_back(&form).await;
    answer.redirect(&crate::ways::told(&form.name, done));
    Ok(())
}

/// Runs the operation that failed again.
#[server(prefix = "/actions", endpoint = "retry")]
pub async fn retry(name: String) -> Result<(), ServerFnError> {
    let (desk, answer) = crate::ways::at_hand();
    let done = match crate::ways::parsed(&name) {
        Ok(parsed) => desk.retry(&parsed).await,
        Err(error) => Err(error),
    };
    answer.redirect(&crate::ways::told(&name, done));
    Ok(())
}

/// Ends the operation that is under way.
#[server(prefix = "/actions", endpoint = "cancel")]
pub async fn cancel(name: String) -> Result<(), ServerFnError> {
    let (desk, answer) = crate::ways::at_hand();
    let done = match crate::ways::parsed(&name) {
        Ok(parsed) => desk.cancel(&parsed).await,
        Err(error) => Err(error),
    };
    answer.redirect(&crate::ways::told(&name, done));
    Ok(())
}

/// Removes an application (S1.43, S1.44).
#[server(prefix = "/actions", endpoint = "undeploy")]
pub async fn undeploy(
    name: String,
    #[server(default)] confirmation: String,
    #[server(default)] force: String,
) -> Result<(), ServerFnError> {
    let form = crate::desk::UndeployForm { name, confirmation, force };
    let (desk, answer) = crate::ways::at_hand();
    match desk.undeploy(&form).await {
        Ok(()) => answer.redirect(&crate::ways::instance(&form.name)),
        Err(error) => answer.redirect(&crate::ways::back_to_undeploy(&form, &error)),
    }
    Ok(())
}

/// Strips one finalizer of one object that holds a namespace (D1).
#[server(prefix = "/actions", endpoint = "strip")]
pub async fn strip(
    name: String,
    uid: String,
    finalizer: String,
    #[server(default)] confirmation: String,
) -> Result<(), ServerFnError> {
    let form = crate::desk::StripForm { name, uid, finalizer, confirmation };
    let (desk, answer) = crate::ways::at_hand();
    let done = desk.strip(&form).await;
    answer.redirect(&crate::ways::told(&form.name, done));
    Ok(())
}

/// The form of a new token: a box for each scope.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct TokenBoxes {
    pub name: String,
    pub days: String,
    pub read: String,
    pub change: String,
    pub remove: String,
    pub audit: String,
    pub tokens: String,
}

impl From<TokenBoxes> for TokenForm {
    fn from(boxes: TokenBoxes) -> Self {
        let TokenBoxes { name, days, read, change, remove, audit, tokens } = boxes;
        let ticked = [read, change, remove, audit, tokens];
        let scopes = Scope::ALL.iter().zip(ticked).filter(|(_, tick)| !tick.is_empty());
        let scopes = scopes.map(|(scope, _)| scope.label()).collect::<Vec<_>>().join(",");
        Self { name, scopes, days }
    }
}

/// Makes a token, which the next page shows once (S4.33).
#[server(prefix = "/actions", endpoint = "make-token")]
pub async fn make_token(form: TokenBoxes) -> Result<(), ServerFnError> {
    let (desk, answer) = crate::ways::at_hand();
    let made = match desk.make_token(&form.into()).await {
        Ok(token) => desk.hold_token(&token).await,
        Err(error) => Err(error),
    };
    answer.redirect(&crate::ways::tokens(made.map(Some)));
    Ok(())
}

/// Ends a token at once.
#[server(prefix = "/actions", endpoint = "revoke-token")]
pub async fn revoke_token(id: String) -> Result<(), ServerFnError> {
    let (desk, answer) = crate::ways::at_hand();
    let done = desk.revoke_token(&id).await;
    answer.redirect(&crate::ways::tokens(done.map(|()| None)));
    Ok(())
}
