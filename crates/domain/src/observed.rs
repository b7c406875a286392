//! What is really there, in the words of this product and as small as the rules need it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::names::ComponentName;

/// The cluster's side of one application at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// How the namespace is.
    pub namespace: Namespace,
    /// The workloads that exist, by name.
    pub components: Vec<ObservedComponent>,
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

/// One workload as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedComponent {
    /// Its name.
    pub name: ComponentName,
    /// How many copies should run.
    pub desired: u32,
    /// How many run the newest configuration.
    pub updated: u32,
    /// How many of those are ready to serve.
    pub ready: u32,
    /// The copies.
    pub tasks: Vec<ObservedTask>,
    /// What the workload's own controller complains about, for example a quota.
    pub complaint: Option<String>,
}

impl ObservedComponent {
    /// Does every copy run the newest configuration and answer?
    pub fn is_ready(&self) -> bool {
        self.ready >= self.desired && self.updated >= self.desired
    }
}

/// One running copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedTask {
    /// The pod's name.
    pub id: String,
    /// The release that it runs.
    pub release: String,
    /// How it is.
    pub state: TaskState,
    /// How often its containers were started again.
    pub restarts: u32,
    /// When it was started.
    pub started_at: Option<Timestamp>,
    /// What it is waiting for or died of.
    pub trouble: Option<Trouble>,
}

/// How a task is; the words are those of SetOps (S2.29-S2.36).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TaskState {
    /// Steps before launch: a node, volumes, the network.
    Provisioning,
    /// On a node; the image is being pulled or init runs.
    Pending,
    /// Started, not yet ready.
    Activating,
    /// Started and ready.
    Running,
    /// Told to stop, still being taken out of service.
    Deactivating,
    /// Over.
    Stopped,
}

/// Why a task does not run, as the cluster says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The cluster's one-word reason, for example `ImagePullBackOff`.
    pub reason: String,
    /// The cluster's message.
    pub message: String,
    /// The exit code, if the container has ended.
    pub exit_code: Option<i32>,
}
