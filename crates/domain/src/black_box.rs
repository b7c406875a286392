//! The black box: what a container said before it ended, kept when its pod and its namespace are gone (D3).

use serde::{Deserialize, Serialize};

use crate::{names::ComponentName, observed::End};

/// How many of its last lines are kept.
pub const LINES: u32 = 500;

/// One end of one container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The component.
    pub component: ComponentName,
    /// The task.
    pub task: String,
    /// The release that it ran.
    pub release: String,
    /// How it ended.
    pub end: End,
    /// What the cluster remarked on the task, a line each.
    pub remarks: Vec<String>,
    /// Its last lines; none if the cluster had them no more.
    pub log: Option<String>,
}
