//! The command palette: Ctrl and K open it, arrows choose, Enter goes there, Escape closes it. It shows what the page
//! Search finds: asked for at once, and while an answer is on its way, again when it has come.

use std::{cell::Cell, rc::Rc};

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Document, DomParser, Element, Event, EventTarget, HtmlDialogElement, HtmlElement, HtmlInputElement,
    KeyboardEvent, Response, SupportedType, window,
};

/// After so many milliseconds an answer is not waited for any more.
const LONG: f64 = 5_000.0;
/// So many choices are remembered.
const FEW: usize = 6;

/// Brings the palette of the page to life.
#[island]
pub fn Palette() -> impl IntoView {
    Effect::new(|| {
        let Some(document) = window().and_then(|window| window.document()) else { return };
        if let Some(parts) = Parts::of(&document) {
            parts.listen(&document);
            if let Some(root) = document.document_element() {
                let _ = root.set_attribute("data-can-find", "");
            }
        }
    });
}

/// The elements that it is made of, and what has been asked for.
#[derive(Clone)]
struct Parts {
    dialog: HtmlDialogElement,
    input: HtmlInputElement,
    list: HtmlElement,
    told: Element,
    close: Element,
    /// Which turn it is: what was asked in an earlier one is not shown any more.
    turn: Rc<Cell<u32>>,
    /// Since when an answer is on its way, if one is.
    asking: Rc<Cell<Option<f64>>>,
}

impl Parts {
    fn of(document: &Document) -> Option<Self> {
        Some(Self {
            dialog: document.get_element_by_id("palette")?.dyn_into().ok()?,
            input: document.get_element_by_id("palette-input")?.dyn_into().ok()?,
            list: document.get_element_by_id("palette-list")?.dyn_into().ok()?,
            told: document.get_element_by_id("palette-told")?,
            close: document.get_element_by_id("palette-close")?,
            turn: Rc::default(),
            asking: Rc::default(),
        })
    }

