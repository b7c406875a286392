//! The fields that are read, named as the cluster names them.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{PersistentVolumeClaimVolumeSource, Taint},
    apimachinery::pkg::{
        api::resource::Quantity,
        apis::meta::v1::{MicroTime, ObjectMeta, Time},
    },
};
use serde::{Deserialize, de::IgnoredAny};

/// Of an object's metadata neither annotations nor who owns which field.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Head {
    name: Option<String>,
    namespace: Option<String>,
    uid: Option<String>,
    resource_version: Option<String>,
    generation: Option<i64>,
    labels: Option<BTreeMap<String, String>>,
    deletion_timestamp: Option<Time>,
}

impl From<Head> for ObjectMeta {
    fn from(head: Head) -> Self {
        let Head { name, namespace, uid, resource_version, generation, labels, deletion_timestamp } = head;
        Self {
            name,
            namespace,
            uid,
            resource_version,
            generation,
            labels,
            deletion_timestamp,
            ..Self::default()
        }
    }
}

macro_rules! read {
    ($($(#[$about:meta])* $name:ident { $($(#[$rename:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        pub(crate) struct $name {
            $($(#[$rename])* pub(crate) $field: $kind,)*
        }
    )*};
}

read! {
    PodSpec {
        node_name: Option<String>,
        node_selector: Option<BTreeMap<String, String>>,
        init_containers: Option<Vec<Container>>,
        containers: Option<Vec<Container>>,
        volumes: Option<Vec<Volume>>,
    }

    /// Of its checks only whether there are any.
    Container {
        name: String,
        restart_policy: Option<String>,
        readiness_probe: Option<IgnoredAny>,
        liveness_probe: Option<IgnoredAny>,
        startup_probe: Option<IgnoredAny>,
    }

    Volume {
        persistent_volume_claim: Option<PersistentVolumeClaimVolumeSource>,
    }

    PodStatus {
        phase: Option<String>,
        reason: Option<String>,
        message: Option<String>,
        start_time: Option<Time>,
        conditions: Option<Vec<Condition>>,
        init_container_statuses: Option<Vec<ContainerStatus>>,
        container_statuses: Option<Vec<ContainerStatus>>,
    }

    ContainerStatus {
        name: String,
        ready: bool,
        restart_count: i32,
        state: Option<ContainerState>,
        last_state: Option<ContainerState>,
    }

    ContainerState {
        waiting: Option<Waiting>,
        running: Option<IgnoredAny>,
        terminated: Option<Terminated>,
    }

    Waiting {
        reason: Option<String>,
        message: Option<String>,
    }

    Terminated {
        reason: Option<String>,
        message: Option<String>,
        exit_code: i32,
        signal: Option<i32>,
        started_at: Option<Time>,
        finished_at: Option<Time>,
    }

    /// Of pods, workloads and nodes alike.
    Condition {
        #[serde(rename = "type")]
        type_: String,
        status: String,
        reason: Option<String>,
        message: Option<String>,
        last_transition_time: Option<Time>,
    }

    /// Of deployments, replica sets and stateful sets how many copies, of jobs how many must end well.
    WorkloadSpec {
        replicas: Option<i32>,
        completions: Option<i32>,
    }

    WorkloadStatus {
        observed_generation: Option<i64>,
        replicas: Option<i32>,
        updated_replicas: Option<i32>,
        ready_replicas: Option<i32>,
        succeeded: Option<i32>,
        conditions: Option<Vec<Condition>>,
    }

    ClaimSpec {
        storage_class_name: Option<String>,
    }

    ClaimStatus {
        phase: Option<String>,
    }

    NodeSpec {
        taints: Option<Vec<Taint>>,
        unschedulable: Option<bool>,
    }

    NodeStatus {
        allocatable: Option<BTreeMap<String, Quantity>>,
        conditions: Option<Vec<Condition>>,
        node_info: Option<NodeInfo>,
    }

    NodeInfo {
        operating_system: String,
        architecture: String,
    }

    /// What an event is about.
    Involved {
        kind: Option<String>,
        name: Option<String>,
        namespace: Option<String>,
    }

    Series {
        count: Option<i32>,
        last_observed_time: Option<MicroTime>,
    }
}
