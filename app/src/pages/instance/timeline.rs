//! Everything that the badge of an application has said, with its time.

use crate::t;
use jiff::Timestamp;
use leptos::prelude::*;
use slipway_domain::status::Standing;

use crate::ui::{
    badge::Badge,
    icon::{Glyph, Icon},
    said::Said,
    table::Section,
    time::{Ago, took},
};

/// So many are shown at once; the others wait below.
const FIRST: usize = 8;

/// The changes, newest first.
#[component]
pub(super) fn Timeline(
    /// What the badge said, newest first, each with since when.
    standings: Vec<(Timestamp, Standing)>,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let count = standings.len();
    let until = std::iter::once(now).chain(standings.iter().map(|(at, _)| *at)).collect::<Vec<_>>();
    let mut items =
        standings.into_iter().zip(until).map(|((at, standing), until)| item(at, until, standing, now));
    let first = items.by_ref().take(FIRST).collect_view();
    let rest = items.collect_view();
    let more = count.saturating_sub(FIRST);
    (count > 0).then(|| {
        view! {
            <Section title=t!("timeline")>
                <div class="card overflow-hidden">
                    <ol class="divide-y divide-line">{first}</ol>
                    {(more > 0).then(|| view! {
                        <details class="group border-t border-line" id="earlier">
                            <summary class="flex items-center gap-2 px-4 py-2.5 text-sm text-muted hover:bg-raised/40">
                                <span class="transition-transform group-open:rotate-90"><Icon glyph=Glyph::Angle class="size-3.5 shrink-0"/></span>
                                {t!("earlier", count = more)}
                            </summary>
                            <ol class="divide-y divide-line border-t border-line">{rest}</ol>
                        </details>
                    })}
                </div>
            </Section>
        }
    })
}

fn item(at: Timestamp, until: Timestamp, standing: Standing, now: Timestamp) -> impl IntoView {
    let why = standing.cause.map(|cause| cause.reason).or(standing.reason);
    let clock = at.strftime("%H:%M:%S").to_string();
    view! {
        <li class="grid items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm grid-cols-[auto_minmax(0,1fr)_auto] md:grid-cols-[5rem_11rem_minmax(0,1fr)_auto]">
            <span class="text-muted tabular-nums">{clock}</span>
            <span><Badge status=standing.status/></span>
            <span class="order-last col-span-3 min-w-0 text-muted wrap-anywhere empty:hidden md:order-none md:col-span-1 md:empty:block">{why.map(|what| view! { <Said what/> })}</span>
            <span class="text-right text-muted"><Ago at now/><span class="hidden pl-2 text-xs tabular-nums sm:inline" title=t!("how-long")>{took(at, until)}</span></span>
        </li>
    }
}
