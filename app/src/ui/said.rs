//! What the rest of the product said, or had from the cluster.

use leptos::prelude::*;

use crate::words::known;

/// The sentence in the language of the page. One that is not known in it is marked as the English that it is.
#[component]
pub fn Said(
    /// The sentence.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    match known(&what) {
        Some(told) => told.into_any(),
        None => view! { <span lang="en">{what}</span> }.into_any(),
    }
}
