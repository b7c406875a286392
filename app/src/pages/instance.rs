//! One application: how it stands and why, what it consists of, what was done to it.

use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use slipway_domain::{
    names::ApplicationName,
    observed::ObservedTask,
    operation::{Operation, Progress},
    spec::ComponentSpec,
    status::{Status, Tone},
};

use super::instances::{Removal, gateway_link};
use crate::{
    desk::{ApplicationView, DeskError, SharedDesk},
    islands::live::{LiveBadge, LiveRegion},
    ui::{
        badge::Outcome,
        callout::CauseCallout,
        frame::PageHead,
        load::load,
        table::Table,
        time::{Ago, took},
    },
};

const COMPONENTS: &[&str] = &["Component", "Ready", "Image", "Digest"];
const TASKS: &[&str] = &["ID", "Release", "Last status", "Restarts", "Started"];
const HISTORY: &[&str] = &["Time", "Operation", "Generation", "User", "Outcome", "Took"];

/// The page of one application.
#[component]
pub fn InstancePage() -> impl IntoView {
    let name = use_params_map().with_untracked(|params| params.get("name").unwrap_or_default());
    let title = name.clone();
    let ask = move |desk: SharedDesk| {
        let name = name.clone();
        async move {
            let missing = || DeskError::NotFound { what: format!("No application is called {name:?}.") };
            desk.application(&ApplicationName::parse(&name).map_err(|_| missing())?).await
        }
    };
    load(title, ask, content)
}

fn content(view: ApplicationView) -> impl IntoView {
    let application = &view.application;
    let (name, status) = (application.name.to_string(), application.standing.status);
    let (id, revision) = (application.id.to_string(), application.revision);
    let of_badge = id.clone();
    let reason = application.standing.reason.clone().unwrap_or_default();
    let about =
        format!("{} v{}, generation {}", application.project, application.version, application.generation);
    view! {
        <PageHead title=name subtitle=about>
            <LiveBadge id=of_badge status=status.label().to_owned() revision reason=String::new() with_reason=false/>
        </PageHead>
        <LiveRegion id revision region="live".to_owned()/>
        <div id="live" class="space-y-6">
            {(!reason.is_empty()).then(|| view! { <p class="text-muted">{reason}</p> })}
            {view.application.standing.cause.clone().map(|cause| view! { <CauseCallout cause/> })}
            <Details view=view.clone()/>
            <Workloads view=view.clone()/>
            <History operations=view.operations/>
        </div>
    }
}

#[component]
fn Details(
    /// The application.
    view: ApplicationView,
) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let status = view.application.standing.status;
    let application = view.application;
    let sandbox = expect_context::<SharedDesk>().surroundings().sandbox;
    let curl = view.gateway_url.as_ref().filter(|_| !sandbox).map(|url| format!("curl {url}"));
    let users =
        if view.spec.users.is_empty() { "nobody else".to_owned() } else { view.spec.users.join(", ") };
    view! {
        <div class="card flex flex-wrap items-start justify-between gap-6 p-5">
            <dl class="facts">
                <dt>"Gateway"</dt><dd>{gateway_link(view.gateway_url, status)}</dd>
                {curl.map(|curl| view! { <dt>"API example"</dt><dd><code class="select-all break-all">{curl}</code></dd> })}
                <dt>"Namespace"</dt><dd>{application.name.to_string()}</dd>
                <dt>"Administrators"</dt><dd>{view.spec.admins.join(", ")}</dd>
                <dt>"Users"</dt><dd>{users}</dd>
                <dt>"Deployed"</dt><dd><Ago at=application.created_at now/>" by "{application.created_by}</dd>
                <dt>"ID"</dt><dd><code class="break-all">{application.id.to_string()}</code></dd>
            </dl>
            {(status != Status::Undeployed).then(|| view! { <Removal name=application.name.to_string() status/> })}
        </div>
    }
}

#[component]
fn Workloads(
    /// The application.
    view: ApplicationView,
) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let observed = view.components;
    let gone = view.application.standing.status == Status::Undeployed;
    let rows = view.spec.components.iter().map(|component| {
        let found = observed.iter().find(|observed| observed.name == component.name);
        let ready = found.map_or_else(
            || format!("0 of {}", component.replicas),
            |o| format!("{} of {}", o.ready, o.desired),
        );
        component_row(component, if gone { "–".to_owned() } else { ready })
    });
    let rows = rows.collect_view();
    let tasks: Vec<ObservedTask> = observed.iter().flat_map(|component| component.tasks.clone()).collect();
    view! {
        <section class="space-y-3">
            <h2 class="text-base font-semibold">"Components"</h2>
            <Table caption="Components" columns=COMPONENTS>{rows}</Table>
        </section>
        {(!tasks.is_empty()).then(|| view! {
            <section class="space-y-3">
                <h2 class="text-base font-semibold">"Tasks"</h2>
                <Table caption="Tasks" columns=TASKS>{tasks.into_iter().map(|task| task_row(task, now)).collect_view()}</Table>
            </section>
        })}
    }
}

fn component_row(component: &ComponentSpec, ready: String) -> impl IntoView + use<> {
    let digest = component.digest.as_ref();
    let (short, full) = digest.map_or_else(Default::default, |d| (d.short().to_owned(), d.to_string()));
    view! {
        <tr>
            <th scope="row" class="font-medium">{component.name.to_string()}</th>
            <td class="tabular-nums">{ready}</td>
            <td class="break-all">{component.image.to_string()}</td>
            <td><code title=full>{short}</code></td>
        </tr>
    }
}

fn task_row(task: ObservedTask, now: Timestamp) -> impl IntoView {
    let state = format!("{:?}", task.state).to_uppercase();
    let trouble = task.trouble.map(|trouble| trouble.reason);
    view! {
        <tr>
            <th scope="row"><code class="font-normal">{task.id}</code></th>
            <td class="tabular-nums">{task.release}</td>
            <td>{state}{trouble.map(|trouble| view! { <span class="text-muted">" · "{trouble}</span> })}</td>
            <td class="tabular-nums">{task.restarts}</td>
            <td>{task.started_at.map(|at| view! { <Ago at now/> })}</td>
        </tr>
    }
}

#[component]
fn History(
    /// What was done, newest first.
    operations: Vec<Operation>,
) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let rows = operations.into_iter().map(|operation| {
        let tone = match &operation.progress {
            Progress::Open { .. } => Tone::Moving,
            Progress::Succeeded { .. } => Tone::Good,
            Progress::Failed { .. } => Tone::Bad,
            Progress::Cancelled { .. } => Tone::Over,
        };
        let step = match &operation.progress {
            Progress::Open { step } => Some(format!("{}…", step.label())),
            Progress::Failed { step, cause, .. } => Some(format!("{}: {}", step.label(), cause.reason)),
            Progress::Cancelled { step, .. } => Some(format!("at {}", step.label())),
            Progress::Succeeded { .. } => None,
        };
        let time = operation.progress.ended_at().map(|end| took(operation.requested_at, end));
        view! {
            <tr>
                <td><Ago at=operation.requested_at now/></td>
                <td>{operation.kind.label()}</td>
                <td class="tabular-nums">{operation.generation}</td>
                <td>{operation.requested_by}</td>
                <td>
                    <span class="inline-flex flex-wrap items-center gap-2">
                        <Outcome tone label=operation.progress.label()/><span class="text-muted">{step}</span>
                    </span>
                </td>
                <td class="whitespace-nowrap tabular-nums">{time}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="space-y-3">
            <h2 class="text-base font-semibold">"History"</h2>
            <Table caption="History" columns=HISTORY>{rows}</Table>
        </section>
    }
}
