//! What can be deployed beside the releases themselves: how each kind becomes workloads, and which connectors have
//! an image of their own accord.

use slipway_app::desk::{ConnectorOffer, DeskError, Offer};
use slipway_catalog::{Blueprints, connector_catalogue, connector_catalogue_with};
use slipway_domain::{
    blueprint::Surroundings,
    contents::ConnectorTemplate,
    release::{Project, Release, ReleaseVersion},
};

use crate::{config::Settings, portal::StartError};

/// Blueprints, connectors, and what applications find around them.
pub struct Offers {
    pub blueprints: Blueprints,
    pub connectors: Vec<ConnectorTemplate>,
    pub surroundings: Surroundings,
}

impl Offers {
    /// Reads the built-in ones and those of the operator.
    pub fn open(settings: &Settings) -> Result<Self, StartError> {
        let directory = settings.blueprints_dir.as_deref();
        let own_connectors = directory.map(|path| path.join("connectors.toml")).filter(|path| path.exists());
        let connectors = match own_connectors {
            Some(path) => connector_catalogue_with(&path)?,
            None => connector_catalogue(),
        };
        Ok(Self {
            blueprints: Blueprints::open(directory)?,
            connectors,
            surroundings: settings.surroundings(),
        })
    }
    /// What can be chosen for a release of a project; for its newest one if no number is given.
    pub fn of(&self, project: Project, version: &str) -> Result<Offer, DeskError> {
        let wanted = version.parse().ok().and_then(ReleaseVersion::new);
        let release = wanted.and_then(|version| project.release(version)).or_else(|| project.latest());
        let missing = || DeskError::NotFound { what: format!("{} has no release.", project.name) };
        let release = release.ok_or_else(missing)?;
        let blueprint = self.blueprints.get(release.kind);
        let patterns = blueprint.into_iter().flat_map(|blueprint| &blueprint.components);
        let services = patterns.filter_map(|pattern| {
            Some((pattern.name.clone(), pattern.image.as_ref()?.to_string()))
                .filter(|(name, _)| !name.contains('{'))
        });
        Ok(Offer {
            version: release.version,
            connectors: self.connectors_of(release),
            services: services.collect(),
            has_database: blueprint.is_some_and(|blueprint| blueprint.database.is_some()),
            project,
        })
    }

    fn connectors_of(&self, release: &Release) -> Vec<ConnectorOffer> {
        let connectors = release.contents.connectors.iter().map(|connector| {
            let template = connector.template_in(&self.connectors);
            ConnectorOffer {
                name: connector.name.to_string(),
                description: connector.description.clone(),
                image: template.map(|template| template.image.to_string()),
                variables: connector.entries(template).into_values().collect(),
            }
        });
        connectors.collect()
    }
}
