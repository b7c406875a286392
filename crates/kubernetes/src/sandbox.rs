//! A simulated Kubernetes API server in this process, behind the same `kube::Client` as a real one: for trying
//! out, demos and fast tests. The contract suite (`tests/contract`) holds it against a real cluster.
//!
//! It keeps objects as JSON, answers the verbs that clients use with the codes and words of the real one, and
//! moves namespaces, workloads and pods along in [`reconcile`], one pure step at a time.
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
//! | arguments `run --exit <n> --sleep <time>` | does its errand and ends |
//!
//! | image, request | effect |
//! |---|---|
//! | a repository that ends in `missing` | cannot be pulled: not found |
//! | a repository that ends in `private` | cannot be pulled: 401 Unauthorized |
//! | more cpu than the one node has (16) | cannot be scheduled |
//!
//! An `APIService` that names a service is one that nobody answers: requests to its group fail, and no namespace
//! ends as long as it is there. Nothing is outside the simulation.
//!
//! These annotations of a pod template ask for more; to a real cluster they mean nothing.
//!
//! | annotation `sandbox.slipway.internal/fault` | effect |
//! |---|---|
//! | `crash` | ends before it is ready, again and again |
//! | `crash-after-ready` | ends some time after it was ready, again and again |
//! | `oom` | is killed for memory, with or without a limit |
//! | `never-ready` | runs and never answers |
//! | `unschedulable` | fits on no node |
//! | `slow` | takes ten times as long to be pulled and to be ready |
//! | `ignore-term` | ends only when its grace period is over |
//! | `pull-missing`, `pull-denied` | cannot be pulled: not found, 401 Unauthorized |
//!
//! `sandbox.slipway.internal/exit-code: "<n>"` is the code of a crash (else 1), and
//! `sandbox.slipway.internal/ready-after-ms: "<n>"` how long after its start a container is ready.

mod answer;
mod apply;
mod conditions;
mod discovery;
mod events;
mod fields;
mod garbage;
mod kinds;
mod limits;
mod logs;
mod namespaces;
mod objects;
mod patch;
mod pods;
mod quota;
mod reconcile;
mod rehearsal;
mod rights;
mod selector;
mod service;
mod snapshot;
mod validate;
mod verbs;
mod watch;
mod weather;
mod workloads;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::SignedDuration;
use kube::Client;
use serde_json::Value;
use tokio::{sync::watch as signal, task::JoinHandle};

use self::{objects::Objects, pods::faults::Tempo, weather::Weather};
use crate::measured::Measured;

/// How the simulation behaves.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// How long each phase of a pod's start takes: scheduling, pulling, becoming ready.
    pub pace: Duration,
    /// The first pause before a container is started or an image is pulled again; it doubles with every try.
    pub back_off: Duration,
    /// Where the objects are kept between two runs of this process; none forgets them.
    pub snapshot: Option<PathBuf>,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self { pace: Duration::from_millis(300), back_off: Duration::from_secs(10), snapshot: None }
    }
}

impl SandboxOptions {
    /// As fast as it gets, for tests.
    pub fn fast() -> Self {
        Self { pace: Duration::from_millis(5), back_off: Duration::from_millis(500), snapshot: None }
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

impl Sandbox {
    /// Starts the controllers. Must be called within a tokio runtime.
    pub fn start(options: SandboxOptions) -> Self {
        let mut objects = options.snapshot.as_deref().and_then(snapshot::load).unwrap_or_default();
        namespaces::begin(&mut objects, reconcile::now());
        let world = Arc::new(World {
            changed: signal::channel(objects.version()).0,
            weather: signal::channel(Weather::FINE).0,
            objects: Mutex::new(objects),
            options,
        });
        let mut tasks = vec![tokio::spawn(reconcile::run(Arc::clone(&world)))];
        if world.options.snapshot.is_some() {
            tasks.push(tokio::spawn(snapshot::keep(Arc::clone(&world))));
        }
        Self { world, tasks }
    }

    /// A client of this cluster.
    pub fn client(&self) -> Client {
        Client::new(Measured(service::ApiServer::new(Arc::clone(&self.world))), "default")
    }

    /// Takes the API server away or brings it back. While it is away every request fails and watches end.
    pub fn set_reachable(&self, reachable: bool) {
        self.world.weather.send_modify(|weather| weather.reachable = reachable);
    }

    /// Tells every open watch that its resource version is too old.
    pub fn expire_watches(&self) {
        self.world.weather.send_modify(|weather| weather.expired += 1);
    }

    /// Ends every open watch without a word, as a proxy or a restart of the server does.
    pub fn cut_watches(&self) {
        self.world.weather.send_modify(|weather| weather.cut += 1);
    }

    /// The whole cluster as one JSON document: every object, and how far the containers are.
    pub fn export(&self) -> Value {
        self.world.objects().export()
    }

    /// Takes on the state of an exported cluster in place of its own. Open watches are told to list anew. False,
    /// and nothing is changed, if the document is none.
    pub fn import(&self, document: &Value) -> bool {
        let Some(imported) = Objects::import(document) else { return false };
        let version = {
            let mut objects = self.world.objects();
            *objects = imported.later_than(objects.version());
            objects.version()
        };
        self.expire_watches();
        self.world.announce(version);
        true
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

    pub(crate) fn tempo(&self) -> Tempo {
        let signed = |time: Duration| SignedDuration::try_from(time).unwrap_or(SignedDuration::ZERO);
        Tempo { pace: signed(self.options.pace), back_off: signed(self.options.back_off) }
    }

    /// Tells whoever waits how new the objects are.
    pub(crate) fn announce(&self, version: u64) {
        self.changed.send_if_modified(|known| std::mem::replace(known, version) != version);
    }
}

#[cfg(test)]
mod tests;
