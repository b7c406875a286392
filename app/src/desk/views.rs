//! What pages are made from.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use slipway_domain::{
    actor::Actor,
    application::Application,
    audit::Entry,
    black_box::Ended,
    contents::ConfigEntry,
    listing::Page,
    moved::ImageCheck,
    observed::ObservedComponent,
    operation::Operation,
    people::Shown,
    release::{BrokenRelease, Project, Release, ReleaseVersion},
    spec::ApplicationSpec,
    status::Standing,
    told::{Told, Warning},
};

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

/// A part of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditView {
    /// Rows, newest first.
    pub entries: Vec<Entry>,
    /// The number below which older ones are; none if there are no more.
    pub older: Option<i64>,
}
