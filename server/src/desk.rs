//! The desk, as this server keeps it: each method checks the right, asks the ports, and words the answer.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use slipway_app::desk::{
    ApplicationView, Desk, DeskError, InstancesView, ProjectRow, ReleasesView, Surroundings, UndeployForm,
};
use slipway_domain::{
    actor::Actor,
    ids::{ApplicationId, Clock, Ids, OperationId},
    names::{ApplicationName, ProjectName},
    operation::Kind,
    order::{FieldError, Order, OrderForm},
    ports::{Cluster, PortError, Releases},
    release::{Project, Release},
    spec::ApplicationSpec,
};
use slipway_store::{AcceptError, Accepted, Asked, NewApplication, RemoveError, Store};

use crate::board::Board;

/// How many removed applications a page shows.
const HISTORY: u32 = 50;

/// What all desks share.
pub struct Office {
    pub store: Store,
    pub board: Arc<Board>,
    pub releases: Arc<dyn Releases>,
    pub releases_dir: PathBuf,
    pub cluster: Arc<dyn Cluster>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub sandbox: bool,
    /// Before this stands the gateway path of an application.
    pub gateway: String,
}

/// The desk of one person.
pub struct SignedIn {
    office: Arc<Office>,
    actor: Actor,
}

impl Office {
    /// The desk of that person.
    pub fn desk(self: &Arc<Self>, actor: Actor) -> SignedIn {
        SignedIn { office: Arc::clone(self), actor }
    }
}

#[async_trait]
impl Desk for SignedIn {
    fn surroundings(&self) -> Surroundings {
        Surroundings {
            actor: self.actor.clone(),
            sandbox: self.office.sandbox,
            stale_since: self.office.cluster.out_of_reach_since(),
            now: self.office.clock.now(),
            form_key: self.office.ids.next().to_string(),
        }
    }

    async fn releases(&self) -> Result<ReleasesView, DeskError> {
        self.allowed()?;
        let listing = self.office.releases.listing().await.map_err(|error| unavailable(&error))?;
        let live = self.office.board.live();
        let rows = listing.projects.into_iter().map(|project| {
            let applications = live.iter().filter(|application| application.project == project.name).count();
            ProjectRow { project, applications }
        });
        Ok(ReleasesView {
            projects: rows.collect(),
            broken: listing.broken,
            directory: self.office.releases_dir.display().to_string(),
        })
    }

    async fn project(&self, name: &ProjectName) -> Result<Project, DeskError> {
        self.allowed()?;
        let listing = self.office.releases.listing().await.map_err(|error| unavailable(&error))?;
        let what = || format!("No project {:?} has been released.", name.as_str());
        listing.project(name).cloned().ok_or_else(|| DeskError::NotFound { what: what() })
    }

    async fn check(&self, form: &OrderForm) -> Result<(), DeskError> {
        self.allowed()?;
        self.examine(form).await.map(|_| ())
    }

    async fn deploy(&self, form: &OrderForm) -> Result<ApplicationName, DeskError> {
        self.allowed()?;
        let store = &self.office.store;
        let before = store.ordered_before(&self.actor.name, &form.idempotency_key).await;
        if let Some(name) = before.map_err(|error| unavailable(&error))? {
            return Ok(name);
        }
        let (order, release) = self.examine(form).await?;
        let spec = ApplicationSpec::first(ApplicationId(self.office.ids.next()), &order, &release);
        let new = NewApplication { spec: &spec, idempotency_key: &order.idempotency_key };
        match store.accept(&new, &self.asked()).await {
            Ok(Accepted::New) => {}
            Ok(Accepted::Again(name)) => return Ok(name),
            Err(AcceptError::NameTaken) => return Err(name_taken()),
            Err(AcceptError::Port(error)) => return Err(unavailable(&error)),
        }
        self.catch_up().await;
        Ok(spec.name)
    }

    async fn instances(&self) -> Result<InstancesView, DeskError> {
        self.allowed()?;
        let gone = self.office.store.gone_applications(HISTORY).await.map_err(|error| unavailable(&error))?;
        Ok(InstancesView { live: self.office.board.live(), gone, gateway: self.office.gateway.clone() })
    }

