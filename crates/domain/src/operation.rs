//! Operations: runs that change an application, one step at a time. Each step may be run again after a crash;
//! its result is recorded before the next one begins.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{cause::Cause, ids::OperationId, removal::Proof};

/// What an operation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Make an application.
    Deploy,
    /// Make another generation of it real, in place (S1.L04).
    Update,
    /// Make an earlier generation real again (D10).
    Rollback,
    /// Say anew who administers and who uses it; its workloads go on (S1.L03).
    Access,
    /// Remove one that was deployed.
    Undeploy,
    /// Remove one that is being deployed or has failed.
    ForceUndeploy,
}

impl Kind {
    /// How a person calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Deploy => "Deploy",
            Self::Update => "Update",
            Self::Rollback => "Rollback",
            Self::Access => "Access",
            Self::Undeploy => "Undeploy",
            Self::ForceUndeploy => "Force Undeploy",
        }
    }

    /// Does it make something, or does it remove?
    pub fn makes(self) -> bool {
        matches!(self, Self::Deploy | Self::Update | Self::Rollback | Self::Access)
    }

    /// Do workloads go on under it, so that they alone say how the application stands?
    pub fn leaves_workloads(self) -> bool {
        self == Self::Access
    }

    /// Where such an operation begins.
    pub fn first_step(self) -> Step {
        match self {
            Self::Deploy | Self::Update | Self::Rollback => Step::Accepted,
            // Nothing is built for it.
            Self::Access => Step::Apply,
            Self::Undeploy | Self::ForceUndeploy => Step::Remove,
        }
    }

    /// What follows a step of such an operation; none if the operation is complete.
    pub fn after(self, step: Step) -> Option<Step> {
        // What goes on anyway need not start first.
        if self.leaves_workloads() && step == Step::Apply { None } else { step.next() }
    }

    /// Its steps, in order.
    pub fn steps(self) -> Vec<Step> {
        std::iter::successors(Some(self.first_step()), |step| self.after(*step)).collect()
    }
}

/// Where an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The request is in the database and nothing else has happened.
    Accepted,
    /// Images are resolved, and built where a component carries files of the release.
    Build,
    /// What was built is pushed to the registry.
    Push,
    /// Objects are created in the cluster.
    Apply,
    /// Objects exist; their workloads start.
    Settle,
    /// The namespace is deleted and watched until nothing is left.
    Remove,
}

impl Step {
    /// What follows when the step succeeded; none if the operation is complete.
    fn next(self) -> Option<Self> {
        match self {
            Self::Accepted => Some(Self::Build),
            Self::Build => Some(Self::Push),
            Self::Push => Some(Self::Apply),
            Self::Apply => Some(Self::Settle),
            Self::Settle | Self::Remove => None,
        }
    }

    /// How a person calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::Build => "Build images",
            Self::Push => "Push images",
            Self::Apply => "Create resources",
            Self::Settle => "Start workloads",
            Self::Remove => "Remove namespace",
        }
    }
}

/// How far an operation has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Progress {
    /// Still at work, or waiting to be.
    Open {
        /// The step that is being run or comes next.
        step: Step,
    },
    /// Every step succeeded.
    Succeeded {
        /// When it was complete.
        at: Timestamp,
    },
    /// A step failed for good.
    Failed {
        /// The step that failed.
        step: Step,
        /// Why.
        cause: Cause,
        /// When.
        at: Timestamp,
    },
    /// Another operation took its place.
    Cancelled {
        /// The step that it had reached.
        step: Step,
        /// When.
        at: Timestamp,
    },
}

impl Progress {
    /// Will it not move any more?
    pub fn is_over(&self) -> bool {
        !matches!(self, Self::Open { .. })
    }

    /// When it came to its end.
    pub fn ended_at(&self) -> Option<Timestamp> {
        match self {
            Self::Open { .. } => None,
            Self::Succeeded { at } | Self::Failed { at, .. } | Self::Cancelled { at, .. } => Some(*at),
        }
    }

    /// One word for it.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Open { .. } => "In progress",
            Self::Succeeded { .. } => "Succeeded",
            Self::Failed { .. } => "Failed",
            Self::Cancelled { .. } => "Cancelled",
        }
    }
}

/// One run that changes an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// Its identity.
    pub id: OperationId,
    /// What it is for.
    pub kind: Kind,
    /// The generation that it makes or removes.
    pub generation: u32,
    /// How far it has come.
    pub progress: Progress,
    /// What the open step is about at this moment, or why the last one failed.
    pub note: Option<String>,
    /// What a removal looked for and did not find any more.
    pub proof: Option<Proof>,
    /// Who asked for it.
    pub requested_by: String,
    /// When.
    pub requested_at: Timestamp,
}

/// What one run of a step came to. A step must choose; there is no fifth way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Done; go on.
    Next,
    /// Nothing is wrong; look again when the application was touched, at the latest then.
    Wait {
        /// What it waits for.
        reason: String,
        /// The latest moment to look again.
        until: Timestamp,
    },
    /// Something failed that may well succeed later.
    Retry {
        /// What failed.
        reason: String,
        /// When to try again.
        at: Timestamp,
    },
    /// It will not succeed without somebody's help.
    Fail(Cause),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deploy_runs_through_its_five_steps_in_order() {
        let all = [Step::Accepted, Step::Build, Step::Push, Step::Apply, Step::Settle];
        assert_eq!(Kind::Deploy.steps(), all);
    }

    #[test]
    fn s1_l03_a_change_of_access_applies_and_neither_builds_nor_waits_for_workloads() {
        assert_eq!(Kind::Access.steps(), [Step::Apply]);
        assert!(Kind::Access.makes() && Kind::Access.leaves_workloads());
    }

    #[test]
    fn removal_has_one_step() {
        assert_eq!(Kind::Undeploy.steps(), [Step::Remove]);
        assert_eq!(Kind::ForceUndeploy.steps(), [Step::Remove]);
    }
}
