//! What is told of an application's secrets: their age and what uses them (D18).

use slipway_app::desk::DeskError;
use slipway_domain::{
    blueprint::Blueprint,
    names::ApplicationName,
    ports::PortError,
    sealed::Sealed,
    secret::{Past, Secret},
    spec::ApplicationSpec,
};

use super::{SignedIn, changes::missing, unavailable};

impl SignedIn {
    /// Two are compared where the key is; what they are goes nowhere.
    pub(super) async fn ages_of_secrets(&self, name: &ApplicationName) -> Result<Vec<Secret>, DeskError> {
        let failed = |error: PortError| unavailable(&error);
        let store = &self.office.store;
        let application = store.application(name).await.map_err(failed)?.ok_or_else(|| missing(name))?;
        let generations = store.generations(application.id).await.map_err(failed)?;
        let blueprint = match generations.first() {
            Some((spec, ..)) => self.blueprint_of(spec).await,
            None => None,
        };
        let vault = &self.office.vault;
        let is_same = |one: &Sealed, other: &Sealed| match (vault.open(one), vault.open(other)) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        };
        let now = self.office.clock.now();
        Ok(Past { generations: &generations, blueprint, is_same: &is_same, now }.secrets())
    }

    /// None if the release is not there any more.
    async fn blueprint_of(&self, spec: &ApplicationSpec) -> Option<&Blueprint> {
        let listing = self.office.releases.listing().await.ok()?;
        let release = listing.project(&spec.project)?.release(spec.version)?;
        self.office.offers.blueprints.get(release.kind)
    }
}
