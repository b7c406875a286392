//! One task in its component, as the rules look at it, and what a rule finds.

use super::{Cause, words::short};
use crate::observed::{ObservedComponent, ObservedTask, Remark, Trouble};

/// How much a cause explains; what stands first explains more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Nothing else can be known.
    Unreachable,
    /// The node is lost, and what runs on it.
    Node,
    /// The image cannot be had.
    Image,
    /// Something that the container needs does not exist.
    Configuration,
    /// The container cannot be started, or is stopped by the cluster.
    Start,
    /// The cluster refuses the task.
    Refused,
    /// No node takes the task.
    Placement,
    /// The container ends by itself.
    Crash,
    /// Told by a task that is over.
    Over,
    /// It waits for another component.
    Blocked,
    /// It is on its way, or does not answer.
    Waiting,
    /// All that is known is that it takes long.
    Slow,
}

/// What a rule found.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub(super) weight: Weight,
    pub(super) cause: Cause,
}

impl Finding {
    pub(super) fn new(weight: Weight, code: &str, reason: String, action: &str) -> Self {
        Self { weight, cause: Cause::new(code, reason, action) }
    }

    /// With one more line of evidence.
    pub(super) fn with(self, line: String) -> Self {
        Self { cause: self.cause.with(line), ..self }
    }

    /// With a line for each remark.
    pub(super) fn remarked<'a>(self, remarks: impl IntoIterator<Item = &'a Remark>) -> Self {
        remarks.into_iter().fold(self, |found, remark| found.with(remark_line(remark)))
    }
}

/// One task in its component.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) component: &'a ObservedComponent,
    pub(super) task: &'a ObservedTask,
}

impl<'a> Case<'a> {
    /// The trouble, if it has one of these reasons.
    pub(super) fn trouble(&self, reasons: &[&str]) -> Option<&'a Trouble> {
        self.task.trouble.as_ref().filter(|trouble| reasons.contains(&trouble.reason.as_str()))
    }

    /// Who has the trouble, as the subject of a sentence.
    pub(super) fn who(&self) -> String {
        let name = &self.component.name;
        match &self.task.trouble {
            Some(Trouble { container, is_init: true, .. }) => format!("Init container {container} of {name}"),
            Some(Trouble { container, .. }) if !container.is_empty() && container != name.as_str() => {
                format!("Container {container} of {name}")
            }
            _ => name.to_string(),
        }
    }

    /// What the cluster warns of for one of these reasons, the newest first.
    pub(super) fn remarks(&self, reasons: &[&str]) -> impl Iterator<Item = &'a Remark> + use<'a> {
        let mut said: Vec<&Remark> = self.task.remarks.iter().collect();
        said.retain(|remark| reasons.contains(&remark.reason.as_str()));
        said.sort_by(|one, other| other.at.cmp(&one.at).then_with(|| one.cmp(other)));
        said.into_iter()
    }

    /// All that is said about the current trouble and the end before it.
    pub(super) fn said(&self) -> String {
        let trouble = self.task.trouble.as_ref().map(|trouble| trouble.message.as_str());
        let end = self.task.last_end.as_ref().map(|end| end.message.as_str());
        [trouble, end].into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    /// The trouble and the end before it as lines of evidence.
    pub(super) fn evident(&self, found: Finding) -> Finding {
        let found = match &self.task.trouble {
            Some(trouble) => found.with(self.trouble_line(trouble)),
            None => found,
        };
        match self.end_line() {
            Some(line) => found.with(line),
            None => found,
        }
    }

    fn place(&self, what: &str) -> String {
        let id = &self.task.id;
        match &self.task.trouble {
            Some(Trouble { container, is_init: true, .. }) => {
                format!("Pod {id}, status.initContainerStatuses[{container}].{what}")
            }
            Some(Trouble { container, .. }) if !container.is_empty() => {
                format!("Pod {id}, status.containerStatuses[{container}].{what}")
            }
            _ => format!("Pod {id}, status"),
        }
    }

    fn trouble_line(&self, trouble: &Trouble) -> String {
        let mut line = format!("{}: {}", self.place("state"), trouble.reason);
        if let Some(code) = trouble.exit_code.filter(|_| self.is_told_by_trouble()) {
            line.push_str(&format!(", exit code {code}"));
        }
        if self.task.restarts > 0 {
            let times = if self.task.restarts == 1 { "restart" } else { "restarts" };
            line.push_str(&format!(", {} {times}", self.task.restarts));
        }
        said(line, &trouble.message)
    }

    /// Is the trouble itself the last end, or is there none?
    fn is_told_by_trouble(&self) -> bool {
        let (Some(trouble), Some(end)) = (&self.task.trouble, &self.task.last_end) else { return true };
        (&trouble.reason, &trouble.message) == (&end.reason, &end.message)
    }

    fn end_line(&self) -> Option<String> {
        let end = self.task.last_end.as_ref().filter(|_| !self.is_told_by_trouble())?;
        let mut line = format!("{}: {}, exit code {}", self.place("lastState"), end.reason, end.exit_code);
        if let Some(signal) = end.signal {
            line.push_str(&format!(", signal {signal}"));
        }
        Some(said(line, &end.message))
    }
}

fn said(line: String, message: &str) -> String {
    if message.is_empty() { line } else { format!("{line}: {}", short(message)) }
}

/// A remark as a line of evidence.
pub(super) fn remark_line(remark: &Remark) -> String {
    let Remark { object, field, reason, message, .. } = remark;
    said(format!("{object}, {field}: {reason}"), message)
}
