//! From Kubernetes objects to the few facts that the rules need. Pure; what is not used is not kept.

mod ends;
mod nodes;
mod pods;
mod remarks;
mod workloads;

use kube::ResourceExt;
use slipway_domain::{names::ComponentName, observed};

pub(crate) use self::{
    nodes::{Room, room},
    pods::{Copy, copy},
    remarks::{About, about, claim, warning},
    workloads::{deployment, job, replica_set, stateful_set},
};
use crate::{
    labels,
    lean::{Namespace, Node},
    remove::remaining,
};

/// How a namespace is.
pub(crate) fn namespace(namespace: &Namespace) -> observed::Namespace {
    match namespace.metadata.deletion_timestamp {
        Some(_) => observed::Namespace::Terminating { remaining: remaining(namespace.status.as_ref()) },
        None => observed::Namespace::Active,
    }
}

/// The component that an object belongs to.
pub(crate) fn component_of(object: &impl ResourceExt) -> Option<ComponentName> {
    ComponentName::parse(object.labels().get(labels::NAME)?).ok()
}

/// Does the node report that it is well? One that has not said anything yet is not lost.
pub(crate) fn is_lost(node: &Node) -> bool {
    let conditions = node.status.as_ref().and_then(|status| status.conditions.as_ref());
    conditions.into_iter().flatten().any(|condition| condition.type_ == "Ready" && condition.status != "True")
}

#[cfg(test)]
mod tests;
