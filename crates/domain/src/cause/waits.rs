//! Tasks that are on their way, do not answer, or wait for another component.

use super::{
    NOT_READY,
    case::{Case, Finding, Weight},
    of_component,
    words::names_host,
};
use crate::observed::{Health, Observed, ObservedComponent, ObservedTask};

const UNHEALTHY: &[&str] = &["Unhealthy"];

/// The task runs and does not answer, or is still being prepared.
pub(super) fn waits(case: &Case<'_>) -> Option<Finding> {
    let trouble = case.trouble(&["NotReady", "Preparing"])?;
    let who = case.who();
    let checks = || case.remarks(UNHEALTHY);
    let (reason, action) = if trouble.reason == "Preparing" {
        (format!("{who} still runs, and the task waits for it."), "Read its log to see what it waits for.")
    } else if checks().any(|remark| remark.message.starts_with("Startup"))
        && case.task.health != Health::Healthy
    {
        (
            format!("{who} runs, but does not pass its startup check yet."),
            "Give it time; check the path and the port of the startup check.",
        )
    } else {
        (
            format!("{who} runs, but does not answer its health check."),
            "Check the health path and the port, and whether what it depends on is up.",
        )
    };
    let found = case.evident(Finding::new(Weight::Waiting, NOT_READY, reason, action));
    Some(found.remarked(checks()))
}

/// The finding, or that another component is to blame: one that is itself not ready, and that the words name.
pub(super) fn blamed(found: Finding, component: &ObservedComponent, observed: &Observed) -> Finding {
    if !matches!(found.weight, Weight::Crash | Weight::Waiting) {
        return found;
    }
    // Whoever only waits may wait for something that is just starting; that is no trouble.
    let is_unwell = |other: &&ObservedComponent| {
        found.weight == Weight::Crash
            || of_component(other).iter().any(|found| found.weight < Weight::Blocked)
    };
    let others = observed.components.iter().filter(|other| other.name != component.name && !other.is_ready());
    let others = others.filter(is_unwell);
    // Two that name each other explain nothing.
    let to_blame = others.filter(|other| names(component, other) && !names(other, component));
    let Some(other) = to_blame.map(|other| &other.name).min() else { return found };
    let reason = format!("{} waits for {other}, which is not well.", component.name);
    let action = format!("Mend {other} first; {} needs nothing else.", component.name);
    let mut blocked = Finding::new(Weight::Blocked, "DEP_E156", reason, &action);
    blocked.cause.evidence = found.cause.evidence;
    blocked.cause.blocked_by = Some(other.clone());
    blocked
}

fn names(component: &ObservedComponent, other: &ObservedComponent) -> bool {
    component
        .tasks
        .iter()
        .filter(|task| !task.state.is_leaving())
        .any(|task| task_names(task, other.name.as_str()))
}

fn task_names(task: &ObservedTask, host: &str) -> bool {
    let trouble = task.trouble.as_ref();
    let is_wait_for = trouble.is_some_and(|trouble| {
        let name = trouble.container.strip_prefix("wait-for-").or(trouble.container.strip_prefix("wait-"));
        trouble.is_init && name == Some(host)
    });
    let words = trouble.map(|trouble| trouble.message.as_str()).into_iter();
    let words = words.chain(task.last_end.as_ref().map(|end| end.message.as_str()));
    is_wait_for || words.into_iter().any(|words| names_host(words, host))
}
