//! Objects as the watches read them: with the fields that facts are made of and no others. What a manifest says of its
//! containers and what the server notes about owners of fields is most of an object; it is skipped while it is read.

mod fields;

use std::{borrow::Cow, fmt::Debug};

use k8s_openapi::{
    api::{apps::v1 as apps, batch::v1 as batch, core::v1 as core},
    apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta, Time},
};
use kube::Resource;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny},
};

use self::fields::{
    ClaimSpec, ClaimStatus, Head, Involved, NodeSpec, NodeStatus, PodSpec, Series, WorkloadSpec,
};
pub(crate) use self::fields::{Condition, ContainerState, ContainerStatus, PodStatus, WorkloadStatus};

pub(crate) type Namespace = Lean<core::Namespace>;
pub(crate) type Node = Lean<core::Node>;
pub(crate) type Pod = Lean<core::Pod>;
pub(crate) type PersistentVolumeClaim = Lean<core::PersistentVolumeClaim>;
pub(crate) type Deployment = Lean<apps::Deployment>;
pub(crate) type ReplicaSet = Lean<apps::ReplicaSet>;
pub(crate) type StatefulSet = Lean<apps::StatefulSet>;
pub(crate) type Job = Lean<batch::Job>;

/// An object of the kind, as far as it is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(bound = "")]
pub(crate) struct Lean<K: Shape> {
    #[serde(default, deserialize_with = "head")]
    pub(crate) metadata: ObjectMeta,
    pub(crate) spec: Option<K::Spec>,
    pub(crate) status: Option<K::Status>,
}

/// A kind, and what is read of it.
pub(crate) trait Shape: Resource<DynamicType = ()> {
    type Spec: DeserializeOwned + Clone + Debug + Send;
    type Status: DeserializeOwned + Clone + Debug + Send;
}

macro_rules! shapes {
    ($($kind:ty => $spec:ty, $status:ty;)*) => {$(
        impl Shape for $kind {
            type Spec = $spec;
            type Status = $status;
        }
    )*};
}

shapes! {
    core::Namespace => IgnoredAny, core::NamespaceStatus;
    core::Node => NodeSpec, NodeStatus;
    core::Pod => PodSpec, PodStatus;
    core::PersistentVolumeClaim => ClaimSpec, ClaimStatus;
    apps::Deployment => WorkloadSpec, WorkloadStatus;
    apps::ReplicaSet => WorkloadSpec, WorkloadStatus;
    apps::StatefulSet => WorkloadSpec, WorkloadStatus;
    batch::Job => WorkloadSpec, WorkloadStatus;
}

/// An event, as far as it is read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_field_names, reason = "the cluster calls them so")]
pub(crate) struct Event {
    #[serde(deserialize_with = "head")]
    pub(crate) metadata: ObjectMeta,
    pub(crate) involved_object: Involved,
    #[serde(rename = "type")]
    pub(crate) type_: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) count: Option<i32>,
    pub(crate) series: Option<Series>,
    pub(crate) event_time: Option<MicroTime>,
    pub(crate) last_timestamp: Option<Time>,
}

fn head<'de, D: Deserializer<'de>>(from: D) -> Result<ObjectMeta, D::Error> {
    Head::deserialize(from).map(ObjectMeta::from)
}

/// It is asked for where the whole kind is.
macro_rules! stands_for {
    ($kind:ty, $lean:ty $(, $shape:ident)?) => {
        impl $(<$shape: Shape>)? Resource for $lean {
            type DynamicType = ();
            type Scope = <$kind as Resource>::Scope;
            fn kind((): &()) -> Cow<'_, str> {
                <$kind as Resource>::kind(&())
            }
            fn group((): &()) -> Cow<'_, str> {
                <$kind as Resource>::group(&())
            }
            fn version((): &()) -> Cow<'_, str> {
                <$kind as Resource>::version(&())
            }
            fn plural((): &()) -> Cow<'_, str> {
                <$kind as Resource>::plural(&())
            }
            fn meta(&self) -> &ObjectMeta {
                &self.metadata
            }
            fn meta_mut(&mut self) -> &mut ObjectMeta {
                &mut self.metadata
            }
        }
    };
}

stands_for!(K, Lean<K>, K);
stands_for!(core::Event, Event);
