//! Copying: one listener for all buttons of the page that carry what to copy.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, Event, window};

use super::dom::{self, element};

/// Makes the buttons with the attribute `data-copy` work, and says what was copied.
#[island]
pub fn Copying() -> impl IntoView {
    Effect::new(|| {
        // The browser has a clipboard only on pages that came safely.
        let Some(window) = window().filter(web_sys::Window::is_secure_context) else { return };
        let Some(document) = window.document() else { return };
        if let Some(root) = document.document_element() {
            // From now on the buttons are shown.
            let _ = root.set_attribute("data-can-copy", "");
        }
        let clipboard = window.navigator().clipboard();
        let on_click = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let button = target.and_then(|target| target.closest("[data-copy]").ok().flatten());
            let Some(button) = button else { return };
            let text = button.get_attribute("data-copy").unwrap_or_default();
            let written = clipboard.write_text(&text);
            spawn_local(async move {
                if JsFuture::from(written).await.is_ok() {
                    let _ = button.set_attribute("data-copied", "");
                    say();
                    set_timeout(
                        move || drop(button.remove_attribute("data-copied")),
                        std::time::Duration::from_secs(2),
                    );
                }
            });
        });
        let _ = document.add_event_listener_with_callback("click", on_click.as_ref().unchecked_ref());
        // It lives as long as the page.
        on_click.forget();
    });
    view! { <span class="sr-only" aria-live="polite" id="copied"></span> }
}

/// Said twice in the same words, it would not be read out twice.
fn say() {
    if let Some(told) = element::<Element>("copied") {
        let word =
            element::<Element>("words").map(|words| dom::told(&words, "data-copied")).unwrap_or_default();
        let before = told.text_content().unwrap_or_default();
        told.set_text_content(Some(&if before == word { word + "." } else { word }));
    }
}
