//! Containers that ran and ended: killed for memory or for their health, or by themselves.

use super::{
    CRASH_LOOP_RESTARTS,
    case::{Case, Finding, Weight},
    database,
    words::has,
};
use crate::observed::{End, Remark, Workload};

const ENDED: [&str; 6] =
    ["CrashLoopBackOff", "Error", "ContainerCannotRun", "Completed", "OOMKilled", "ContainerStatusUnknown"];
/// Told to stop, and ended in good order, by that signal, or by force.
const STOPPED_BY_THE_NODE: [i32; 3] = [0, 143, 137];
const UNHEALTHY: &[&str] = &["Unhealthy"];

const NAMES_NOT_FOUND: [&str; 8] = [
    "no such host",
    "temporary failure in name resolution",
    "name or service not known",
    "server misbehaving",
    "could not translate host name",
    "could not resolve host",
    "unknownhostexception",
    "getaddrinfo",
];

/// The container ended, and waits for its next start or has just begun it.
pub(super) fn ended(case: &Case<'_>) -> Option<Finding> {
    let trouble = case.task.trouble.as_ref()?;
    let end = case.task.last_end.as_ref();
    let runs_again = trouble.reason == "NotReady" && end.is_some();
    if !runs_again && !ENDED.contains(&trouble.reason.as_str()) {
        return None;
    }
    if case.component.kind == Workload::Job && trouble.reason == "Completed" {
        return None;
    }
    let found = out_of_memory(case)
        .or_else(|| killed_for_health(case, end?))
        .or_else(|| by_last_words(case))
        .unwrap_or_else(|| by_itself(case));
    Some(case.evident(found))
}

fn out_of_memory(case: &Case<'_>) -> Option<Finding> {
    let by_end = case.task.last_end.as_ref().is_some_and(|end| end.reason == "OOMKilled");
    (by_end || case.trouble(&["OOMKilled"]).is_some()).then(|| {
        let reason = format!("{} was stopped because it used more memory than it may.", case.who());
        let action = "Give the component more memory, or find out what it uses it for.";
        Finding::new(Weight::Start, "SLW_OOM", reason, action)
    })
}

/// The kubelet says in an event that a check failed, and then stops the container.
fn killed_for_health(case: &Case<'_>, end: &End) -> Option<Finding> {
    if !STOPPED_BY_THE_NODE.contains(&end.exit_code) {
        return None;
    }
    let in_that_run = |remark: &&Remark| match (remark.at, end.started_at) {
        (Some(said), Some(began)) => said >= began,
        _ => true,
    };
    let check = |name: &str| {
        case.remarks(UNHEALTHY).filter(in_that_run).find(|remark| remark.message.starts_with(name))
    };
    if let Some(remark) = check("Startup") {
        let reason = format!("{} does not pass its startup check in time and is started again.", case.who());
        let action = "Give it more time to start, or correct the path and the port of the startup check.";
        return Some(Finding::new(Weight::Start, "SLW_STARTUP_CHECK", reason, action).remarked([remark]));
    }
    let remark = check("Liveness")?;
    let reason = format!("{} fails its liveness check and is started again by the node.", case.who());
    let action = "Check what the path of the liveness check answers, its port, and how long it may take.";
    Some(Finding::new(Weight::Start, "SLW_LIVENESS", reason, action).remarked([remark]))
}

fn by_last_words(case: &Case<'_>) -> Option<Finding> {
    let said = case.said();
    if let Some(found) = database::refused(case, &said) {
        return Some(found);
    }
    if has(&said, &NAMES_NOT_FOUND) {
        let reason = format!("{} ends because it does not find a host by its name.", case.who());
        let action =
            "Check the host's name in the settings; if names within the cluster fail, too, its DNS is down.";
        return Some(Finding::new(Weight::Crash, "SLW_DNS", reason, action));
    }
    if has(&said, &["address already in use", "eaddrinuse"]) {
        let reason =
            format!("{} ends because its port is taken by another container of the same task.", case.who());
        let action = "Give each container a port of its own.";
        return Some(Finding::new(Weight::Crash, "SLW_PORT_IN_USE", reason, action));
    }
    None
}

fn by_itself(case: &Case<'_>) -> Finding {
    let (who, task) = (case.who(), case.task);
    let log = "Read its log: the last lines before the end usually say why.";
    let settings = "Read its log; check the command and the variables of the component.";
    if task.trouble.as_ref().is_some_and(|trouble| trouble.is_init) {
        let reason = format!("{who} fails, so nothing else of the task is started.");
        return Finding::new(Weight::Crash, "SLW_INIT_FAILED", reason, "Read the log of the init container.");
    }
    if case.component.kind == Workload::Job {
        let reason = format!("The job {who} failed.");
        return Finding::new(Weight::Crash, "SLW_JOB_FAILED", reason, log);
    }
    let (code, reason, action) = if task.recent_restarts >= CRASH_LOOP_RESTARTS {
        ("DEP_E163", format!("{who} stops unexpectedly and crashes again and again."), log)
    } else if task.was_ready {
        ("DEP_E155", format!("{who} served and then failed."), log)
    } else if task.is_pinned {
        ("DEP_E152", format!("{who} ended on its own node before it was ready."), settings)
    } else {
        ("DEP_E154", format!("{who} ended before it was ready."), settings)
    };
    Finding::new(Weight::Crash, code, reason, action)
}
