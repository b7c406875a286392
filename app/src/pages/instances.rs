//! Application instances: what was deployed, how it stands, where it answers (S1.31, S1.45).

mod choice;

use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use slipway_domain::{
    application::Application,
    status::{Status, Tone},
};

use self::choice::{Choice, Chosen, Sort};
use crate::{
    desk::{InstancesView, SharedDesk},
    islands::live::{LiveBadge, LivePage},
    ui::{
        badge::Badge,
        button::{NotNow, Variant},
        empty::Empty,
        frame::PageHead,
        icon::{Glyph, Icon},
        load::load,
        table::{Room, Section, Table},
        time::Ago,
    },
};

const GONE: &[(&str, Room)] =
    &[("Name", Room::Any), ("Status", Room::Medium), ("Created by", Room::Medium), ("Removed", Room::Any)];

/// The page Application instances.
#[component]
pub fn InstancesPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let choice = Choice::parse(|name| query.get(name));
    load(
        "Application instances",
        |desk| async move { desk.instances().await },
        move |view| content(view, choice.clone()),
    )
}

fn content(view: InstancesView, choice: Choice) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let revision = view.live.iter().map(|application| application.revision).max().unwrap_or_default();
    let subtitle = summary(&view.live);
    let nothing = view.live.is_empty();
    let gateway = view.gateway;
    let list = if nothing {
        view! {
            <Empty glyph=Glyph::Instances title="Nothing is deployed">
                <p>"Choose a released project, give it a name, and watch it start."</p>
                <p><a class=Variant::Primary.classes() href="/devops/releases">"Choose a project"</a></p>
            </Empty>
        }
        .into_any()
    } else {
        let chosen = choice.choose(view.live);
        view! { <List choice=choice.clone() chosen gateway now/> }.into_any()
    };
    let gone = view.gone;
    let search = choice.clone();
    view! {
        <PageHead title="Application instances">
            {(!nothing).then(|| view! { <a class=Variant::Primary.classes() href="/devops/releases">"Deploy a project"</a> })}
        </PageHead>
        <LivePage of=None revision/>
        {(!nothing).then(|| view! { <Search choice=search/> })}
        <div class="space-y-8" id="list" data-live="">
            <p class="sr-only">{subtitle}</p>
            {list}
            {(!gone.is_empty()).then(|| {
                let count = gone.len();
                let rows = gone.into_iter().map(|application| removed(application, now)).collect_view();
                view! {
                    <Section title="Undeployed" count>
                        <Table caption="Applications that were removed" columns=GONE>{rows}</Table>
                    </Section>
                }
            })}
        </div>
    }
}

/// A form that asks for a list by its address.
#[component]
fn Search(
    /// What was chosen.
    choice: Choice,
) -> impl IntoView {
    let status = choice.status.map(Status::label);
    view! {
        <form class="flex max-w-xl items-center gap-2" method="get" role="search">
            {status.map(|status| view! { <input type="hidden" name="status" value=status/> })}
            <input class="input" type="search" name="q" value=choice.search placeholder="Name, project or person" aria-label="Search applications" spellcheck="false"/>
            <button class="button h-9 border-line bg-surface text-ink shadow-card hover:border-edge" type="submit"><Icon glyph=Glyph::Search class="size-3.5 shrink-0"/>"Search"</button>
        </form>
    }
}

