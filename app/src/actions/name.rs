//! What is in the way of a name, while it is being typed.

#![expect(missing_docs, reason = "the macro turns the parameters into fields without documentation")]

use leptos::{prelude::*, server_fn::codec::GetUrl};

/// What is wrong with a name for a new application, in the language of the page; none if it can be had (S1.17).
#[server(prefix = "/actions", endpoint = "name", input = GetUrl)]
pub async fn name_problem(name: String) -> Result<Option<String>, ServerFnError> {
    let ((desk, answer), language) = (crate::ways::at_hand(), crate::words::language());
    match desk.name_problem(&name).await {
        Ok(problem) => Ok(problem.map(|problem| crate::words::told_in(language, problem))),
        Err(error) => {
            answer.status(crate::answer::status_of(&error));
            Err(ServerFnError::new(error))
        }
    }
}
