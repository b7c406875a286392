//! Application instances: what was deployed, how it stands, where it answers (S1.31, S1.45).

mod choice;
mod together;

pub use self::together::TogetherPage;

use crate::{key, t};
use std::sync::Arc;

use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use slipway_domain::{
    application::Application,
    listing::{Page, Sort, Wish},
    people::People,
    permission::Action,
    status::Status,
};

use self::choice::Choice;
use super::may::{refusal, way};
use crate::{
    desk::{InstancesView, SharedDesk},
    islands::live::{LiveBadge, LivePage},
    kept::{Key, kept},
    ui::{
        badge::Badge,
        button::{NotNow, Variant},
        empty::Empty,
        frame::PageHead,
        icon::{Glyph, Icon},
        load::load,
        said::Said,
        table::{Room, Section, Table},
        time::Ago,
    },
    ways::escape,
    words::{Word, number, told},
};

const GONE: &[(&str, Room)] = &[
    (key!("name"), Room::Any),
    (key!("status"), Room::Medium),
    (key!("created-by"), Room::Medium),
    (key!("removed"), Room::Any),
];

/// The page Application instances.
#[component]
pub fn InstancesPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let choice = Choice::parse(|name| query.get(name));
    let wish = choice.0.clone();
    load(
        t!("instances"),
        |desk| async move { desk.instances(&wish).await },
        move |view| content(view, choice),
    )
}

fn content(view: InstancesView, choice: Choice) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let (revision, nothing) = (view.revision, view.live == 0);
    let key = Key::of(choice.href(), revision, now);
    let list = {
        let choice = choice.clone();
        kept(key, || list(view, choice, now).to_html()).to_string()
    };
    let search = choice.clone();
    view! {
        <PageHead title=t!("instances")>
            {(!nothing).then(|| deploy(t!("deploy-a-project")))}
        </PageHead>
        <LivePage of=format!("list={}", escape(&choice.query())) revision/>
        {(!nothing).then(|| view! { <Search choice=search/> })}
        <div class="space-y-8" id="list" data-live="" inner_html=list></div>
    }
}

/// What changes by itself.
fn list(view: InstancesView, choice: Choice, now: Timestamp) -> impl IntoView {
    let InstancesView { page, live, running, gone, gateway, .. } = view;
    let subtitle = summary(live, running);
    let list = if live == 0 {
        view! {
            <Empty glyph=Glyph::Instances title=t!("nothing-deployed")>
                <p>{t!("nothing-yet-more")}</p>
                <p>{deploy(t!("choose-a-project"))}</p>
            </Empty>
        }
        .into_any()
    } else {
        view! { <List choice listed=page gateway now/> }.into_any()
    };
    view! {
        <p class="sr-only">{subtitle}</p>
        {list}
        {(!gone.is_empty()).then(|| {
            let count = gone.len();
            let rows = gone.into_iter().map(|application| removed(&application, now)).collect_view();
            view! {
                <Section title=t!("undeployed") count>
                    <Table caption=t!("removed-caption") columns=GONE>{rows}</Table>
                </Section>
            }
        })}
    }
}

fn deploy(label: String) -> AnyView {
    way(Action::Deploy, &People::NOBODY, Variant::Primary, label, ("/devops/releases".to_owned(), None))
}

/// A form that asks for a list by its address.
#[component]
fn Search(
    /// What was chosen.
    choice: Choice,
) -> impl IntoView {
    let Wish { status, search, .. } = choice.0;
    let status = status.map(Status::label);
    view! {
        <form class="flex max-w-xl items-center gap-2" method="get" role="search">
            {status.map(|status| view! { <input type="hidden" name="status" value=status/> })}
            <input class="input" type="search" name="q" value=search placeholder=t!("search-by") aria-label=t!("search-applications") spellcheck="false"/>
            <button class="button h-9 border-line bg-surface text-ink shadow-card hover:border-edge" type="submit"><Icon glyph=Glyph::Search class="size-3.5 shrink-0"/>{t!("search")}</button>
        </form>
    }
}

