//! A log that is followed: lines appear as they are said.

#![expect(missing_docs, reason = "the macro makes a struct without documentation")]

use std::cell::RefCell;

use js_sys::{JSON, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, Element, EventSource, MessageEvent, window};

/// More lines than this make a page slow; the oldest go.
const MOST: u32 = 5_000;

thread_local! {
    /// The stream that is followed; a page shows one log.
    static SOURCE: RefCell<Option<EventSource>> = const { RefCell::new(None) };
}

/// A button that follows the log of `address` into the list with the id `log`, or stops doing so.
#[island]
pub fn FollowLog(
    /// Where the lines come from.
    address: String,
    /// Does it begin by itself?
    at_once: bool,
) -> impl IntoView {
    let (following, set_following) = signal(false);
    let (told, set_told) = signal("");
    let stop = move |why: &'static str| {
        if let Some(source) = SOURCE.take() {
            source.close();
        }
        set_following.set(false);
        set_told.set(why);
    };
    let start = move || {
        let opened = follow(&address, stop);
        set_following.set(opened.is_some());
        set_told.set(if opened.is_some() { "Following" } else { "" });
        SOURCE.set(opened);
    };
    let toggle = {
        let start = start.clone();
        move |_| if following.get_untracked() { stop("Stopped") } else { start() }
    };
    let (works, set_works) = signal(false);
    Effect::new(move || {
        set_works.set(true);
        if at_once {
            start();
        }
    });
    let class = move || {
        if works.get() {
            "button border-line bg-surface text-ink shadow-card hover:border-edge aria-pressed:border-moving aria-pressed:text-moving-ink"
        } else {
            "hidden"
        }
    };
    view! {
        <button class=class type="button" aria-pressed=move || following.get().to_string() on:click=toggle>"Follow"</button>
        <span class="text-sm text-muted" aria-live="polite">{told}</span>
    }
}

fn follow(address: &str, end: impl Fn(&'static str) + 'static) -> Option<EventSource> {
    let document = window()?.document()?;
    let list = document.get_element_by_id("log")?;
    let source = EventSource::new(address).ok()?;
    let end = std::rc::Rc::new(end);
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
    let on_end = {
        let end = end.clone();
        Closure::<dyn Fn()>::new(move || end("The task says nothing more."))
    };
    for kind in ["end", "broken"] {
        source.add_event_listener_with_callback(kind, on_end.as_ref().unchecked_ref()).ok()?;
    }
    on_end.forget();
    // Asked again the whole tail would come again; whoever wants that presses the button.
    let on_error = Closure::<dyn Fn()>::new(move || end("The connection was lost. Press Follow to go on."));
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
