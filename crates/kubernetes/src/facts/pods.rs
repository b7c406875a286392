//! A pod as a task: how far it is, how healthy, what it is waiting for or died of.

use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt;
use slipway_domain::{
    names::ComponentName,
    observed::{Health, ObservedTask, TaskState, Trouble},
};

use super::{component_of, ends};
use crate::{
    labels,
    lean::{ContainerState, ContainerStatus, Pod, PodStatus},
};

/// A pod, with what joins it to other objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copy {
    /// Of which component it is a copy.
    pub(crate) component: ComponentName,
    /// The node that it is on.
    pub(crate) node: Option<String>,
    /// The volume claims that it needs.
    pub(crate) claims: Vec<String>,
    /// The pod itself and no other of its name.
    uid: Option<String>,
    /// What there is to say about it.
    pub(crate) task: ObservedTask,
}

/// Reads a pod; what was known of it before tells what its status has forgotten.
pub(crate) fn copy(pod: &Pod, before: Option<&Copy>) -> Option<Copy> {
    let component = component_of(pod)?;
    let uid = pod.uid();
    let before = before.filter(|before| before.uid == uid).map(|before| &before.task);
    let spec = pod.spec.as_ref();
    let volumes = spec.and_then(|spec| spec.volumes.as_ref()).into_iter().flatten();
    let claims =
        volumes.filter_map(|volume| Some(volume.persistent_volume_claim.as_ref()?.claim_name.clone()));
    let node = spec.and_then(|spec| spec.node_name.clone());
    Some(Copy { component, node, claims: claims.collect(), uid, task: task(pod, before) })
}

fn task(pod: &Pod, before: Option<&ObservedTask>) -> ObservedTask {
    let empty = PodStatus::default();
    let status = pod.status.as_ref().unwrap_or(&empty);
    let containers: Vec<Watched<'_>> = watched(pod, status);
    let main = || containers.iter().filter(|container| !container.is_init);
    let state = state(pod, status, &containers);
    let troubled = containers.iter().find_map(|container| Some((container, container.trouble()?)));
    let last_end = match troubled {
        Some((container, _)) => ends::last(container.status),
        None => {
            containers.iter().filter_map(|container| ends::last(container.status)).max_by_key(|end| end.at)
        }
    };
    let restarts = containers.iter().map(|c| u32::try_from(c.status.restart_count).unwrap_or(0)).sum();
    let is_ready = !containers.is_empty() && main().all(|container| container.status.ready);
    let was_ready = is_ready && is_checked(pod)
        || before.is_some_and(|before| before.was_ready)
        || ends::was_ready(pod, status, last_end.as_ref());
    let over = matches!(state, TaskState::Stopped | TaskState::Deprovisioning);
    let stopped = || containers.iter().filter_map(|c| ends::last(c.status)?.at).max();
    ObservedTask {
        id: pod.name_any(),
        release: pod.labels().get(labels::VERSION).cloned().unwrap_or_default(),
        state,
        health: health(pod, is_ready, was_ready, state),
        restarts,
        recent_restarts: ends::recent_restarts(restarts, last_end.as_ref(), before),
        started_at: status.start_time.as_ref().map(|time| time.0),
        stopped_at: if over { stopped() } else { None },
        was_ready,
        is_pinned: is_pinned(pod),
        lost_node: None,
        trouble: thrown_out(status)
            .or_else(|| unschedulable(status))
            .or(troubled.map(|(_, trouble)| trouble)),
        last_end,
        remarks: Vec::new(),
    }
}

/// A container and what its status does not say about it.
struct Watched<'a> {
    status: &'a ContainerStatus,
    /// Does it end before the others begin?
    is_init: bool,
}

fn watched<'a>(pod: &Pod, status: &'a PodStatus) -> Vec<Watched<'a>> {
    let specified = pod.spec.as_ref().and_then(|spec| spec.init_containers.as_ref());
    // An init container that is always started again is one that runs beside the others.
    let stays = |name: &str| {
        let mut specified = specified.into_iter().flatten();
        specified.any(|c| c.name == name && c.restart_policy.as_deref() == Some("Always"))
    };
    let init = status.init_container_statuses.iter().flatten();
    let init = init.map(|status| Watched { status, is_init: !stays(&status.name) });
    let main = status.container_statuses.iter().flatten().map(|status| Watched { status, is_init: false });
    init.chain(main).collect()
}

