//! Nodes: what they can run, and how much of it.

use k8s_openapi::api::core::v1::Taint;
use kube::ResourceExt;

use crate::{lean::Node, quantity};

/// What a node has to give, in thousandths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) name: String,
    /// For example `linux/amd64`.
    pub(crate) platform: String,
    pub(crate) cpu: i128,
    pub(crate) memory: i128,
    /// Is it meant for tasks like ours? Others keep them away for good, by a taint.
    pub(crate) is_open: bool,
    /// Does it take tasks at this moment?
    pub(crate) takes_tasks: bool,
}

/// What the node has to give; none if it has not said yet.
pub(crate) fn room(node: &Node) -> Option<Room> {
    let status = node.status.as_ref()?;
    let (info, allocatable) = (status.node_info.as_ref()?, status.allocatable.as_ref()?);
    let spec = node.spec.clone().unwrap_or_default();
    let taints: Vec<Taint> = spec.taints.unwrap_or_default().into_iter().filter(keeps_away).collect();
    // The cluster's own taints come and go with the state of the node.
    let is_open = taints.iter().all(|taint| taint.key.starts_with("node.kubernetes.io/"));
    Some(Room {
        name: node.name_any(),
        platform: format!("{}/{}", info.operating_system, info.architecture),
        cpu: allocatable.get("cpu").map_or(0, quantity::of),
        memory: allocatable.get("memory").map_or(0, quantity::of),
        is_open,
        takes_tasks: taints.is_empty() && spec.unschedulable != Some(true) && !super::is_lost(node),
    })
}

fn keeps_away(taint: &Taint) -> bool {
    taint.effect != "PreferNoSchedule"
}
