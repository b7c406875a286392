//! What is known about one thing, by name: a grid of small labels with their values.

use leptos::prelude::*;

/// A grid of facts.
#[component]
pub fn Facts(
    /// The facts.
    children: Children,
) -> impl IntoView {
    view! { <dl class="grid gap-x-8 gap-y-4 sm:grid-cols-2 xl:grid-cols-4">{children()}</dl> }
}

/// One fact.
#[component]
pub fn Fact(
    /// What it is about.
    #[prop(into)]
    label: String,
    /// What it is.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="min-w-0 space-y-0.5">
            <dt class="text-xs text-muted">{label}</dt>
            <dd class="wrap-anywhere">{children()}</dd>
        </div>
    }
}
