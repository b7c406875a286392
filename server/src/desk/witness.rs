//! A desk with a witness: whatever is refused at it stands in the audit trail. What is accepted is told in the
//! transaction that accepts it.

use async_trait::async_trait;
use slipway_app::desk::{
    ApplicationView, AuditView, Desk, DeskError, InstancesView, NewImagesForm, Offer, ReleasesView,
    StripForm, Surroundings, UndeployForm, VisitRow,
};
use slipway_domain::{
    audit::{Filter, Verdict},
    ids::OperationId,
    moved::ImageCheck,
    names::{ApplicationName, ProjectName},
    order::OrderForm,
    plan::{KeptPlan, Plan},
    release::Project,
    removal::Held,
    token::{NewToken, Token, TokenForm},
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

    async fn keep_draft(&self, form: &OrderForm) -> Result<String, DeskError> {
        self.look("keep-draft", &form.name, self.0.keep_draft(form).await).await
    }

    async fn draft(&self, id: &str) -> Result<Option<OrderForm>, DeskError> {
        self.look("read-draft", "", self.0.draft(id).await).await
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

    async fn instances(&self) -> Result<InstancesView, DeskError> {
        self.look("read-applications", "", self.0.instances().await).await
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

    async fn roll_back(
        &self,
        name: &ApplicationName,
        generation: u32,
        even_quarantined: bool,
    ) -> Result<(), DeskError> {
        let answer = self.0.roll_back(name, generation, even_quarantined).await;
        self.change("rollback", name.as_str(), answer).await
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

    async fn strip(&self, form: &StripForm) -> Result<(), DeskError> {
        self.change("strip-finalizer", &form.name, self.0.strip(form).await).await
    }

    async fn audit(&self, filter: &Filter, below: Option<i64>) -> Result<AuditView, DeskError> {
        self.look("read-audit", "", self.0.audit(filter, below).await).await
    }

    async fn verify_audit(&self) -> Result<Verdict, DeskError> {
        self.look("read-audit", "", self.0.verify_audit().await).await
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
        self.0.hold_token(token).await
    }

    async fn held_token(&self, id: &str) -> Result<Option<NewToken>, DeskError> {
        self.0.held_token(id).await
    }
}
