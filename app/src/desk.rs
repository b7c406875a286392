//! The desk: what a signed-in person can do. Pages and server functions reach the backend through this trait
//! alone; the server implements it and puts an `Arc<dyn Desk>`, bound to the person, into the context of each
//! request. Every method checks what that person may do before it does anything.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use slipway_domain::{
    actor::Actor,
    application::Application,
    names::{ApplicationName, ProjectName},
    observed::ObservedComponent,
    operation::Operation,
    order::{FieldError, OrderForm},
    release::{BrokenRelease, Project},
    spec::ApplicationSpec,
};

/// Why the desk did not do what was asked. Each is worded for the person who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum DeskError {
    /// Nobody is signed in.
    #[error("Sign in to go on.")]
    SignedOut,
    /// A role is missing.
    #[error("{message}")]
    Forbidden {
        /// Which one, and who can grant it.
        message: String,
    },
    /// There is no such thing.
    #[error("{what}")]
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// Some answers are wrong.
    #[error("Some answers need another look.")]
    Invalid {
        /// Which ones, and what to do about each.
        fields: Vec<FieldError>,
    },
    /// A rule forbids it now.
    #[error("{message}")]
    Refused {
        /// Stable, for programs.
        code: String,
        /// Which rule, and what to do instead.
        message: String,
    },
    /// Something that it needs does not work at this moment.
    #[error("{message}")]
    Unavailable {
        /// What, and that trying again may help.
        message: String,
    },
}

/// What every page shows around its content.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Surroundings {
    /// Who is signed in.
    pub actor: Actor,
    /// Is the cluster the simulated one?
    pub sandbox: bool,
    /// Since when the cluster has been out of reach; what is shown is the last known state.
    pub stale_since: Option<Timestamp>,
    /// This moment, so that ages are computed once per page.
    pub now: Timestamp,
    /// Fresh for each page: makes pressing a form's button twice one operation.
    pub form_key: String,
}

/// The page Application releases.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReleasesView {
    /// The projects by name.
    pub projects: Vec<ProjectRow>,
    /// What could not be read.
    pub broken: Vec<BrokenRelease>,
    /// The directory that was read, for the empty state.
    pub directory: String,
}

/// A project in the list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProjectRow {
    /// The project with its releases, newest first.
    pub project: Project,
    /// How many live applications were made from it.
    pub applications: usize,
}

/// The page of one application, live or gone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApplicationView {
    /// The application.
    pub application: Application,
    /// Its newest configuration.
    pub spec: ApplicationSpec,
    /// Its workloads as observed now; empty if the cluster could not be asked.
    pub components: Vec<ObservedComponent>,
    /// Its operations, newest first.
    pub operations: Vec<Operation>,
    /// Its address at the gateway, if it serves anything.
    pub gateway_url: Option<String>,
}

/// What the page Application instances shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InstancesView {
    /// Live applications, newest first.
    pub live: Vec<Application>,
    /// Those that were undeployed, newest first; at most fifty.
    pub gone: Vec<Application>,
    /// Before this stands the gateway path of an application, for example `http://gateway.localhost`.
    pub gateway: String,
}

/// The answers of the undeploy confirmation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UndeployForm {
    /// The application.
    pub name: String,
    /// Its name, typed again.
    pub confirmation: String,
    /// Force Undeploy rather than Undeploy: `true` or empty.
    pub force: String,
}

/// What a signed-in person can do.
#[async_trait]
pub trait Desk: Send + Sync {
    /// Who is here, and what to tell them on every page.
    fn surroundings(&self) -> Surroundings;

    /// All released projects (S1.03).
    async fn releases(&self) -> Result<ReleasesView, DeskError>;

    /// One released project.
    async fn project(&self, name: &ProjectName) -> Result<Project, DeskError>;

    /// Checks an order without placing it: fields, availability of the name, existence of the release.
    async fn check(&self, form: &OrderForm) -> Result<(), DeskError>;

    /// Places an order; the answer is the application's name (S1.29). The same idempotency key again answers
    /// the same without a second operation.
    async fn deploy(&self, form: &OrderForm) -> Result<ApplicationName, DeskError>;

    /// All applications (S1.31).
    async fn instances(&self) -> Result<InstancesView, DeskError>;

    /// One application: the live one of that name, else the last one that was undeployed.
    async fn application(&self, name: &ApplicationName) -> Result<ApplicationView, DeskError>;

    /// Asks for its removal (S1.43, S1.44).
    async fn undeploy(&self, form: &UndeployForm) -> Result<(), DeskError>;
}

/// How the desk travels in a request's context.
pub type SharedDesk = Arc<dyn Desk>;
