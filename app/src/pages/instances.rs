//! Application instances: what was deployed, how it stands, where it answers (S1.31, S1.45).

use jiff::Timestamp;
use leptos::prelude::*;
use slipway_domain::{
    application::Application,
    status::{Status, Tone},
};

use crate::{
    desk::{InstancesView, SharedDesk},
    islands::live::{ListChanged, LiveBadge, LivePage},
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

const LIVE: &[(&str, Room)] = &[
    ("Name", Room::Any),
    ("Status", Room::Any),
    ("Updated", Room::Wide),
    ("Created", Room::Medium),
    ("Gateway", Room::Medium),
    ("Actions", Room::Medium),
];
const GONE: &[(&str, Room)] =
    &[("Name", Room::Any), ("Status", Room::Medium), ("Created by", Room::Medium), ("Removed", Room::Any)];

/// The page Application instances.
#[component]
pub fn InstancesPage() -> impl IntoView {
    load("Application instances", |desk| async move { desk.instances().await }, content)
}

fn content(view: InstancesView) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let revision = view.live.iter().map(|application| application.revision).max().unwrap_or_default();
    let known = view.live.iter().map(|application| application.id.to_string()).collect::<Vec<_>>();
    let subtitle = summary(&view.live);
    let nothing = view.live.is_empty();
    let list = if nothing {
        view! {
            <Empty glyph=Glyph::Instances title="Nothing is deployed">
                <p>"Choose a released project, give it a name, and watch it start."</p>
                <p><a class=Variant::Primary.classes() href="/devops/releases">"Choose a project"</a></p>
            </Empty>
        }
        .into_any()
    } else {
        let rows =
            view.live.into_iter().map(|application| row(application, &view.gateway, now)).collect_view();
        view! { <Table caption="Applications" columns=LIVE>{rows}</Table> }.into_any()
    };
    let gone = view.gone;
    view! {
        <PageHead title="Application instances" subtitle beside=move || view! { <ListChanged known/> }>
            {(!nothing).then(|| view! { <a class=Variant::Primary.classes() href="/devops/releases">"Deploy a project"</a> })}
        </PageHead>
        <LivePage of=None revision/>
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
    view! {
        <tr>
            <th scope="row" class="font-normal">
                <a class="link font-medium whitespace-nowrap" href=format!("/devops/instances/{name}")>{name.clone()}</a>
                <span class="block text-muted">{application.project.to_string()}" v"{application.version.number()}</span>
            </th>
            <td class="min-w-40">
                <LiveBadge id=id.clone() status=status.label().to_owned() revision=application.revision reason with_reason=true/>
            </td>
            <td class=Room::Wide.classes() id=format!("updated-{id}") data-live=""><Ago at=application.updated_at now/></td>
            <td class=Room::Medium.classes()>
                <Ago at=application.created_at now/><span class="block max-w-36 truncate text-muted">"by "{application.created_by}</span>
            </td>
            <td class=Room::Medium.classes() id=format!("gateway-{id}") data-live="">{gateway_link(address, status)}</td>
            <td class="hidden w-px md:table-cell" id=format!("actions-{id}") data-live=""><Removal name status in_row=true/></td>
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
        <tr>
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
