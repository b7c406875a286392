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
    listing::{Page, Wish},
    log::{LogLine, LogStream, LogWish},
    moved::ImageCheck,
    names::{ApplicationName, ProjectName},
    observed::ObservedComponent,
    operation::Operation,
    order::{FieldError, OrderForm},
    people::{Found, Shown},
    permission::Action,
    plan::{KeptPlan, Plan},
    release::{BrokenRelease, Project, Release, ReleaseVersion},
    removal::Held,
    secret::Secret,
    spec::ApplicationSpec,
    status::Standing,
    system::System,
    token::{NewToken, Token, TokenForm},
    told::{Told, Warning},
    wizard::Draft,
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
    /// Has the cluster not been read yet since the console was started? What is shown is the last known state, too.
    pub is_reading: bool,
    /// This moment, so that ages are computed once per page.
    pub now: Timestamp,
    /// May they see anything at all? Who may not is shown no way to it.
    pub sees_any: bool,
    /// The role that may see everything, for refusals.
    pub reader_role: String,
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

impl Offer {
    /// The names of its connectors.
    pub fn connector_names(&self) -> Vec<String> {
        self.connectors.iter().map(|connector| connector.name.clone()).collect()
    }

    /// The release that is looked at.
    pub fn release(&self) -> Option<&Release> {
        self.project.release(self.version)
    }
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
    /// Who administers it, and who uses it, as they are called now.
    pub people: (Vec<Shown>, Vec<Shown>),
    /// Releases that it was rolled back from.
    pub quarantined: Vec<u32>,
    /// What the registries said about its images when they were asked last (D11).
    pub images: Option<ImageCheck>,
    /// Its address at the gateway, if it serves anything.
    pub gateway_url: Option<String>,
    /// What a person can open: its user interfaces and its other routes, by name (S1.46, S1.47).
    pub links: Vec<(String, String)>,
}

/// What the cluster tells about an application.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct EventsView {
    /// The events that the cluster remembers, newest first; none if it cannot be asked.
    pub told: Option<Vec<Told>>,
    /// Why the cluster does not tell them to this person, if it was asked in their name and refused (D21).
    pub refusal: Option<String>,
    /// What it warned of in the last day, newest first (S3.56).
    pub warnings: Vec<Warning>,
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

/// Who is to have access to an application from now on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccessForm {
    /// The application.
    pub name: String,
    /// The generation that was looked at; empty if that does not matter.
    pub seen: String,
    /// Who administers it, separated by commas.
    pub admins: String,
    /// Who uses it.
    pub users: String,
    /// Makes pressing twice one operation.
    pub idempotency_key: String,
}

/// An earlier generation that is to be real again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RollbackForm {
    /// The application.
    pub name: String,
    /// Which generation.
    pub generation: u32,
    /// Also one whose release was left for a reason.
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
#[derive(Debug, Clone)]
pub struct InstancesView {
    /// Those that were asked for.
    pub page: Page,
    /// How many live ones there are.
    pub live: usize,
    /// How many of them run.
    pub running: usize,
    /// Everything up to this revision is in it.
    pub revision: i64,
    /// Those that were undeployed, newest first; at most fifty.
    pub gone: Vec<Arc<Application>>,
    /// Before this stands the gateway path of an application, for example `http://gateway.localhost`.
    pub gateway: String,
}

/// All live applications.
#[derive(Debug, Clone)]
pub struct Applications {
    /// Newest first.
    pub live: Vec<Arc<Application>>,
    /// Everything up to this revision is in it.
    pub revision: i64,
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

    /// Keeps an order that is coming together, for this person alone; the answer is its identifier.
    async fn keep_draft(&self, draft: &Draft) -> Result<String, DeskError>;

    /// An order that was kept, if it is still there.
    async fn draft(&self, id: &str) -> Result<Option<Draft>, DeskError>;

    /// All of them, the one changed last first.
    async fn drafts(&self) -> Result<Vec<Draft>, DeskError>;

    /// Forgets one.
    async fn discard_draft(&self, id: &str) -> Result<(), DeskError>;

    /// What is wrong with a name for a new application; none if it can be had (S1.17).
    async fn name_problem(&self, name: &str) -> Result<Option<String>, DeskError>;

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

