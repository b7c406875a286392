//! Tasks that the cluster does not let come into being: quotas, limits, policies; and what controllers give up.

use super::{
    case::{Finding, Weight, remark_line},
    words::{has, quoted},
};
use crate::observed::{ObservedComponent, Remark, Workload};

/// What the remarks about the workload itself explain.
pub(super) fn of_component(component: &ObservedComponent) -> Vec<Finding> {
    component.remarks.iter().filter_map(|remark| of_remark(component, remark)).collect()
}

fn of_remark(component: &ObservedComponent, remark: &Remark) -> Option<Finding> {
    let found = match remark.reason.as_str() {
        // A refusal that is over leaves its event behind.
        "FailedCreate" if remark.field == "event" && !misses_tasks(component) => return None,
        "FailedCreate" | "ReplicaSetCreateError" | "FailedUpdate" => refused(component, &remark.message),
        "ProgressDeadlineExceeded" => slow(component),
        "DeadlineExceeded" if component.kind == Workload::Job => {
            let reason = format!("The job {} took longer than it may.", component.name);
            Finding::new(
                Weight::Crash,
                "SLW_JOB_FAILED",
                reason,
                "Give it more time, or find out what it waits for.",
            )
        }
        "BackoffLimitExceeded" | "PodFailurePolicy" | "FailedIndexes" | "MaxFailedIndexesExceeded" => {
            let reason = format!("The job {} failed.", component.name);
            let log = "Read its log: the last lines before the end usually say why.";
            Finding::new(Weight::Crash, "SLW_JOB_FAILED", reason, log)
        }
        _ => return None,
    };
    Some(found.with(remark_line(remark)))
}

fn misses_tasks(component: &ObservedComponent) -> bool {
    let alive = component.tasks.iter().filter(|task| !task.state.is_leaving());
    alive.count() < usize::try_from(component.desired).unwrap_or(usize::MAX)
}

fn slow(component: &ObservedComponent) -> Finding {
    let reason = format!("{} takes longer to start than it may.", component.name);
    Finding::new(Weight::Slow, "SLW_SLOW", reason, "Look at its tasks and their logs.")
}

fn refused(component: &ObservedComponent, words: &str) -> Finding {
    let name = &component.name;
    let (code, reason, action) = match () {
        () if has(words, &["exceeded quota"]) => (
            "SLW_QUOTA",
            format!("The quota of the namespace is used up, so {name} gets no more tasks."),
            "Raise the quota, remove something else, or lower what the component asks for.",
        ),
        () if has(words, &["failed quota", "must specify"]) => (
            "SLW_QUOTA",
            format!("The quota of the namespace wants {name} to say what it needs, and it does not."),
            "Set requests and limits in the component's settings.",
        ),
        () if has(
            words,
            &[
                "usage per container",
                "usage per pod",
                "usage per persistentvolumeclaim",
                "limit to request ratio",
            ],
        ) =>
        {
            (
                "SLW_LIMIT_RANGE",
                format!("{name} asks for more or less than a single task may have in this namespace."),
                "Stay within the limits named below, or change the LimitRange.",
            )
        }
        () if has(words, &["violates podsecurity"]) => (
            "SLW_POD_SECURITY",
            format!("The security level of the namespace does not allow what {name} asks for."),
            "Take away the privileges named below, or lower the level of the namespace.",
        ),
        () if has(words, &["failed calling webhook", "failed to call webhook"]) => (
            "SLW_ADMISSION_DOWN",
            format!("A policy service that must approve {name} does not answer."),
            "Bring the service of the webhook named below back, or remove its registration.",
        ),
        () if has(words, &["denied the request", "denied request", "admission webhook"]) => (
            "SLW_ADMISSION",
            format!("A policy of the cluster denies {name}."),
            "Do as the policy's message below says, or ask whoever looks after the policy.",
        ),
        () if quoted(words, "serviceaccount ").is_some() && has(words, &["not found"]) => (
            "SLW_SERVICE_ACCOUNT",
            format!("The service account of {name} does not exist."),
            "Create it, or let the component use the default one.",
        ),
        () => (
            "SLW_REFUSED",
            format!("The cluster does not start {name}."),
            "Read the cluster's message below; a quota, a limit or a policy refuses the workload.",
        ),
    };
    Finding::new(Weight::Refused, code, reason, action)
}
