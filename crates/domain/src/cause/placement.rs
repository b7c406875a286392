//! Nodes and volumes: whether the cluster is there, whether a node takes the task and keeps it.

use super::{
    case::{Case, Finding, Weight},
    words::{has, quoted},
};
use crate::{
    cause::Cause,
    observed::{Observed, Remark},
};

/// Nothing is known about the cluster at this moment.
pub(super) fn out_of_reach(observed: &Observed) -> Option<Finding> {
    let since = observed.out_of_reach_since?;
    let reason = "The cluster does not answer; what is shown is what was last known.";
    let action = "Check that its API server runs and that it can be reached from here.";
    let cause = Cause::new("DEP_E151", reason, action).with(format!("API server: no answer since {since}"));
    Some(Finding { weight: Weight::Unreachable, cause })
}

/// The node does not report any more.
pub(super) fn lost_node(case: &Case<'_>) -> Option<Finding> {
    let node = case.task.lost_node.as_ref()?;
    let reason = format!("The node {node}, on which {} runs, does not report.", case.component.name);
    let action = "Check the node's power, network and kubelet; its tasks move to others after some minutes.";
    let line = format!("Node {node}, status.conditions[Ready]: not True; Pod {} runs there", case.task.id);
    Some(Finding::new(Weight::Node, "DEP_E151", reason, action).with(line))
}

/// The node threw the task out, or did not let it in.
pub(super) fn thrown_out(case: &Case<'_>) -> Option<Finding> {
    let trouble = case.task.trouble.as_ref()?;
    let name = &case.component.name;
    let (code, reason, action) = match trouble.reason.as_str() {
        "Evicted"
            if has(
                &trouble.message,
                &["exceeds the total limit", "exceeds the limit", "usage of emptydir"],
            ) =>
        {
            (
                "SLW_EVICTED",
                format!("{name} was thrown out because it wrote more to the node's disk than it may."),
                "Write less to the container's own disk, or raise its limit for ephemeral storage.",
            )
        }
        "Evicted" => (
            "SLW_EVICTED",
            format!("{name} was thrown out because its node ran short of memory or disk."),
            "Request as much memory and disk as it uses, or add a node.",
        ),
        "Preempting" => (
            "SLW_EVICTED",
            format!("{name} had to make room for something of higher priority."),
            "Raise the priority of the component, or add a node.",
        ),
        "NodeLost" => (
            "DEP_E151",
            format!("The node of {name} was lost."),
            "Check the node's power, network and kubelet.",
        ),
        reason
            if reason.starts_with("OutOf")
                || reason == "UnexpectedAdmissionError"
                || reason == "NodeAffinity" =>
        {
            (
                "SLW_NODE_REFUSED",
                format!("The node did not let {name} in."),
                "Try again: another node or a later moment may do; else lower what the component requests.",
            )
        }
        _ => return None,
    };
    Some(case.evident(Finding::new(Weight::Over, code, reason.clone(), action)))
}

/// Why no node takes a task: what the scheduler's words hold, the code, what it means, what to do. Of several
/// nodes each may have a reason of its own; the nearest to being mended stands first.
const REASONS: [(&[&str], &str, &str, &str); 12] = [
    (
        &["persistentvolumeclaim", "volume node affinity", "available persistent volumes"],
        "SLW_VOLUME",
        "{} waits for a volume.",
        "Look at the volume claim: its storage class must exist and be able to make volumes.",
    ),
    (
        &["free ports"],
        "SLW_PORT_CLASH",
        "The node's port that {} asks for is taken on every node.",
        "Take another port of the node, or none: a service needs no port of the node.",
    ),
    (
        &["insufficient cpu"],
        "SLW_UNSCHEDULABLE_CPU",
        "No node has as much processor time left as {} requests.",
        "Lower the cpu that the component requests, or add a node.",
    ),
    (
        &["insufficient memory"],
        "SLW_UNSCHEDULABLE_MEMORY",
        "No node has as much memory left as {} requests.",
        "Lower the memory that the component requests, or add a node.",
    ),
    (
        &["too many pods", "insufficient "],
        "SLW_UNSCHEDULABLE",
        "No node has room for {}.",
        "Lower what the component requests, or add a node.",
    ),
    (
        &["/not-ready", "/unreachable", "/network-unavailable"],
        "DEP_E151",
        "{} has no node: those that could run it do not report.",
        "Check the nodes' power, network and kubelet.",
    ),
    (
        &["/memory-pressure", "/disk-pressure", "/pid-pressure"],
        "SLW_NODE_PRESSURE",
        "{} has no node: those that could run it are short of memory or disk.",
        "Free memory or disk on the nodes, or add one.",
    ),
    (
        &["untolerated taint"],
        "SLW_TAINT",
        "The nodes are kept for others by a taint, so {} has none.",
        "Let the component tolerate the taint, take the taint away, or add a node.",
    ),
    (
        &["node affinity", "node selector", "node(s) didn't match"],
        "SLW_NODE_SELECTOR",
        "No node is of the kind that {} asks for.",
        "Label a node as the component asks for it, or change what it asks for.",
    ),
    (
        &["unschedulable"],
        "SLW_TAINT",
        "The nodes take nothing new, so {} has none.",
        "Open a node for scheduling again (uncordon).",
    ),
    (
        &["mark of a control plane"],
        "SLW_TAINT",
        "The nodes are kept for others by a taint, so {} has none.",
        "Let the component tolerate the taint, take the taint away, or add a node.",
    ),
    (&["no nodes available"], "DEP_E151", "The cluster has no node, so {} cannot run.", "Add a node."),
];

