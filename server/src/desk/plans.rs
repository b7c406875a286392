//! What an order would do, before it is placed: images are asked for, the cluster tries everything out.

use std::collections::BTreeSet;

use slipway_app::desk::DeskError;
use slipway_domain::{
    cause::Cause,
    ids::OperationId,
    names::ApplicationName,
    order::OrderForm,
    plan::{Care, Finding, KeptPlan, Plan},
    ports::{ImageProblem, Secrets},
    spec::ApplicationSpec,
};

use super::{SignedIn, changes::missing, unavailable};

impl SignedIn {
    pub(super) async fn plan_of(&self, form: &OrderForm, is_update: bool) -> Result<Plan, DeskError> {
        let spec = if is_update { self.examine_update(form).await? } else { self.first_of(form).await? };
        self.plan_for(spec).await
    }

    /// An order that follows a plan is taken only if that plan is still what would be done.
    pub(super) async fn hold_to_plan(
        &self,
        form: &OrderForm,
        spec: &ApplicationSpec,
    ) -> Result<(), DeskError> {
        if form.plan.is_empty() {
            return Ok(());
        }
        let plan = self.plan_for(spec.clone()).await?;
        if plan.hash() != form.plan {
            let message = "What would be done is not any more what the plan says: the cluster or the order has changed \
                           since. Look at the new plan, and send the order again.";
            return Err(DeskError::Refused {
                code: "SLW_PLAN_STALE".to_owned(),
                message: message.to_owned(),
            });
        }
        match plan.stopped_by() {
            Some(Cause { code, reason, action, .. }) => {
                Err(DeskError::Refused { code: code.clone(), message: format!("{reason} {action}") })
            }
            None => Ok(()),
        }
    }

    /// What an operation did to the cluster.
    pub(super) async fn applied_by(
        &self,
        name: &ApplicationName,
        id: OperationId,
    ) -> Result<Vec<KeptPlan>, DeskError> {
        let (store, failed) = (&self.office.store, |error| unavailable(&error));
        let application = store.application(name).await.map_err(failed)?.ok_or_else(|| missing(name))?;
        let operations = store.operations(application.id).await.map_err(failed)?;
        if !operations.iter().any(|operation| operation.id == id) {
            return Err(DeskError::NotFound { what: format!("{name} has no operation {id}.") });
        }
        store.plans(id).await.map_err(failed)
    }

    async fn plan_for(&self, mut spec: ApplicationSpec) -> Result<Plan, DeskError> {
        let findings = self.look_at_images(&mut spec).await;
        let plan = self.office.cluster.plan(&spec, &self.opened(&spec), Care::Thorough).await;
        let plan = plan.map_err(|error| unavailable(&error))?;
        let unsure = if plan.is_new { self.closed_registries(&spec) } else { Vec::new() };
        Ok(plan.with(findings).with(unsure))
    }

    /// Resolves what is not resolved yet; what cannot be is a finding.
    async fn look_at_images(&self, spec: &mut ApplicationSpec) -> Vec<Finding> {
        let mut findings = Vec::new();
        for component in spec.components.iter_mut().filter(|one| one.resolved.is_none() && one.replicas > 0) {
            match self.office.images.resolve(&component.image).await {
                Ok(resolved) if component.files.is_none() => component.resolved = Some(resolved),
                Ok(_) => {}
                Err(ImageProblem::Hopeless(cause)) => findings.push(Finding::stops(cause)),
                Err(ImageProblem::Passing(error)) => findings.push(Finding::warns(
                    Cause::new(
                        "SLW_REGISTRY_SILENT",
                        format!("The registry of {} does not answer.", component.image),
                        "Check that the registry runs and can be reached; deploying waits for it.",
                    )
                    .with(error.chain()),
                )),
            }
        }
        findings
    }

    /// Registries that Slipway has credentials for. Its own are not handed on to tasks, so whether the nodes can pull
    /// shows only when they do; where something runs already, it has shown.
    fn closed_registries(&self, spec: &ApplicationSpec) -> Vec<Finding> {
        let images =
            spec.components.iter().map(|c| c.resolved.as_ref().map_or(&c.image, |found| &found.image));
        let hosts: BTreeSet<&String> = images.map(|image| &image.registry).collect();
        let closed = hosts.into_iter().filter(|host| self.office.closed_registries.contains(*host));
        let findings = closed.map(|host| {
            Finding::warns(Cause::new(
                "SLW_PULL_CREDENTIALS",
                format!("The registry {host} wants credentials, and tasks get none from Slipway."),
                "If the nodes have access to it, nothing is to be done. Else give it to them, or to the service account \
                 that tasks use.",
            ))
        });
        findings.collect()
    }

    /// Secrets that cannot be opened are a matter of the deployment, not of its plan.
    fn opened(&self, spec: &ApplicationSpec) -> Secrets {
        let open = |sealed| self.office.vault.open(sealed).unwrap_or_default();
        let with_secrets = spec.components.iter().filter(|component| !component.secrets.is_empty());
        with_secrets
            .map(|component| {
                let values = component.secrets.iter().map(|(name, sealed)| (name.clone(), open(sealed)));
                (component.name.clone(), values.collect())
            })
            .collect()
    }
}
