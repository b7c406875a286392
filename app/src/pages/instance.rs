//! One application: how it stands and why, what it consists of, what was done to it.

use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use slipway_domain::{
    names::ApplicationName,
    observed::{ObservedComponent, ObservedTask, TaskState},
    operation::{Operation, Progress},
    spec::ComponentSpec,
    status::{Status, Tone},
};

use super::instances::{Removal, gateway_link};
use crate::{
    desk::{ApplicationView, DeskError, SharedDesk},
    islands::{
        copy::CopyButton,
        live::{LiveBadge, LivePage},
    },
    ui::{
        badge::Outcome,
        callout::CauseCallout,
        facts::{Fact, Facts},
        frame::PageHead,
        load::load,
        steps::Steps,
        table::{Room, Section, Table},
        time::{Ago, took},
    },
};

const COMPONENTS: &[(&str, Room)] =
    &[("Component", Room::Any), ("Ready", Room::Any), ("Image", Room::Medium), ("Digest", Room::Wide)];
const TASKS: &[(&str, Room)] = &[
    ("ID", Room::Any),
    ("Release", Room::Medium),
    ("Last status", Room::Any),
    ("Restarts", Room::Medium),
    ("Started", Room::Medium),
];
const HISTORY: &[(&str, Room)] = &[
    ("Time", Room::Any),
    ("Operation", Room::Any),
    ("Generation", Room::Wide),
    ("User", Room::Medium),
    ("Outcome", Room::Any),
    ("Took", Room::Medium),
];

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
    let now = expect_context::<SharedDesk>().surroundings().now;
    let application = view.application.clone();
    let (status, cause) = (application.standing.status, application.standing.cause);
    let (id, name) = (application.id.to_string(), application.name.to_string());
    let badge = {
        let id = id.clone();
        let (label, revision) = (status.label().to_owned(), application.revision);
        move || view! { <LiveBadge id status=label revision reason=String::new() with_reason=false/> }
    };
    // A cause says more than the line that it explains.
    let reason = application
        .standing
        .reason
        .filter(|reason| cause.as_ref().is_none_or(|cause| cause.reason != *reason));
    view! {
        <PageHead title=name.clone() subtitle=format!("{} v{}", application.project, application.version)
            above=vec![("/devops/instances".to_owned(), "Application instances".to_owned())] beside=badge>
            <div id="actions" data-live="">
                {(status != Status::Undeployed).then(|| view! { <Removal name status in_row=false/> })}
            </div>
        </PageHead>
        <LivePage of=Some(id) revision=application.revision/>
        <div class="space-y-4 empty:hidden" id="news" data-live="">
            {reason.map(|reason| view! { <p class="text-muted wrap-anywhere">{reason}</p> })}
            {cause.map(|cause| view! { <CauseCallout cause/> })}
            {view.operations.first().cloned().map(|operation| view! { <Steps operation/> })}
        </div>
        <div class="card">
            <div class="px-4 py-4" id="details" data-live=""><Details view=view.clone() now/></div>
            {example(&view)}
        </div>
        <div class="space-y-8" id="state" data-live="">
            <Workloads view=view.clone() now/>
            <History operations=view.operations now/>
        </div>
    }
}

/// How a program asks the application something, where something answers.
fn example(view: &ApplicationView) -> impl IntoView + use<> {
    let sandbox = expect_context::<SharedDesk>().surroundings().sandbox;
    let is_gone = view.application.standing.status == Status::Undeployed;
    let address = view.gateway_url.as_ref().filter(|_| !sandbox && !is_gone);
    address.map(|url| format!("curl {url}")).map(|command| {
        view! {
            <div class="flex min-h-11 items-center gap-3 border-t border-line px-4 py-1.5">
                <span class="text-xs whitespace-nowrap text-muted">"API example"</span>
                <code class="min-w-0 flex-1 text-sm wrap-anywhere select-all">{command.clone()}</code>
                <CopyButton text=command/>
            </div>
        }
    })
}

#[component]
fn Details(
    /// The application.
    view: ApplicationView,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let application = view.application;
    let status = application.standing.status;
    let users =
        if view.spec.users.is_empty() { "Nobody else".to_owned() } else { view.spec.users.join(", ") };
    view! {
        <Facts>
            <Fact label="Gateway">{gateway_link(view.gateway_url, status)}</Fact>
            <Fact label="Namespace">{application.name.to_string()}</Fact>
            <Fact label="Administrator access">{view.spec.admins.join(", ")}</Fact>
            <Fact label="User access">{users}</Fact>
            <Fact label="Deployed"><Ago at=application.created_at now/>" by "{application.created_by}</Fact>
            <Fact label="Last change"><Ago at=application.updated_at now/></Fact>
            <Fact label="Generation">{application.generation}</Fact>
            <Fact label="ID"><code class="text-sm">{application.id.to_string()}</code></Fact>
        </Facts>
    }
}

