//! What a page shows instead of a list with nothing in it.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A friendly word about an empty list, and where to go from there.
#[component]
pub fn Empty(
    /// The icon.
    glyph: Glyph,
    /// What is not there.
    title: &'static str,
    /// Where things come from, and a link.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="card grid place-items-center gap-2 px-6 py-14 text-center">
            <span class="grid size-10 place-items-center rounded-full bg-raised text-muted">
                <Icon glyph class="size-5"/>
            </span>
            <h2 class="text-base font-semibold">{title}</h2>
            <div class="max-w-prose text-muted">{children()}</div>
        </div>
    }
}
