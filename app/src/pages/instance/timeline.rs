//! Everything that the badge of an application has said, with its time.

use crate::t;
use jiff::Timestamp;
use leptos::prelude::*;
use slipway_domain::status::{Standing, Status};

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
    let lines = lines(standings, now);
    let count = lines.len();
    let mut items = lines.into_iter().map(|line| item(line, now));
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

/// What the badge said for a while.
#[derive(Debug, PartialEq)]
struct Line {
    since: Timestamp,
    until: Timestamp,
    status: Status,
    why: Option<String>,
    /// How often it was said anew, with other details.
    times: usize,
}

/// Neighbours that read the same are one line: what crashes again and again is told each time with other details, which
/// only the newest cause shows.
fn lines(standings: Vec<(Timestamp, Standing)>, now: Timestamp) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (since, Standing { status, reason, cause }) in standings {
        let why = cause.map(|cause| cause.reason).or(reason);
        let until = lines.last().map_or(now, |newer| newer.since);
        match lines.last_mut() {
            Some(newer) if newer.status == status && newer.why == why => {
                newer.since = since;
                newer.times += 1;
            }
            _ => lines.push(Line { since, until, status, why, times: 1 }),
        }
    }
    lines
}

fn item(line: Line, now: Timestamp) -> impl IntoView {
    let Line { since, until, status, why, times } = line;
    let clock = since.strftime("%H:%M:%S").to_string();
    view! {
        <li class="grid items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm grid-cols-[auto_minmax(0,1fr)_auto] md:grid-cols-[5rem_11rem_minmax(0,1fr)_auto]">
            <span class="text-muted tabular-nums">{clock}</span>
            <span><Badge status/></span>
            <span class="order-last col-span-3 min-w-0 text-muted wrap-anywhere empty:hidden md:order-none md:col-span-1 md:empty:block">
                {why.map(|what| view! { <Said what/> })}
                {(times > 1).then(|| view! { <span class="ml-2 text-xs tabular-nums">{t!("said-times", count = times)}</span> })}
            </span>
            <span class="text-right text-muted"><Ago at=since now/><span class="hidden pl-2 text-xs tabular-nums sm:inline" title=t!("how-long")>{took(since, until)}</span></span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d22_neighbours_that_read_the_same_are_one_line_from_the_first_to_the_last() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let said = |second, status, why: &str| {
            (at(second), Standing { status, reason: Some(why.to_owned()), cause: None })
        };
        let newest_first = vec![
            said(50, Status::Pending, "web crashes."),
            said(40, Status::Pending, "web crashes."),
            said(30, Status::Running, ""),
            said(20, Status::Pending, "web crashes."),
        ];
        let told: Vec<_> = lines(newest_first, at(60))
            .into_iter()
            .map(|line| (line.since.as_second(), line.until.as_second(), line.status, line.times))
            .collect();
        let expected =
            [(40, 60, Status::Pending, 2), (30, 40, Status::Running, 1), (20, 30, Status::Pending, 1)];
        assert_eq!(told, expected);
    }
}
