//! A button that copies a text. Without JavaScript it is not there, and the text can be selected.

#![expect(missing_docs, reason = "the macro makes a struct without documentation")]

use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::window;

use crate::ui::icon::{Glyph, Icon};

/// Copies the text when it is pressed, and says that it did.
#[island]
pub fn CopyButton(
    /// What to copy.
    text: String,
) -> impl IntoView {
    let (works, set_works) = signal(false);
    let (copied, set_copied) = signal(false);
    // The browser has a clipboard only on pages that came safely.
    Effect::new(move || set_works.set(window().is_some_and(|window| window.is_secure_context())));
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            let Some(window) = window() else { return };
            let written = JsFuture::from(window.navigator().clipboard().write_text(&text)).await;
            set_copied.set(written.is_ok());
        });
    };
    let class = move || {
        if works.get() {
            "button button-small shrink-0 border-transparent text-muted hover:bg-raised hover:text-ink"
        } else {
            "hidden"
        }
    };
    view! {
        <button class=class type="button" on:click=copy>
            {move || {
                let glyph = if copied.get() { Glyph::Check } else { Glyph::Copy };
                view! { <Icon glyph class="size-3.5 shrink-0"/> }
            }}
            <span aria-live="polite">{move || if copied.get() { "Copied" } else { "Copy" }}</span>
        </button>
    }
}
