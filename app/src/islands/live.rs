//! What follows an application's state without a reload: its badge, its reason, its page, the list.

#![expect(missing_docs, reason = "the macro makes a struct without documentation")]

use std::collections::HashSet;

use leptos::prelude::*;
use slipway_domain::status::Status;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DomParser, Response, SupportedType, window};

use super::stream::listen;
use crate::ui::badge::Badge;

/// A status badge that moves (S1.32), with the reason beside it where there is room.
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
        listen(move |news| {
            if news.id == id && news.revision > state.with_untracked(|state| state.0) {
                set_state.set((news.revision, news.status.clone(), news.reason.clone()));
            }
        });
    });
    let badge =
        move || state.with(|(_, status, _)| Status::parse(status).map(|status| view! { <Badge status/> }));
    let reason = move || state.with(|(_, _, reason)| reason.clone());
    view! {
        <span class="inline-flex flex-wrap items-center gap-x-3 gap-y-1" aria-live="polite">
            {badge}
            {with_reason.then(|| view! { <span class="text-muted">{reason}</span> })}
        </span>
    }
}

/// Fetches the page anew when the application's state has changed, and swaps the parts of it that show it.
#[island]
pub fn LiveRegion(
    /// The application.
    id: String,
    /// Of which revision the page is.
    revision: i64,
    /// The id of the element to swap.
    region: String,
) -> impl IntoView {
    let (newest, set_newest) = signal(revision);
    Effect::new(move || {
        let (id, region) = (id.clone(), region.clone());
        listen(move |news| {
            if news.id == id && news.revision > newest.get_untracked() {
                set_newest.set(news.revision);
                let region = region.clone();
                spawn_local(async move {
                    // Without an answer the page stays as it is; the badge has moved already.
                    let _ = swap(&region).await;
                });
            }
        });
    });
}

async fn swap(region: &str) -> Result<(), JsValue> {
    let window = window().ok_or(JsValue::NULL)?;
    let href = window.location().href()?;
    let response: Response = JsFuture::from(window.fetch_with_str(&href)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    let fresh = DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)?;
    let old = window.document().and_then(|document| document.get_element_by_id(region));
    if let (Some(old), Some(new)) = (old, fresh.get_element_by_id(region)) {
        old.set_inner_html(&new.inner_html());
    }
    Ok(())
}

/// Says that the list has other rows by now, and offers to show them.
#[island]
pub fn ListChanged(
    /// The applications in the list, by id.
    known: Vec<String>,
) -> impl IntoView {
    let (changed, set_changed) = signal(false);
    let known: HashSet<String> = known.into_iter().collect();
    Effect::new(move || {
        let known = known.clone();
        listen(move |news| {
            let is_gone = news.status == Status::Undeployed.label();
            if known.contains(&news.id) == is_gone {
                set_changed.set(true);
            }
        });
    });
    let note = move || {
        changed.get().then(|| view! { <a class="link" href="">"The list has changed. Show it anew"</a> })
    };
    view! { <span aria-live="polite">{note}</span> }
}
