//! What an application consists of: its components, and their running copies.

use crate::{key, t};
use jiff::Timestamp;
use leptos::prelude::*;
use slipway_domain::{
    observed::{Health, ObservedComponent, ObservedTask, TaskState},
    spec::ComponentSpec,
    status::{Status, Tone},
};

use super::{head::Tab, images::Images, tab};
use crate::{
    desk::{ApplicationView, SharedDesk},
    ui::{
        badge::Outcome,
        copy::Copy,
        empty::Empty,
        facts::{Fact, Facts},
        icon::Glyph,
        table::{Room, Table},
        time::Ago,
    },
    words::Word,
};

const TASKS: &[(&str, Room)] = &[
    (key!("id"), Room::Any),
    (key!("release"), Room::Medium),
    (key!("last-status"), Room::Any),
    (key!("health-status"), Room::Any),
    (key!("started-at"), Room::Medium),
    (key!("stopped-at"), Room::Wide),
    (key!("restarts"), Room::Medium),
];

/// The page of the components.
#[component]
pub fn ComponentsPage() -> impl IntoView {
    tab(Tab::Components, |_, _, view| async move { Ok((view, ())) }, |view, ()| content(view).into_any())
}

fn content(view: ApplicationView) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let status = view.application.standing.status;
    let name = view.application.name.to_string();
    let of_images = view.clone();
    let list = if status == Status::Undeployed {
        view! {
            <Empty glyph=Glyph::Instances title=t!("nothing-runs")>
                <p>{t!("nothing-runs-more")}</p>
            </Empty>
        }
        .into_any()
    } else {
        let components = view.spec.components.into_iter().map(|component| {
            let found = view.components.iter().find(|observed| observed.name == component.name).cloned();
            view! { <Component application=name.clone() component found status now/> }
        });
        components.collect_view().into_any()
    };
    view! { <div class="space-y-6" id="state" data-live="">{list}<Images view=of_images now/></div> }
}

#[component]
fn Component(
    /// The application.
    application: String,
    /// As it should be.
    component: ComponentSpec,
    /// As it is.
    found: Option<ObservedComponent>,
    /// How the application stands.
    status: Status,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let Readiness { tone, label } = readiness(&component, found.as_ref(), status);
    let name = component.name.to_string();
    let (id, title) = (format!("component-{name}"), format!("component-{name}-title"));
    let log = format!("{}?component={name}", Tab::Logs.href(&application));
    let digest = component.digest().map(|digest| (digest.short().to_owned(), digest.to_string()));
    let image = component.image.to_string();
    let line = found.as_ref().map(running);
    let tasks = found.map(|found| found.tasks).unwrap_or_default();
    let rows = tasks.into_iter().map(|task| task_row(&application, &name, task, now)).collect::<Vec<_>>();
    let has_tasks = !rows.is_empty();
    let digest = match digest {
        Some((short, full)) => {
            let what = t!("digest-of", name = &name);
            view! { <span class="flex items-center gap-1"><code class="text-sm" title=full.clone()>{short}</code><Copy text=full what/></span> }.into_any()
        }
        None => view! { <span class="text-muted">{t!("not-resolved")}</span> }.into_any(),
    };
    let (of_image, of_log) = (t!("the-image-of", name = &name), t!("component-of", name = &name));
    let route = component.route.unwrap_or_else(|| t!("none"));
    view! {
        <section class="space-y-3" id=id aria-labelledby=title.clone()>
            <div class="flex flex-wrap items-baseline gap-x-3 gap-y-1">
                <h2 class="font-semibold" id=title.clone()>{name.clone()}</h2>
                <span class="text-sm text-muted">{component.role.word()}</span>
                <span class="text-sm"><Outcome tone label/></span>
                {line.map(|line| view! { <code class="ml-auto text-sm text-muted">{line}</code> })}
            </div>
            <div class="card px-4 py-3.5">
                <Facts>
                    <Fact label=t!("image")><span class="flex items-center gap-1"><code class="min-w-0 text-sm wrap-anywhere">{image.clone()}</code><Copy text=image what=of_image/></span></Fact>
                    <Fact label=t!("digest")>
                        {digest}
                    </Fact>
                    <Fact label=t!("route")>{route}</Fact>
                    <Fact label=t!("log")><a class="link" href=log aria-label=of_log>{t!("open")}</a></Fact>
                </Facts>
            </div>
            {has_tasks.then(|| view! { <Table caption=t!("tasks") columns=TASKS>{rows.collect_view()}</Table> })}
        </section>
    }
}

