//! What follows the state of applications without a reload: badges, the parts of a page that show it, the list.

#![expect(missing_docs, reason = "the macro makes a struct without documentation")]

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::prelude::*;
use slipway_domain::status::Status;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DomParser, Element, Response, SupportedType, window};

use super::{
    morph::morph,
    stream::{begin, is_lost, listen},
};
use crate::ui::badge::Badge;

/// How long to wait for more news before the page is fetched.
const PAUSE: Duration = Duration::from_millis(120);
/// The same if nothing has changed of what the page shows in rows: a count, or the pages that there are.
const ELSEWHERE: Duration = Duration::from_secs(1);
/// How long to wait for a server that does not answer. The badges have moved already.
const LATER: Duration = Duration::from_secs(2);

/// A status badge that moves (S1.32). The page says the reason.
#[island]
pub fn LiveBadge(
    /// The application.
    id: String,
    /// What the badge says at first.
    status: String,
    /// Of which revision that is.
    revision: i64,
) -> impl IntoView {
    let (state, set_state) = signal((revision, status));
    Effect::new(move || {
        let id = id.clone();
        listen(move |all| {
            for news in all.into_iter().flatten().filter(|news| news.id == id) {
                if news.revision > state.with_untracked(|state| state.0) {
                    set_state.set((news.revision, news.status.clone()));
                }
            }
        });
    });
    let badge =
        move || state.with(|(_, status)| Status::parse(status).map(|status| view! { <Badge status/> }));
    view! {
        <span class="inline-flex flex-col items-start gap-1 align-middle" aria-live="polite">
            {badge}
        </span>
    }
}

/// Fetches the page anew when the state of an application has changed, and swaps the parts of it that show it:
/// those with the attribute `data-live` and an id. An island within them is left as it is.
#[island]
pub fn LivePage(
    /// What of all events it shows: a part of the address of the stream.
    of: String,
    /// The newest revision that the page knows.
    revision: i64,
) -> impl IntoView {
    Effect::new(move || {
        let (newest, page) = (Cell::new(revision), Rc::new(Page::default()));
        listen(move |all| {
            let Some(all) = all else { return Rc::clone(&page).renew(Duration::ZERO) };
            let revision = all.iter().map(|news| news.revision).max().unwrap_or_default();
            if revision > newest.get() {
                newest.set(revision);
                let is_shown = all.iter().any(|news| !news.id.is_empty());
                Rc::clone(&page).renew(if is_shown { PAUSE } else { ELSEWHERE });
            }
        });
        begin(of.clone(), revision);
    });
}

/// What is on the screen. It is fetched once at a time: of two answers the older might come last, and stay.
#[derive(Default)]
struct Page {
    is_old: Cell<bool>,
    is_under_way: Cell<bool>,
}

impl Page {
    /// Has it fetched anew after a while, so that what comes close together is fetched together.
    fn renew(self: Rc<Self>, pause: Duration) {
        self.is_old.set(true);
        if !self.is_under_way.replace(true) {
            set_timeout(move || spawn_local(self.fetch()), pause);
        }
    }

    async fn fetch(self: Rc<Self>) {
        self.is_old.set(false);
        let answer = swap().await;
        self.is_under_way.set(false);
        match answer {
            Ok(()) if self.is_old.get() => self.renew(PAUSE),
            Ok(()) => {}
            // When the stream is back, the page is renewed in any case.
            Err(_) if is_lost() => {}
            Err(_) => self.renew(LATER),
        }
    }
}

async fn swap() -> Result<(), JsValue> {
    let window = window().ok_or(JsValue::NULL)?;
    let href = window.location().href()?;
    let response: Response = JsFuture::from(window.fetch_with_str(&href)).await?.dyn_into()?;
    if response.status() >= 500 || response.status() == 429 {
        return Err(JsValue::NULL);
    }
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    let fresh = DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)?;
    let document = window.document().ok_or(JsValue::NULL)?;
    let parts = document.query_selector_all("[data-live]")?;
    for old in (0..parts.length()).filter_map(|index| parts.get(index)?.dyn_into::<Element>().ok()) {
        match fresh.get_element_by_id(&old.id()) {
            Some(new) => morph(&old, &new)?,
            // It is another page by now: the one for signing in, or one on which something can be done again.
            None => return window.location().reload(),
        }
    }
    Ok(())
}