#[component]
fn Workloads(
    /// The application.
    view: ApplicationView,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let status = view.application.standing.status;
    let is_stale = expect_context::<SharedDesk>().surroundings().stale_since.is_some();
    let rows = view.spec.components.iter().map(|component| {
        let found = view.components.iter().find(|observed| observed.name == component.name);
        component_row(component, readiness(component, found, status, is_stale))
    });
    let (rows, count) = (rows.collect_view(), view.spec.components.len());
    let tasks: Vec<ObservedTask> =
        view.components.into_iter().flat_map(|component| component.tasks).collect();
    view! {
        <Section title="Components" count>
            <Table caption="Components" columns=COMPONENTS>{rows}</Table>
        </Section>
        {(!tasks.is_empty()).then(|| {
            let count = tasks.len();
            let rows = tasks.into_iter().map(|task| task_row(task, now)).collect_view();
            view! { <Section title="Tasks" count><Table caption="Tasks" columns=TASKS>{rows}</Table></Section> }
        })}
    }
}

/// How many copies of a component are ready, as far as that can be known.
fn readiness(
    component: &ComponentSpec,
    found: Option<&ObservedComponent>,
    status: Status,
    is_stale: bool,
) -> AnyView {
    let words = |words: &'static str| view! { <span class="text-muted">{words}</span> }.into_any();
    let (ready, desired) = match found {
        _ if status == Status::Undeployed => return words("–"),
        None if is_stale => return words("Not known"),
        None => (0, component.replicas),
        Some(observed) => (observed.ready, observed.desired),
    };
    let tone = match status.tone() {
        _ if found.is_some_and(ObservedComponent::is_ready) => Tone::Good,
        Tone::Bad | Tone::Doubtful => Tone::Doubtful,
        _ => Tone::Moving,
    };
    view! { <Outcome tone label=format!("{ready} of {desired}")/> }.into_any()
}

fn component_row(component: &ComponentSpec, ready: AnyView) -> impl IntoView + use<> {
    let digest = component.digest.as_ref();
    let (short, full) = digest.map_or_else(Default::default, |d| (d.short().to_owned(), d.to_string()));
    view! {
        <tr>
            <th scope="row" class="font-medium">{component.name.to_string()}</th>
            <td>{ready}</td>
            <td class="hidden wrap-anywhere md:table-cell">{component.image.to_string()}</td>
            <td class=Room::Wide.classes()><code class="text-muted" title=full>{short}</code></td>
        </tr>
    }
}

fn task_row(task: ObservedTask, now: Timestamp) -> impl IntoView {
    let tone = match task.state {
        TaskState::Running => Tone::Good,
        _ if task.trouble.is_some() => Tone::Bad,
        TaskState::Stopped => Tone::Over,
        _ => Tone::Moving,
    };
    let label = format!("{:?}", task.state).to_uppercase();
    let trouble = task.trouble.map(|trouble| trouble.reason);
    view! {
        <tr>
            <th scope="row" class="font-normal"><code class="wrap-anywhere">{task.id}</code></th>
            <td class=Room::Medium.classes()>{task.release}</td>
            <td><Outcome tone label/>{trouble.map(|trouble| view! { <span class="block pl-5 text-muted">{trouble}</span> })}</td>
            <td class=Room::Medium.classes()>{task.restarts}</td>
            <td class=Room::Medium.classes()>{task.started_at.map(|at| view! { <Ago at now/> })}</td>
        </tr>
    }
}

#[component]
fn History(
    /// What was done, newest first.
    operations: Vec<Operation>,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let count = operations.len();
    let rows = operations.into_iter().map(|operation| {
        let (tone, more) = match &operation.progress {
            Progress::Open { step } => (Tone::Moving, Some(step.label().to_owned())),
            Progress::Succeeded { .. } => (Tone::Good, None),
            Progress::Failed { step, cause, .. } => (Tone::Bad, Some(format!("{}: {}", step.label(), cause.reason))),
            Progress::Cancelled { step, .. } => (Tone::Over, Some(format!("at {}", step.label()))),
        };
        let time = operation.progress.ended_at().map(|end| took(operation.requested_at, end));
        view! {
            <tr>
                <td><Ago at=operation.requested_at now/></td>
                <td class="md:whitespace-nowrap">{operation.kind.label()}</td>
                <td class=Room::Wide.classes()>{operation.generation}</td>
                <td class=Room::Medium.classes()>{operation.requested_by}</td>
                <td>
                    <Outcome tone label=operation.progress.label()/>
                    {more.map(|more| view! { <span class="block pl-5 text-muted wrap-anywhere">{more}</span> })}
                </td>
                <td class="hidden whitespace-nowrap md:table-cell">{time}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! { <Section title="History" count><Table caption="History" columns=HISTORY>{rows}</Table></Section> }
}
