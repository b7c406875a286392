//! Says while a name is being typed whether it can be had. Without JavaScript it is said when the step is left.

#![expect(missing_docs, reason = "the macro makes a struct without documentation")]

use std::time::Duration;

use js_sys::{JSON, Reflect};
use leptos::prelude::*;
use slipway_domain::names::ApplicationName;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlInputElement, Response, window};

/// How long somebody must pause before the server is asked.
const PAUSE: Duration = Duration::from_millis(200);

/// Watches the field with that id.
#[island]
pub fn NameCheck(
    /// The field.
    field: String,
) -> impl IntoView {
    let (verdict, set_verdict) = signal(None::<Result<(), String>>);
    let (newest, set_newest) = signal(0_u32);
    Effect::new(move || {
        let document = window().and_then(|window| window.document());
        let input = document.and_then(|document| document.get_element_by_id(&field));
        let Some(input) = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else { return };
        let typed = input.clone();
        let on_input = Closure::<dyn Fn()>::new(move || {
            let turn = newest.get_untracked() + 1;
            set_newest.set(turn);
            let name = typed.value();
            let name = name.trim().to_owned();
            if name.is_empty() {
                set_verdict.set(None);
            } else if let Err(error) = ApplicationName::parse(&name) {
                set_verdict.set(Some(Err(error.to_string())));
            } else {
                set_timeout(
                    move || {
                        if newest.get_untracked() == turn {
                            spawn_local(async move {
                                let answer = ask(&name).await;
                                // Whoever types on waits for another answer.
                                if newest.get_untracked() == turn {
                                    set_verdict.set(answer.ok());
                                }
                            });
                        }
                    },
                    PAUSE,
                );
            }
        });
        let _ = input.add_event_listener_with_callback("input", on_input.as_ref().unchecked_ref());
        // It lives as long as the page.
        on_input.forget();
    });
    view! {
        <p class="min-h-5 text-sm" aria-live="polite">
            {move || match verdict.get() {
                None => view! { <span></span> }.into_any(),
                Some(Ok(())) => view! { <span class="font-medium text-good-ink">"This name is free."</span> }.into_any(),
                Some(Err(problem)) => view! { <span class="font-medium text-bad-ink">{problem}</span> }.into_any(),
            }}
        </p>
    }
}

async fn ask(name: &str) -> Result<Result<(), String>, JsValue> {
    let window = window().ok_or(JsValue::NULL)?;
    let fetched = JsFuture::from(window.fetch_with_str(&format!("/api/v1/names/{name}"))).await?;
    let response: Response = fetched.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::NULL);
    }
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    let problem = Reflect::get(&JSON::parse(&text)?, &JsValue::from_str("problem"))?;
    Ok(problem.as_string().map_or(Ok(()), Err))
}
