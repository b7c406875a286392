//! Runs operations step by step and keeps the recorded standing of applications true. Knows only ports.
//!
//! A click changes what is wanted; these two loops make it real. The [`runner`] claims operations under a lease
//! and runs their steps; the [`observer`] looks at applications that were touched. Both take no input: a signal
//! only wakes them, and a tick does the same a little later, so a lost signal costs time and nothing else.

mod black_box;
mod last_words;
mod observer;
mod runner;
mod steps;
mod warnings;

use std::{sync::Arc, time::Duration};

use slipway_domain::{
    ids::Clock,
    ports::{Cluster, Images, Journal, PortError, Releases, Vault},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What the engine works with.
#[derive(Clone)]
pub struct Ports {
    /// Where it records what it does.
    pub journal: Arc<dyn Journal>,
    /// Released projects, whose files go into images.
    pub releases: Arc<dyn Releases>,
    /// Container images.
    pub images: Arc<dyn Images>,
    /// The cluster.
    pub cluster: Arc<dyn Cluster>,
    /// Opens secrets for the cluster.
    pub vault: Arc<dyn Vault>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// How patient and how busy it is.
#[derive(Debug, Clone)]
pub struct Options {
    /// Who holds its leases; unique among all processes that share the database.
    pub owner: String,
    /// How long an operation stays with a process that says nothing: after a crash it takes this long until
    /// somebody goes on with it.
    pub lease: Duration,
    /// How often both loops look by themselves.
    pub tick: Duration,
    /// How many operations run at once.
    pub parallel: usize,
    /// How long steps that are running may take to come to their end when it stops. What does not is let go, and
    /// somebody else goes on with it at once.
    pub grace: Duration,
}

impl Options {
    /// Sensible for a server.
    pub fn new(owner: String) -> Self {
        let (lease, tick, grace) = (Duration::from_secs(15), Duration::from_secs(1), Duration::from_secs(10));
        Self { owner, lease, tick, parallel: 16, grace }
    }
}

/// Both loops at work.
pub struct Engine {
    stop: CancellationToken,
    loops: [JoinHandle<()>; 2],
}

impl Engine {
    /// Starts both loops. Must be called within a tokio runtime.
    pub fn start(ports: Ports, options: Options) -> Self {
        let stop = CancellationToken::new();
        let loops = [
            tokio::spawn(runner::run(ports.clone(), options.clone(), stop.clone())),
            tokio::spawn(observer::run(ports, options.tick, stop.clone())),
        ];
        Self { stop, loops }
    }

    /// Lets the steps that are running come to their end or, if that takes too long, lets go of them; claims nothing
    /// more, and ends.
    pub async fn stop(self) {
        self.stop.cancel();
        for running in self.loops {
            if let Err(error) = running.await {
                tracing::error!(error = &error as &dyn std::error::Error, "A loop of the engine broke");
            }
        }
    }
}

/// How long the database may take. One whose machine has gone says nothing, not even that it has.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits for the database, but not for ever. What a step asks of it needs no such limit: a lease that cannot be
/// extended ends the step.
async fn patiently<T>(
    what: &'static str,
    asked: impl Future<Output = Result<T, PortError>>,
) -> Result<T, PortError> {
    let answer = tokio::time::timeout(PATIENCE, asked).await;
    answer.unwrap_or_else(|late| Err(PortError::new(what, late)))
}
