//! One stream of live events per page, shared by everything on it. An event carries the whole new state and a
//! revision, so one that comes late or twice does no harm; the browser connects again by itself.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{EventSource, MessageEvent};

/// The state of an application, as far as pages follow it; or, without an id, that there is something else to be seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct News {
    pub(super) id: String,
    pub(super) revision: i64,
    pub(super) status: String,
}

type Listener = Rc<dyn Fn(&[News])>;

thread_local! {
    static LISTENERS: RefCell<Vec<Listener>> = const { RefCell::new(Vec::new()) };
    static SOURCE: RefCell<Option<EventSource>> = const { RefCell::new(None) };
}

/// Calls the listener with what the page's stream says, as it comes together.
pub(super) fn listen(listener: impl Fn(&[News]) + 'static) {
    LISTENERS.with_borrow_mut(|listeners| listeners.push(Rc::new(listener)));
}

/// Opens the page's stream: what that part of an address asks for, from that revision on.
pub(super) fn open(of: &str, revision: i64) {
    SOURCE.set(connect(&format!("/api/v1/events?{of}&since={revision}")));
}

fn connect(address: &str) -> Option<EventSource> {
    let source = EventSource::new(address).ok()?;
    let on_event = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        let Some(data) = event.data().as_string().and_then(|text| JSON::parse(&text).ok()) else { return };
        let all = if Array::is_array(&data) { Array::from(&data) } else { Array::of1(&data) };
        let news: Vec<News> = all.iter().filter_map(|state| read(&state)).collect();
        let listeners = LISTENERS.with_borrow(Vec::clone);
        for listener in listeners {
            listener(&news);
        }
    });
    for kind in ["application", "snapshot", "board", "cluster"] {
        source.add_event_listener_with_callback(kind, on_event.as_ref().unchecked_ref()).ok()?;
    }
    // It lives as long as the page.
    on_event.forget();
    Some(source)
}

fn read(state: &JsValue) -> Option<News> {
    let get = |object: &JsValue, name: &str| Reflect::get(object, &JsValue::from_str(name)).ok();
    #[expect(clippy::cast_possible_truncation, reason = "a revision is a whole number")]
    let revision = get(state, "revision")?.as_f64().unwrap_or(f64::MAX) as i64;
    let standing = get(state, "standing")?;
    if standing.is_undefined() {
        return Some(News { revision, ..News::default() });
    }
    Some(News {
        id: get(state, "id")?.as_string()?,
        revision,
        status: get(&standing, "status")?.as_string()?,
    })
}
