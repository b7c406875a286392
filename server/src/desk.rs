//! The desk, as this server keeps it: each method checks the right, asks the ports, and words the answer.

mod access;
mod changes;
mod drafts;
mod images;
mod ledger;
mod lists;
mod offers;
mod once;
mod orders;
mod people;
mod plans;
mod removals;
mod rights;
mod secrets;
mod telling;
mod tokens;
mod withheld;
mod witness;

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use slipway_app::desk::{
    AccessForm, ApplicationView, Applications, AuditView, Desk, DeskError, EventsView, Generation,
    InstancesView, NewImagesForm, Offer, ProjectRow, ReleasesView, RollbackForm, StripForm, Surroundings,
    UndeployForm, VisitRow,
};
use slipway_domain::{
    actor::Actor,
    audit::{Filter, Verdict},
    ids::{Clock, Ids, OperationId},
    listing::Wish,
    log::{LogLine, LogStream, LogWish},
    moved::ImageCheck,
    names::{ApplicationName, ProjectName},
    operation::{Kind, Operation},
    order::{FieldError, OrderForm},
    people::{Found, Shown},
    permission::Action,
    plan::{KeptPlan, Plan},
    ports::{Cluster, Directory, Images, PortError, Releases, Vault},
    release::Project,
    removal::Held,
    secret::Secret,
    spec::ApplicationSpec,
    system::System,
    token::{NewToken, Scope, Token, TokenForm},
    wizard::Draft,
};
use slipway_store::{Asked, Origin, RemoveError, Store};

pub use self::{offers::Offers, witness::Witnessed};
use crate::{board::Board, config::Retention, system::Process, web::Attempts};

/// How many removed applications a page shows.
const HISTORY: usize = 50;
/// How many of the things that a badge said a page shows.
const STANDINGS: u32 = 50;
/// How many ends of containers a page shows.
const ENDS: u32 = 20;

/// What all desks share.
pub struct Office {
    pub store: Store,
    pub board: Arc<Board>,
    pub releases: Arc<dyn Releases>,
    pub offers: Offers,
    pub images: Arc<dyn Images>,
    pub vault: Arc<dyn Vault>,
    pub releases_dir: PathBuf,
    pub cluster: Arc<dyn Cluster>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub attempts: Attempts,
    /// Who can be given access.
    pub directory: Arc<dyn Directory>,
    /// The role that may see everything.
    pub reader_role: String,
    pub sandbox: bool,
    /// How long what is over is told of.
    pub retention: Retention,
    /// How long what is under way stays with a process that says nothing.
    pub lease: Duration,
    /// Before this stands the gateway path of an application.
    pub gateway: String,
    /// Registries that Slipway needs credentials for, and so others do, too.
    pub closed_registries: BTreeSet<String>,
    /// What is told of Slipway itself.
    pub process: Process,
}

/// The desk of one person.
pub struct SignedIn {
    office: Arc<Office>,
    actor: Actor,
    origin: Origin,
    /// What a token may do, if it is used with one.
    limits: Option<Vec<Scope>>,
    /// The browser that it is used from, if it is one.
    visit: Option<String>,
}

impl SignedIn {
    /// The same desk, used from that visit.
    pub fn in_visit(self, visit: &str) -> Self {
        Self { visit: Some(visit.to_owned()), ..self }
    }
}

impl Office {
    /// The desk of that person, who asks from there.
    pub fn desk(self: &Arc<Self>, actor: Actor, origin: Origin) -> SignedIn {
        let actor = self.recognised(actor);
        SignedIn { office: Arc::clone(self), actor, origin, limits: None, visit: None }
    }
}

#[async_trait]
impl Desk for SignedIn {
    fn surroundings(&self) -> Surroundings {
        Surroundings {
            actor: self.actor.clone(),
            sandbox: self.office.sandbox,
            stale_since: self.office.cluster.out_of_reach_since(),
            is_reading: !self.office.cluster.has_been_read(),
            now: self.office.clock.now(),
            form_key: self.office.ids.next().to_string(),
            reader_role: self.office.reader_role.clone(),
            sees_any: self.office.sees_any(&self.actor).is_ok(),
        }
    }

