//! The badge: the ten statuses of the original (S1.33-S1.42) and the two words of a removal, derived from the
//! newest operation and from what was observed. Never set by hand.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    cause::{CRASH_LOOP_RESTARTS, Cause, NOT_READY},
    observed::{Namespace, Observed, ObservedComponent},
    operation::{Kind, Operation, Progress, Step},
    spec::ApplicationSpec,
    start::is_held,
};

/// How long workloads may take to start before the badge says Unknown.
pub const START_DEADLINE: SignedDuration = SignedDuration::from_mins(10);
/// How long what has run may take to run again before the badge says Unknown.
pub const RESTART_DEADLINE: SignedDuration = SignedDuration::from_mins(5);

/// How long what has crashed again and again must stay up to be called running.
pub const STEADY: SignedDuration = SignedDuration::from_mins(1);

/// The reason where the namespace has been deleted by somebody else.
pub const NAMESPACE_GONE: &str = "The namespace is gone.";
/// The reason while somebody else deletes it.
pub const NAMESPACE_GOING: &str = "The namespace is being deleted by somebody else.";

/// What the badge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    /// The request was received and is in the database.
    CreateApp,
    /// Images are being built.
    ImageBuild,
    /// An image could not be built.
    ImageBuildFailed,
    /// Images are being pushed.
    ImagePush,
    /// An image could not be pushed.
    ImagePushFailed,
    /// Kubernetes resources are being created.
    DeployStarted,
    /// A resource could not be created.
    DeployStartedFailed,
    /// Resources exist, not all of them run.
    Pending,
    /// All of them run.
    Running,
    /// Some could not reach a running state.
    Unknown,
    /// Being removed. Not one of the original's ten: its row just vanished.
    Undeploying,
    /// Removed; only its history is left.
    Undeployed,
}

impl Status {
    /// Every status, in the order of an application's life.
    pub const ALL: [Self; 12] = [
        Self::CreateApp,
        Self::ImageBuild,
        Self::ImageBuildFailed,
        Self::ImagePush,
        Self::ImagePushFailed,
        Self::DeployStarted,
        Self::DeployStartedFailed,
        Self::Pending,
        Self::Running,
        Self::Unknown,
        Self::Undeploying,
        Self::Undeployed,
    ];

    /// The word on the badge; the original's spelling.
    pub fn label(self) -> &'static str {
        match self {
            Self::CreateApp => "CreateApp",
            Self::ImageBuild => "ImageBuild",
            Self::ImageBuildFailed => "ImageBuildFailed",
            Self::ImagePush => "ImagePush",
            Self::ImagePushFailed => "ImagePushFailed",
            Self::DeployStarted => "DeployStarted",
            Self::DeployStartedFailed => "DeployStartedFailed",
            Self::Pending => "Pending",
            Self::Running => "Running",
            Self::Unknown => "Unknown",
            Self::Undeploying => "Undeploying",
            Self::Undeployed => "Undeployed",
        }
    }

    /// The status of that label.
    pub fn parse(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.label() == label)
    }

    /// What kind of news it is.
    pub fn tone(self) -> Tone {
        match self {
            Self::Running => Tone::Good,
            Self::ImageBuildFailed | Self::ImagePushFailed | Self::DeployStartedFailed => Tone::Bad,
            Self::Unknown => Tone::Doubtful,
            Self::Undeployed => Tone::Over,
            Self::CreateApp
            | Self::ImageBuild
            | Self::ImagePush
            | Self::DeployStarted
            | Self::Pending
            | Self::Undeploying => Tone::Moving,
        }
    }

    /// May it be undeployed, or why not (S1.43)?
    pub fn may_undeploy(self) -> Result<(), &'static str> {
        match self {
            Self::Running => Ok(()),
            Self::Undeploying => Err("It is already being removed. Use Force Undeploy if that does not end."),
            Self::Undeployed => Err("It has been removed."),
            _ => Err("Only a running application can be undeployed. Use Force Undeploy instead."),
        }
    }

    /// May it be undeployed by force, or why not (S1.44)?
    pub fn may_force_undeploy(self) -> Result<(), &'static str> {
        match self {
            Self::Running => Err("It runs. Use Undeploy instead."),
            Self::Undeployed => Err("It has been removed."),
            _ => Ok(()),
        }
    }
}

/// What kind of news a status is; a page turns it into colour, icon and motion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Good,
    /// Under way.
    Moving,
    /// Failed.
    Bad,
    /// Not known, probably not well.
    Doubtful,
    /// Past.
    Over,
}

/// What is recorded about an application and sent to whoever looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What the badge says.
    pub status: Status,
    /// One line that says more, for example which components are not ready.
    pub reason: Option<String>,
    /// Why it is not well.
    pub cause: Option<Cause>,
}

impl Standing {
    /// Has the cluster no namespace for it any more, or not for long? Only the reason tells.
    pub fn lacks_namespace(&self) -> bool {
        matches!(self.reason.as_deref(), Some(NAMESPACE_GONE | NAMESPACE_GOING))
    }
}

/// How an application stood before, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// What the badge said.
    pub status: Status,
    /// Since when it has said so.
    pub since: Timestamp,
}

