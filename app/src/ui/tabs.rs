//! Tabs that are links: each is a page of its own, so that it can be kept, sent and opened without scripts.

use leptos::prelude::*;

/// A row of tabs: the address and the label of each, and how many there are, if that helps.
#[component]
pub fn Tabs(
    /// What they are parts of.
    label: String,
    /// Address and label of each.
    tabs: Vec<(String, String)>,
    /// The address of the present one.
    here: String,
) -> impl IntoView {
    let items = tabs.into_iter().map(|(href, label)| {
        let current = (href == here).then_some("page");
        view! { <li><a class="tab" href=href aria-current=current>{label}</a></li> }
    });
    view! {
        <nav class="-mx-4 overflow-x-auto border-b border-line px-4 sm:mx-0 sm:px-0" aria-label=label>
            <ul class="flex gap-1">{items.collect_view()}</ul>
        </nav>
    }
}
