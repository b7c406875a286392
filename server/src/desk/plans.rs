//! What an order would do, before it is placed: images are asked for, the cluster tries everything out.

use slipway_app::desk::DeskError;
use slipway_domain::{
    cause::Cause,
    order::OrderForm,
    plan::Plan,
    ports::{ImageProblem, Secrets},
    spec::ApplicationSpec,
};

use super::{SignedIn, unavailable};

impl SignedIn {
    pub(super) async fn plan_of(&self, form: &OrderForm, is_update: bool) -> Result<Plan, DeskError> {
        let mut spec = if is_update { self.examine_update(form).await? } else { self.first_of(form).await? };
        let findings = self.look_at_images(&mut spec).await;
        let plan = self.office.cluster.plan(&spec, &self.opened(&spec)).await;
        let mut plan = plan.map_err(|error| unavailable(&error))?;
        plan.findings.extend(findings);
        Ok(plan)
    }

    /// Resolves what is not resolved yet; what cannot be is a finding.
    async fn look_at_images(&self, spec: &mut ApplicationSpec) -> Vec<Cause> {
        let mut findings = Vec::new();
        for component in spec.components.iter_mut().filter(|one| one.resolved.is_none() && one.replicas > 0) {
            match self.office.images.resolve(&component.image).await {
                Ok(resolved) if component.files.is_none() => component.resolved = Some(resolved),
                Ok(_) => {}
                Err(ImageProblem::Hopeless(cause)) => findings.push(cause),
                Err(ImageProblem::Passing(error)) => findings.push(
                    Cause::new(
                        "SLW_REGISTRY_SILENT",
                        format!("The registry of {} does not answer.", component.image),
                        "Check that the registry runs and can be reached; deploying waits for it.",
                    )
                    .with(error.chain()),
                ),
            }
        }
        findings
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
