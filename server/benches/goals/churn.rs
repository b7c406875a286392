//! What happens in the cluster: pods go, others take their place, and applications are seen without them meanwhile.

use std::time::Duration;

use anyhow::Context;
use futures::{StreamExt, TryStreamExt, future::try_join_all, stream::BoxStream};
use k8s_openapi::api::{apps::v1::Deployment, core::v1::Pod};
use kube::{
    Api, Client,
    api::{DeleteParams, ListParams, WatchEvent, WatchParams},
};
use tokio::time::{Instant, sleep, timeout};

use crate::seed;

/// As many applications are seen without their pods, and with them again: about a hundred events a second.
pub const RESTARTS: usize = 150;
pub const OVER: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(30);

/// The applications that have pods, beginning with that one.
pub fn names(first: usize, count: usize) -> Vec<String> {
    seed::made(first..).take(count).map(seed::name).collect()
}

/// Takes the pods of an application away at once.
pub async fn restart(client: &Client, name: &str) -> anyhow::Result<()> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), name);
    let all = pods.list(&ListParams::default()).await?.items.into_iter().filter_map(|pod| pod.metadata.name);
    let at_once = DeleteParams { grace_period_seconds: Some(0), ..DeleteParams::default() };
    let gone = all.map(|pod| {
        let (pods, at_once) = (pods.clone(), at_once.clone());
        async move { pods.delete(&pod, &at_once).await }
    });
    try_join_all(gone).await?;
    Ok(())
}

/// The pods of all of them go, evenly over that time, and all are ready again when this is over.
pub async fn restart_all(client: &Client, names: &[String], over: Duration) -> anyhow::Result<()> {
    let pause = over / u32::try_from(names.len())?;
    let began = Instant::now();
    for (name, place) in names.iter().zip(1..) {
        restart(client, name).await?;
        tokio::time::sleep_until(began + pause * place).await;
    }
    for name in names {
        is_ready(client, name).await?;
    }
    Ok(())
}

async fn is_ready(client: &Client, name: &str) -> anyhow::Result<()> {
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), name);
    let began = Instant::now();
    while !deployments.list(&ListParams::default()).await?.iter().all(has_all) {
        anyhow::ensure!(began.elapsed() < PATIENCE, "{name} does not become ready again");
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

fn has_all(deployment: &Deployment) -> bool {
    let status = deployment.status.as_ref();
    status.and_then(|status| status.ready_replicas) == deployment.spec.as_ref().and_then(|spec| spec.replicas)
}

/// A bare watch of the deployments of one application.
pub struct Bare(BoxStream<'static, Result<WatchEvent<Deployment>, kube::Error>>);

impl Bare {
    pub async fn watch(client: &Client, name: &str) -> anyhow::Result<Self> {
        let deployments: Api<Deployment> = Api::namespaced(client.clone(), name);
        let listed = deployments.list(&ListParams::default()).await?;
        let version = listed.metadata.resource_version.context("the list has no version")?;
        Ok(Self(deployments.watch(&WatchParams::default(), &version).await?.boxed()))
    }

    /// When it is told that a deployment lacks pods.
    pub async fn lacks(&mut self) -> anyhow::Result<Instant> {
        let told = async {
            while let Some(event) = self.0.try_next().await? {
                if matches!(&event, WatchEvent::Modified(deployment) if !has_all(deployment)) {
                    return Ok(Instant::now());
                }
            }
            anyhow::bail!("the watch has ended")
        };
        timeout(PATIENCE, told).await.context("nothing changes in the cluster")?
    }
}
