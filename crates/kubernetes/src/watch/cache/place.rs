//! The facts of one namespace, and how they are put together for whoever asks.

use std::collections::HashSet;

use litemap::LiteMap;
use slipway_domain::{
    ids::ApplicationId,
    names::ComponentName,
    observed::{self, Health, Observed, ObservedComponent, ObservedTask, Remark, TaskState, Workload},
};

use super::warnings::Warnings;
use crate::facts::Copy;

/// Facts of a kind, by name. There are few of a kind in one namespace and there are many namespaces: a tree would set
/// aside room for eleven, and a vector for four as large as the facts themselves.
type Facts<Key, Fact> = LiteMap<Key, Box<Fact>>;

/// Keeps one; the first is alone most of the time.
pub(super) fn keep<Key: Ord, Fact>(facts: &mut Facts<Key, Fact>, key: Key, fact: Fact) {
    if facts.is_empty() {
        *facts = Facts::with_capacity(1);
    }
    facts.insert(key, Box::new(fact));
}

/// The facts of one namespace.
#[derive(Default)]
pub(super) struct Place {
    pub(super) namespace: observed::Namespace,
    pub(super) application: String,
    /// By kind and name.
    pub(super) workloads: Facts<(&'static str, String), ObservedComponent>,
    pub(super) copies: Facts<String, Copy>,
    pub(super) replica_sets: Facts<String, (ComponentName, Option<Remark>)>,
    /// The claims that have no volume.
    pub(super) claims: Facts<String, Remark>,
    pub(super) warnings: Warnings,
}

impl Place {
    /// Is there nothing that a watch will say is gone? Warnings go with the rest.
    pub(super) fn is_empty(&self) -> bool {
        self.namespace == observed::Namespace::Absent
            && self.workloads.is_empty()
            && self.copies.is_empty()
            && self.replica_sets.is_empty()
            && self.claims.is_empty()
    }

    pub(super) fn belongs_to(&self, id: ApplicationId) -> bool {
        self.application == id.to_string()
    }

    pub(super) fn observed(&self, lost: &HashSet<String>) -> Observed {
        let components = self.workloads.iter().map(|((_, name), workload)| {
            let own = self.copies.values().filter(|copy| copy.component == workload.name);
            let tasks = own.map(|copy| self.task(copy, lost)).collect();
            let remarks = workload.remarks.iter().cloned().chain(self.about(name, workload)).collect();
            ObservedComponent { tasks, remarks, ..ObservedComponent::clone(workload) }
        });
        let components = components.collect();
        Observed { namespace: self.namespace.clone(), components, out_of_reach_since: None }
    }

    /// What is said about a workload and what it made, beside its own status.
    fn about(&self, name: &str, workload: &ObservedComponent) -> Vec<Remark> {
        let kind = match workload.kind {
            Workload::Deployment => "Deployment",
            Workload::StatefulSet => "StatefulSet",
            Workload::Job => "Job",
        };
        let sets = self.replica_sets.iter().filter(|(_, set)| set.0 == workload.name);
        let of_sets = sets.flat_map(|(set, of)| {
            of.1.clone().into_iter().chain(self.warnings.about("ReplicaSet", set).cloned())
        });
        of_sets.chain(self.warnings.about(kind, name).cloned()).collect()
    }

    fn task(&self, copy: &Copy, lost: &HashSet<String>) -> ObservedTask {
        let mut task = copy.task.clone();
        task.lost_node = copy.node.clone().filter(|node| lost.contains(node));
        task.remarks.extend(self.warnings.about("Pod", &task.id).cloned());
        for claim in &copy.claims {
            task.remarks.extend(self.claims.get(claim).map(|remark| Remark::clone(remark)));
            task.remarks.extend(self.warnings.about("PersistentVolumeClaim", claim).cloned());
        }
        // Only a warning tells a check that fails from one that has not been made yet.
        let failed = |remark: &Remark| {
            remark.reason == "Unhealthy" && remark.at >= task.last_end.as_ref().and_then(|end| end.at)
        };
        if task.state == TaskState::Activating && task.remarks.iter().any(failed) {
            task.health = Health::Unhealthy;
        }
        task
    }
}
