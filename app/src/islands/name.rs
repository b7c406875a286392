//! Says while a name is being typed whether it can be had. Without JavaScript it is said when the step is left.

use std::{cell::Cell, rc::Rc, time::Duration};

use js_sys::JSON;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlInputElement, Response, window};

use super::dom::{element, told};
use crate::ways::escape;

/// How long somebody must pause before the server is asked.
const PAUSE: Duration = Duration::from_millis(200);
/// How good news look.
const RIGHT: &str = "font-medium text-good-ink";
/// How bad news look.
const WRONG: &str = "font-medium text-bad-ink";

/// Watches the field `name`, and says in `name-told` what there is to say.
#[island]
pub fn NameCheck() -> impl IntoView {
    Effect::new(|| {
        let Some(input) = element::<HtmlInputElement>("name") else { return };
        let (typed, newest) = (input.clone(), Rc::new(Cell::new(0_u32)));
        let look = move || {
            let (turn, newest) = (newest.get() + 1, Rc::clone(&newest));
            newest.set(turn);
            let name = typed.value();
            let name = name.trim().to_owned();
            if name.is_empty() {
                say("", "");
            } else {
                let ask_now = move || {
                    if newest.get() == turn {
                        spawn_local(async move {
                            let answer = ask(&name).await;
                            // Whoever types on waits for another answer.
                            if newest.get() == turn {
                                match answer {
                                    Ok(None) => say(&free(), RIGHT),
                                    Ok(Some(problem)) => say(&problem, WRONG),
                                    Err(_) => say("", ""),
                                }
                            }
                        });
                    }
                };
                set_timeout(ask_now, PAUSE);
            }
        };
        // Whoever was faster than this island is answered as well.
        if input.value() != input.default_value() {
            look();
        }
        let on_input = Closure::<dyn Fn()>::new(look);
        let _ = input.add_event_listener_with_callback("input", on_input.as_ref().unchecked_ref());
        // It lives as long as the page.
        on_input.forget();
    });
}

/// That it can be had, in the words of the page.
fn free() -> String {
    element::<Element>("name-told").map(|place| told(&place, "data-free")).unwrap_or_default()
}

fn say(what: &str, class: &str) {
    if let Some(place) = element::<Element>("name-told") {
        place.set_text_content(Some(what));
        place.set_class_name(class);
    }
}

/// What is in the way of the name.
async fn ask(name: &str) -> Result<Option<String>, JsValue> {
    let window = window().ok_or(JsValue::NULL)?;
    let fetched =
        JsFuture::from(window.fetch_with_str(&format!("/actions/name?name={}", escape(name)))).await?;
    let response: Response = fetched.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::NULL);
    }
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(JSON::parse(&text)?.as_string())
}
