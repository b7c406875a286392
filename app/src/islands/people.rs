//! Offers users and groups while a name is being typed. Whoever is taken becomes one of the chosen the way a typed name
//! does: by the form. Without JavaScript the name is typed out.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use js_sys::{Array, JSON, Reflect};
use leptos::prelude::*;
use slipway_domain::{
    order::listed,
    people::{Kind, Member},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Document, Element, HtmlElement, HtmlInputElement, KeyboardEvent, MouseEvent, Response, window,
};

use super::dom::{element, told};
use crate::ways::escape;

/// How long somebody must pause before the server is asked.
const PAUSE: Duration = Duration::from_millis(150);
/// The list's id; a page has one.
const LIST: &str = "people-list";
/// Where is said what else there is to say.
const TOLD: &str = "people-told";
/// How somebody who is offered looks.
const OPTION: &str = "cursor-pointer px-3 py-1.5 text-sm aria-selected:bg-raised hover:bg-raised";

/// Somebody who is offered.
struct Offered {
    member: Member,
    about: String,
}

/// Watches the field whose id is in `data-people` around it; the button beside it is called like it, with `-add`. The list,
/// and what there is to say, stand around it, too.
#[island]
pub fn PeoplePicker() -> impl IntoView {
    Effect::new(|| {
        if let Some(picker) = Picker::of_page() {
            watch(&Rc::new(picker));
        }
    });
}

/// What belongs to one field.
struct Picker {
    field: String,
    around: Element,
    document: Document,
    input: HtmlInputElement,
    list: Element,
    told: Element,
    offered: RefCell<Vec<Offered>>,
    active: Cell<Option<usize>>,
    /// Counts what was typed; whoever types on waits for another answer.
    turn: Cell<u32>,
}

impl Picker {
    fn of_page() -> Option<Self> {
        let document = window()?.document()?;
        let around = document.query_selector("[data-people]").ok()??;
        let field = told(&around, "data-people");
        let (input, list, told) = (element(&field)?, element(LIST)?, element(TOLD)?);
        let (offered, active, turn) = (RefCell::default(), Cell::default(), Cell::default());
        Some(Self { field, around, document, input, list, told, offered, active, turn })
    }

    fn offer(&self, offered: Vec<Offered>) {
        let _ = self.input.remove_attribute("aria-activedescendant");
        self.active.set(None);
        self.list.set_inner_html("");
        for (index, one) in offered.iter().enumerate() {
            let _ = self.append(index, one);
        }
        let (expanded, hidden) = if offered.is_empty() { ("false", true) } else { ("true", false) };
        let _ = self.input.set_attribute("aria-expanded", expanded);
        let _ = self.list.toggle_attribute_with_force("hidden", hidden);
        self.offered.replace(offered);
    }

    fn append(&self, index: usize, one: &Offered) -> Result<(), JsValue> {
        let option = self.document.create_element("li")?;
        for (name, value) in
            [("class", OPTION), ("id", &option_id(index)), ("role", "option"), ("aria-selected", "false")]
        {
            option.set_attribute(name, value)?;
        }
        let group = if one.member.kind == Some(Kind::Group) {
            format!(" {} ", told(&self.around, "data-group"))
        } else {
            " ".to_owned()
        };
        for (class, text) in
            [("font-medium", &one.member.name), ("text-muted", &format!("{group}{}", one.about))]
        {
            let part = self.document.create_element("span")?;
            part.set_attribute("class", class)?;
            part.set_text_content(Some(text));
            option.append_child(&part)?;
        }
        self.list.append_child(&option).map(|_| ())
    }

    fn choose(&self, next: usize) {
        let mark = |index: usize, chosen: &str| {
            if let Some(option) = self.document.get_element_by_id(&option_id(index)) {
                let _ = option.set_attribute("aria-selected", chosen);
            }
        };
        if let Some(before) = self.active.replace(Some(next)) {
            mark(before, "false");
        }
        mark(next, "true");
        let _ = self.input.set_attribute("aria-activedescendant", &option_id(next));
    }

    fn take(&self, index: usize) {
        // Not borrowed any more: the field loses the focus, and with it the list goes.
        let taken = self.offered.borrow().get(index).map(|one| one.member.clone());
        if let Some(taken) = taken {
            take(&self.field, &taken);
        }
    }
}

fn option_id(index: usize) -> String {
    format!("{LIST}-{index}")
}

