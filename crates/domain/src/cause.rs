//! The cause engine: from what was observed to a code, a plain sentence, evidence, and what to do. A pure
//! function; the first match in order of how much it explains wins. The codes are rapyuta.io's (S3.22-S3.30),
//! those of this product begin with `SLW_`.

use serde::{Deserialize, Serialize};

use crate::observed::{Observed, ObservedComponent, ObservedTask, Trouble};

/// Restarts from which a crash is called continuous (S3.30).
pub const CRASH_LOOP_RESTARTS: u32 = 3;

/// The code of a task that runs and does not answer its health check.
pub const NOT_READY: &str = "SLW_NOT_READY";

/// Why an application is not well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Stable, for programs and searches.
    pub code: String,
    /// One plain sentence.
    pub reason: String,
    /// What to do about it.
    pub action: String,
    /// The cluster's own words, a line each.
    pub evidence: Vec<String>,
}

impl Cause {
    /// A cause without evidence.
    pub fn new(code: &str, reason: impl Into<String>, action: impl Into<String>) -> Self {
        Self { code: code.to_owned(), reason: reason.into(), action: action.into(), evidence: Vec::new() }
    }

    /// The same cause with one more line of evidence.
    #[must_use]
    pub fn with(mut self, line: impl Into<String>) -> Self {
        self.evidence.push(line.into());
        self
    }
}

/// Why the application is not well, or none if nothing was observed that explains it.
pub fn cause(observed: &Observed) -> Option<Cause> {
    let unready = || observed.components.iter().filter(|component| !component.is_ready());
    let of_tasks = unready()
        .flat_map(|component| component.tasks.iter().filter_map(move |task| of_task(component, task)))
        .min_by_key(|(weight, _)| *weight)
        .map(|(_, cause)| cause);
    of_tasks.or_else(|| unready().find_map(of_component))
}

fn of_component(component: &ObservedComponent) -> Option<Cause> {
    let complaint = component.complaint.as_ref()?;
    let reason = format!("The cluster does not start {}.", component.name);
    let action = "Read the cluster's message below; a quota, a limit or a policy refuses the workload.";
    Some(Cause::new("SLW_REFUSED", reason, action).with(complaint))
}

/// The cause that one task tells of; a smaller weight explains more.
fn of_task(component: &ObservedComponent, task: &ObservedTask) -> Option<(u8, Cause)> {
    let trouble = task.trouble.as_ref()?;
    let name = &component.name;
    let (weight, cause) = match trouble.reason.as_str() {
        "ErrImagePull" | "ImagePullBackOff" | "InvalidImageName" | "ErrImageNeverPull" => (
            0,
            Cause::new("DEP_E153", format!("The image of {name} cannot be pulled."), pull_advice(trouble)),
        ),
        "OOMKilled" => (
            1,
            Cause::new(
                "SLW_OOM",
                format!("{name} was stopped because it used more memory than it may."),
                "Give the component more memory, or find out what it uses it for.",
            ),
        ),
        "CreateContainerConfigError" | "CreateContainerError" | "RunContainerError" | "StartError" => (
            1,
            Cause::new(
                "SLW_START",
                format!("The container of {name} cannot be started."),
                "Check the command, the variables and the secrets of the component.",
            ),
        ),
        "CrashLoopBackOff" | "Error" | "ContainerCannotRun" if task.restarts >= CRASH_LOOP_RESTARTS => (
            1,
            Cause::new(
                "DEP_E163",
                format!("{name} stops unexpectedly and crashes again and again."),
                "Read its log: the last lines before the end usually say why.",
            ),
        ),
        "CrashLoopBackOff" | "Error" | "ContainerCannotRun" | "Completed" => (
            2,
            Cause::new(
                "DEP_E154",
                format!("{name} ended before it was ready."),
                "Read its log; check the command and the variables of the component.",
            ),
        ),
        "Unschedulable" => (
            3,
            Cause::new(
                "SLW_UNSCHEDULABLE",
                format!("No node has room for {name}."),
                "Lower what the component requests, or add a node.",
            ),
        ),
        "NotReady" => (
            4,
            Cause::new(
                NOT_READY,
                format!("{name} runs, but does not answer its health check."),
                "Check the health path and the port, and whether what it depends on is up.",
            ),
        ),
        _ => return None,
    };
    Some((weight, cause.with(evidence(task, trouble))))
}