    async fn visits(&self) -> Result<Vec<VisitRow>, DeskError> {
        let visits =
            self.office.store.visits_of(&self.actor.id).await.map_err(|error| unavailable(&error))?;
        let time = |at: i64| Timestamp::from_millisecond(at).unwrap_or_default();
        let row = |visit: slipway_store::Visit| VisitRow {
            is_this: self.visit.as_ref() == Some(&visit.id),
            id: visit.id,
            agent: visit.agent,
            since: time(visit.began_at),
            seen: time(visit.seen_at),
        };
        Ok(visits.into_iter().map(row).collect())
    }

    async fn releases(&self) -> Result<ReleasesView, DeskError> {
        self.allowed(Action::ReadReleases)?;
        let listing = self.office.releases.listing().await.map_err(|error| unavailable(&error))?;
        let mut counts = HashMap::new();
        for application in self.office.board.read().live() {
            *counts.entry(application.project.clone()).or_default() += 1;
        }
        let rows = listing.projects.into_iter().map(|project| {
            let applications = counts.get(&project.name).copied().unwrap_or_default();
            ProjectRow { project, applications }
        });
        Ok(ReleasesView {
            projects: rows.collect(),
            broken: listing.broken,
            arriving: listing.arriving,
            directory: self.office.releases_dir.display().to_string(),
        })
    }

    async fn project(&self, name: &ProjectName) -> Result<Project, DeskError> {
        self.allowed_project(name)?;
        let listing = self.office.releases.listing().await.map_err(|error| unavailable(&error))?;
        let what = || format!("No project {:?} has been released.", name.as_str());
        listing.project(name).cloned().ok_or_else(|| DeskError::NotFound { what: what() })
    }

    async fn offer(&self, project: &ProjectName, version: &str) -> Result<Offer, DeskError> {
        let project = self.project(project).await?;
        self.office.offers.of(project, version)
    }

    async fn keep_draft(&self, draft: &Draft) -> Result<String, DeskError> {
        self.allowed_anywhere(Action::KeepDrafts)?;
        self.keep(draft).await
    }

    async fn draft(&self, id: &str) -> Result<Option<Draft>, DeskError> {
        self.allowed_anywhere(Action::KeepDrafts)?;
        self.kept(id).await
    }

    async fn drafts(&self) -> Result<Vec<Draft>, DeskError> {
        self.allowed_anywhere(Action::KeepDrafts)?;
        self.all_kept().await
    }

    async fn discard_draft(&self, id: &str) -> Result<(), DeskError> {
        self.allowed_anywhere(Action::KeepDrafts)?;
        self.office.store.discard_draft(id, &self.actor.id).await.map_err(|error| unavailable(&error))
    }

    async fn name_problem(&self, name: &str) -> Result<Option<String>, DeskError> {
        self.allowed(Action::Deploy)?;
        Ok(self.wrong_with(name).await)
    }

    async fn check(&self, form: &OrderForm, is_update: bool) -> Result<(), DeskError> {
        self.allowed_order(form, is_update).await?;
        if is_update { self.examine_update(form).await.map(drop) } else { self.examine(form).await.map(drop) }
    }

    async fn plan(&self, form: &OrderForm, is_update: bool) -> Result<Plan, DeskError> {
        self.allowed_order(form, is_update).await?;
        self.plan_of(form, is_update).await
    }

    async fn plans(&self, name: &ApplicationName, id: OperationId) -> Result<Vec<KeptPlan>, DeskError> {
        self.allowed_to(Action::ReadConfiguration, name).await?;
        self.applied_by(name, id).await
    }

    async fn deploy(&self, form: &OrderForm) -> Result<ApplicationName, DeskError> {
        self.allowed(Action::Deploy)?;
        self.place(form).await
    }

    async fn instances(&self, wish: &Wish) -> Result<InstancesView, DeskError> {
        self.allowed_anywhere(Action::See)?;
        Ok(self.listed(wish))
    }

    async fn applications(&self) -> Result<Applications, DeskError> {
        self.allowed_anywhere(Action::See)?;
        Ok(self.live())
    }