fn watch(picker: &Rc<Picker>) {
    let input = &picker.input;
    for (name, value) in [
        ("role", "combobox"),
        ("aria-autocomplete", "list"),
        ("aria-expanded", "false"),
        ("aria-controls", LIST),
    ] {
        let _ = input.set_attribute(name, value);
    }
    let own = Rc::clone(picker);
    let on_input = Closure::<dyn Fn()>::new(move || ask_soon(&own));
    let own = Rc::clone(picker);
    let on_key = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| press(&own, &event));
    let own = Rc::clone(picker);
    let on_blur = Closure::<dyn Fn()>::new(move || own.offer(Vec::new()));
    let own = Rc::clone(picker);
    let on_press = Closure::<dyn Fn(MouseEvent)>::new(move |event: MouseEvent| {
        // The field keeps the focus, or the list would be gone before it is chosen from.
        event.prevent_default();
        let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let option = pressed.and_then(|pressed| pressed.closest("li").ok().flatten());
        let id = option.map(|option| option.id()).unwrap_or_default();
        if let Some(index) = (0..own.offered.borrow().len()).find(|index| option_id(*index) == id) {
            own.take(index);
        }
    });
    let _ = input.add_event_listener_with_callback("input", on_input.as_ref().unchecked_ref());
    let _ = input.add_event_listener_with_callback("keydown", on_key.as_ref().unchecked_ref());
    let _ = input.add_event_listener_with_callback("blur", on_blur.as_ref().unchecked_ref());
    let _ = picker.list.add_event_listener_with_callback("mousedown", on_press.as_ref().unchecked_ref());
    // They live as long as the page.
    on_input.forget();
    on_key.forget();
    on_blur.forget();
    on_press.forget();
}

fn ask_soon(picker: &Rc<Picker>) {
    let turn = picker.turn.get() + 1;
    picker.turn.set(turn);
    // Of several names the one that is being typed.
    let typed = picker.input.value();
    let text = typed.rsplit([',', ';', '"']).next().unwrap_or_default().trim().to_owned();
    let text = text.trim_start_matches("group:").trim_start_matches("user:").to_owned();
    if text.is_empty() {
        return picker.offer(Vec::new());
    }
    let picker = Rc::clone(picker);
    let ask = move || {
        if picker.turn.get() != turn {
            return;
        }
        spawn_local(async move {
            let found = find(&text).await;
            if picker.turn.get() == turn {
                let what = match &found {
                    Err(_) => "data-lost",
                    Ok(found) if found.is_empty() => "data-nobody",
                    Ok(_) => "",
                };
                picker.told.set_text_content(Some(&told(&picker.around, what)));
                picker.offer(found.unwrap_or_default());
            }
        });
    };
    set_timeout(ask, PAUSE);
}

fn press(picker: &Picker, event: &KeyboardEvent) {
    let (active, count) = (picker.active.get(), picker.offered.borrow().len());
    if count == 0 {
        return;
    }
    match event.key().as_str() {
        "ArrowDown" => picker.choose(active.map_or(0, |active| (active + 1) % count)),
        "ArrowUp" => picker.choose(active.map_or(count - 1, |active| (active + count - 1) % count)),
        "Escape" => picker.offer(Vec::new()),
        "Enter" if active.is_some() => picker.take(active.unwrap_or_default()),
        _ => return,
    }
    event.prevent_default();
}

/// Writes the name into the field in place of the part that was typed, and presses the button.
fn take(field: &str, taken: &Member) {
    let (Some(input), Some(button)) =
        (element::<HtmlInputElement>(field), element::<HtmlElement>(&format!("{field}-add")))
    else {
        return;
    };
    let typed = input.value();
    let before = typed.rfind([',', ';']).map_or("", |end| &typed[..=end]);
    let name = match taken.kind {
        Some(Kind::User) => format!("user:{}", taken.name),
        _ => taken.typed(),
    };
    input.set_value(&format!("{before} {}", listed(&[name])));
    button.click();
}

async fn find(text: &str) -> Result<Vec<Offered>, JsValue> {
    let window = window().ok_or(JsValue::NULL)?;
    let path = format!("/api/v1/people?q={}", escape(text));
    let response: Response = JsFuture::from(window.fetch_with_str(&path)).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::NULL);
    }
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    let people: Array = Reflect::get(&JSON::parse(&text)?, &JsValue::from_str("people"))?.dyn_into()?;
    let field = |person: &JsValue, name: &str| {
        Reflect::get(person, &JsValue::from_str(name))
            .ok()
            .and_then(|value| value.as_string())
            .unwrap_or_default()
    };
    let offered = people.iter().map(|person| {
        let kind = if field(&person, "kind") == "group" { Kind::Group } else { Kind::User };
        let member = Member { name: field(&person, "name"), kind: Some(kind), id: None };
        Offered { member, about: field(&person, "about") }
    });
    Ok(offered.collect())
}
