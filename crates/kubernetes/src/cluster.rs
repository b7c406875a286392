//! The port `Cluster`, over a Kubernetes client: real or simulated, it cannot tell.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client};
use slipway_domain::{
    ids::{ApplicationId, Clock},
    names::ApplicationName,
    observed::Observed,
    plan::Plan,
    ports::{ApplyProblem, Cluster, PortError, Removal, Secrets},
    removal::{Leftover, Stripped},
    spec::ApplicationSpec,
};

use crate::{
    apply, logs,
    manifest::{self, Gateway},
    orphans, plan,
    remove::Remover,
    watch::Watches,
};

/// How long a person waits for an answer that is not needed to go on.
const PATIENCE: Duration = Duration::from_secs(3);

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

    async fn try_apply(
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
}

#[async_trait]
impl Cluster for KubernetesCluster {
    async fn apply(
        &self,
        spec: &ApplicationSpec,
        secrets: &Secrets,
        progress: &(dyn Fn(usize, usize) + Send + Sync),
    ) -> Result<(), ApplyProblem> {
        let applied = self.try_apply(spec, secrets, progress).await;
        applied.inspect_err(|problem| {
            if let ApplyProblem::Passing(_) = problem {
                self.watches.doubt();
            }
        })
    }

    async fn plan(&self, spec: &ApplicationSpec, secrets: &Secrets) -> Result<Plan, PortError> {
        plan::plan(&self.client, spec, &manifest::render(spec, secrets, &self.gateway)).await
    }

    async fn observe(&self, name: &ApplicationName, id: ApplicationId) -> Result<Observed, PortError> {
        let observed = self.watches.observe(name, id);
        observed.ok_or_else(|| PortError::new("observing the cluster", "its first listing is not complete"))
    }

    async fn remove(&self, name: &ApplicationName, id: ApplicationId) -> Result<Removal, PortError> {
        self.remover.remove(name, id).await.inspect_err(|_| self.watches.doubt())
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

    async fn is_taken(&self, name: &ApplicationName) -> Result<bool, PortError> {
        // What became taken a moment ago is found before anything is applied; what became free is asked for here.
        if self.watches.is_free(name) == Some(true) {
            return Ok(false);
        }
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
            PortError::new(format!("asking the cluster whether the namespace {name} exists"), error)
        };
        let asked = tokio::time::timeout(PATIENCE, namespaces.get_metadata_opt(name.as_str())).await;
        let found = asked.map_err(|late| failed(late.into()))?.map_err(|error| failed(error.into()))?;
        Ok(found.is_some())
    }

    fn touched(&self) -> BoxStream<'static, ApplicationName> {
        self.watches.touched()
    }

    fn out_of_reach_since(&self) -> Option<Timestamp> {
        self.watches.out_of_reach_since()
    }
}
