//! What an application consists of: its components, and their running copies.

use jiff::Timestamp;
use leptos::prelude::*;
use slipway_domain::{
    observed::{ObservedComponent, ObservedTask, TaskState},
    spec::ComponentSpec,
    status::{Status, Tone},
};

use crate::{
    desk::{ApplicationView, SharedDesk},
    ui::{
        badge::Outcome,
        table::{Room, Section, Table},
        time::Ago,
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

#[component]
pub(super) fn Workloads(
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
    let digest = component.digest();
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
