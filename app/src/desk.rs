//! The desk: what a signed-in person can do. Pages and server functions reach the backend through this trait
//! alone; the server implements it and puts an `Arc<dyn Desk>`, bound to the person, into the context of each
//! request. Every method checks what that person may do before it does anything.

mod forms;
mod views;

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use slipway_domain::{
    audit::{Filter, Verdict},
    ids::OperationId,
    listing::Wish,
    log::{LogLine, LogStream, LogWish},
    moved::ImageCheck,
    names::{ApplicationName, ProjectName},
    operation::Operation,
    order::{FieldError, OrderForm},
    people::{Found, Shown},
    permission::Action,
    plan::{KeptPlan, Plan},
    release::Project,
    removal::Held,
    secret::Secret,
    system::System,
    token::{NewToken, Token, TokenForm},
    wizard::Draft,
};

pub use self::{
    forms::{AccessForm, NewImagesForm, RollbackForm, StripForm, UndeployForm},
    views::{
        ApplicationView, Applications, AuditView, ConnectorOffer, EventsView, Generation, InstancesView,
        Offer, ProjectRow, ReleasesView, Surroundings, VisitRow,
    },
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
