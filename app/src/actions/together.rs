//! The server function of the page that undeploys several applications.

#![expect(missing_docs, reason = "the macro turns the parameters into fields without documentation")]

use leptos::prelude::*;

use crate::together::Posted;

/// Asks for the removal of each, and tells which were begun.
#[server(prefix = "/actions", endpoint = "undeploy-together")]
pub async fn undeploy_together(form: Posted) -> Result<(), ServerFnError> {
    let (desk, answer) = crate::ways::at_hand();
    answer.redirect(&crate::together::undeploy(&*desk, &form).await);
    Ok(())
}