    async fn recent(&self) -> Result<Vec<(ApplicationName, Operation)>, DeskError> {
        self.allowed_anywhere(Action::See)?;
        self.lately().await
    }

    async fn application(&self, name: &ApplicationName) -> Result<ApplicationView, DeskError> {
        self.allowed_to(Action::See, name).await?;
        let missing = || DeskError::NotFound { what: format!("No application is called {name}.") };
        let store = &self.office.store;
        let failed = |error: PortError| unavailable(&error);
        let application = store.application(name).await.map_err(failed)?.ok_or_else(missing)?;
        let spec = store.generation(application.id, application.generation).await.map_err(failed)?;
        let operations = store.operations(application.id).await.map_err(failed)?;
        let generations = store.generations(application.id).await.map_err(failed)?;
        let standings = store.standings(application.id, STANDINGS).await.map_err(failed)?;
        let ends = store.ends(application.id, ENDS).await.map_err(failed)?;
        let quarantined = store.quarantined(application.id).await.map_err(failed)?;
        let images = store.image_check(application.id, application.generation).await.map_err(failed)?;
        let observed = self.office.cluster.observe(name, application.id).await.unwrap_or_default();
        let gateway_url =
            application.gateway_path.as_ref().map(|path| format!("{}{path}", self.office.gateway));
        let spec = spec.ok_or_else(missing)?;
        let links = self.links(&spec).await;
        let people = futures::join!(self.shown(&spec.admins), self.shown(&spec.users));
        Ok(self.without_withheld(ApplicationView {
            application,
            spec,
            components: observed.components,
            operations,
            generations: generations.into_iter().map(generation).collect(),
            standings,
            ends,
            people,
            quarantined,
            images,
            gateway_url,
            links,
        }))
    }

    async fn order_of(&self, name: &ApplicationName) -> Result<OrderForm, DeskError> {
        self.allowed_to(Action::ReadConfiguration, name).await?;
        self.present_order(name).await
    }

    async fn secrets(&self, name: &ApplicationName) -> Result<Vec<Secret>, DeskError> {
        self.allowed_to(Action::ReadConfiguration, name).await?;
        self.ages_of_secrets(name).await
    }

    async fn update(&self, form: &OrderForm, even_quarantined: bool) -> Result<(), DeskError> {
        self.allowed_order(form, true).await?;
        self.place_update(form, even_quarantined).await
    }

    async fn roll_back(&self, form: &RollbackForm) -> Result<(), DeskError> {
        let name = self.allowed_to_named(Action::Change, &form.name).await?;
        self.place_rollback(&name, form).await
    }

    async fn set_access(&self, form: &AccessForm) -> Result<(), DeskError> {
        let name = self.allowed_to_named(Action::Change, &form.name).await?;
        self.place_access(&name, form).await
    }

    async fn check_images(&self, name: &ApplicationName) -> Result<ImageCheck, DeskError> {
        self.allowed_to(Action::Change, name).await?;
        self.look_at_tags(name).await
    }

    async fn take_new_images(&self, form: &NewImagesForm) -> Result<(), DeskError> {
        self.allowed_to_named(Action::Change, &form.name).await?;
        self.place_new_images(form).await
    }

    async fn may(&self, action: Action, name: Option<&ApplicationName>) -> Result<(), DeskError> {
        match name {
            Some(name) => self.allowed_to(action, name).await,
            None => self.allowed(action),
        }
    }

    async fn find_people(&self, text: &str, cursor: &str) -> Result<Found, DeskError> {
        self.allowed_anywhere(Action::FindPeople)?;
        self.search_people(text, cursor).await
    }

    async fn recognise(&self, typed: &[String]) -> Result<Vec<Shown>, DeskError> {
        self.allowed_anywhere(Action::FindPeople)?;
        Ok(self.traced(typed).await)
    }

    async fn retry(&self, name: &ApplicationName) -> Result<(), DeskError> {
        self.allowed_to(Action::Change, name).await?;
        let asked = self.office.store.retry(name, &self.asked()).await;
        self.changed(name, asked).await.map(drop)
    }

