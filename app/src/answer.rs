//! What a page or a server function can do to the answer beside its content: its status, and sending the browser
//! elsewhere. The server implements it for its web framework, so that none is known here.

use std::sync::Arc;

use leptos::prelude::*;

use crate::desk::DeskError;

/// The head of the answer to the request at hand.
pub trait Answer: Send + Sync {
    /// Answers with that HTTP status.
    fn status(&self, code: u16);
    /// Sends the browser to another page.
    fn redirect(&self, place: &str);
    /// The number under which the log and the audit trail have the request.
    fn request(&self) -> String;
    /// Has the browser keep a choice of its person for a year. Neither has a character that means something to it.
    fn keep(&self, name: &'static str, value: &str);
}

/// How it travels in a request's context.
pub type SharedAnswer = Arc<dyn Answer>;

/// The head of the answer to the request at hand. Take hold of it before anything is awaited.
pub fn answer() -> SharedAnswer {
    expect_context()
}

/// The HTTP status that goes with what the desk said.
pub fn status_of(error: &DeskError) -> u16 {
    match error {
        DeskError::SignedOut => 401,
        DeskError::Forbidden { .. } => 403,
        DeskError::NotFound { .. } => 404,
        DeskError::Refused { .. } => 409,
        DeskError::Invalid { .. } => 422,
        DeskError::Unavailable { .. } => 503,
    }
}
