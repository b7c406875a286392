//! Keeps what the cluster warns of: it forgets within the hour, people ask for a day (S3.56).

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use slipway_domain::{
    application::Application,
    observed::{Observed, Remark},
};

use crate::{Ports, patiently};

/// How long a warning is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So many warnings are known before all are forgotten: keeping one again does no harm.
const KNOWN: usize = 10_000;

/// The warnings that this process has kept, so that most looks write nothing.
#[derive(Default)]
pub(crate) struct Warnings(HashSet<(String, String, Timestamp)>);

impl Warnings {
    /// Keeps those that are new. One that could not be kept is new at the next look.
    pub(crate) async fn look(&mut self, ports: &Ports, application: &Application, observed: &Observed) {
        let fresh: Vec<Remark> = said(observed).filter(|remark| !self.knows(application, remark)).collect();
        if fresh.is_empty() {
            return;
        }
        let oldest = ports.clock.now() - KEPT;
        let kept = ports.journal.keep_warnings(application.id, &fresh, oldest);
        match patiently("keeping warnings", kept).await {
            Ok(()) => self.learn(application, &fresh),
            Err(error) => {
                tracing::warn!(error = %error.chain(), "Warnings were not kept; the next look will");
            }
        }
    }

    fn knows(&self, application: &Application, remark: &Remark) -> bool {
        remark.at.is_none_or(|at| self.0.contains(&key(application, remark, at)))
    }

    fn learn(&mut self, application: &Application, fresh: &[Remark]) {
        if self.0.len() >= KNOWN {
            self.0.clear();
        }
        let keys = fresh.iter().filter_map(|remark| Some(key(application, remark, remark.at?)));
        self.0.extend(keys);
    }
}

fn key(application: &Application, remark: &Remark, at: Timestamp) -> (String, String, Timestamp) {
    (format!("{}/{}", application.id, remark.object), remark.reason.clone(), at)
}

/// What events say; the fields of objects are looked at elsewhere.
fn said(observed: &Observed) -> impl Iterator<Item = Remark> {
    let remarks = observed.components.iter().flat_map(|component| {
        component.remarks.iter().chain(component.tasks.iter().flat_map(|task| &task.remarks))
    });
    remarks.filter(|remark| remark.field == "event").cloned()
}
