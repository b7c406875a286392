//! One running copy of a component.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Remark;

/// One running copy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedTask {
    /// The pod's name.
    pub id: String,
    /// The release that it runs.
    pub release: String,
    /// How it is.
    pub state: TaskState,
    /// Whether it passes its health check.
    pub health: Health,
    /// How often its containers were started again.
    pub restarts: u32,
    /// How many of the restarts came shortly after one another, up to the last one.
    pub recent_restarts: u32,
    /// When it was started.
    pub started_at: Option<Timestamp>,
    /// When it ended, if it has.
    pub stopped_at: Option<Timestamp>,
    /// Has it ever been ready to serve?
    pub was_ready: bool,
    /// May it run only on nodes that were chosen for it?
    pub is_pinned: bool,
    /// Its node, if that does not report any more.
    pub lost_node: Option<String>,
    /// What it is waiting for or died of.
    pub trouble: Option<Trouble>,
    /// How the run before the current one ended.
    pub last_end: Option<End>,
    /// What the cluster warns of.
    pub remarks: Vec<Remark>,
}

/// How a task is; the words are those of SetOps (S2.29-S2.36).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TaskState {
    /// Steps before launch: a node, volumes, the network.
    #[default]
    Provisioning,
    /// On a node; the image is being pulled or init runs.
    Pending,
    /// Started, not yet ready.
    Activating,
    /// Started and ready.
    Running,
    /// Told to stop, still being taken out of service.
    Deactivating,
    /// Told to stop and out of service, not yet ended.
    Stopping,
    /// Ended, not yet tidied up.
    Deprovisioning,
    /// Over.
    Stopped,
}

impl TaskState {
    /// Is it on its way out because somebody wants it so?
    pub fn is_leaving(self) -> bool {
        matches!(self, Self::Deactivating | Self::Stopping | Self::Deprovisioning)
    }

    /// Is it still before its launch?
    pub fn is_before_launch(self) -> bool {
        matches!(self, Self::Provisioning | Self::Pending)
    }
}

/// Whether a task passes its health check; the words are those of SetOps (S2.37-S2.39).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Health {
    /// It passes.
    Healthy,
    /// It fails.
    Unhealthy,
    /// It has not been checked yet, or there is no check.
    #[default]
    Unknown,
}

/// Why a task does not run, as the cluster says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The cluster's one-word reason, for example `ImagePullBackOff`.
    pub reason: String,
    /// The cluster's message.
    pub message: String,
    /// The exit code, if the container has ended.
    pub exit_code: Option<i32>,
    /// The container; empty if it is the task as a whole.
    pub container: String,
    /// Does the container only prepare the others?
    pub is_init: bool,
}

/// How a run of a container ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// The cluster's one-word reason, for example `OOMKilled`.
    pub reason: String,
    /// Its last words, if the cluster keeps them.
    pub message: String,
    /// The exit code.
    pub exit_code: i32,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// When the run began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub at: Option<Timestamp>,
}