    async fn application(&self, name: &ApplicationName) -> Result<ApplicationView, DeskError> {
        self.allowed()?;
        let missing = || DeskError::NotFound { what: format!("No application is called {name}.") };
        let store = &self.office.store;
        let failed = |error: PortError| unavailable(&error);
        let application = store.application(name).await.map_err(failed)?.ok_or_else(missing)?;
        let spec = store.generation(application.id, application.generation).await.map_err(failed)?;
        let operations = store.operations(application.id).await.map_err(failed)?;
        let observed = self.office.cluster.observe(name, application.id).await.unwrap_or_default();
        let gateway_url =
            application.gateway_path.as_ref().map(|path| format!("{}{path}", self.office.gateway));
        Ok(ApplicationView {
            application,
            spec: spec.ok_or_else(missing)?,
            components: observed.components,
            operations,
            gateway_url,
        })
    }

    async fn undeploy(&self, form: &UndeployForm) -> Result<(), DeskError> {
        self.allowed()?;
        let missing = || DeskError::NotFound { what: format!("No application is called {:?}.", form.name) };
        let name = ApplicationName::parse(&form.name).map_err(|_| missing())?;
        if form.confirmation.trim() != name.as_str() {
            let message = format!("Type {name} to confirm.");
            return Err(DeskError::Invalid { fields: vec![FieldError::new("confirmation", message)] });
        }
        let kind = if form.force == "true" { Kind::ForceUndeploy } else { Kind::Undeploy };
        self.office.store.remove(&name, kind, &self.asked()).await.map_err(|error| match error {
            RemoveError::NotFound => missing(),
            RemoveError::Refused(why) => {
                DeskError::Refused { code: "SLW_NOT_NOW".to_owned(), message: why.to_owned() }
            }
            RemoveError::Port(error) => unavailable(&error),
        })?;
        self.catch_up().await;
        Ok(())
    }
}

impl SignedIn {
    fn allowed(&self) -> Result<(), DeskError> {
        let allowed = self.actor.may_devops();
        allowed.map_err(|forbidden| DeskError::Forbidden { message: forbidden.to_string() })
    }

    fn asked(&self) -> Asked<'_> {
        let operation = OperationId(self.office.ids.next());
        Asked { actor: &self.actor.name, at: self.office.clock.now(), operation }
    }

    /// Whoever asked for a change sees it on the next page. If not now, then when the board follows.
    async fn catch_up(&self) {
        if let Err(error) = self.office.board.catch_up().await {
            tracing::warn!(error = %error.chain(), "The board is not up to date");
        }
    }

    /// Everything that can be known about an order before it is placed.
    async fn examine(&self, form: &OrderForm) -> Result<(Order, Release), DeskError> {
        let order = form.check().map_err(|fields| DeskError::Invalid { fields })?;
        let project = self.project(&order.project).await?;
        let release = project.release(order.version).cloned().ok_or_else(|| {
            let message = format!("Version {} of {} has not been released.", order.version, order.project);
            DeskError::Invalid { fields: vec![FieldError::new("version", message)] }
        })?;
        if self.office.board.live().iter().any(|application| application.name == order.name) {
            return Err(name_taken());
        }
        // Out of reach is no reason to refuse: the namespace is looked at again before anything is applied.
        if self.office.cluster.is_taken(&order.name).await.unwrap_or(false) {
            let message = "A namespace of that name exists in the cluster. Choose another name.";
            return Err(DeskError::Invalid { fields: vec![FieldError::new("name", message)] });
        }
        Ok((order, release))
    }
}

fn name_taken() -> DeskError {
    let message = "An application of that name exists. Choose another name.";
    DeskError::Invalid { fields: vec![FieldError::new("name", message)] }
}

fn unavailable(error: &PortError) -> DeskError {
    tracing::warn!(error = %error.chain(), "A request could not be answered");
    DeskError::Unavailable {
        message: format!("{} did not work. Try again in a moment.", capitalised(&error.what)),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