/// Counts that filter, the rows, the pages.
#[component]
fn List(
    /// What was chosen.
    choice: Choice,
    /// What came of it.
    listed: Page,
    /// Before this stands the gateway path of an application.
    gateway: String,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let pages = listed.pages();
    let Page { rows, total, counts, found } = listed;
    let wish = &choice.0;
    let filter = |label: String, status: Option<Status>, count: usize| {
        let current = (wish.status == status).then_some("true");
        view! { <li><a class="filter" href=choice.only(status) aria-current=current>{label}" "<span class="tabular-nums">{number(count)}</span></a></li> }
    };
    let all = filter(t!("all"), None, found);
    // A filter that nothing matches any more is still the way out of it.
    let lost = wish
        .status
        .filter(|status| !counts.iter().any(|(known, _)| known == status))
        .map(|status| (status, 0));
    let filters =
        counts.iter().copied().chain(lost).map(|(status, count)| filter(status.word(), Some(status), count));
    let filters = filters.collect::<Vec<_>>();
    let page = wish.page.min(pages);
    let turn = |label: String, to: usize| {
        let allowed = (1..=pages).contains(&to);
        allowed.then(|| view! { <a class=Variant::Small.classes() href=choice.turned(to)>{label}</a> })
    };
    let turns = (pages > 1).then(|| view! {
        <nav class="flex items-center justify-end gap-3 text-sm" aria-label=t!("pages")>
            <span class="text-muted tabular-nums">{t!("page-of", page = page, pages = pages, total = total)}</span>
            {turn(t!("previous-page"), page - 1)}{turn(t!("next-page"), page + 1)}
        </nav>
    });
    let may_remove = rows.iter().any(|row| refusal(Action::Remove, &row.people).is_none());
    let together = (may_remove && !rows.is_empty()).then(|| together::way(&choice, total));
    let heads = [
        (t!("name"), Room::Any, Some(Sort::Name)),
        (t!("status"), Room::Any, Some(Sort::Status)),
        (t!("generation"), Room::Widest, None),
        (t!("updated"), Room::Wide, Some(Sort::Updated)),
        (t!("created"), Room::Wide, Some(Sort::Created)),
        (t!("gateway"), Room::Wide, None),
        (t!("actions"), Room::Medium, None),
    ];
    let heads = heads.into_iter().map(|(label, room, sort)| {
        let order = match sort {
            Some(sort) if sort == wish.sort => {
                Some(if matches!(sort, Sort::Name | Sort::Status) { "ascending" } else { "descending" })
            }
            _ => None,
        };
        let inside = match sort {
            Some(sort) => view! { <a class="sorter" href=choice.sorted(sort)>{label}</a> }.into_any(),
            None => label.into_any(),
        };
        view! { <th scope="col" class=room.classes() aria-sort=order>{inside}</th> }
    });
    let heads = heads.collect_view();
    let is_empty = rows.is_empty();
    let clear = Choice::default().href();
    let rows = rows
        .into_iter()
        .map(|application| row(Arc::unwrap_or_clone(application), &gateway, now))
        .collect::<Vec<_>>();
    let narrow = choice.is_narrow();
    view! {
        <div class="space-y-3">
            <nav aria-label=t!("filter-by-status")><ul class="flex flex-wrap gap-1.5">{all}{filters}</ul></nav>
            {if is_empty && narrow {
                view! {
                    <Empty glyph=Glyph::Search title=t!("none-like-that")>
                        <p>{t!("look-else")}" "<a class="link" href=clear>{t!("show-all")}</a>"."</p>
                    </Empty>
                }.into_any()
            } else {
                view! {
                    <div class="card overflow-x-auto">
                        <table class="table">
                            <caption class="sr-only">{t!("applications")}</caption>
                            <thead><tr>{heads}</tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                }.into_any()
            }}
            {turns}
            {together}
        </div>
    }
}

/// The list in a line.
fn summary(live: usize, running: usize) -> String {
    match live {
        0 => t!("list-empty"),
        all => t!("list-summary", count = all, running = running),
    }
}

