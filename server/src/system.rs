//! Slipway about itself: what it is, how its parts stand, and how it is set.

mod health;
mod parts;
mod why;

use std::{fs, sync::Arc};

use jiff::Timestamp;
use slipway_domain::{
    ids::Clock,
    system::{Setting, System},
};

use self::parts::watched;
pub use self::{
    health::{Health, is_ready},
    parts::Around,
};
use crate::config::Settings;

/// What is told of this process.
pub struct Process {
    /// Since when it runs.
    since: Timestamp,
    /// What it is called among several.
    replica: Option<String>,
    /// How it is set.
    settings: Vec<Setting>,
    /// How its parts stand.
    pub health: Arc<Health>,
}

impl Process {
    /// This one, which has just begun.
    pub fn new(settings: &Settings, around: Around, clock: Arc<dyn Clock>) -> Self {
        Self {
            since: clock.now(),
            replica: host().filter(|_| around.store.is_shared()),
            settings: settings.listed.0.clone(),
            health: Health::new(watched(settings, around), clock),
        }
    }

    /// All of it at this moment.
    pub async fn told(&self) -> System {
        System {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            profile: if cfg!(debug_assertions) { "debug" } else { "release" }.to_owned(),
            platform: format!("{}/{}", std::env::consts::OS, std::env::consts::ARCH),
            since: self.since,
            replica: self.replica.clone(),
            parts: self.health.look().await,
            settings: self.settings.clone(),
        }
    }
}

/// The name of this machine; in a cluster that is the name of the pod.
fn host() -> Option<String> {
    let told =
        fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| std::env::var("HOSTNAME").ok());
    told.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}