    /// A page of the applications (S1.31).
    async fn instances(&self, wish: &Wish) -> Result<InstancesView, DeskError>;

    /// All live applications.
    async fn applications(&self) -> Result<Applications, DeskError>;

    /// What was done lately, to which application, newest first.
    async fn recent(&self) -> Result<Vec<(ApplicationName, Operation)>, DeskError>;

    /// One application: the live one of that name, else the last one that was undeployed.
    async fn application(&self, name: &ApplicationName) -> Result<ApplicationView, DeskError>;

    /// The answers with which an application was made as it is now: where its update begins. Secrets are not among
    /// them; those that are not entered again stay.
    async fn order_of(&self, name: &ApplicationName) -> Result<OrderForm, DeskError>;

    /// How old its secrets are, who set them and what uses them (D18). What they are is told to nobody.
    async fn secrets(&self, name: &ApplicationName) -> Result<Vec<Secret>, DeskError>;

    /// Makes another generation of an application (S1.L04). A release that it was rolled back from is taken only
    /// with `even_quarantined`.
    async fn update(&self, form: &OrderForm, even_quarantined: bool) -> Result<(), DeskError>;

    /// Makes an earlier generation real again, with everything that it was (D10). One of a release that the
    /// application was rolled back from is taken only with `even_quarantined`.
    async fn roll_back(&self, form: &RollbackForm) -> Result<(), DeskError>;

    /// Says anew who administers and who uses an application; nothing of it is started anew (S1.L03).
    async fn set_access(&self, form: &AccessForm) -> Result<(), DeskError>;

    /// Asks the registries what the tags of its images mean now (D11), and keeps what they said.
    async fn check_images(&self, name: &ApplicationName) -> Result<ImageCheck, DeskError>;

    /// Makes another generation with the images that their tags mean by now, and all else as it is.
    async fn take_new_images(&self, form: &NewImagesForm) -> Result<(), DeskError>;

    /// May this person do that, to that application or at all? A question of pages whose forms would be refused.
    async fn may(&self, action: Action, name: Option<&ApplicationName>) -> Result<(), DeskError>;

    /// Users and groups with that text in their names, a page at a time (S1.19).
    async fn find_people(&self, text: &str, cursor: &str) -> Result<Found, DeskError>;

    /// What is known of people whose names were typed.
    async fn recognise(&self, typed: &[String]) -> Result<Vec<Shown>, DeskError>;

    /// Runs the operation that failed or was cancelled again, with the same inputs.
    async fn retry(&self, name: &ApplicationName) -> Result<(), DeskError>;

    /// Ends the operation that is under way where it is.
    async fn cancel(&self, name: &ApplicationName) -> Result<(), DeskError>;

    /// Asks for its removal (S1.43, S1.44).
    async fn undeploy(&self, form: &UndeployForm) -> Result<(), DeskError>;

    /// What holds the namespace of an application that is being removed (D1); none if nothing is known to.
    async fn held(&self, name: &ApplicationName) -> Result<Option<Held>, DeskError>;

    /// What a task says; none if there is no such task, container or run. Secrets are masked (D18).
    async fn log(&self, name: &ApplicationName, wish: &LogWish) -> Result<Option<Vec<LogLine>>, DeskError>;

    /// The same as it comes.
    async fn follow_log(
        &self,
        name: &ApplicationName,
        wish: &LogWish,
    ) -> Result<Option<LogStream>, DeskError>;

    /// What the cluster tells about an application.
    async fn events(&self, name: &ApplicationName) -> Result<EventsView, DeskError>;

    /// Strips one finalizer of one object that holds the namespace. What its controller would have done is not
    /// done then.
    async fn strip(&self, form: &StripForm) -> Result<(), DeskError>;

    /// Rows of the audit trail with numbers below that one (D7).
    async fn audit(&self, filter: &Filter, below: Option<i64>) -> Result<AuditView, DeskError>;

    /// Is the audit trail whole?
    async fn verify_audit(&self) -> Result<Verdict, DeskError>;

    /// What Slipway is, how its parts stand, and how it is set (D24).
    async fn system(&self) -> Result<System, DeskError>;

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