fn row(application: Application, gateway: &str, now: Timestamp) -> impl IntoView + use<> {
    let name = application.name.to_string();
    let tick = together::tick(&application);
    let id = application.id.to_string();
    let status = application.standing.status;
    let reason = application.standing.reason.map(|what| view! { <Said what/> });
    let address = application.gateway_path.map(|path| format!("{gateway}{path}"));
    let generation = application.generation;
    view! {
        <tr id=format!("row-{id}")>
            <th scope="row" class="font-normal">
                <span class="flex items-start gap-1.5">
                    {tick}
                    <span>
                        <a class="link font-medium sm:whitespace-nowrap" href=format!("/devops/instances/{name}")>{name.clone()}</a>
                        <span class="block text-muted sm:whitespace-nowrap">{application.project.to_string()}" v"{application.version.number()}</span>
                    </span>
                </span>
            </th>
            <td class="sm:min-w-40">
                <LiveBadge id=id.clone() status=status.label().to_owned() revision=application.revision/>
                <span class="block pt-1 text-muted wrap-anywhere empty:hidden" id=format!("reason-{id}")>{reason}</span>
            </td>
            <td class=Room::Widest.classes()>{generation}</td>
            <td class=Room::Wide.classes()><Ago at=application.updated_at now/></td>
            <td class=Room::Wide.classes()>
                <Ago at=application.created_at now/><span class="block max-w-36 truncate text-muted">{t!("by", person = application.created_by)}</span>
            </td>
            <td class=Room::Wide.classes()>{gateway_link(address, status)}</td>
            <td class="hidden w-px md:table-cell"><Removal name status people=application.people in_row=true/></td>
        </tr>
    }
}

/// The link to the gateway; greyed until there is something behind it.
pub(super) fn gateway_link(address: Option<String>, status: Status) -> AnyView {
    let sandbox = expect_context::<SharedDesk>().surroundings().sandbox;
    let (word, why) = match address {
        Some(address) if status == Status::Running && !sandbox => {
            return view! {
                <a class="link inline-flex items-center gap-1" href=address rel="external">{t!("open")}<Icon glyph=Glyph::External class="size-3.5 shrink-0"/></a>
            }
            .into_any();
        }
        Some(_) if sandbox => (t!("simulated"), t!("simulated-why")),
        Some(_) if status == Status::Undeployed => (t!("gone"), t!("gone-why")),
        Some(_) if status == Status::Undeploying => (t!("going"), t!("going-why")),
        Some(_) => (t!("not-yet"), t!("not-yet-why")),
        None => (t!("none"), t!("none-why")),
    };
    view! { <span class="text-muted" title=why>{word}</span> }.into_any()
}

/// The removal that the status allows. The other one is there too, and says why not.
#[component]
pub(super) fn Removal(
    /// The application.
    name: String,
    /// How it stands.
    status: Status,
    /// Who has access to it.
    people: Arc<People>,
    /// In a row of a table?
    in_row: bool,
) -> impl IntoView {
    let variant = if in_row { Variant::Small } else { Variant::Quiet };
    let action = |label: String, what: String, force: bool, allowed: Result<(), String>| {
        let href = format!("/devops/instances/{name}/undeploy{}", if force { "?force=true" } else { "" });
        match allowed {
            Ok(()) => view! { <a class=variant.classes() href=href aria-label=what>{label}</a> }.into_any(),
            Err(why) => view! { <NotNow label why in_row/> }.into_any(),
        }
    };
    let refused = refusal(Action::Remove, &people);
    let allowed = |by_status: Result<(), &'static str>| match &refused {
        Some(why) => Err(why.clone()),
        None => by_status.map_err(str::to_owned),
    };
    let (plain, forced) = (allowed(status.may_undeploy()), allowed(status.may_force_undeploy()));
    let why = plain.clone().err().or(forced.clone().err()).map(told);
    let class = if in_row {
        "flex items-center gap-1 [:lang(de)_&]:flex-col [:lang(de)_&]:items-start"
    } else {
        "flex items-center gap-1 sm:justify-end"
    };
    view! {
        <div class=class>
            {action(t!("undeploy"), t!("undeploy-what", name = &name), false, plain)}
            {action(t!("force-undeploy"), t!("force-undeploy-what", name = &name), true, forced)}
        </div>
        {why.filter(|_| !in_row).map(|why| view! { <p class="mt-1.5 max-w-xs text-xs text-muted sm:ml-auto sm:text-right">{why}</p> })}
    }
}

fn removed(application: &Application, now: Timestamp) -> impl IntoView + use<> {
    let name = application.name.to_string();
    view! {
        <tr id=format!("gone-{}", application.id)>
            <th scope="row" class="font-normal">
                <a class="link font-medium" href=format!("/devops/instances/{name}")>{name.clone()}</a>
                <span class="block text-muted">{application.project.to_string()}" v"{application.version.number()}</span>
            </th>
            <td class=Room::Medium.classes()><Badge status=application.standing.status/></td>
            <td class=Room::Medium.classes()>{application.created_by.clone()}</td>
            <td><Ago at=application.updated_at now/></td>
        </tr>
    }
}
