//! The cluster: manifests (pure), apply, watch, observe, undeploy. Knows Kubernetes and the domain, nothing else
//! of Slipway. [`sandbox`] is a simulated API server behind the same client.

mod apply;
mod cluster;
mod connect;
mod dial;
mod events;
mod facts;
mod labels;
mod lean;
mod logs;
pub mod manifest;
mod measured;
mod person;
mod plan;
mod quantity;
mod remove;
mod renewed;
pub mod sandbox;
mod watch;

pub use cluster::KubernetesCluster;
pub use connect::{ConnectError, Connected, from_kubeconfig, in_cluster};
