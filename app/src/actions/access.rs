//! The server function of the page Access (S1.L03).

#![expect(missing_docs, reason = "the macro turns the parameters into fields without documentation")]

use leptos::prelude::*;

use crate::access::Posted;

/// Takes somebody in or out on the page, or gives those on it access.
#[server(prefix = "/actions", endpoint = "access")]
pub async fn access(form: Posted) -> Result<(), ServerFnError> {
    let (desk, answer) = crate::ways::at_hand();
    let saves = form.saves();
    let wanted = form.taken();
    if !saves {
        answer.redirect(&crate::access::href(&wanted, ""));
        return Ok(());
    }
    match desk.set_access(&wanted).await {
        Ok(()) => answer.redirect(&crate::ways::told_at(&wanted.name, "/access", Ok(()))),
        Err(error) => answer.redirect(&crate::access::href(&wanted, &crate::ways::worded(error))),
    }
    Ok(())
}