    async fn cancel(&self, name: &ApplicationName) -> Result<(), DeskError> {
        self.allowed_to(Action::Change, name).await?;
        let asked = self.office.store.cancel(name, &self.asked()).await;
        self.changed(name, asked).await.map(drop)
    }

    async fn log(&self, name: &ApplicationName, wish: &LogWish) -> Result<Option<Vec<LogLine>>, DeskError> {
        self.allowed_to(Action::ReadLog, name).await?;
        self.lines(name, wish).await
    }

    async fn follow_log(
        &self,
        name: &ApplicationName,
        wish: &LogWish,
    ) -> Result<Option<LogStream>, DeskError> {
        self.allowed_to(Action::ReadLog, name).await?;
        self.stream(name, wish).await
    }

    async fn events(&self, name: &ApplicationName) -> Result<EventsView, DeskError> {
        self.allowed_to(Action::See, name).await?;
        self.told(name).await
    }

    async fn held(&self, name: &ApplicationName) -> Result<Option<Held>, DeskError> {
        self.allowed_to(Action::See, name).await?;
        self.held_by(name).await
    }

    async fn strip(&self, form: &StripForm) -> Result<(), DeskError> {
        self.allowed_to_named(Action::Remove, &form.name).await?;
        self.strip_one(form).await
    }

    async fn audit(&self, filter: &Filter, below: Option<i64>) -> Result<AuditView, DeskError> {
        self.allowed(Action::ReadAudit)?;
        self.read_audit(filter, below).await
    }

    async fn verify_audit(&self) -> Result<Verdict, DeskError> {
        self.allowed(Action::ReadAudit)?;
        self.check_audit().await
    }

    async fn system(&self) -> Result<System, DeskError> {
        self.allowed(Action::ReadSystem)?;
        Ok(self.office.process.told().await)
    }

    async fn tokens(&self) -> Result<Vec<Token>, DeskError> {
        self.allowed_anywhere(Action::UseTokens)?;
        self.own_tokens().await
    }

    async fn make_token(&self, form: &TokenForm) -> Result<NewToken, DeskError> {
        self.allowed_anywhere(Action::UseTokens)?;
        self.create_token(form).await
    }

    async fn revoke_token(&self, id: &str) -> Result<(), DeskError> {
        self.allowed_anywhere(Action::UseTokens)?;
        self.end_token(id).await
    }

    async fn hold_token(&self, token: &NewToken) -> Result<String, DeskError> {
        self.allowed_anywhere(Action::UseTokens)?;
        self.hold(token).await
    }

    async fn held_token(&self, id: &str) -> Result<Option<NewToken>, DeskError> {
        self.allowed_anywhere(Action::UseTokens)?;
        self.hand_out(id).await
    }

    async fn undeploy(&self, form: &UndeployForm) -> Result<(), DeskError> {
        let name = self.allowed_to_named(Action::Remove, &form.name).await?;
        if form.confirmation.trim() != name.as_str() {
            let message = format!("Type {name} to confirm.");
            return Err(DeskError::Invalid { fields: vec![FieldError::new("confirmation", message)] });
        }
        let kind = if form.force == "true" { Kind::ForceUndeploy } else { Kind::Undeploy };
        self.office.store.remove(&name, kind, &self.asked()).await.map_err(|error| match error {
            RemoveError::NotFound => changes::missing(&name),
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
    /// The same desk for a program that may do no more than that.
    pub fn limited(self, scopes: Vec<Scope>) -> Self {
        Self { limits: Some(scopes), ..self }
    }

    fn asked(&self) -> Asked<'_> {
        let operation = OperationId(self.office.ids.next());
        let Actor { id, name, .. } = &self.actor;
        Asked { actor_id: id, actor: name, at: self.office.clock.now(), operation, origin: &self.origin }
    }

    /// Whoever asked for a change sees it on the next page. If not now, then when the board follows.
    async fn catch_up(&self) {
        if let Err(error) = self.office.board.catch_up().await {
            tracing::warn!(error = %error.chain(), "The board is not up to date");
        }
    }
}

fn generation((spec, created_by, created_at): (ApplicationSpec, String, Timestamp)) -> Generation {
    Generation { spec, created_by, created_at }
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
