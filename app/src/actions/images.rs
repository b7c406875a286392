//! Server functions about tags that have moved (D11).

#![expect(missing_docs, reason = "the macro turns the parameters into fields without documentation")]

use leptos::prelude::*;

use crate::desk::NewImagesForm;

/// Asks the registries what the tags of an application's images mean now.
#[server(prefix = "/actions", endpoint = "check-images")]
pub async fn check_images(name: String) -> Result<(), ServerFnError> {
    let (desk, answer) = crate::ways::at_hand();
    let done = match crate::ways::parsed(&name) {
        Ok(parsed) => desk.check_images(&parsed).await.map(drop),
        Err(error) => Err(error),
    };
    answer.redirect(&crate::ways::told(&name, done));
    Ok(())
}

/// Updates an application to the images that their tags mean by now.
#[server(prefix = "/actions", endpoint = "new-images")]
pub async fn take_new_images(form: NewImagesForm) -> Result<(), ServerFnError> {
    let (desk, answer) = crate::ways::at_hand();
    let done = desk.take_new_images(&form).await;
    answer.redirect(&crate::ways::told(&form.name, done));
    Ok(())
}