fn state(pod: &Pod, status: &PodStatus, containers: &[Watched<'_>]) -> TaskState {
    let main = || containers.iter().filter(|container| !container.is_init).map(|container| container.status);
    let is_running = |c: &ContainerStatus| c.state.as_ref().is_some_and(|state| state.running.is_some());
    let scheduled = pod.spec.as_ref().is_some_and(|spec| spec.node_name.is_some());
    let started = main().any(is_running);
    let crashed = main().any(|container| container.restart_count > 0);
    let no_sandbox = status
        .conditions
        .iter()
        .flatten()
        .any(|condition| condition.type_ == "PodReadyToStartContainers" && condition.status == "False");
    match status.phase.as_deref().unwrap_or("Pending") {
        "Succeeded" | "Failed" if pod.metadata.deletion_timestamp.is_some() => TaskState::Deprovisioning,
        "Succeeded" | "Failed" => TaskState::Stopped,
        _ if pod.metadata.deletion_timestamp.is_some() => match () {
            () if main().any(|container| container.ready) => TaskState::Deactivating,
            () if containers.iter().any(|container| is_running(container.status)) => TaskState::Stopping,
            () => TaskState::Deprovisioning,
        },
        _ if !scheduled => TaskState::Provisioning,
        _ if started && main().all(|container| container.ready) => TaskState::Running,
        _ if started || crashed => TaskState::Activating,
        _ if no_sandbox => TaskState::Provisioning,
        _ => TaskState::Pending,
    }
}

/// Is there a check that says whether it is ready?
fn is_checked(pod: &Pod) -> bool {
    let containers = pod.spec.iter().flat_map(|spec| spec.containers.iter().flatten());
    containers.into_iter().any(|c| c.readiness_probe.is_some())
}

fn health(pod: &Pod, is_ready: bool, was_ready: bool, state: TaskState) -> Health {
    let mut containers = pod.spec.iter().flat_map(|spec| spec.containers.iter().flatten());
    let any = containers
        .any(|c| c.readiness_probe.is_some() || c.liveness_probe.is_some() || c.startup_probe.is_some());
    match state {
        _ if !any => Health::Unknown,
        TaskState::Running | TaskState::Deactivating if is_ready => Health::Healthy,
        TaskState::Activating if was_ready => Health::Unhealthy,
        _ => Health::Unknown,
    }
}

/// Labels that choose a kind of node, not nodes.
const KINDS_OF_NODES: [&str; 2] = ["kubernetes.io/os", "kubernetes.io/arch"];

fn is_pinned(pod: &Pod) -> bool {
    let selector = pod.spec.as_ref().and_then(|spec| spec.node_selector.as_ref());
    selector.is_some_and(|selector| selector.keys().any(|key| !KINDS_OF_NODES.contains(&key.as_str())))
}

fn trouble_of_pod(reason: &str, message: Option<&String>) -> Trouble {
    Trouble { reason: reason.to_owned(), message: message.cloned().unwrap_or_default(), ..Trouble::default() }
}

/// The pod as a whole has failed: evicted, or refused by its node.
fn thrown_out(status: &PodStatus) -> Option<Trouble> {
    let reason = status.reason.as_deref().filter(|_| status.phase.as_deref() == Some("Failed"))?;
    Some(trouble_of_pod(reason, status.message.as_ref()))
}

fn unschedulable(status: &PodStatus) -> Option<Trouble> {
    let refused = status.conditions.iter().flatten().find(|c| {
        c.type_ == "PodScheduled"
            && c.status == "False"
            && matches!(c.reason.as_deref(), Some("Unschedulable" | "SchedulerError" | "SchedulingGated"))
    })?;
    Some(trouble_of_pod(refused.reason.as_deref()?, refused.message.as_ref()))
}

/// Reasons of a container that has simply not come that far.
const ON_THE_WAY: [&str; 2] = ["ContainerCreating", "PodInitializing"];

impl Watched<'_> {
    fn trouble(&self) -> Option<Trouble> {
        let last_end = self.status.last_state.as_ref().and_then(|state| state.terminated.as_ref());
        let trouble = |reason: &str, message: Option<&String>, exit_code| Trouble {
            exit_code,
            container: self.status.name.clone(),
            is_init: self.is_init,
            ..trouble_of_pod(reason, message)
        };
        let last_code = last_end.map(|end| end.exit_code);
        match self.status.state.as_ref()? {
            ContainerState { waiting: Some(waiting), .. } => {
                let reason = waiting.reason.as_deref().unwrap_or_default();
                if ON_THE_WAY.contains(&reason) || reason.is_empty() {
                    return None;
                }
                // A crash loop is only the waiting; what the container died of explains more.
                let of_memory = last_end.is_some_and(|end| end.reason.as_deref() == Some("OOMKilled"));
                let reason = if of_memory { "OOMKilled" } else { reason };
                Some(trouble(reason, waiting.message.as_ref(), last_code))
            }
            ContainerState { terminated: Some(end), .. } => {
                let is_done = self.is_init && end.exit_code == 0;
                let reason = end.reason.as_deref().unwrap_or("Error");
                (!is_done).then(|| trouble(reason, end.message.as_ref(), Some(end.exit_code)))
            }
            ContainerState { running: Some(_), .. } if self.is_init => {
                Some(trouble("Preparing", None, last_code))
            }
            ContainerState { running: Some(_), .. } if !self.status.ready => {
                Some(trouble("NotReady", None, last_code))
            }
            _ => None,
        }
    }
}

/// A check that has not been passed for so long after the start is not one that is passed at once.
pub(super) const AT_ONCE: SignedDuration = SignedDuration::from_secs(1);

/// When the pod last changed between ready and not ready.
pub(super) fn readiness_changed(status: &PodStatus) -> Option<Timestamp> {
    let ready = status.conditions.iter().flatten().find(|condition| condition.type_ == "Ready")?;
    ready.last_transition_time.as_ref().map(|time| time.0)
}
