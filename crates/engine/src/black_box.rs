//! Keeps what containers said before they ended, before the cluster forgets it.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use slipway_domain::{
    application::Application,
    black_box::{Ended, LINES},
    names::ComponentName,
    observed::{Observed, ObservedTask},
};
use tokio::sync::Semaphore;

use crate::{Ports, observer, patiently};

/// How many logs are fetched at once.
const AT_ONCE: usize = 8;
/// So many ends are known before all are forgotten: keeping one again does no harm.
const KNOWN: usize = 10_000;

/// The box of this process: it knows which ends it has kept.
#[derive(Clone)]
pub(crate) struct BlackBox {
    known: Arc<Mutex<HashSet<(String, Timestamp)>>>,
    places: Arc<Semaphore>,
}

impl BlackBox {
    pub(crate) fn new() -> Self {
        Self { known: Arc::default(), places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Keeps the ends that are new, in the background: a slow log must not keep badges from moving.
    pub(crate) fn look(&self, ports: &Ports, application: &Application, observed: &Observed) {
        for component in &observed.components {
            for task in &component.tasks {
                let Some(at) = task.last_end.as_ref().and_then(|end| end.at) else { continue };
                if self.is_new(&task.id, at) {
                    self.keep(ports.clone(), application.clone(), component.name.clone(), task.clone(), at);
                }
            }
        }
    }

    fn is_new(&self, task: &str, at: Timestamp) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert((task.to_owned(), at))
    }

    fn forget(&self, task: &str, at: Timestamp) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&(task.to_owned(), at));
    }

    fn keep(
        &self,
        ports: Ports,
        application: Application,
        component: ComponentName,
        task: ObservedTask,
        at: Timestamp,
    ) {
        let this = self.clone();
        tokio::spawn(async move {
            let Ok(_place) = this.places.acquire().await else { return };
            // Not to know what it said is no reason not to keep that it ended.
            let asked =
                ports.cluster.last_words(&application.name, &task.id, component.as_str(), LINES).await;
            let log = asked.unwrap_or_default();
            let remarks = task.remarks.iter().map(|remark| format!("{}: {}", remark.reason, remark.message));
            let ended = Ended {
                component,
                task: task.id.clone(),
                release: task.release.clone(),
                end: task.last_end.unwrap_or_default(),
                remarks: remarks.collect(),
                log,
            };
            let kept = ports.journal.keep_end(application.id, &ended, at);
            match patiently("keeping an end", kept).await {
                // Now that its last words are known, the cause may be another.
                Ok(()) if task.trouble.is_some() => {
                    drop(patiently("looking", observer::look(&ports, &[application.name])).await);
                }
                Ok(()) => {}
                Err(error) => {
                    tracing::warn!(error = %error.chain(), task = task.id, "An end was not kept; the next look will");
                    this.forget(&task.id, at);
                }
            }
        });
    }
}
