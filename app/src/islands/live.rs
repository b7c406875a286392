//! What follows the state of applications without a reload: badges, the parts of a page that show it, the list.

#![expect(missing_docs, reason = "the macro makes a struct without documentation")]

use std::time::Duration;

use leptos::prelude::*;
use slipway_domain::status::Status;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DomParser, Element, Response, SupportedType, window};

use super::{morph::morph, stream::listen};
use crate::ui::badge::Badge;

/// How long to wait for more news before the page is fetched.
const PAUSE: Duration = Duration::from_millis(120);

/// A status badge that moves (S1.32), with the reason below it where there is room.
#[island]
pub fn LiveBadge(
    /// The application.
    id: String,
    /// What the badge says at first.
    status: String,
    /// Of which revision that is.
    revision: i64,
    /// What more there is to say at first.
    reason: String,
    /// Is there room for the reason?
    with_reason: bool,
) -> impl IntoView {
    let (state, set_state) = signal((revision, status, reason));
    Effect::new(move || {
        let id = id.clone();
        listen(move |all| {
            for news in all.iter().filter(|news| news.id == id) {
                if news.revision > state.with_untracked(|state| state.0) {
                    set_state.set((news.revision, news.status.clone(), news.reason.clone()));
                }
            }
        });
    });
    let badge =
        move || state.with(|(_, status, _)| Status::parse(status).map(|status| view! { <Badge status/> }));
    let reason = move || state.with(|(_, _, reason)| reason.clone());
    view! {
        <span class="inline-flex flex-col items-start gap-1 align-middle" aria-live="polite">
            {badge}
            {with_reason.then(|| view! { <span class="text-muted wrap-anywhere empty:hidden">{reason}</span> })}
        </span>
    }
}

/// Fetches the page anew when the state of an application has changed, and swaps the parts of it that show it:
/// those with the attribute `data-live` and an id. An island within them is left as it is.
#[island]
pub fn LivePage(
    /// The application; none for all of them.
    of: Option<String>,
    /// The newest revision that the page knows.
    revision: i64,
) -> impl IntoView {
    let (newest, set_newest) = signal(revision);
    let (waiting, set_waiting) = signal(false);
    Effect::new(move || {
        let of = of.clone();
        listen(move |all| {
            let own = all.iter().filter(|news| of.as_ref().is_none_or(|of| *of == news.id));
            let revision = own.map(|news| news.revision).max().unwrap_or_default();
            if revision <= newest.get_untracked() {
                return;
            }
            set_newest.set(revision);
            // What comes close together is fetched together.
            if !waiting.get_untracked() {
                set_waiting.set(true);
                set_timeout(
                    move || {
                        set_waiting.set(false);
                        // Without an answer the page stays as it is; the badges have moved already.
                        spawn_local(async { drop(swap().await) });
                    },
                    PAUSE,
                );
            }
        });
    });
}

async fn swap() -> Result<(), JsValue> {
    let window = window().ok_or(JsValue::NULL)?;
    let href = window.location().href()?;
    let response: Response = JsFuture::from(window.fetch_with_str(&href)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    let fresh = DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)?;
    let document = window.document().ok_or(JsValue::NULL)?;
    let parts = document.query_selector_all("[data-live]")?;
    for old in (0..parts.length()).filter_map(|index| parts.get(index)?.dyn_into::<Element>().ok()) {
        if let Some(new) = fresh.get_element_by_id(&old.id()) {
            morph(&old, &new)?;
        }
    }
    Ok(())
}
