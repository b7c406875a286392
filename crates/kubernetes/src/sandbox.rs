//! A simulated Kubernetes API server in this process, behind the same `kube::Client` as a real one: for trying
//! out, demos and fast tests. The contract suite (`tests/contract`) holds it against a real cluster.
//!
//! It keeps objects as JSON, answers the verbs that clients use with the codes and words of the real one, and
//! moves namespaces, workloads and pods along in [`reconcile`](reconcile::reconcile), one pure step at a time.
//!
//! Containers are simulated after the project's test image: these variables of a container decide its fate, in
//! the simulation as in the real thing.
//!
//! | variable | effect |
//! |---|---|
//! | `READY_AFTER=<time>` | answers its readiness probe only that much later |
//! | `FAIL_HEALTH=1` | never answers its readiness probe |
//! | `CRASH_AFTER=<time>`, `CRASH_CODE=<n>` | ends by itself |
//! | `LEAK_MIB_PER_SECOND=<n>` | is killed for memory, if the container has a memory limit |
//! | `IGNORE_TERM=1` | ends only when its grace period is over |
//!
//! An image whose repository ends in `missing` cannot be pulled; a request for more cpu than the one node has
//! cannot be scheduled.

mod answer;
mod apply;
mod fields;
mod kinds;
mod objects;
mod patch;
mod pods;
mod reconcile;
mod selector;
mod service;
mod validate;
mod watch;
mod workloads;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use kube::Client;
use tokio::{sync::watch as signal, task::JoinHandle};

use self::objects::Objects;

/// How the simulation behaves.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// How long each phase of a pod's start takes: scheduling, pulling, becoming ready.
    pub pace: Duration,
    /// Where the objects are kept between two runs of this process; none forgets them.
    pub snapshot: Option<PathBuf>,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self { pace: Duration::from_millis(700), snapshot: None }
    }
}

impl SandboxOptions {
    /// As fast as it gets, for tests.
    pub fn fast() -> Self {
        Self { pace: Duration::from_millis(5), snapshot: None }
    }
}

/// The simulated cluster. It runs until this is dropped.
pub struct Sandbox {
    world: Arc<World>,
    tasks: Vec<JoinHandle<()>>,
}

/// What requests and controllers share.
pub(crate) struct World {
    objects: Mutex<Objects>,
    /// The newest resource version; whoever watches waits on it.
    changed: signal::Sender<u64>,
    /// What happens to requests and to open watches.
    weather: signal::Sender<Weather>,
    options: SandboxOptions,
}

/// Faults of the server as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weather {
    /// Does it answer?
    pub(crate) reachable: bool,
    /// Watches that began before this count are told that they are too old.
    pub(crate) expired: u64,
}

impl Sandbox {
    /// Starts the controllers. Must be called within a tokio runtime.
    pub fn start(options: SandboxOptions) -> Self {
        let objects = options.snapshot.as_deref().and_then(objects::load).unwrap_or_default();
        let world = Arc::new(World {
            changed: signal::channel(objects.version()).0,
            weather: signal::channel(Weather { reachable: true, expired: 0 }).0,
            objects: Mutex::new(objects),
            options,
        });
        let mut tasks = vec![tokio::spawn(reconcile::run(Arc::clone(&world)))];
        if world.options.snapshot.is_some() {
            tasks.push(tokio::spawn(objects::keep(Arc::clone(&world))));
        }
        Self { world, tasks }
    }

    /// A client of this cluster.
    pub fn client(&self) -> Client {
        Client::new(service::ApiServer::new(Arc::clone(&self.world)), "default")
    }

    /// Takes the API server away or brings it back. While it is away every request fails and watches end.
    pub fn set_reachable(&self, reachable: bool) {
        self.world.weather.send_modify(|weather| weather.reachable = reachable);
    }

    /// Tells every open watch that its resource version is too old.
    pub fn expire_watches(&self) {
        self.world.weather.send_modify(|weather| weather.expired += 1);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl World {
    pub(crate) fn objects(&self) -> MutexGuard<'_, Objects> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whoever waits how new the objects are.
    pub(crate) fn announce(&self, version: u64) {
        self.changed.send_if_modified(|known| std::mem::replace(known, version) != version);
    }
}
