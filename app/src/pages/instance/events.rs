//! What the cluster tells about an application: its events now, and what it warned of in the last day, hour by hour.

use crate::{key, t};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use slipway_domain::{
    status::Tone,
    told::{Hour, Told, Warning, by_hour},
};

use super::{head::Tab, tab};
use crate::{
    desk::{EventsView, SharedDesk},
    ui::{
        badge::Outcome,
        callout::{Callout, Weight},
        empty::Empty,
        icon::Glyph,
        table::{Room, Section, Table},
        time::Ago,
    },
};

const EVENTS: &[(&str, Room)] = &[
    (key!("last-said"), Room::Any),
    (key!("kind"), Room::Medium),
    (key!("reason"), Room::Any),
    (key!("message"), Room::Any),
    (key!("times"), Room::Medium),
];
const WARNINGS: &[(&str, Room)] = &[
    (key!("time"), Room::Any),
    (key!("object"), Room::Medium),
    (key!("reason"), Room::Any),
    (key!("message"), Room::Any),
];
/// The height of the tallest bar.
const HEIGHT: usize = 100;
/// Of the smallest: it must be seen, and hit with a pointer.
const LEAST: usize = 4;

/// The page of the events.
#[component]
pub fn EventsPage() -> impl IntoView {
    let hour = use_query_map().with_untracked(|query| query.get("hour"));
    tab(
        Tab::Events,
        |desk, name, view| async move { Ok((view, desk.events(&name).await?)) },
        move |view, events| {
            let href = Tab::Events.href(view.application.name.as_str());
            content(events, href, hour.as_deref()).into_any()
        },
    )
}

fn content(events: EventsView, href: String, asked: Option<&str>) -> impl IntoView + use<> {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let hours = by_hour(&events.warnings, now);
    let asked = asked.and_then(|hour| hour.parse::<i64>().ok());
    let chosen = hours.iter().copied().find(|hour| Some(hour.start.as_second()) == asked);
    let of_page = href.clone();
    let of_hour = chosen.map(|hour| {
        let warnings = events.warnings.iter().filter(|warning| hour.holds(warning.at)).cloned().collect();
        view! { <OfHour hour warnings href=of_page.clone()/> }
    });
    let count = events.warnings.len();
    view! {
        <div class="space-y-8" id="state" data-live="">
            <Section title=t!("warnings-24") count><Histogram hours href=href chosen/></Section>
            {of_hour}
            {match events.told {
                Some(told) if told.is_empty() => view! {
                    <Empty glyph=Glyph::Lines title=t!("tells-nothing")>
                        <p>{t!("tells-nothing-more")}</p>
                    </Empty>
                }.into_any(),
                Some(told) => list(told, now).into_any(),
                None if events.refusal.is_some() => view! {
                    <Callout weight=Weight::Warning title=events.refusal.unwrap_or_default()/>
                }.into_any(),
                None => view! {
                    <Callout weight=Weight::Warning title=t!("events-lost")>
                        <p class="text-muted">{t!("events-lost-more")}</p>
                    </Callout>
                }.into_any(),
            }}
        </div>
    }
}

/// A bar for each hour; each leads to what was said in it. For those who cannot see bars they are a list.
#[component]
fn Histogram(
    /// The hours, the oldest first.
    hours: Vec<Hour>,
    /// The address of the page.
    href: String,
    /// The hour that was chosen.
    chosen: Option<Hour>,
) -> impl IntoView {
    let most = hours.iter().map(|hour| hour.count).max().unwrap_or_default();
    if most == 0 {
        return view! { <p class="card px-4 py-3.5 text-muted">{t!("warned-of-nothing")}</p> }.into_any();
    }
    let bars = hours.into_iter().enumerate().map(|(index, hour)| {
        let clock = hour.start.strftime("%H:%M").to_string();
        let label = t!("hour-warnings", clock = &clock, count = hour.count);
        let height = (hour.count * HEIGHT).div_ceil(most).max(LEAST);
        let current = (chosen == Some(hour)).then_some("true");
        let bar = if hour.count == 0 {
            view! { <span class="flex h-28 w-full items-end" title=label.clone()><span class="sr-only">{label.clone()}</span><span class="h-px w-full bg-line"></span></span> }.into_any()
        } else {
            view! {
                <a class="group flex h-28 w-full items-end" href=format!("{href}?hour={}", hour.start.as_second()) title=label.clone() aria-label=label aria-current=current>
                    // A picture may say how high it is; an element may not, because pages run no styles of their own.
                    <svg class="size-full fill-doubt group-hover:fill-doubt-ink group-aria-[current]:fill-doubt-ink" viewBox="0 0 1 100" preserveAspectRatio="none" aria-hidden="true"><rect width="1" y=HEIGHT - height height=height/></svg>
                </a>
            }.into_any()
        };
        let tick = (index % 6 == 5).then(|| view! { <span class="absolute top-full right-0 pt-1 text-xs whitespace-nowrap text-muted tabular-nums" aria-hidden="true">{clock}</span> });
        view! { <li class="relative min-w-0 flex-1">{bar}{tick}</li> }
    });
    view! { <div class="card px-4 pt-4 pb-8"><ol class="flex items-end gap-[3px]">{bars.collect_view()}</ol></div> }.into_any()
}

#[component]
fn OfHour(
    /// The hour.
    hour: Hour,
    /// What was said in it, newest first.
    warnings: Vec<Warning>,
    /// The address of the page without an hour.
    href: String,
) -> impl IntoView {
    let title = t!("from-hour", clock = hour.start.strftime("%H:%M UTC").to_string());
    let rows = warnings.into_iter().map(|warning| {
        let clock = warning.at.strftime("%H:%M:%S").to_string();
        view! {
            <tr>
                <td class="align-top whitespace-nowrap"><time datetime=warning.at.to_string()>{clock}</time></td>
                <td class="hidden align-top wrap-anywhere md:table-cell">{warning.object}</td>
                <td class="align-top" lang="en">{warning.reason}</td>
                <td class="wrap-anywhere" lang="en">{warning.message}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="space-y-3">
            <div class="flex items-baseline gap-3"><h2 class="font-semibold">{title}</h2><a class="link text-sm" href=href>{t!("close")}</a></div>
            <Table caption=t!("warnings-of-hour") columns=WARNINGS>{rows}</Table>
        </section>
    }
}

fn list(told: Vec<Told>, now: Timestamp) -> impl IntoView {
    let count = told.len();
    let rows = told.into_iter().map(|told| {
        let (tone, kind) = if told.is_warning { (Tone::Doubtful, t!("warning")) } else { (Tone::Over, t!("normal")) };
        view! {
            <tr>
                <td class="align-top whitespace-nowrap">{told.at.map(|at| view! { <Ago at now/> })}</td>
                <td class="hidden align-top md:table-cell"><Outcome tone label=kind/></td>
                <td class="align-top" lang="en">{told.reason}</td>
                <td class="wrap-anywhere"><span class="block text-muted">{told.object}</span><span lang="en">{told.message}</span></td>
                <td class="hidden align-top tabular-nums md:table-cell">{told.count}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! { <Section title=t!("events") count><Table caption=t!("events") columns=EVENTS>{rows}</Table></Section> }
}