/// How the application stands, given its newest operation, what it should consist of, what was observed, and how
/// it stood before.
pub fn standing(
    operation: &Operation,
    spec: &ApplicationSpec,
    observed: &Observed,
    before: Before,
    now: Timestamp,
) -> Standing {
    use Progress::{Cancelled, Failed, Open, Succeeded};
    match &operation.progress {
        _ if !operation.kind.makes() => removal(operation, observed),
        // Whatever becomes of it, nothing was stopped or started.
        _ if operation.kind.leaves_workloads() => running_or_not(spec, observed, is_late(before, now), now),
        Open { step: Step::Settle } => running_or_not(spec, observed, false, now),
        Open { step } => Standing { status: at_step(*step), reason: operation.note.clone(), cause: None },
        Succeeded { .. } => running_or_not(spec, observed, is_late(before, now), now),
        Failed { step: Step::Settle, cause, .. } => {
            let fresh = running_or_not(spec, observed, true, now);
            let reason = match fresh.status {
                Status::Running => fresh.reason,
                _ => still_serving(operation, observed).or(fresh.reason),
            };
            Standing { reason, cause: fresh.cause.or_else(|| blame(fresh.status, cause)), ..fresh }
        }
        Failed { step, cause, .. } => Standing {
            status: failed_at(*step),
            reason: still_serving(operation, observed).or_else(|| Some(cause.reason.clone())),
            cause: Some(cause.clone()),
        },
        Cancelled { step, .. } => {
            let reason = format!("{} was cancelled at: {}.", operation.kind.label(), step.label());
            Standing { status: Status::Unknown, reason: Some(reason), cause: None }
        }
    }
}

/// Has what ran once been down for too long? What is Unknown stays so until it runs.
fn is_late(before: Before, now: Timestamp) -> bool {
    match before.status {
        Status::Unknown => true,
        Status::Pending => now.duration_since(before.since) > RESTART_DEADLINE,
        _ => false,
    }
}

/// An update that failed leaves the generation before in its place, as far as that is well.
fn still_serving(operation: &Operation, observed: &Observed) -> Option<String> {
    let serves = !observed.components.is_empty()
        && observed.components.iter().all(|component| component.ready > 0 || component.desired == 0);
    let is_first = operation.kind == Kind::Deploy;
    let generation = operation.generation;
    (serves && !is_first)
        .then(|| format!("Generation {generation} could not be started. What ran before still serves."))
}

fn blame(status: Status, cause: &Cause) -> Option<Cause> {
    (status != Status::Running).then(|| cause.clone())
}

fn at_step(step: Step) -> Status {
    match step {
        Step::Accepted => Status::CreateApp,
        Step::Build => Status::ImageBuild,
        Step::Push => Status::ImagePush,
        Step::Apply => Status::DeployStarted,
        Step::Settle => Status::Pending,
        Step::Remove => Status::Undeploying,
    }
}

fn failed_at(step: Step) -> Status {
    match step {
        Step::Accepted | Step::Build => Status::ImageBuildFailed,
        Step::Push => Status::ImagePushFailed,
        Step::Apply => Status::DeployStartedFailed,
        Step::Settle | Step::Remove => Status::Unknown,
    }
}

fn running_or_not(spec: &ApplicationSpec, observed: &Observed, late: bool, now: Timestamp) -> Standing {
    let waiting = waiting(spec, observed, now);
    if waiting.is_empty() && observed.namespace == Namespace::Active {
        return Standing { status: Status::Running, reason: None, cause: None };
    }
    let reason = match &observed.namespace {
        Namespace::Absent => NAMESPACE_GONE.to_owned(),
        Namespace::Terminating { .. } => NAMESPACE_GOING.to_owned(),
        Namespace::Active => format!("Waiting for {}.", waiting.join(", ")),
    };
    let status = if late { Status::Unknown } else { Status::Pending };
    // Not answering yet is no cause while there is time; it is what starting looks like.
    let cause = crate::cause::cause(observed).filter(|cause| late || cause.code != NOT_READY);
    Standing { status, reason: Some(reason), cause }
}

/// The components that are not ready, each with how far it is. One that does not exist counts as not ready.
fn waiting(spec: &ApplicationSpec, observed: &Observed, now: Timestamp) -> Vec<String> {
    let each = spec.components.iter().filter_map(|expected| {
        let name = &expected.name;
        if is_held(expected, observed) {
            let needed: Vec<_> =
                spec.waits_for(expected, observed).into_iter().map(ToString::to_string).collect();
            let after =
                if needed.is_empty() { String::new() } else { format!(" (after {})", needed.join(", ")) };
            return Some(format!("{name} 0 of {}{after}", expected.replicas));
        }
        match observed.components.iter().find(|component| component.name == *name) {
            Some(component) if component.is_ready() && is_steady(component, now) => None,
            Some(component) if component.is_ready() => Some(format!("{name} to stay up")),
            Some(component) => Some(format!("{name} {} of {}", component.ready, component.desired)),
            None => Some(format!("{name} 0 of {}", expected.replicas)),
        }
    });
    each.collect()
}

/// What crashes again and again is ready in between, and must not be called running each time.
fn is_steady(component: &ObservedComponent, now: Timestamp) -> bool {
    component.tasks.iter().all(|task| {
        let end = task.last_end.as_ref().and_then(|end| end.at);
        task.recent_restarts < CRASH_LOOP_RESTARTS || end.is_none_or(|end| now.duration_since(end) > STEADY)
    })
}

fn removal(operation: &Operation, observed: &Observed) -> Standing {
    if let Progress::Succeeded { .. } = operation.progress {
        return Standing { status: Status::Undeployed, reason: None, cause: None };
    }
    // What the removal itself has found says more than the cluster's summary.
    let reason = operation.note.clone().or_else(|| match &observed.namespace {
        Namespace::Terminating { remaining } if !remaining.is_empty() => Some(remaining.join(" ")),
        _ => None,
    });
    let cause = match &operation.progress {
        Progress::Failed { cause, .. } => Some(cause.clone()),
        _ => None,
    };
    Standing { status: Status::Undeploying, reason, cause }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