/// Counts that filter, the rows, the pages.
#[component]
fn List(
    /// What was chosen.
    choice: Choice,
    /// What came of it.
    chosen: Chosen,
    /// Before this stands the gateway path of an application.
    gateway: String,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let Chosen { rows, total, pages, counts, found } = chosen;
    let filter = |label: &'static str, status: Option<Status>, count: usize| {
        let current = (choice.status == status).then_some("true");
        view! { <li><a class="filter" href=choice.only(status) aria-current=current>{label}" "<span class="tabular-nums">{count}</span></a></li> }
    };
    let all = filter("All", None, found);
    // A filter that nothing matches any more is still the way out of it.
    let lost = choice
        .status
        .filter(|status| !counts.iter().any(|(known, _)| known == status))
        .map(|status| (status, 0));
    let filters =
        counts.iter().copied().chain(lost).map(|(status, count)| filter(status.label(), Some(status), count));
    let filters = filters.collect::<Vec<_>>();
    let page = choice.page.min(pages);
    let turn = |label: &'static str, to: usize| {
        let allowed = (1..=pages).contains(&to);
        allowed.then(|| view! { <a class=Variant::Small.classes() href=choice.turned(to)>{label}</a> })
    };
    let turns = (pages > 1).then(|| view! {
        <nav class="flex items-center justify-end gap-3 text-sm" aria-label="Pages">
            <span class="text-muted tabular-nums">{format!("Page {page} of {pages}, {total} applications")}</span>
            {turn("Previous page", page - 1)}{turn("Next page", page + 1)}
        </nav>
    });
    let heads = [
        ("Name", Room::Any, Some(Sort::Name)),
        ("Status", Room::Any, Some(Sort::Status)),
        ("Generation", Room::Wide, None),
        ("Updated", Room::Wide, Some(Sort::Updated)),
        ("Created", Room::Medium, Some(Sort::Created)),
        ("Gateway", Room::Medium, None),
        ("Actions", Room::Medium, None),
    ];
    let heads = heads.into_iter().map(|(label, room, sort)| {
        let order = match sort {
            Some(sort) if sort == choice.sort => {
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
    let rows = rows.into_iter().map(|application| row(application, &gateway, now)).collect::<Vec<_>>();
    let narrow = choice.is_narrow();
    view! {
        <div class="space-y-3">
            <nav aria-label="Filter by status"><ul class="flex flex-wrap gap-1.5">{all}{filters}</ul></nav>
            {if is_empty && narrow {
                view! {
                    <Empty glyph=Glyph::Search title="No application is like that">
                        <p>"Look for something else, or "<a class="link" href=clear>"show all of them"</a>"."</p>
                    </Empty>
                }.into_any()
            } else {
                view! {
                    <div class="card overflow-x-auto">
                        <table class="table">
                            <caption class="sr-only">"Applications"</caption>
                            <thead><tr>{heads}</tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                }.into_any()
            }}
            {turns}
        </div>
    }
}

/// The list in a line.
fn summary(live: &[Application]) -> String {
    let count =
        |tone: Tone| live.iter().filter(|application| application.standing.status.tone() == tone).count();
    let running = count(Tone::Good);
    match live.len() {
        0 => "Deployed projects, and how they stand.".to_owned(),
        1 => format!("1 application, {running} running."),
        all => format!("{all} applications, {running} running."),
    }
}

fn row(application: Application, gateway: &str, now: Timestamp) -> impl IntoView + use<> {
    let name = application.name.to_string();
    let id = application.id.to_string();
    let status = application.standing.status;
    let reason = application.standing.reason.unwrap_or_default();
    let address = application.gateway_path.map(|path| format!("{gateway}{path}"));
    let generation = application.generation;
    view! {
        <tr id=format!("row-{id}")>
            <th scope="row" class="font-normal">
                <a class="link font-medium whitespace-nowrap" href=format!("/devops/instances/{name}")>{name.clone()}</a>
                <span class="block text-muted">{application.project.to_string()}" v"{application.version.number()}</span>
            </th>
            <td class="min-w-40">
                <LiveBadge id=id.clone() status=status.label().to_owned() revision=application.revision reason with_reason=true/>
            </td>
            <td class=Room::Wide.classes()>{generation}</td>
            <td class=Room::Wide.classes()><Ago at=application.updated_at now/></td>
            <td class=Room::Medium.classes()>
                <Ago at=application.created_at now/><span class="block max-w-36 truncate text-muted">"by "{application.created_by}</span>
            </td>
            <td class=Room::Medium.classes()>{gateway_link(address, status)}</td>
            <td class="hidden w-px md:table-cell"><Removal name status in_row=true/></td>
        </tr>
    }
}

/// The link to the gateway; greyed until there is something behind it.
pub(super) fn gateway_link(address: Option<String>, status: Status) -> AnyView {
    let sandbox = expect_context::<SharedDesk>().surroundings().sandbox;
    let (word, why) = match address {
        Some(address) if status == Status::Running && !sandbox => {
            return view! {
                <a class="link inline-flex items-center gap-1" href=address rel="external">"Open"<Icon glyph=Glyph::External class="size-3.5 shrink-0"/></a>
            }
            .into_any();
        }
        Some(_) if sandbox => ("Simulated", "The cluster is simulated, so nothing answers."),
        Some(_) if status == Status::Undeployed => ("Gone", "The application has been removed."),
        Some(_) if status == Status::Undeploying => ("Going", "The application is being removed."),
        Some(_) => ("Not yet", "It can be opened when the application is running."),
        None => ("None", "The application serves nothing outside its namespace."),
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
    /// In a row of a table?
    in_row: bool,
) -> impl IntoView {
    let variant = if in_row { Variant::Small } else { Variant::Quiet };
    let action = |label: &'static str, force: bool, allowed: Result<(), &'static str>| {
        let href = format!("/devops/instances/{name}/undeploy{}", if force { "?force=true" } else { "" });
        match allowed {
            Ok(()) => view! { <a class=variant.classes() href=href aria-label=format!("{label} {name}")>{label}</a> }.into_any(),
            Err(why) => view! { <NotNow label why in_row/> }.into_any(),
        }
    };
    let why = status.may_undeploy().err().or(status.may_force_undeploy().err());
    let class = if in_row { "flex items-center gap-1" } else { "flex items-center gap-1 sm:justify-end" };
    view! {
        <div class=class>
            {action("Undeploy", false, status.may_undeploy())}
            {action("Force Undeploy", true, status.may_force_undeploy())}
        </div>
        {why.filter(|_| !in_row).map(|why| view! { <p class="mt-1.5 max-w-xs text-xs text-muted sm:ml-auto sm:text-right">{why}</p> })}
    }
}

fn removed(application: Application, now: Timestamp) -> impl IntoView {
    let name = application.name.to_string();
    view! {
        <tr id=format!("gone-{}", application.id)>
            <th scope="row" class="font-normal">
                <a class="link font-medium" href=format!("/devops/instances/{name}")>{name.clone()}</a>
                <span class="block text-muted">{application.project.to_string()}" v"{application.version.number()}</span>
            </th>
            <td class=Room::Medium.classes()><Badge status=application.standing.status/></td>
            <td class=Room::Medium.classes()>{application.created_by}</td>
            <td><Ago at=application.updated_at now/></td>
        </tr>
    }
}
