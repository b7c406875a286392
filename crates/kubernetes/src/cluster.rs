//! The port `Cluster`, over a Kubernetes client: real or simulated, it cannot tell.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client};
use slipway_domain::{
    ids::{ApplicationId, Clock},
    log::{LogStream, LogWish},
    names::ApplicationName,
    observed::Observed,
    plan::Plan,
    ports::{ApplyProblem, Cluster, PortError, Removal, Secrets},
    removal::{Leftover, Stripped},
    spec::ApplicationSpec,
    told::Told,
};

use crate::{
    apply, events, logs,
    manifest::{self, Gateway},
    orphans, plan,
    remove::Remover,
    watch::Watches,
};

/// A cluster that is watched as long as this lives.
pub struct KubernetesCluster {
    client: Client,
    gateway: Gateway,
    remover: Remover,
    watches: Watches,
}

impl KubernetesCluster {
    /// Starts the watches. Must be called within a tokio runtime.
    pub fn start(client: Client, gateway: Gateway, clock: Arc<dyn Clock>) -> Self {
        let remover = Remover::new(client.clone(), Arc::clone(&clock));
        let watches = Watches::start(&client, clock);
        Self { client, gateway, remover, watches }
    }
}

#[async_trait]
impl Cluster for KubernetesCluster {
    async fn apply(
        &self,
        spec: &ApplicationSpec,
        secrets: &Secrets,
        progress: &(dyn Fn(usize, usize) + Send + Sync),
    ) -> Result<(), ApplyProblem> {
        apply::refuse_foreign(&self.client, &spec.name, spec.id).await?;
        let manifests = manifest::render(spec, secrets, &self.gateway);
        apply::apply(&self.client, &manifests, progress).await?;
        // The first generation has no earlier one.
        if spec.generation > 1 { orphans::remove(&self.client, spec, &manifests).await } else { Ok(()) }
    }

    async fn plan(&self, spec: &ApplicationSpec, secrets: &Secrets) -> Result<Plan, PortError> {
        plan::plan(&self.client, spec, &manifest::render(spec, secrets, &self.gateway)).await
    }

    async fn observe(&self, name: &ApplicationName, id: ApplicationId) -> Result<Observed, PortError> {
        let observed = self.watches.observe(name, id);
        observed.ok_or_else(|| PortError::new("observing the cluster", "its first listing is not complete"))
    }

    async fn remove(&self, name: &ApplicationName, id: ApplicationId) -> Result<Removal, PortError> {
        self.remover.remove(name, id).await
    }

    async fn strip_finalizer(
        &self,
        name: &ApplicationName,
        id: ApplicationId,
        leftover: &Leftover,
        finalizer: &str,
    ) -> Result<Stripped, PortError> {
        self.remover.strip(name, id, leftover, finalizer).await
    }

    async fn last_words(
        &self,
        name: &ApplicationName,
        task: &str,
        container: &str,
        lines: u32,
    ) -> Result<Option<String>, PortError> {
        logs::last_words(&self.client, name, task, container, lines).await
    }

    async fn logs(&self, name: &ApplicationName, wish: &LogWish) -> Result<Option<LogStream>, PortError> {
        logs::logs(&self.client, name, wish).await
    }

    async fn events(&self, name: &ApplicationName) -> Result<Vec<Told>, PortError> {
        events::events(&self.client, name).await
    }

    async fn is_taken(&self, name: &ApplicationName) -> Result<bool, PortError> {
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let found = namespaces.get_metadata_opt(name.as_str()).await;
        found.map(|found| found.is_some()).map_err(|error| {
            PortError::new(format!("asking the cluster whether the namespace {name} exists"), error)
        })
    }

    fn touched(&self) -> BoxStream<'static, ApplicationName> {
        self.watches.touched()
    }

    fn out_of_reach_since(&self) -> Option<Timestamp> {
        self.watches.out_of_reach_since()
    }
}