/// How many copies of a component are ready, as far as that can be known.
pub(super) struct Readiness {
    pub(super) tone: Tone,
    pub(super) label: String,
}

pub(super) fn readiness(
    component: &ComponentSpec,
    found: Option<&ObservedComponent>,
    status: Status,
) -> Readiness {
    let is_stale = expect_context::<SharedDesk>().surroundings().stale_since.is_some();
    let (ready, desired) = match found {
        None if is_stale => return Readiness { tone: Tone::Over, label: t!("not-known") },
        None => (0, component.replicas),
        Some(observed) => (observed.ready, observed.desired),
    };
    let tone = match status.tone() {
        _ if found.is_some_and(ObservedComponent::is_ready) => Tone::Good,
        Tone::Bad | Tone::Doubtful => Tone::Doubtful,
        _ => Tone::Moving,
    };
    Readiness { tone, label: t!("of", number = ready, count = desired) }
}

/// The line of SetOps (S2.20). What is not there is not pending (S2.21).
fn running(component: &ObservedComponent) -> String {
    let is =
        |wanted: &[TaskState]| component.tasks.iter().filter(|task| wanted.contains(&task.state)).count();
    let pending = is(&[TaskState::Provisioning, TaskState::Pending, TaskState::Activating]);
    let running = is(&[TaskState::Running]);
    t!("tasks-line", running = running, desired = component.desired, pending = pending)
}

fn task_row(application: &str, component: &str, task: ObservedTask, now: Timestamp) -> impl IntoView + use<> {
    let tone = match task.state {
        TaskState::Running => Tone::Good,
        _ if task.trouble.is_some() => Tone::Bad,
        TaskState::Stopped => Tone::Over,
        _ => Tone::Moving,
    };
    let label = task.state.word();
    let trouble = task.trouble.map(|trouble| trouble.reason);
    let (healthy, health) = match task.health {
        Health::Healthy => (Tone::Good, t!("task-healthy")),
        Health::Unhealthy => (Tone::Bad, t!("task-unhealthy")),
        Health::Unknown => (Tone::Over, t!("task-unknown")),
    };
    let ended = task.last_end.map(|end| match end.signal {
        Some(signal) => t!("signal", reason = end.reason, signal = signal.to_string()),
        None => t!("exit-code", reason = end.reason, code = end.exit_code.to_string()),
    });
    let log = format!("{}?component={component}&task={}", Tab::Logs.href(application), task.id);
    let id = format!("task-{}", task.id);
    view! {
        <tr id=id>
            <th scope="row" class="font-normal"><a class="link" href=log title=t!("its-log")><code class="wrap-anywhere">{task.id}</code></a></th>
            <td class=Room::Medium.classes()>{task.release}</td>
            <td><Outcome tone label/>{trouble.map(|trouble| view! { <span class="block pl-5 text-muted" lang="en">{trouble}</span> })}</td>
            <td><Outcome tone=healthy label=health/></td>
            <td class=Room::Medium.classes()>{task.started_at.map(|at| view! { <Ago at now/> })}</td>
            <td class=Room::Wide.classes()>{match task.stopped_at { Some(at) => view! { <Ago at now/> }.into_any(), None => "-".into_any() }}</td>
            <td class=Room::Medium.classes()>{task.restarts}{ended.filter(|_| task.restarts > 0).map(|ended| view! { <span class="block text-muted">{ended}</span> })}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use slipway_domain::{names::ComponentName, observed::Workload};

    use super::*;

    #[test]
    fn s2_21_what_is_missing_is_not_pending() {
        let name = ComponentName::parse("web").unwrap();
        let task = |state| ObservedTask { state, ..ObservedTask::default() };
        let tasks = vec![task(TaskState::Running), task(TaskState::Pending), task(TaskState::Stopping)];
        let component =
            ObservedComponent { desired: 5, tasks, ..ObservedComponent::new(name, Workload::Deployment) };
        assert_eq!(running(&component), "ACTIVE 1 / 5 running tasks (1 pending)");
    }
}
