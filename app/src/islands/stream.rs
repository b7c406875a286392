//! One stream of live events per page, shared by everything on it. An event carries the whole new state and a
//! revision, so one that comes late or twice does no harm. A stream that is lost is said to be, and is asked for again
//! until it is back: sooner or later, and at once when the browser is online again or the page is looked at again.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use js_sys::{Array, Date, Function, JSON, Math, Reflect};
use leptos::prelude::set_timeout;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, Event, EventSource, EventTarget, MessageEvent, window};

use super::dom::element;

/// How long to wait before the first try, at most; each further one may wait twice as long as the one before.
const FIRST: f64 = 1000.0;
/// How often that doubles.
const DOUBLES: u32 = 5;

/// The state of an application, as far as pages follow it; or, without an id, that something else has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct News {
    pub(super) id: String,
    pub(super) revision: i64,
    pub(super) status: String,
}

/// Is told the news; none when the stream has come back or was refused, or when the cluster has gone or come back: then
/// the page is to be looked at anew.
type Listener = Rc<dyn Fn(Option<&[News]>)>;

#[derive(Default)]
struct Stream {
    /// What of all events the page shows: a part of the address.
    of: RefCell<String>,
    /// Up to which revision the page knows what is so.
    newest: Cell<i64>,
    source: RefCell<Option<EventSource>>,
    listeners: RefCell<Vec<Listener>>,
    handler: RefCell<Option<Function>>,
    is_lost: Cell<bool>,
    /// How often it was tried in vain.
    tries: Cell<u32>,
    /// Counts what was begun; a try that was planned before is not made any more.
    turn: Cell<u32>,
}

thread_local! {
    static STREAM: Rc<Stream> = Rc::default();
}

/// Calls the listener with what the page's stream says, as it comes together.
pub(super) fn listen(listener: impl Fn(Option<&[News]>) + 'static) {
    STREAM.with(|stream| stream.listeners.borrow_mut().push(Rc::new(listener)));
}

/// Begins the page's stream: what that part of an address asks for, from that revision on.
pub(super) fn begin(of: String, revision: i64) {
    let stream = STREAM.with(Rc::clone);
    stream.of.replace(of);
    stream.newest.set(revision);
    stream.begin();
}

/// Is there no stream at this moment?
pub(super) fn is_lost() -> bool {
    STREAM.with(|stream| stream.is_lost.get())
}

impl Stream {
    /// The first time; from then on it goes on for as long as the page lives.
    fn begin(self: Rc<Self>) {
        let stream = Rc::clone(&self);
        let handler = Closure::<dyn Fn(Event)>::new(move |event: Event| stream.handle(&event));
        let handler: Function = handler.into_js_value().unchecked_into();
        if let Some(window) = window() {
            on(&window, &["online", "offline"], &handler);
            if let Some(document) = window.document() {
                on(&document, &["visibilitychange"], &handler);
            }
        }
        self.handler.replace(Some(handler));
        self.connect();
    }

    fn connect(self: Rc<Self>) {
        self.turn.set(self.turn.get() + 1);
        let address = format!("/api/v1/events?{}&since={}", self.of.borrow(), self.newest.get());
        let Ok(source) = EventSource::new(&address) else { return };
        if let Some(handler) = &*self.handler.borrow() {
            on(&source, &["open", "error", "application", "snapshot", "board", "cluster"], handler);
        }
        self.hang_up(Some(source));
    }

    fn hang_up(&self, next: Option<EventSource>) {
        if let Some(before) = self.source.replace(next) {
            before.close();
        }
    }

    /// One for everything that happens: each function of a kind of its own weighs more than this.
    fn handle(self: &Rc<Self>, event: &Event) {
        match event.type_().as_str() {
            "application" | "snapshot" | "board" => {
                let news = read(event).unwrap_or_default();
                let newest = news.iter().map(|news| news.revision).max().unwrap_or_default();
                self.newest.set(self.newest.get().max(newest));
                self.tell(Some(&news));
            }
            "cluster" => self.tell(None),
            "open" => {
                self.tries.set(0);
                if self.is_lost.replace(false) {
                    show(false);
                    self.tell(None);
                }
            }
            kind @ ("error" | "offline") => {
                let source = self.source.borrow().clone();
                // A server that is there and refuses has something to say, for example that the visit is over.
                if kind == "error" && source.is_some_and(|source| source.ready_state() == EventSource::CLOSED)
                {
                    self.tell(None);
                }
                self.lose();
            }
            _ if self.is_lost.get() => Rc::clone(self).connect(),
            _ => {}
        }
    }

    fn tell(&self, news: Option<&[News]>) {
        let listeners = self.listeners.borrow().clone();
        for listener in listeners {
            listener(news);
        }
    }

    fn lose(self: &Rc<Self>) {
        self.hang_up(None);
        if !self.is_lost.replace(true) {
            show(true);
        }
        let (tries, turn, stream) = (self.tries.get(), self.turn.get() + 1, Rc::clone(self));
        self.turn.set(turn);
        self.tries.set(DOUBLES.min(tries + 1));
        // Whoever lost it together does not come back together.
        let pause = FIRST * f64::from(1_u32 << tries) * (0.5 + Math::random() / 2.0);
        let again = move || {
            if stream.turn.get() == turn {
                stream.connect();
            }
        };
        set_timeout(again, Duration::from_secs_f64(pause / 1000.0));
    }
}

fn on(target: &EventTarget, kinds: &[&str], handler: &Function) {
    for kind in kinds {
        let _ = target.add_event_listener_with_callback(kind, handler);
    }
}

/// Says that what is shown may be old, and since when; or not any more.
fn show(is_lost: bool) {
    if let (Some(pill), Some(since)) = (element::<Element>("lost"), element::<Element>("lost-since")) {
        let now = String::from(Date::new_0().to_iso_string());
        since.set_text_content(now.get(11..16));
        let _ = pill.toggle_attribute_with_force("hidden", !is_lost);
    }
}

fn read(event: &Event) -> Option<Vec<News>> {
    let data = JSON::parse(&event.dyn_ref::<MessageEvent>()?.data().as_string()?).ok()?;
    let all = if Array::is_array(&data) { Array::from(&data) } else { Array::of1(&data) };
    Some(all.iter().filter_map(|state| state_of(&state)).collect())
}

fn state_of(state: &JsValue) -> Option<News> {
    let get = |object: &JsValue, name: &str| Reflect::get(object, &JsValue::from_str(name)).ok();
    #[expect(clippy::cast_possible_truncation, reason = "a revision is a whole number")]
    let revision = get(state, "revision")?.as_f64()? as i64;
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
