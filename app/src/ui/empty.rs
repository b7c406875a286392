//! What a page shows instead of a list with nothing in it.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A friendly word about an empty list, and where to go from there.
#[component]
pub fn Empty(
    /// The icon.
    glyph: Glyph,
    /// What is not there.
    #[prop(into)]
    title: String,
    /// Where things come from, and a link.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="grid justify-items-center gap-1.5 rounded-card border border-dashed border-edge/50 px-6 py-16 text-center">
            <span class="mb-2 grid size-11 place-items-center rounded-card border border-line bg-surface text-muted shadow-card">
                <Icon glyph class="size-5"/>
            </span>
            <h2 class="text-lg font-semibold">{title}</h2>
            <div class="max-w-md space-y-4 text-muted">{children()}</div>
        </div>
    }
}
