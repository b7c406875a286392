//! The audit trail: who did what to what, and whether the trail is whole (D7).

mod search;

use crate::{key, t};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use slipway_domain::audit::{Entry, Filter, Verdict};

use self::search::Search;
use crate::{
    desk::{AuditView, DeskError, SharedDesk},
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        empty::Empty,
        frame::PageHead,
        icon::Glyph,
        load::load,
        table::{Room, Table},
        time::Ago,
    },
    ways::escape,
    words::{
        self, Word,
        deeds::{deed, doer, way_in},
    },
};

const COLUMNS: &[(&str, Room)] = &[
    (key!("no"), Room::Medium),
    (key!("time"), Room::Any),
    (key!("who"), Room::Any),
    (key!("action"), Room::Any),
    (key!("outcome"), Room::Any),
    (key!("from-where"), Room::Wide),
];
/// What was asked of the page, and the answer.
struct Answered {
    filter: Filter,
    view: AuditView,
    verdict: Option<Verdict>,
}

/// The page Audit.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    load(t!("audit"), |desk| async move { ask(desk, &query).await }, content)
}

async fn ask(desk: SharedDesk, query: &ParamsMap) -> Result<Answered, DeskError> {
    let filter = filter(query);
    let below = query.get("below").and_then(|below| below.parse().ok());
    let view = desk.audit(&filter, below).await?;
    let verdict = if query.get("verify").is_some() { Some(desk.verify_audit().await?) } else { None };
    Ok(Answered { filter, view, verdict })
}

/// What is looked for, as the form wrote it into the address. A day that is none does not matter.
fn filter(query: &ParamsMap) -> Filter {
    let text = |name: &str| query.get(name).unwrap_or_default().trim().to_owned();
    let day = |name: &str| format!("{}T00:00:00Z", text(name)).parse::<Timestamp>().ok();
    Filter {
        q: text("q"),
        actor: text("actor"),
        action: text("action"),
        object: text("object"),
        outcome: text("outcome"),
        from: day("from"),
        // The last day counts as a whole.
        until: day("until").and_then(|day| day.checked_add(jiff::SignedDuration::from_hours(24)).ok()),
    }
}

/// The same search as part of an address.
fn search(filter: &Filter) -> String {
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
    let until = filter.until.map(|until| day(until - jiff::SignedDuration::from_hours(24)));
    let pairs = [
        ("q", filter.q.clone()),
        ("actor", filter.actor.clone()),
        ("action", filter.action.clone()),
        ("object", filter.object.clone()),
        ("outcome", filter.outcome.clone()),
        ("from", filter.from.map(day).unwrap_or_default()),
        ("until", until.unwrap_or_default()),
    ];
    let filled = pairs.iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

fn content(answered: Answered) -> impl IntoView {
    let Answered { filter, view, verdict } = answered;
    let now = expect_context::<SharedDesk>().surroundings().now;
    let search = search(&filter);
    let older = view.older.map(|below| format!("/audit?{search}&below={below}"));
    let list = if view.entries.is_empty() {
        view! { <Empty glyph=Glyph::Note title=t!("nothing-found-title")><p>{t!("nothing-like-that")}</p></Empty> }
            .into_any()
    } else {
        let rows = view.entries.into_iter().map(|entry| view! { <Row entry now/> }).collect_view();
        view! { <Table caption=t!("audit-trail") columns=COLUMNS>{rows}</Table> }.into_any()
    };
    view! {
        <PageHead title=t!("audit") subtitle=t!("audit-about")>
            <a class=Variant::Quiet.classes() href="/audit?verify=1">{t!("verify")}</a>
            <a class=Variant::Quiet.classes() href=format!("/api/v1/audit/export?{search}") rel="external" download="audit.jsonl">
                {t!("export")}
            </a>
        </PageHead>
        {verdict.map(told)}
        <Search filter/>
        {list}
        {older.map(|href| view! { <p><a class=Variant::Quiet.classes() href=href>{t!("older")}</a></p> })}
    }
}

/// What a look at the whole trail found.
fn told(verdict: Verdict) -> impl IntoView {
    let Verdict { rows, since, head, broken } = verdict;
    if let Some((seq, flaw)) = broken {
        let title = t!("row-flaw", row = seq, flaw = flaw.word());
        return view! {
            <Callout weight=Weight::Failure title>
                <p class="text-sm text-muted">{t!("rows-before", rows = rows)}</p>
            </Callout>
        }
        .into_any();
    }
    let title = t!("audit-whole", rows = rows);
    view! {
        <Callout weight=Weight::Note title>
            {(since > 1).then(|| view! { <p class="text-sm text-muted">{t!("not-covered", rows = since - 1)}</p> })}
            {head.map(|(seq, hash)| view! {
                <p class="text-sm text-muted wrap-anywhere">{t!("note-elsewhere")}" "<code>{format!("{seq}:{hash}")}</code></p>
            })}
        </Callout>
    }
    .into_any()
}

#[component]
fn Row(
    /// The row.
    entry: Entry,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let whole = t!("request-hash", request = entry.request, hash = entry.hash);
    let from = if entry.address.is_empty() { "–".to_owned() } else { entry.address };
    view! {
        <tr>
            <td class="hidden text-muted tabular-nums md:table-cell" title=whole>{entry.seq}</td>
            <td><Ago at=entry.at now/></td>
            <td class="wrap-anywhere" title=entry.actor.clone()>{doer(&entry.actor)}</td>
            <td class="wrap-anywhere"><span title=entry.action.clone()>{deed(&entry.action)}</span><span class="block text-muted">{entry.object}</span></td>
            <td class="max-w-sm wrap-anywhere">{words::told(entry.outcome)}</td>
            <td class="hidden text-muted wrap-anywhere xl:table-cell">{from}<span class="block text-sm">{way_in(&entry.via)}</span></td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d7_what_is_looked_for_stays_the_same_on_the_next_page() {
        let filter = Filter {
            q: "50% & more".into(),
            outcome: "refused".into(),
            from: Some("2026-05-04T00:00:00Z".parse().unwrap()),
            until: Some("2026-05-06T00:00:00Z".parse().unwrap()),
            ..Filter::default()
        };
        let text = search(&filter);
        assert_eq!(text, "q=50%25%20%26%20more&outcome=refused&from=2026-05-04&until=2026-05-05");
    }
}
