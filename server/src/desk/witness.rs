//! A desk with a witness: whatever is refused at it stands in the audit trail. What is accepted is told in the
//! transaction that accepts it.

use async_trait::async_trait;
use slipway_app::desk::{
    AccessForm, ApplicationView, Applications, AuditView, Desk, DeskError, EventsView, InstancesView,
    NewImagesForm, Offer, ReleasesView, RollbackForm, StripForm, Surroundings, UndeployForm, VisitRow,
};
use slipway_domain::{
    audit::{Filter, Verdict},
    ids::OperationId,
    listing::Wish,
    log::{LogLine, LogStream, LogWish},
    moved::ImageCheck,
    names::{ApplicationName, ProjectName},
    operation::Operation,
    order::OrderForm,
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

use super::SignedIn;

/// The desk of one person, watched.
pub struct Witnessed(pub SignedIn);

impl Witnessed {
    /// A change that was asked for: whatever is in its way is told.
    async fn change<T>(
        &self,
        action: &str,
        object: &str,
        answer: Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        if let Err(error) = &answer {
            self.0.tell(action, object, &outcome(error)).await;
        }
        answer
    }

    /// A look: told only if the person may not look.
    async fn look<T>(
        &self,
        action: &str,
        object: &str,
        answer: Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        if let Err(error @ DeskError::Forbidden { .. }) = &answer {
            self.0.tell(action, object, &outcome(error)).await;
        }
        answer
    }
}

/// What came of it, in words that do not repeat what was typed: passwords may be among it.
fn outcome(error: &DeskError) -> String {
    match error {
        DeskError::SignedOut => "refused: signed out".to_owned(),
        DeskError::Forbidden { message } => format!("refused: SLW_FORBIDDEN {message}"),
        DeskError::NotFound { .. } => "refused: SLW_NOT_FOUND".to_owned(),
        DeskError::Invalid { fields } => {
            let names: Vec<_> = fields.iter().map(|field| field.field.as_str()).collect();
            format!("refused: SLW_INVALID {}", names.join(" "))
        }
        DeskError::Refused { code, message } => format!("refused: {code} {message}"),
        DeskError::Unavailable { message } => format!("failed: {message}"),
    }
}

#[async_trait]
impl Desk for Witnessed {
    fn surroundings(&self) -> Surroundings {
        self.0.surroundings()
    }

    async fn releases(&self) -> Result<ReleasesView, DeskError> {
        self.look("read-releases", "", self.0.releases().await).await
    }

    async fn project(&self, name: &ProjectName) -> Result<Project, DeskError> {
        self.look("read-releases", name.as_str(), self.0.project(name).await).await
    }

    async fn offer(&self, project: &ProjectName, version: &str) -> Result<Offer, DeskError> {
        self.look("read-releases", project.as_str(), self.0.offer(project, version).await).await
    }

    async fn keep_draft(&self, draft: &Draft) -> Result<String, DeskError> {
        self.look("keep-draft", &draft.form.name, self.0.keep_draft(draft).await).await
    }

    async fn draft(&self, id: &str) -> Result<Option<Draft>, DeskError> {
        self.look("read-draft", "", self.0.draft(id).await).await
    }

    async fn drafts(&self) -> Result<Vec<Draft>, DeskError> {
        self.look("read-draft", "", self.0.drafts().await).await
    }

    async fn discard_draft(&self, id: &str) -> Result<(), DeskError> {
        self.look("discard-draft", "", self.0.discard_draft(id).await).await
    }

    async fn name_problem(&self, name: &str) -> Result<Option<String>, DeskError> {
        self.look("check", name, self.0.name_problem(name).await).await
    }

    async fn check(&self, form: &OrderForm, is_update: bool) -> Result<(), DeskError> {
        self.look("check", &form.name, self.0.check(form, is_update).await).await
    }

    /// Secrets are opened for it: the cluster tries everything out.
    async fn plan(&self, form: &OrderForm, is_update: bool) -> Result<Plan, DeskError> {
        let plan = self.change("plan", &form.name, self.0.plan(form, is_update).await).await?;
        self.0.tell("plan", &form.name, &format!("accepted: {}", plan.hash())).await;
        Ok(plan)
    }

    async fn deploy(&self, form: &OrderForm) -> Result<ApplicationName, DeskError> {
        self.change("deploy", &form.name, self.0.deploy(form).await).await
    }

    async fn instances(&self, wish: &Wish) -> Result<InstancesView, DeskError> {
        self.look("read-applications", "", self.0.instances(wish).await).await
    }

    async fn applications(&self) -> Result<Applications, DeskError> {
        self.look("read-applications", "", self.0.applications().await).await
    }

    async fn recent(&self) -> Result<Vec<(ApplicationName, Operation)>, DeskError> {
        self.look("read-applications", "", self.0.recent().await).await
    }

    async fn application(&self, name: &ApplicationName) -> Result<ApplicationView, DeskError> {
        self.look("read-application", name.as_str(), self.0.application(name).await).await
    }

    async fn order_of(&self, name: &ApplicationName) -> Result<OrderForm, DeskError> {
        self.look("read-application", name.as_str(), self.0.order_of(name).await).await
    }

    async fn update(&self, form: &OrderForm, even_quarantined: bool) -> Result<(), DeskError> {
        self.change("update", &form.name, self.0.update(form, even_quarantined).await).await
    }

    async fn roll_back(&self, form: &RollbackForm) -> Result<(), DeskError> {
        self.change("rollback", &form.name, self.0.roll_back(form).await).await
    }

    async fn set_access(&self, form: &AccessForm) -> Result<(), DeskError> {
        self.change("access", &form.name, self.0.set_access(form).await).await
    }

    async fn check_images(&self, name: &ApplicationName) -> Result<ImageCheck, DeskError> {
        let checked = self.change("check-images", name.as_str(), self.0.check_images(name).await).await?;
        self.0.tell("check-images", name.as_str(), "accepted").await;
        Ok(checked)
    }

    async fn take_new_images(&self, form: &NewImagesForm) -> Result<(), DeskError> {
        self.change("take-new-images", &form.name, self.0.take_new_images(form).await).await
    }

    async fn plans(&self, name: &ApplicationName, id: OperationId) -> Result<Vec<KeptPlan>, DeskError> {
        self.look("read-plans", name.as_str(), self.0.plans(name, id).await).await
    }

    async fn visits(&self) -> Result<Vec<VisitRow>, DeskError> {
        self.0.visits().await
    }

    async fn may(&self, action: Action, name: Option<&ApplicationName>) -> Result<(), DeskError> {
        let object = name.map(ApplicationName::as_str).unwrap_or_default();
        let told = serde_json::to_value(action).unwrap_or_default();
        self.look(told.as_str().unwrap_or_default(), object, self.0.may(action, name).await).await
    }

    async fn find_people(&self, text: &str, cursor: &str) -> Result<Found, DeskError> {
        self.look("find-people", "", self.0.find_people(text, cursor).await).await
    }

    async fn recognise(&self, typed: &[String]) -> Result<Vec<Shown>, DeskError> {
        self.look("find-people", "", self.0.recognise(typed).await).await
    }

    async fn retry(&self, name: &ApplicationName) -> Result<(), DeskError> {
        self.change("retry", name.as_str(), self.0.retry(name).await).await
    }

    async fn cancel(&self, name: &ApplicationName) -> Result<(), DeskError> {
        self.change("cancel", name.as_str(), self.0.cancel(name).await).await
    }

    async fn undeploy(&self, form: &UndeployForm) -> Result<(), DeskError> {
        let action = if form.force == "true" { "force-undeploy" } else { "undeploy" };
        self.change(action, &form.name, self.0.undeploy(form).await).await
    }

    async fn held(&self, name: &ApplicationName) -> Result<Option<Held>, DeskError> {
        self.look("read-application", name.as_str(), self.0.held(name).await).await
    }

    async fn log(&self, name: &ApplicationName, wish: &LogWish) -> Result<Option<Vec<LogLine>>, DeskError> {
        self.look("read-log", name.as_str(), self.0.log(name, wish).await).await
    }

    async fn follow_log(
        &self,
        name: &ApplicationName,
        wish: &LogWish,
    ) -> Result<Option<LogStream>, DeskError> {
        self.look("read-log", name.as_str(), self.0.follow_log(name, wish).await).await
    }

    async fn events(&self, name: &ApplicationName) -> Result<EventsView, DeskError> {
        self.look("read-application", name.as_str(), self.0.events(name).await).await
    }

    async fn secrets(&self, name: &ApplicationName) -> Result<Vec<Secret>, DeskError> {
        self.look("read-secrets", name.as_str(), self.0.secrets(name).await).await
    }

    async fn strip(&self, form: &StripForm) -> Result<(), DeskError> {
        self.change("strip-finalizer", &form.name, self.0.strip(form).await).await
    }

    async fn audit(&self, filter: &Filter, below: Option<i64>) -> Result<AuditView, DeskError> {
        self.look("read-audit", "", self.0.audit(filter, below).await).await
    }

    async fn verify_audit(&self) -> Result<Verdict, DeskError> {
        self.look("read-audit", "", self.0.verify_audit().await).await
    }

    async fn system(&self) -> Result<System, DeskError> {
        self.look("read-system", "", self.0.system().await).await
    }

    async fn tokens(&self) -> Result<Vec<Token>, DeskError> {
        self.look("read-tokens", "", self.0.tokens().await).await
    }

    async fn make_token(&self, form: &TokenForm) -> Result<NewToken, DeskError> {
        self.change("make-token", &form.name, self.0.make_token(form).await).await
    }

    async fn revoke_token(&self, id: &str) -> Result<(), DeskError> {
        self.change("revoke-token", id, self.0.revoke_token(id).await).await
    }

    async fn hold_token(&self, token: &NewToken) -> Result<String, DeskError> {
        self.look("make-token", &token.token.name, self.0.hold_token(token).await).await
    }

    async fn held_token(&self, id: &str) -> Result<Option<NewToken>, DeskError> {
        self.look("read-tokens", "", self.0.held_token(id).await).await
    }
}
