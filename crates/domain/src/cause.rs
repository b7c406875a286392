//! The cause engine: from what was observed to a code, a plain sentence, evidence, and what to do. A pure
//! function; causes come in order of how much they explain. The codes are rapyuta.io's (S3.22-S3.40), those of
//! this product begin with `SLW_`. Each rule file looks at one stage of a task's life.

mod case;
mod config;
mod database;
mod ends;
mod images;
mod placement;
mod refusals;
mod starts;
mod waits;
mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::case::{Case, Finding, Weight};
use crate::{
    names::ComponentName,
    observed::{Observed, ObservedComponent, TaskState, Workload},
};

/// Restarts shortly after one another from which a crash is called continuous (S3.30).
pub const CRASH_LOOP_RESTARTS: u32 = 3;
/// The code of a task that runs and does not answer its health check.
pub const NOT_READY: &str = "SLW_NOT_READY";
/// More lines of evidence do not say more.
const EVIDENCE: usize = 6;

/// Why an application is not well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Stable, for programs and searches.
    pub code: String,
    /// One plain sentence.
    pub reason: String,
    /// What to do about it.
    pub action: String,
    /// The cluster's own words, a line each: object, field, reason, message.
    pub evidence: Vec<String>,
    /// Another component that this one waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_by: Option<ComponentName>,
}

impl Cause {
    /// A cause without evidence.
    pub fn new(code: &str, reason: impl Into<String>, action: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            reason: reason.into(),
            action: action.into(),
            evidence: Vec::new(),
            blocked_by: None,
        }
    }

    /// The same cause with one more line of evidence.
    #[must_use]
    pub fn with(mut self, line: impl Into<String>) -> Self {
        self.evidence.push(line.into());
        self
    }
}

/// What explains most why the application is not well, or none if nothing was observed that explains it.
pub fn cause(observed: &Observed) -> Option<Cause> {
    causes(observed).into_iter().next()
}

/// Everything that was observed that explains why the application is not well; what explains most comes first.
pub fn causes(observed: &Observed) -> Vec<Cause> {
    let mut findings: Vec<Finding> = placement::out_of_reach(observed).into_iter().collect();
    for component in observed.components.iter().filter(|component| !component.is_ready()) {
        findings.extend(
            of_component(component).into_iter().map(|found| waits::blamed(found, component, observed)),
        );
    }
    merged(findings)
}

fn of_component(component: &ObservedComponent) -> Vec<Finding> {
    let tasks = component.tasks.iter().filter(|task| !task.state.is_leaving());
    let of_tasks = tasks.filter_map(|task| of_task(&Case { component, task }));
    of_tasks.chain(refusals::of_component(component)).collect()
}

/// The first rule that knows the task's trouble; the rules stand in the order of a task's life.
fn of_task(case: &Case<'_>) -> Option<Finding> {
    let found = placement::lost_node(case)
        .or_else(|| placement::thrown_out(case))
        .or_else(|| placement::unschedulable(case))
        .or_else(|| images::pull(case))
        .or_else(|| config::missing(case))
        .or_else(|| placement::stuck_before_launch(case))
        .or_else(|| starts::refused(case))
        .or_else(|| ends::ended(case))
        .or_else(|| waits::waits(case))?;
    // What is over explains less than what is going on; but a job is meant to be over.
    let is_over = case.task.state == TaskState::Stopped
        && case.component.kind != Workload::Job
        && found.weight < Weight::Over;
    Some(if is_over { Finding { weight: Weight::Over, ..found } } else { found })
}

/// Tasks that tell the same are one cause. The order of what was observed makes no difference.
fn merged(findings: Vec<Finding>) -> Vec<Cause> {
    let mut causes: BTreeMap<_, Cause> = BTreeMap::new();
    for Finding { weight, cause } in findings {
        let key = (weight, cause.code.clone(), cause.reason.clone(), cause.action.clone());
        match causes.get_mut(&key) {
            Some(known) => known.evidence.extend(cause.evidence),
            None => _ = causes.insert(key, cause),
        }
    }
    let tidy = |mut cause: Cause| {
        cause.evidence.sort();
        cause.evidence.dedup();
        cause.evidence.truncate(EVIDENCE);
        cause
    };
    causes.into_values().map(tidy).collect()
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod properties;
