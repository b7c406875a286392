//! The full resolved configuration of an application: one generation. Made once when an order is accepted,
//! completed by the operation (digests), never edited by hand. Rendering it into manifests cannot fail.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    ids::ApplicationId,
    image::{Digest, ImageRef},
    names::{ApplicationName, ComponentName, ProjectName},
    order::Order,
    release::{Release, ReleaseComponent, ReleaseVersion},
};

/// Everything that is needed to make an application real.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationSpec {
    /// The application's identity, carried on every object as a label.
    pub id: ApplicationId,
    /// Its name and the name of its namespace.
    pub name: ApplicationName,
    /// From 1; each update makes the next one.
    pub generation: u32,
    /// The project that was deployed.
    pub project: ProjectName,
    /// Its release.
    pub version: ReleaseVersion,
    /// Users and groups with administrator access.
    pub admins: Vec<String>,
    /// Users and groups with user access.
    pub users: Vec<String>,
    /// The workloads.
    pub components: Vec<ComponentSpec>,
}

/// One workload of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentSpec {
    /// Unique within the application; also the name of its objects.
    pub name: ComponentName,
    /// The image as the release names it.
    pub image: ImageRef,
    /// What the image was resolved to; none until the operation's build step has done so.
    pub digest: Option<Digest>,
    /// The port that it serves on.
    pub port: Option<u16>,
    /// The path that answers 2xx when ready.
    pub health: Option<String>,
    /// The path below `/<application>` at the gateway.
    pub route: Option<String>,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
    /// How many copies run.
    pub replicas: u32,
}

impl ApplicationSpec {
    /// The first generation of an application: a release, as somebody ordered it.
    pub fn first(id: ApplicationId, order: &Order, release: &Release) -> Self {
        Self {
            id,
            name: order.name.clone(),
            generation: 1,
            project: release.project.clone(),
            version: release.version,
            admins: order.admins.clone(),
            users: order.users.clone(),
            components: release.components.iter().map(ComponentSpec::from).collect(),
        }
    }

    /// The path of the gateway where the application answers, if it serves anything.
    pub fn gateway_path(&self) -> Option<String> {
        let routed = self.components.iter().filter_map(|c| c.route.as_deref());
        let shortest = routed.min_by_key(|route| route.len())?;
        Some(format!("/{}{}", self.name, shortest.trim_end_matches('/')))
    }
}

impl From<&ReleaseComponent> for ComponentSpec {
    fn from(component: &ReleaseComponent) -> Self {
        Self {
            name: component.name.clone(),
            image: component.image.clone(),
            digest: None,
            port: component.port,
            health: component.health.clone(),
            route: component.route.clone(),
            env: component.env.clone(),
            replicas: component.replicas,
        }
    }
}