/// No node takes the task.
pub(super) fn unschedulable(case: &Case<'_>) -> Option<Finding> {
    let trouble = case.trouble(&["Unschedulable", "SchedulerError", "SchedulingGated"])?;
    // What could be thrown out to make room says nothing about why there is none.
    let words = trouble.message.split("preemption:").next().unwrap_or_default();
    // That control planes take no tasks is as it should be; it counts if there is no other reason.
    let words = &words.replace("taint {node-role.kubernetes.io/", "mark of a control plane {");
    let (_, code, sentence, action) = REASONS.iter().find(|(needles, ..)| has(words, needles)).unwrap_or(&(
        &[],
        "SLW_UNSCHEDULABLE",
        "No node takes {}.",
        "Read the scheduler's message below.",
    ));
    if *code == "SLW_VOLUME" {
        return Some(case.evident(volume(case, words)).remarked(case.remarks(CLAIM)));
    }
    let weight = if *code == "DEP_E151" { Weight::Node } else { Weight::Placement };
    Some(case.evident(Finding::new(
        weight,
        code,
        sentence.replace("{}", case.component.name.as_str()),
        action,
    )))
}

/// What is said about claims that are not bound.
const CLAIM: &[&str] = &["NoStorageClass", "Unbound", "ProvisioningFailed", "ClaimLost"];

fn volume(case: &Case<'_>, words: &str) -> Finding {
    let name = &case.component.name;
    let found = |code, reason, action| Finding::new(Weight::Placement, code, reason, action);
    let claims: Vec<&Remark> = case.remarks(CLAIM).collect();
    let says = |needles: &[&str]| claims.iter().any(|remark| has(&remark.message, needles));
    if let Some(claim) = quoted(words, "persistentvolumeclaim ").filter(|_| words.contains("not found")) {
        let reason = format!("{name} needs the volume claim {claim}, which does not exist.");
        return found("SLW_VOLUME_CLAIM_MISSING", reason, "Create the claim, or correct its name.");
    }
    if claims.iter().any(|remark| remark.reason == "NoStorageClass") {
        let reason = format!("{name} waits for a volume, and there is no storage class that makes one.");
        let action = "Name a storage class in the claim, mark one as the default, or create the volume.";
        return found("SLW_NO_STORAGE_CLASS", reason, action);
    }
    if says(&["storageclass"]) {
        let reason = format!("{name} waits for a volume of a storage class that does not exist.");
        return found(
            "SLW_NO_STORAGE_CLASS",
            reason,
            "Correct the storage class of the claim, or create it.",
        );
    }
    if has(words, &["volume node affinity"]) {
        let reason = format!("The volume of {name} is on a node that does not take it.");
        return found("SLW_VOLUME", reason, "Free room on the node that has the volume.");
    }
    let reason = format!("{name} waits for a volume that nobody has made yet.");
    let action =
        "Look at the claim's storage class: what makes its volumes must run; or create a volume by hand.";
    found("SLW_VOLUME", reason, action)
}

/// On a node, but a volume or the network cannot be had. What was said earlier and is over does not count.
pub(super) fn stuck_before_launch(case: &Case<'_>) -> Option<Finding> {
    if case.task.trouble.is_some() || !case.task.state.is_before_launch() {
        return None;
    }
    let name = &case.component.name;
    if let Some(remark) = case.remarks(&["FailedMount", "FailedAttachVolume", "FailedMapVolume"]).next() {
        let reason = format!("A volume of {name} cannot be mounted.");
        let action =
            "Read the message below; check the volume's path, its server, and whether another node holds it.";
        return Some(
            Finding::new(Weight::Configuration, "SLW_VOLUME_MOUNT", reason, action).remarked([remark]),
        );
    }
    let remark = case.remarks(&["FailedCreatePodSandBox", "NetworkNotReady"]).next()?;
    let reason = format!("The node cannot give {name} a network.");
    let action = "Check the network plugin of the node; if addresses have run out, free some.";
    Some(Finding::new(Weight::Node, "SLW_NETWORK", reason, action).remarked([remark]))
}
