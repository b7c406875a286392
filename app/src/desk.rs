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
    audit::{Entry, Filter, Verdict},
    black_box::Ended,
    contents::ConfigEntry,
    ids::OperationId,
    moved::ImageCheck,
    names::{ApplicationName, ProjectName},
    observed::ObservedComponent,
    operation::Operation,
    order::{FieldError, OrderForm},
    plan::{KeptPlan, Plan},
    release::{BrokenRelease, Project, ReleaseVersion},
    removal::Held,
    spec::ApplicationSpec,
    status::Standing,
    token::{NewToken, Token, TokenForm},
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

/// A browser in which a person is signed in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VisitRow {
    /// Its name.
    pub id: String,
    /// Is it the one that asks?
    pub is_this: bool,
    /// What the browser calls itself.
    pub agent: String,
    /// Since when.
    pub since: Timestamp,
    /// When it last asked for something.
    pub seen: Timestamp,
}

/// The page Application releases.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReleasesView {
    /// The projects by name.
    pub projects: Vec<ProjectRow>,
    /// What could not be read.
    pub broken: Vec<BrokenRelease>,
    /// What is being written at this moment.
    pub arriving: Vec<String>,
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

/// What can be chosen when a release is deployed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Offer {
    /// The project with all its releases.
    pub project: Project,
    /// The release that is looked at.
    pub version: ReleaseVersion,
    /// Its connectors (S1.21).
    pub connectors: Vec<ConnectorOffer>,
    /// What the blueprint adds: name and usual image of each (S1.27).
    pub services: Vec<(String, String)>,
    /// Is a database made inside unless one outside is named (S1.28)?
    pub has_database: bool,
}

/// A connector that is to be configured.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConnectorOffer {
    /// Its name.
    pub name: String,
    /// What the modeller wrote about it.
    pub description: String,
    /// The image that the catalogue has for it; none for an own connector, which needs one (S1.22, S1.23).
    pub image: Option<String>,
    /// Its variables.
    pub variables: Vec<ConfigEntry>,
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
    /// Its configurations, newest first.
    pub generations: Vec<Generation>,
    /// What its badge said, newest first.
    pub standings: Vec<(Timestamp, Standing)>,
    /// How its containers ended, last one first, with what they said (D3).
    pub ends: Vec<(Timestamp, Ended)>,
    /// Releases that it was rolled back from.
    pub quarantined: Vec<u32>,
    /// What the registries said about its images when they were asked last (D11).
    pub images: Option<ImageCheck>,
    /// Its address at the gateway, if it serves anything.
    pub gateway_url: Option<String>,
}

/// Which components are to get the image that their tag means by now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewImagesForm {
    /// The application.
    pub name: String,
    /// The components; none means all whose tag has moved.
    pub components: Vec<String>,
    /// Also an image that the application was rolled back from?
    pub even_quarantined: bool,
    /// Makes pressing twice one operation.
    pub idempotency_key: String,
}

/// A configuration of an application, with who made it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Generation {
    /// The configuration; its secrets are sealed.
    pub spec: ApplicationSpec,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
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

/// Which finalizer of which object is to be stripped, named completely.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StripForm {
    /// The application.
    pub name: String,
    /// The uid of the object.
    pub uid: String,
    /// The finalizer.
    pub finalizer: String,
    /// The name of the object, typed again.
    pub confirmation: String,
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

/// A part of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditView {
    /// Rows, newest first.
    pub entries: Vec<Entry>,
    /// The number below which older ones are; none if there are no more.
    pub older: Option<i64>,
}

/// What a signed-in person can do.
#[async_trait]
pub trait Desk: Send + Sync {
    /// Who is here, and what to tell them on every page.
    fn surroundings(&self) -> Surroundings;

    /// Where this person is signed in.
    async fn visits(&self) -> Result<Vec<VisitRow>, DeskError>;

    /// All released projects (S1.03).
    async fn releases(&self) -> Result<ReleasesView, DeskError>;

    /// One released project.
    async fn project(&self, name: &ProjectName) -> Result<Project, DeskError>;

    /// What can be chosen for a release; for the newest one if no number is given.
    async fn offer(&self, project: &ProjectName, version: &str) -> Result<Offer, DeskError>;