fn pull_advice(trouble: &Trouble) -> &'static str {
    let message = trouble.message.to_lowercase();
    if message.contains("401") || message.contains("unauthorized") || message.contains("authorization failed")
    {
        "The registry wants to know who pulls: give the namespace a pull secret."
    } else if message.contains("not found") || message.contains("404") || message.contains("manifest unknown")
    {
        "Check that the image exists in the registry under this name."
    } else {
        "Check that the registry can be reached from the nodes, and that the image exists there."
    }
}

fn evidence(task: &ObservedTask, trouble: &Trouble) -> String {
    let mut line = format!("{}: {}", task.id, trouble.reason);
    if let Some(code) = trouble.exit_code {
        line.push_str(&format!(", exit code {code}"));
    }
    if task.restarts > 0 {
        line.push_str(&format!(", {} restarts", task.restarts));
    }
    if !trouble.message.is_empty() {
        line.push_str(&format!(": {}", trouble.message));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        names::ComponentName,
        observed::{Namespace, TaskState},
    };

    fn observed(reason: &str, message: &str, restarts: u32) -> Observed {
        let trouble = Trouble { reason: reason.to_owned(), message: message.to_owned(), exit_code: Some(3) };
        let task = ObservedTask {
            id: "web-1".into(),
            release: "1".into(),
            state: TaskState::Pending,
            restarts,
            started_at: None,
            trouble: Some(trouble),
        };
        let component = ObservedComponent {
            name: ComponentName::parse("web").unwrap(),
            desired: 1,
            updated: 1,
            ready: 0,
            tasks: vec![task],
            complaint: None,
        };
        Observed { namespace: Namespace::Active, components: vec![component] }
    }

    #[test]
    fn d2_each_trouble_has_its_code() {
        for (reason, restarts, code) in [
            ("ImagePullBackOff", 0, "DEP_E153"),
            ("CrashLoopBackOff", 5, "DEP_E163"),
            ("CrashLoopBackOff", 1, "DEP_E154"),
            ("OOMKilled", 1, "SLW_OOM"),
            ("CreateContainerConfigError", 0, "SLW_START"),
            ("Unschedulable", 0, "SLW_UNSCHEDULABLE"),
            ("NotReady", 0, "SLW_NOT_READY"),
        ] {
            assert_eq!(cause(&observed(reason, "", restarts)).unwrap().code, code, "{reason}");
        }
    }

    #[test]
    fn d2_the_evidence_holds_the_clusters_own_words() {
        let cause = cause(&observed("ImagePullBackOff", "manifest unknown", 0)).unwrap();
        assert!(cause.evidence[0].contains("web-1: ImagePullBackOff"));
        assert!(cause.evidence[0].contains("manifest unknown"));
        assert!(cause.action.contains("exists"));
    }

    #[test]
    fn d2_a_pull_error_explains_more_than_a_missing_answer() {
        let mut both = observed("NotReady", "", 0);
        both.components.extend(observed("ErrImagePull", "", 0).components);
        assert_eq!(cause(&both).unwrap().code, "DEP_E153");
    }

    #[test]
    fn d2_a_quota_that_stops_every_task_is_named() {
        let mut quota = observed("", "", 0);
        quota.components[0].tasks.clear();
        quota.components[0].complaint = Some("exceeded quota: small".into());
        assert_eq!(cause(&quota).unwrap().code, "SLW_REFUSED");
    }

    #[test]
    fn what_is_well_has_no_cause() {
        let mut well = observed("CrashLoopBackOff", "", 9);
        well.components[0].ready = 1;
        assert_eq!(cause(&well), None);
    }
}