    fn listen(&self, document: &Document) {
        let parts = self.clone();
        on(document, "keydown", move |event| {
            let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
            if (key.ctrl_key() || key.meta_key()) && !key.shift_key() && key.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                if parts.dialog.open() { parts.dialog.close() } else { parts.open("") }
            }
        });
        let parts = self.clone();
        on(document, "click", move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let opener = target.and_then(|target| target.closest("[data-palette]").ok().flatten());
            // Whoever wants another window gets it.
            let is_plain = event
                .dyn_ref::<web_sys::MouseEvent>()
                .is_some_and(|click| !click.ctrl_key() && !click.meta_key());
            let Some(opener) = opener.filter(|_| is_plain) else { return };
            event.prevent_default();
            let field = opener.dyn_ref::<HtmlInputElement>();
            parts.open(&field.map(HtmlInputElement::value).unwrap_or_default());
        });
        let parts = self.clone();
        on(&self.input, "input", move |_| parts.ask());
        let parts = self.clone();
        on(&self.input, "keydown", move |event| parts.key(&event));
        let parts = self.clone();
        on(&self.close, "click", move |_| parts.dialog.close());
        let parts = self.clone();
        // Beside it is outside of it.
        on(&self.dialog, "click", move |event| {
            if event.target().as_ref() == Some(parts.dialog.unchecked_ref::<EventTarget>()) {
                parts.dialog.close();
            }
        });
        on(&self.list, "click", |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let chosen = target.and_then(|target| target.closest("a").ok().flatten());
            if let Some(href) = chosen.and_then(|chosen| chosen.get_attribute("href")) {
                remember(&href);
            }
        });
    }

    fn open(&self, query: &str) {
        self.input.set_value(query);
        if self.dialog.show_modal().is_ok() {
            self.input.select();
            self.begin();
        }
    }

    /// Asks, unless an answer is on its way; one that has been for long may never come.
    fn ask(&self) {
        let is_soon = |since: f64| js_sys::Date::now() - since < LONG;
        if !self.asking.get().is_some_and(is_soon) {
            self.begin();
        }
    }

    /// Asks for what the field says until it says nothing else than what was asked.
    fn begin(&self) {
        let (parts, turn) = (self.clone(), self.turn.get() + 1);
        self.turn.set(turn);
        spawn_local(async move {
            let mut asked = None;
            loop {
                let query = parts.input.value().trim().to_owned();
                if asked.as_ref() == Some(&query) {
                    break;
                }
                parts.asking.set(Some(js_sys::Date::now()));
                let page = fetch(&query).await;
                if parts.turn.get() != turn {
                    return;
                }
                // Without an answer the field is still a form: Enter leads to the page.
                if page.and_then(|page| parts.show(&page)).is_err() {
                    parts.clear();
                }
                asked = Some(query);
            }
            parts.asking.set(None);
        });
    }

    fn clear(&self) {
        self.list.set_inner_html("");
        self.list.set_hidden(true);
        let _ = self.input.set_attribute("aria-expanded", "false");
        let _ = self.input.remove_attribute("aria-activedescendant");
    }

    /// Makes the lists of links of the page the options of the palette.
    fn show(&self, page: &Document) -> Result<(), JsValue> {
        self.clear();
        let found = page.get_element_by_id("found").ok_or(JsValue::NULL)?;
        let told = page.get_element_by_id("found-told").and_then(|told| told.text_content());
        self.told.set_text_content(told.as_deref());
        for (part, role) in [("section", "group"), ("ul", "none"), ("li", "none"), ("h2", "none")] {
            for element in all(&found, part)? {
                element.set_attribute("role", role)?;
                if !element.id().is_empty() {
                    element.set_id(&format!("palette-{}", element.id()));
                }
                if let Some(label) = element.get_attribute("aria-labelledby") {
                    element.set_attribute("aria-labelledby", &format!("palette-{label}"))?;
                }
            }
        }
        let options = all(&found, "a")?;
        for (index, option) in options.iter().enumerate() {
            option.set_id(&format!("palette-option-{index}"));
            option.set_attribute("role", "option")?;
            option.set_attribute("tabindex", "-1")?;
            option.set_attribute("aria-selected", "false")?;
        }
        self.list.set_inner_html(&found.inner_html());
        if !options.is_empty() {
            self.list.set_hidden(false);
            self.input.set_attribute("aria-expanded", "true")?;
            self.choose(0)?;
        }
        Ok(())
    }

    fn options(&self) -> Vec<Element> {
        all(&self.list, "[role=option]").unwrap_or_default()
    }

    fn choose(&self, index: usize) -> Result<(), JsValue> {
        for (at, option) in self.options().iter().enumerate() {
            option.set_attribute("aria-selected", if at == index { "true" } else { "false" })?;
            if at == index {
                self.input.set_attribute("aria-activedescendant", &option.id())?;
                let nearest = js_sys::Object::new();
                Reflect::set(&nearest, &"block".into(), &"nearest".into())?;
                let scroll: js_sys::Function = Reflect::get(option, &"scrollIntoView".into())?.dyn_into()?;
                scroll.call1(option, &nearest)?;
            }
        }
        Ok(())
    }

    fn key(&self, event: &Event) {
        let Some(key) = event.dyn_ref::<KeyboardEvent>().filter(|key| !key.is_composing()) else { return };
        let options = self.options();
        let count = options.len();
        let here = options
            .iter()
            .position(|option| option.get_attribute("aria-selected").as_deref() == Some("true"));
        let Some(here) = here else { return };
        match key.key().as_str() {
            "ArrowDown" => drop(self.choose((here + 1) % count)),
            "ArrowUp" => drop(self.choose((here + count - 1) % count)),
            "Enter" => {
                if let Some(option) = options[here].dyn_ref::<HtmlElement>() {
                    option.click();
                }
            }
            _ => return,
        }
        event.prevent_default();
    }
}

fn all(element: &Element, selector: &str) -> Result<Vec<Element>, JsValue> {
    let nodes = element.query_selector_all(selector)?;
    Ok((0..nodes.length()).filter_map(|index| nodes.get(index)?.dyn_into().ok()).collect())
}

/// Listens for as long as the page lives.
fn on(target: &EventTarget, name: &str, listener: impl Fn(Event) + 'static) {
    let listener = Closure::<dyn Fn(Event)>::new(listener);
    let _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    listener.forget();
}

async fn fetch(query: &str) -> Result<Document, JsValue> {
    let window = window().ok_or(JsValue::NULL)?;
    let query = js_sys::encode_uri_component(query);
    let fetched = JsFuture::from(window.fetch_with_str(&format!("/devops/search?q={query}"))).await?;
    let text = JsFuture::from(fetched.dyn_into::<Response>()?.text()?).await?.as_string().unwrap_or_default();
    DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)
}

/// Keeps what was chosen, the last one first, where the page Search looks for it.
fn remember(href: &str) {
    let Some(document) = window().and_then(|window| window.document()) else { return };
    let cookies = Reflect::get(&document, &"cookie".into()).ok().and_then(|kept| kept.as_string());
    let cookies = cookies.unwrap_or_default();
    let kept = cookies.split("; ").find_map(|pair| pair.strip_prefix("slipway_recent=")).unwrap_or_default();
    let others = kept.split('|').filter(|other| !other.is_empty() && *other != href).take(FEW - 1);
    let all = std::iter::once(href).chain(others).collect::<Vec<_>>().join("|");
    let cookie = format!("slipway_recent={all}; path=/; max-age=31536000; samesite=lax");
    let _ = Reflect::set(&document, &"cookie".into(), &cookie.into());
}
