//! Workloads: how many copies there should be, how many there are, and what their controllers complain about.

use kube::ResourceExt;
use slipway_domain::{
    names::ComponentName,
    observed::{ObservedComponent, Remark, Workload},
};

use super::component_of;
use crate::lean::{Condition, Deployment, Job, ReplicaSet, StatefulSet, WorkloadStatus};

fn count(number: Option<i32>) -> u32 {
    u32::try_from(number.unwrap_or(0)).unwrap_or(0)
}

/// A deployment without its tasks.
pub(crate) fn deployment(deployment: &Deployment) -> Option<ObservedComponent> {
    let nothing = WorkloadStatus::default();
    // Not taken apart: what is collected of that keeps the room that all conditions had.
    let status = deployment.status.as_ref().unwrap_or(&nothing);
    // Counters of an older configuration say nothing about this one.
    let current = status.observed_generation >= deployment.metadata.generation;
    let (updated, ready) = (answering(status), count(status.ready_replicas));
    let is_bad = |condition: &&Condition| {
        let said = (condition.type_.as_str(), condition.status.as_str());
        matches!(said, ("ReplicaFailure", "True") | ("Progressing", "False"))
    };
    let complaints = status.conditions.iter().flatten().filter(is_bad);
    let object = || format!("Deployment {}", deployment.name_any());
    Some(ObservedComponent {
        desired: count(deployment.spec.as_ref().and_then(|spec| spec.replicas).or(Some(1))),
        updated: if current { updated } else { 0 },
        ready: if current { ready } else { 0 },
        remarks: complaints.map(|condition| remark(object(), condition)).collect(),
        ..ObservedComponent::new(component_of(deployment)?, Workload::Deployment)
    })
}

/// How many copies of the newest configuration surely answer: the counter of those that are ready counts copies of the
/// configuration before too, which stay until their successors answer.
fn answering(status: &WorkloadStatus) -> u32 {
    let (all, updated) = (count(status.replicas), count(status.updated_replicas));
    let older = all.saturating_sub(updated);
    updated.min(count(status.ready_replicas).saturating_sub(older))
}

/// A stateful set without its tasks.
pub(crate) fn stateful_set(set: &StatefulSet) -> Option<ObservedComponent> {
    let status = set.status.clone().unwrap_or_default();
    let current = status.observed_generation >= set.metadata.generation;
    Some(ObservedComponent {
        desired: count(set.spec.as_ref().and_then(|spec| spec.replicas).or(Some(1))),
        updated: if current { count(status.updated_replicas) } else { 0 },
        ready: if current { count(status.ready_replicas) } else { 0 },
        ..ObservedComponent::new(component_of(set)?, Workload::StatefulSet)
    })
}

/// A job without its tasks; what is wanted of it is that its copies succeed.
pub(crate) fn job(job: &Job) -> Option<ObservedComponent> {
    let status = job.status.as_ref();
    let wanted = count(job.spec.as_ref().and_then(|spec| spec.completions).or(Some(1)));
    let conditions = status.and_then(|status| status.conditions.as_ref()).into_iter().flatten();
    let failures = conditions.filter(|condition| condition.type_ == "Failed" && condition.status == "True");
    let object = || format!("Job {}", job.name_any());
    Some(ObservedComponent {
        desired: wanted,
        updated: wanted,
        ready: count(status.and_then(|status| status.succeeded)),
        remarks: failures.map(|condition| remark(object(), condition)).collect(),
        ..ObservedComponent::new(component_of(job)?, Workload::Job)
    })
}

/// Why a replica set cannot make its copies: the first to know, and the only one to know every refusal.
pub(crate) fn replica_set(set: &ReplicaSet) -> Option<(ComponentName, Option<Remark>)> {
    let conditions = set.status.as_ref().and_then(|status| status.conditions.as_ref());
    let is_failure = |c: &&Condition| c.type_ == "ReplicaFailure" && c.status == "True";
    let failure = conditions.into_iter().flatten().find(is_failure);
    let remark = failure.map(|condition| remark(format!("ReplicaSet {}", set.name_any()), condition));
    Some((component_of(set)?, remark))
}

/// What a condition says about that object.
fn remark(object: String, condition: &Condition) -> Remark {
    Remark {
        object,
        field: format!("status.conditions[{}]", condition.type_),
        reason: condition.reason.clone().unwrap_or_default(),
        message: condition.message.clone().unwrap_or_default(),
        at: condition.last_transition_time.as_ref().map(|time| time.0),
    }
}
