//! The port `Cluster`, over a Kubernetes client: real or simulated, it cannot tell.

use std::{error::Error, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::Timestamp;
use k8s_openapi::api::core::v1;
use kube::{Api, Client};
use slipway_domain::{
    actor::Actor,
    ids::{ApplicationId, Clock},
    log::{LogStream, LogWish},
    names::ApplicationName,
    observed::{Namespace, Observed},
    plan::{Care, Plan},
    ports::{ApplyProblem, AskProblem, Cluster, PortError, Removal, Secrets},
    removal::{Leftover, Stripped},
    spec::ApplicationSpec,
    told::Told,
};

use crate::{
    apply, events, logs,
    manifest::{self, Access, Gateway, Manifest},
    person::Person,
    plan::{Draft, Planner},
    remove::Remover,
    watch::Watches,
};

/// How long a person waits for an answer that is not needed to go on.
const PATIENCE: Duration = Duration::from_secs(3);

/// A cluster that is watched as long as this lives.
pub struct KubernetesCluster {
    client: Client,
    gateway: Gateway,
    access: Option<Access>,
    impersonates: bool,
    planner: Planner,
    remover: Remover,
    watches: Watches,
}

impl KubernetesCluster {
    /// Starts the watches. Must be called within a tokio runtime.
    pub fn start(client: Client, gateway: Gateway, clock: Arc<dyn Clock>) -> Self {
        let remover = Remover::new(client.clone(), Arc::clone(&clock));
        let watches = Watches::start(&client, clock);
        let planner = Planner::new(client.clone());
        Self { client, gateway, access: None, impersonates: false, planner, remover, watches }
    }

    /// The same, with rights in the cluster for the people of an application.
    #[must_use]
    pub fn with_access(self, access: Option<Access>) -> Self {
        Self { access, ..self }
    }

    /// The same, asking in the name of whoever wants to know something, as far as the cluster knows them (D21).
    #[must_use]
    pub fn impersonating(self, impersonates: bool) -> Self {
        Self { impersonates, ..self }
    }

    /// Who asks, and with which client.
    fn client_of(&self, asker: &Actor) -> Result<(Client, Option<Person>), AskProblem> {
        let Some(access) = self.access.as_ref().filter(|_| self.impersonates) else {
            return Ok((self.client.clone(), None));
        };
        let person = Person::of(asker, access)?;
        Ok((person.client(&self.client)?, Some(person)))
    }

    /// The namespace, who may do what in it, and then everything else.
    fn render(&self, spec: &ApplicationSpec, secrets: &Secrets) -> Vec<Manifest> {
        let mut manifests = manifest::render(spec, secrets, &self.gateway);
        manifests.splice(1..1, self.bindings(spec));
        manifests
    }

    fn bindings(&self, spec: &ApplicationSpec) -> Vec<Manifest> {
        self.access.iter().flat_map(|access| manifest::bindings(spec, access)).collect()
    }

    /// Whoever was not answered wants to know whether the cluster is there at all.
    fn doubting<T>(&self, answer: Result<T, PortError>) -> Result<T, PortError> {
        answer.inspect_err(|error| self.doubt(error))
    }

    fn doubt(&self, error: &PortError) {
        if !is_answer(&*error.source) {
            self.watches.doubt();
        }
    }
}

/// Did the cluster say so itself?
fn is_answer(error: &(dyn Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(kube::Error::Api(_))) || error.source().is_some_and(is_answer)
}

#[async_trait]
impl Cluster for KubernetesCluster {
    async fn plan(&self, spec: &ApplicationSpec, secrets: &Secrets, care: Care) -> Result<Plan, PortError> {
        let observed = self.watches.observe(&spec.name, spec.id);
        let is_unknown = observed.is_some_and(|observed| {
            observed.namespace == Namespace::Absent && observed.out_of_reach_since.is_none()
        });
        let manifests = self.render(spec, secrets);
        let nodes = self.watches.nodes();
        let draft = Draft { spec, manifests: &manifests, care, is_unknown, nodes };
        let plan = self.doubting(self.planner.plan(&draft).await)?;
        if is_unknown && !plan.is_new {
            // The watches should know of its namespace.
            self.watches.doubt();
        }
        Ok(plan)
    }

    async fn plan_access(&self, spec: &ApplicationSpec) -> Result<Plan, PortError> {
        self.doubting(self.planner.plan_access(spec, &self.bindings(spec)).await)
    }

    async fn apply(
        &self,
        spec: &ApplicationSpec,
        secrets: &Secrets,
        plan: &Plan,
        progress: &(dyn Fn(usize, usize) + Send + Sync),
    ) -> Result<(), ApplyProblem> {
        let applied = apply::apply(&self.client, spec, &self.render(spec, secrets), plan, progress).await;
        applied.inspect_err(|problem| {
            if let ApplyProblem::Passing(error) = problem {
                self.doubt(error);
            }
        })
    }

    async fn observe(&self, name: &ApplicationName, id: ApplicationId) -> Result<Observed, PortError> {
        let observed = self.watches.observe(name, id);
        observed.ok_or_else(|| PortError::new("observing the cluster", "its first listing is not complete"))
    }

    async fn remove(&self, name: &ApplicationName, id: ApplicationId) -> Result<Removal, PortError> {
        self.doubting(self.remover.remove(name, id).await)
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

    async fn logs(
        &self,
        name: &ApplicationName,
        wish: &LogWish,
        asker: &Actor,
    ) -> Result<Option<LogStream>, AskProblem> {
        let (client, named) = self.client_of(asker)?;
        logs::logs(&client, name, wish, named.as_ref()).await
    }

    async fn events(&self, name: &ApplicationName, asker: &Actor) -> Result<Vec<Told>, AskProblem> {
        let (client, named) = self.client_of(asker)?;
        let answer = tokio::time::timeout(PATIENCE, events::events(&client, name, named.as_ref())).await;
        answer
            .unwrap_or_else(|late| Err(PortError::new(format!("reading the events of {name}"), late).into()))
    }

    async fn is_taken(&self, name: &ApplicationName) -> Result<bool, PortError> {
        // What became taken a moment ago is found before anything is applied; what became free is asked for here.
        if self.watches.is_free(name) == Some(true) {
            return Ok(false);
        }
        let namespaces: Api<v1::Namespace> = Api::all(self.client.clone());
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

    async fn version(&self) -> Result<String, PortError> {
        let asked = self.client.apiserver_version().await;
        let asked = asked.map_err(|error| PortError::new("asking the cluster for its version", error));
        self.doubting(asked).map(|told| told.git_version)
    }

    fn out_of_reach_since(&self) -> Option<Timestamp> {
        self.watches.out_of_reach_since()
    }

    fn has_been_read(&self) -> bool {
        self.watches.are_listed()
    }
}
