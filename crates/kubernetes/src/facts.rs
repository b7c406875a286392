//! From Kubernetes objects to the few facts that the rules need. Pure; what is not used is not kept.

use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{ContainerState, ContainerStatus, Namespace, Pod},
};
use kube::ResourceExt;
use slipway_domain::{
    names::ComponentName,
    observed::{self, ObservedComponent, ObservedTask, TaskState, Trouble},
};

use crate::{labels, remove::remaining};

/// How a namespace is.
pub(crate) fn namespace(namespace: &Namespace) -> observed::Namespace {
    match namespace.metadata.deletion_timestamp {
        Some(_) => observed::Namespace::Terminating { remaining: remaining(namespace) },
        None => observed::Namespace::Active,
    }
}

/// The component that an object belongs to.
pub(crate) fn component_of(object: &impl ResourceExt) -> Option<ComponentName> {
    ComponentName::parse(object.labels().get(labels::NAME)?).ok()
}

/// A workload without its tasks.
pub(crate) fn workload(deployment: &Deployment) -> Option<ObservedComponent> {
    let desired = deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
    let status = deployment.status.clone().unwrap_or_default();
    // Counters of an older configuration say nothing about this one.
    let current = status.observed_generation >= deployment.metadata.generation;
    let count = |number: Option<i32>| u32::try_from(number.unwrap_or(0)).unwrap_or(0);
    let complaint = status.conditions.unwrap_or_default().into_iter().find(|condition| {
        (condition.type_ == "ReplicaFailure" && condition.status == "True")
            || (condition.type_ == "Progressing" && condition.status == "False")
    });
    Some(ObservedComponent {
        name: component_of(deployment)?,
        desired: count(Some(desired)),
        updated: if current { count(status.updated_replicas) } else { 0 },
        ready: if current { count(status.ready_replicas) } else { 0 },
        tasks: Vec::new(),
        complaint: complaint.and_then(|condition| condition.message),
    })
}

/// A running copy.
pub(crate) fn task(pod: &Pod) -> ObservedTask {
    let status = pod.status.clone().unwrap_or_default();
    let containers = status.container_statuses.clone().unwrap_or_default();
    ObservedTask {
        id: pod.name_any(),
        release: pod.labels().get(labels::VERSION).cloned().unwrap_or_default(),
        state: state(pod, &containers),
        restarts: containers.iter().map(|c| u32::try_from(c.restart_count).unwrap_or(0)).sum(),
        started_at: status.start_time.map(|time| time.0),
        trouble: unschedulable(pod).or_else(|| containers.iter().find_map(trouble)),
    }
}

fn state(pod: &Pod, containers: &[ContainerStatus]) -> TaskState {
    let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or("Pending");
    let scheduled = pod.spec.as_ref().is_some_and(|spec| spec.node_name.is_some());
    let started = containers.iter().any(|c| c.state.as_ref().is_some_and(|state| state.running.is_some()));
    let crashed = containers.iter().any(|c| c.restart_count > 0);
    match phase {
        "Succeeded" | "Failed" => TaskState::Stopped,
        _ if pod.metadata.deletion_timestamp.is_some() => TaskState::Deactivating,
        _ if !scheduled => TaskState::Provisioning,
        _ if started && containers.iter().all(|container| container.ready) => TaskState::Running,
        _ if started || crashed => TaskState::Activating,
        _ => TaskState::Pending,
    }
}

fn unschedulable(pod: &Pod) -> Option<Trouble> {
    let conditions = pod.status.as_ref()?.conditions.as_ref()?;
    let refused = conditions.iter().find(|c| {
        c.type_ == "PodScheduled" && c.status == "False" && c.reason.as_deref() == Some("Unschedulable")
    })?;
    let message = refused.message.clone().unwrap_or_default();
    Some(Trouble { reason: "Unschedulable".to_owned(), message, exit_code: None })
}

/// Reasons of a container that has simply not come that far.
const ON_THE_WAY: [&str; 2] = ["ContainerCreating", "PodInitializing"];

fn trouble(container: &ContainerStatus) -> Option<Trouble> {
    let last_end = container.last_state.as_ref().and_then(|state| state.terminated.as_ref());
    match container.state.as_ref()? {
        ContainerState { waiting: Some(waiting), .. } => {
            let reason = waiting.reason.clone().unwrap_or_default();
            if ON_THE_WAY.contains(&reason.as_str()) {
                return None;
            }
            // A crash loop is only the waiting; what the container died of explains more.
            let of_memory = last_end.is_some_and(|end| end.reason.as_deref() == Some("OOMKilled"));
            let reason = if of_memory { "OOMKilled".to_owned() } else { reason };
            let message = waiting.message.clone().unwrap_or_default();
            Some(Trouble { reason, message, exit_code: last_end.map(|end| end.exit_code) })
        }
        ContainerState { terminated: Some(end), .. } => Some(Trouble {
            reason: end.reason.clone().unwrap_or_else(|| "Error".to_owned()),
            message: end.message.clone().unwrap_or_default(),
            exit_code: Some(end.exit_code),
        }),
        ContainerState { running: Some(_), .. } if !container.ready => Some(Trouble {
            reason: "NotReady".to_owned(),
            message: String::new(),
            exit_code: last_end.map(|end| end.exit_code),
        }),
        _ => None,
    }
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
