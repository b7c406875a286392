//! What a workload needs from the cluster, in the few words that this product uses.

use serde::{Deserialize, Serialize};

/// What part a component plays in its application.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It does the application's work.
    #[default]
    Service,
    /// It does service tasks.
    Connector,
    /// A person's way in.
    Ui,
    /// A database, a broker: something that the others need.
    Infrastructure,
}

impl Role {
    /// The word for it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Connector => "connector",
            Self::Ui => "ui",
            Self::Infrastructure => "infrastructure",
        }
    }
}

/// How a container is asked whether it is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Probe {
    /// A path that answers 2xx; none only asks whether the port is open.
    #[serde(default)]
    pub path: Option<String>,
    /// Seconds between two askings.
    #[serde(default = "period")]
    pub period_seconds: u32,
    /// Seconds that an answer may take.
    #[serde(default = "timeout")]
    pub timeout_seconds: u32,
    /// How many failures in a row count.
    #[serde(default = "failures")]
    pub failures: u32,
}

fn period() -> u32 {
    2
}

fn timeout() -> u32 {
    2
}

fn failures() -> u32 {
    3
}

impl Probe {
    /// Asks that path every two seconds, or whether the port is open.
    pub fn new(path: Option<String>) -> Self {
        Self { path, period_seconds: period(), timeout_seconds: timeout(), failures: failures() }
    }
}

/// What a container needs and what it may use, in the units of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Resources {
    /// Processor time that is kept for it, for example `200m`.
    #[serde(default = "some_cpu")]
    pub cpu: String,
    /// Memory that is kept for it, for example `512Mi`.
    #[serde(default = "some_memory")]
    pub memory: String,
    /// The memory at which it is stopped.
    #[serde(default)]
    pub memory_limit: Option<String>,
}

fn some_cpu() -> String {
    "10m".to_owned()
}

fn some_memory() -> String {
    "32Mi".to_owned()
}

impl Default for Resources {
    fn default() -> Self {
        Self { cpu: some_cpu(), memory: some_memory(), memory_limit: None }
    }
}

/// Data that outlives the tasks of a component. Such a component runs one copy at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Storage {
    /// How much, for example `1Gi`.
    pub size: String,
    /// The folder in the container.
    pub mount: String,
    /// The group that must be able to write there, if the container does not run as root.
    #[serde(default)]
    pub group: Option<u32>,
}