    /// Keeps what was typed, for this person alone; the answer leads back to it.
    async fn keep_draft(&self, form: &OrderForm) -> Result<String, DeskError>;

    /// What was typed, if it is still there.
    async fn draft(&self, id: &str) -> Result<Option<OrderForm>, DeskError>;

    /// Checks an order without placing it: fields, existence of the release, and, unless it is an update of what
    /// exists, availability of the name.
    async fn check(&self, form: &OrderForm, is_update: bool) -> Result<(), DeskError>;

    /// What an order, or the update of what exists, would do to the cluster (D6). Nothing is written.
    async fn plan(&self, form: &OrderForm, is_update: bool) -> Result<Plan, DeskError>;

    /// The plans that an operation applied, in the order in which they were made: what was done, also afterwards.
    async fn plans(&self, name: &ApplicationName, id: OperationId) -> Result<Vec<KeptPlan>, DeskError>;

    /// Places an order; the answer is the application's name (S1.29). The same idempotency key again answers
    /// the same without a second operation. An order that names a plan is refused if that is not any more what
    /// would be done.
    async fn deploy(&self, form: &OrderForm) -> Result<ApplicationName, DeskError>;

    /// All applications (S1.31).
    async fn instances(&self) -> Result<InstancesView, DeskError>;

    /// One application: the live one of that name, else the last one that was undeployed.
    async fn application(&self, name: &ApplicationName) -> Result<ApplicationView, DeskError>;

    /// The answers with which an application was made as it is now: where its update begins. Secrets are not among
    /// them; those that are not entered again stay.
    async fn order_of(&self, name: &ApplicationName) -> Result<OrderForm, DeskError>;

    /// Makes another generation of an application (S1.L04). A release that it was rolled back from is taken only
    /// with `even_quarantined`.
    async fn update(&self, form: &OrderForm, even_quarantined: bool) -> Result<(), DeskError>;

    /// Makes an earlier generation real again, with everything that it was (D10). One of a release that the
    /// application was rolled back from is taken only with `even_quarantined`.
    async fn roll_back(
        &self,
        name: &ApplicationName,
        generation: u32,
        even_quarantined: bool,
    ) -> Result<(), DeskError>;

    /// Asks the registries what the tags of its images mean now (D11), and keeps what they said.
    async fn check_images(&self, name: &ApplicationName) -> Result<ImageCheck, DeskError>;

    /// Makes another generation with the images that their tags mean by now, and all else as it is.
    async fn take_new_images(&self, form: &NewImagesForm) -> Result<(), DeskError>;

    /// Runs the operation that failed or was cancelled again, with the same inputs.
    async fn retry(&self, name: &ApplicationName) -> Result<(), DeskError>;

    /// Ends the operation that is under way where it is.
    async fn cancel(&self, name: &ApplicationName) -> Result<(), DeskError>;

    /// Asks for its removal (S1.43, S1.44).
    async fn undeploy(&self, form: &UndeployForm) -> Result<(), DeskError>;

    /// What holds the namespace of an application that is being removed (D1); none if nothing is known to.
    async fn held(&self, name: &ApplicationName) -> Result<Option<Held>, DeskError>;

    /// Strips one finalizer of one object that holds the namespace. What its controller would have done is not
    /// done then.
    async fn strip(&self, form: &StripForm) -> Result<(), DeskError>;

    /// Rows of the audit trail with numbers below that one (D7).
    async fn audit(&self, filter: &Filter, below: Option<i64>) -> Result<AuditView, DeskError>;

    /// Is the audit trail whole?
    async fn verify_audit(&self) -> Result<Verdict, DeskError>;

    /// One's own tokens (S4.33).
    async fn tokens(&self) -> Result<Vec<Token>, DeskError>;

    /// Makes a token; what programs send is in the answer alone.
    async fn make_token(&self, form: &TokenForm) -> Result<NewToken, DeskError>;

    /// Ends one of one's own tokens at once.
    async fn revoke_token(&self, id: &str) -> Result<(), DeskError>;

    /// Keeps a new token for the page that follows the form.
    async fn hold_token(&self, token: &NewToken) -> Result<String, DeskError>;

    /// The token that was kept so; a second time it is not there any more.
    async fn held_token(&self, id: &str) -> Result<Option<NewToken>, DeskError>;
}

/// How the desk travels in a request's context.
pub type SharedDesk = Arc<dyn Desk>;
