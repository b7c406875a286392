//! A log that is followed: lines appear as they are said.

use std::cell::RefCell;

use js_sys::{JSON, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, Element, EventSource, HtmlElement, MessageEvent, window};

use super::dom::{element, told};

/// More lines than this make a page slow; the oldest go.
const MOST: u32 = 5_000;
/// The button's id.
const BUTTON: &str = "follow-button";

thread_local! {
    /// The stream that is followed; a page shows one log.
    static SOURCE: RefCell<Option<EventSource>> = const { RefCell::new(None) };
}

/// Makes the button with the id `follow-button` follow the log of the address in `data-address` of what is around it, with
/// the id `follow`, into the list with the id `log`, or stop doing so. With `data-at-once` it begins by itself. What there
/// is to say stands in attributes, too.
#[island]
pub fn FollowLog() -> impl IntoView {
    Effect::new(|| {
        let Some((around, button)) = element::<Element>("follow").zip(element::<HtmlElement>(BUTTON)) else {
            return;
        };
        let _ = button.toggle_attribute_with_force("hidden", false);
        let address = told(&around, "data-address");
        if around.has_attribute("data-at-once") {
            start(&address);
        }
        let toggle =
            Closure::<dyn Fn()>::new(
                move || {
                    if is_following() { stop("data-stopped") } else { start(&address) }
                },
            );
        let _ = button.add_event_listener_with_callback("click", toggle.as_ref().unchecked_ref());
        // It lives as long as the page.
        toggle.forget();
    });
}

fn is_following() -> bool {
    SOURCE.with_borrow(Option::is_some)
}

fn start(address: &str) {
    SOURCE.set(follow(address));
    say(if is_following() { "data-following" } else { "" });
}

fn stop(why: &str) {
    if let Some(source) = SOURCE.take() {
        source.close();
    }
    say(why);
}

/// Says what stands in that attribute.
fn say(what: &str) {
    if let Some(button) = element::<Element>(BUTTON) {
        let _ = button.set_attribute("aria-pressed", if is_following() { "true" } else { "false" });
    }
    if let Some((around, place)) = element::<Element>("follow").zip(element::<Element>("follow-told")) {
        place.set_text_content(Some(&told(&around, what)));
    }
}

fn follow(address: &str) -> Option<EventSource> {
    let document = window()?.document()?;
    let list = document.get_element_by_id("log")?;
    let source = EventSource::new(address).ok()?;
    let begun = std::cell::Cell::new(false);
    let on_line = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        // The tail comes along, so what was there is told again.
        if !begun.replace(true) {
            list.set_inner_html("");
        }
        let _ = append(&document, &list, &event);
    });
    source.add_event_listener_with_callback("line", on_line.as_ref().unchecked_ref()).ok()?;
    on_line.forget();
    let on_end = Closure::<dyn Fn()>::new(|| stop("data-end"));
    for kind in ["end", "broken"] {
        source.add_event_listener_with_callback(kind, on_end.as_ref().unchecked_ref()).ok()?;
    }
    on_end.forget();
    // Asked again the whole tail would come again; whoever wants that presses the button.
    let on_error = Closure::<dyn Fn()>::new(|| stop("data-lost"));
    source.add_event_listener_with_callback("error", on_error.as_ref().unchecked_ref()).ok()?;
    on_error.forget();
    Some(source)
}

fn append(document: &Document, list: &Element, event: &MessageEvent) -> Result<(), JsValue> {
    let line = JSON::parse(&event.data().as_string().unwrap_or_default())?;
    let text =
        |name: &str| Reflect::get(&line, &JsValue::from_str(name)).ok().and_then(|value| value.as_string());
    let (at, said) = (text("at").unwrap_or_default(), text("text").unwrap_or_default());
    let is_at_end = list.scroll_top() + list.client_height() >= list.scroll_height() - 48;
    let item = document.create_element("li")?;
    let time = document.create_element("time")?;
    time.set_text_content(at.get(11..19));
    time.set_attribute("datetime", &at)?;
    let words = document.create_element("span")?;
    words.set_text_content(Some(&said));
    item.append_child(&time)?;
    item.append_child(&words)?;
    list.append_child(&item)?;
    if list.child_element_count() > MOST {
        list.first_element_child().inspect(Element::remove);
    }
    if is_at_end {
        list.set_scroll_top(list.scroll_height());
    }
    Ok(())
}
