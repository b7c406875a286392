//! What is around an application: the budget of its namespace, and what the nodes are busy with.

use k8s_openapi::api::core::v1::{LimitRange, Pod, ResourceQuota};
use kube::{
    Api, Client, ResourceExt,
    api::{ListParams, ObjectList},
};
use slipway_domain::{names::ApplicationName, ports::PortError, spec::ApplicationSpec};

use super::nodes::Taken;
use crate::{facts::Room, quantity};

/// The limit ranges and quotas of a namespace. Whoever may not see them is told by the cluster when it refuses.
pub(super) async fn budget(
    client: &Client,
    namespace: &ApplicationName,
) -> Result<(Vec<LimitRange>, Vec<ResourceQuota>), PortError> {
    let ranges: Api<LimitRange> = Api::namespaced(client.clone(), namespace.as_str());
    let quotas: Api<ResourceQuota> = Api::namespaced(client.clone(), namespace.as_str());
    let all = ListParams::default();
    let (ranges, quotas) = tokio::join!(ranges.list(&all), quotas.list(&all));
    Ok((seen(ranges, namespace)?, seen(quotas, namespace)?))
}

fn seen<K: Clone>(
    listed: Result<ObjectList<K>, kube::Error>,
    namespace: &ApplicationName,
) -> Result<Vec<K>, PortError> {
    match listed {
        Ok(listed) => Ok(listed.items),
        Err(kube::Error::Api(status)) if status.code == 403 => Ok(Vec::new()),
        Err(error) => Err(PortError::new(format!("looking at the quotas of {namespace}"), error)),
    }
}

/// What the tasks of everybody else ask for on the nodes that take tasks; none if they cannot be seen. The answer
/// may be a moment old, which spares the cluster's database.
pub(super) async fn taken(client: &Client, spec: &ApplicationSpec, nodes: &[Room]) -> Option<Taken> {
    if !nodes.iter().any(|node| node.is_open && node.takes_tasks) {
        return None;
    }
    let pods: Api<Pod> = Api::all(client.clone());
    let alive = ListParams::default().fields("status.phase!=Succeeded,status.phase!=Failed").match_any();
    let pods = pods.list(&alive).await.ok()?;
    let counts = |pod: &&Pod| {
        let node = pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref());
        let is_usable = |node: &str| nodes.iter().any(|n| n.name == node && n.is_open && n.takes_tasks);
        node.is_some_and(is_usable) && pod.namespace().as_deref() != Some(spec.name.as_str())
    };
    let mut taken = Taken::default();
    for container in
        pods.iter().filter(counts).flat_map(|pod| pod.spec.iter().flat_map(|spec| &spec.containers))
    {
        let requests = container.resources.as_ref().and_then(|resources| resources.requests.as_ref());
        let of = |name: &str| requests.and_then(|requests| requests.get(name)).map_or(0, quantity::of);
        taken.cpu += of("cpu");
        taken.memory += of("memory");
    }
    Some(taken)
}
