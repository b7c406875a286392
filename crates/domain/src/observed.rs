//! What is really there, in the words of this product and as small as the rules need it.

mod task;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::task::{End, Health, ObservedTask, TaskState, Trouble};
use crate::names::ComponentName;

/// The cluster's side of one application at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// How the namespace is.
    pub namespace: Namespace,
    /// The workloads that exist, by name.
    pub components: Vec<ObservedComponent>,
    /// Since when the cluster does not answer: all the rest is what was last known.
    pub out_of_reach_since: Option<Timestamp>,
}

/// How a namespace is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Namespace {
    /// It does not exist.
    #[default]
    Absent,
    /// It exists.
    Active,
    /// It is being deleted.
    Terminating {
        /// What still holds it, in the words of the cluster.
        remaining: Vec<String>,
    },
}

/// What kind of workload a component is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Workload {
    /// Copies that can be exchanged for each other.
    #[default]
    Deployment,
    /// Copies with a number and a volume of their own.
    StatefulSet,
    /// Runs once, to its end.
    Job,
}

/// One workload as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedComponent {
    /// Its name.
    pub name: ComponentName,
    /// What kind of workload it is.
    pub kind: Workload,
    /// How many copies should run; of a job, how many should succeed.
    pub desired: u32,
    /// How many run the newest configuration and answer.
    pub updated: u32,
    /// How many are ready to serve, of whichever configuration; of a job, how many succeeded.
    pub ready: u32,
    /// The copies.
    pub tasks: Vec<ObservedTask>,
    /// What its controllers complain about, for example a quota.
    pub remarks: Vec<Remark>,
}

impl ObservedComponent {
    /// A workload of which nothing is there yet.
    pub fn new(name: ComponentName, kind: Workload) -> Self {
        Self { name, kind, desired: 1, updated: 0, ready: 0, tasks: Vec::new(), remarks: Vec::new() }
    }

    /// Does every copy run the newest configuration and answer?
    pub fn is_ready(&self) -> bool {
        self.ready >= self.desired && self.updated >= self.desired
    }
}

/// Something that the cluster says about an object: a condition or a warning.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Remark {
    /// Kind and name of the object.
    pub object: String,
    /// Where it is said: a field of the object, or `event`.
    pub field: String,
    /// The cluster's one-word reason.
    pub reason: String,
    /// The cluster's message.
    pub message: String,
    /// When it was said last.
    pub at: Option<Timestamp>,
}
