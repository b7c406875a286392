//! The page for an address that means nothing.

use leptos::prelude::*;

use crate::{
    answer::answer,
    desk::SharedDesk,
    ui::{
        callout::{Callout, Weight},
        frame::Frame,
    },
};

/// The page for an address that means nothing.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    answer().status(404);
    let content = || {
        view! {
            <h1 class="page-title">"Not found"</h1>
            <Callout weight=Weight::Note title="There is no page at this address.">
                <p><a class="link" href="/">"Go to the start page"</a></p>
            </Callout>
        }
    };
    if use_context::<SharedDesk>().is_some() {
        view! { <Frame>{content()}</Frame> }.into_any()
    } else {
        view! { <main class="mx-auto max-w-xl space-y-6 px-4 py-16">{content()}</main> }.into_any()
    }
}
