//! Application instances: what was deployed, how it stands, where it answers (S1.31, S1.45).

use jiff::Timestamp;
use leptos::prelude::*;
use slipway_domain::{application::Application, status::Status};

use crate::{
    desk::{InstancesView, SharedDesk},
    islands::live::{ListChanged, LiveBadge},
    ui::{
        badge::Badge,
        button::Variant,
        empty::Empty,
        frame::PageHead,
        icon::{Glyph, Icon},
        load::load,
        table::Table,
        time::Ago,
    },
};

const LIVE: &[&str] = &["Name", "Status", "Project", "Created", "Updated", "Gateway", "Actions"];
const GONE: &[&str] = &["Name", "Status", "Project", "Created by", "Removed"];

/// The page Application instances.
#[component]
pub fn InstancesPage() -> impl IntoView {
    load("Application instances", |desk| async move { desk.instances().await }, content)
}

fn content(view: InstancesView) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let known = view.live.iter().map(|application| application.id.to_string()).collect::<Vec<_>>();
    let nothing = view.live.is_empty();
    let rows = view.live.into_iter().map(|application| row(application, &view.gateway, now)).collect_view();
    view! {
        <PageHead title="Application instances" subtitle="Deployed projects, live.">
            <ListChanged known/>
            <a class=Variant::Primary.classes() href="/devops/releases">"Deploy a project"</a>
        </PageHead>
        {if nothing {
            view! {
                <Empty glyph=Glyph::Instances title="Nothing is deployed">
                    <p>"Choose a released project and press Deploy. "<a class="link" href="/devops/releases">"Application releases"</a></p>
                </Empty>
            }.into_any()
        } else {
            view! {
                <Table caption="Applications" columns=LIVE>
                    {rows}
                </Table>
            }.into_any()
        }}
        {(!view.gone.is_empty()).then(|| view! {
            <section class="space-y-3">
                <h2 class="text-base font-semibold">"Undeployed"</h2>
                <Table caption="Applications that were removed" columns=GONE>
                    {view.gone.into_iter().map(|application| gone(application, now)).collect_view()}
                </Table>
            </section>
        })}
    }
}

fn row(application: Application, gateway: &str, now: Timestamp) -> impl IntoView + use<> {
    let name = application.name.to_string();
    let status = application.standing.status;
    let reason = application.standing.reason.unwrap_or_default();
    let address = application.gateway_path.map(|path| format!("{gateway}{path}"));
    view! {
        <tr>
            <th scope="row"><a class="link font-medium" href=format!("/devops/instances/{name}")>{name.clone()}</a></th>
            <td>
                <LiveBadge id=application.id.to_string() status=status.label().to_owned() revision=application.revision
                    reason with_reason=true/>
            </td>
            <td>{application.project.to_string()}" "<span class="text-muted">"v"{application.version.number()}</span></td>
            <td><Ago at=application.created_at now/><span class="block text-muted">"by "{application.created_by}</span></td>
            <td><Ago at=application.updated_at now/></td>
            <td>{gateway_link(address, status)}</td>
            <td><Removal name status/></td>
        </tr>
    }
}

/// The link to the gateway; greyed until there is something behind it.
pub(super) fn gateway_link(address: Option<String>, status: Status) -> AnyView {
    let sandbox = expect_context::<SharedDesk>().surroundings().sandbox;
    match address {
        Some(_) if sandbox => {
            let why = "The cluster is simulated, so nothing answers.";
            view! { <span class="text-muted" title=why>"Simulated"</span> }.into_any()
        }
        Some(address) if status == Status::Running => view! {
            <a class="link inline-flex items-center gap-1" href=address rel="external">"Open"<Icon glyph=Glyph::External class="size-3.5"/></a>
        }
        .into_any(),
        Some(_) => view! { <span class="text-muted" title="It can be opened when the application is running.">"Not yet"</span> }.into_any(),
        None => view! { <span class="text-muted">"None"</span> }.into_any(),
    }
}

/// The removal that the status allows. The other one is there too, and says why not.
#[component]
pub(super) fn Removal(
    /// The application.
    name: String,
    /// How it stands.
    status: Status,
) -> impl IntoView {
    let action = |label: &'static str, force: bool, allowed: Result<(), &'static str>| {
        let href = format!("/devops/instances/{name}/undeploy{}", if force { "?force=true" } else { "" });
        match allowed {
            Ok(()) => view! { <a class=Variant::Quiet.classes() href=href aria-label=format!("{label} {name}")>{label}</a> }.into_any(),
            Err(why) => view! {
                <span class="button cursor-not-allowed text-muted" role="link" aria-disabled="true" title=why>
                    {label}<span class="sr-only">{format!(" is not possible: {why}")}</span>
                </span>
            }.into_any(),
        }
    };
    view! {
        <div class="flex gap-1">
            {action("Undeploy", false, status.may_undeploy())}
            {action("Force Undeploy", true, status.may_force_undeploy())}
        </div>
    }
}

fn gone(application: Application, now: Timestamp) -> impl IntoView {
    let name = application.name.to_string();
    view! {
        <tr>
            <th scope="row"><a class="link font-medium" href=format!("/devops/instances/{name}")>{name.clone()}</a></th>
            <td><Badge status=application.standing.status/></td>
            <td>{application.project.to_string()}" "<span class="text-muted">"v"{application.version.number()}</span></td>
            <td>{application.created_by}</td>
            <td><Ago at=application.updated_at now/></td>
        </tr>
    }
}
