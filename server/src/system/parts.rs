//! The parts that the settings name, and how each is asked.

use std::sync::Arc;

use async_trait::async_trait;
use slipway_domain::{
    people::Kind,
    ports::{Cluster, Directory, PortError, Releases},
    system::{About, Fact, PartName, without_password},
};
use slipway_registry::reach;
use slipway_store::Store;

use super::{
    health::{Probe, Watched},
    why::Answered,
};
use crate::{config::Settings, people::PeopleChoice, registries::Named};

/// Nobody has this identity; to ask for it costs least.
const SOMEBODY: &str = "local:nobody-in-particular";

/// What the parts are asked through.
pub struct Around {
    /// The database.
    pub store: Store,
    /// The cluster.
    pub cluster: Arc<dyn Cluster>,
    /// The address of its API server; none if it is the simulated one.
    pub cluster_address: Option<String>,
    /// Released projects.
    pub releases: Arc<dyn Releases>,
    /// The registry that images are pushed to, and the one that holds copies.
    pub registries: (Option<Named>, Option<Named>),
    /// The directory of people, asked without patience.
    pub people: (PeopleChoice, Arc<dyn Directory>),
    /// How the others are asked.
    pub http: reqwest::Client,
}

/// All parts.
pub fn watched(settings: &Settings, around: Around) -> Vec<Watched> {
    let simulated = around.cluster_address.is_none();
    let (target, mirror) = around.registries;
    let http = &around.http;
    vec![
        database(around.store),
        cluster(around.cluster, around.cluster_address),
        releases(settings, around.releases),
        registry(PartName::Registry, target, simulated, http),
        registry(PartName::ImageMirror, mirror, simulated, http),
        identity_provider(settings, http),
        people(around.people),
    ]
}

fn database(store: Store) -> Watched {
    let (kind, place) = store.place();
    let facts = vec![Fact::new(About::Kind, kind), Fact::new(About::Place, place)];
    Watched { name: PartName::Database, facts, probe: Ok(Box::new(Database(store))) }
}

fn cluster(cluster: Arc<dyn Cluster>, address: Option<String>) -> Watched {
    let facts = match address {
        Some(address) => vec![Fact::new(About::Kind, "Kubernetes"), Fact::new(About::Place, address)],
        None => vec![Fact::new(About::Kind, "Simulated")],
    };
    Watched { name: PartName::Cluster, facts, probe: Ok(Box::new(TheCluster(cluster))) }
}

fn releases(settings: &Settings, releases: Arc<dyn Releases>) -> Watched {
    let facts = vec![Fact::new(About::Place, settings.releases_dir.display())];
    Watched { name: PartName::Releases, facts, probe: Ok(Box::new(TheReleases(releases))) }
}

fn registry(name: PartName, named: Option<Named>, simulated: bool, http: &reqwest::Client) -> Watched {
    let facts = named.iter().map(|named| Fact::new(About::Place, &named.place)).collect();
    let probe: Result<Box<dyn Probe>, _> = match named {
        _ if simulated => Err("The cluster is simulated, and so are the registries."),
        Some(named) => Ok(Box::new(Registry(named, http.clone()))),
        None if name == PartName::Registry => Err("Images that are built stay in the data directory."),
        None => Err("Images are looked up where their names say."),
    };
    Watched { name, facts, probe }
}

fn identity_provider(settings: &Settings, http: &reqwest::Client) -> Watched {
    let name = PartName::IdentityProvider;
    let Some(issuer) = settings.oidc_issuer.as_deref() else {
        return Watched { name, facts: Vec::new(), probe: Err("People sign in with local accounts.") };
    };
    let facts = vec![Fact::new(About::Place, without_password(issuer))];
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    Watched { name, facts, probe: Ok(Box::new(Issuer(url, http.clone()))) }
}

fn people((choice, directory): (PeopleChoice, Arc<dyn Directory>)) -> Watched {
    let kind = match choice {
        PeopleChoice::Keycloak => "Keycloak",
        PeopleChoice::Accounts => "Local accounts",
        PeopleChoice::None => {
            let note = "Names are typed, and nobody says whether they are right.";
            return Watched { name: PartName::People, facts: Vec::new(), probe: Err(note) };
        }
    };
    let facts = vec![Fact::new(About::Kind, kind)];
    Watched { name: PartName::People, facts, probe: Ok(Box::new(People(directory))) }
}

struct Database(Store);

#[async_trait]
impl Probe for Database {
    async fn ask(&self) -> Result<Vec<Fact>, PortError> {
        let answered = self.0.ask().await?;
        Ok(vec![Fact::new(About::Version, answered.version), Fact::new(About::Schema, answered.schema)])
    }
}

struct TheCluster(Arc<dyn Cluster>);

#[async_trait]
impl Probe for TheCluster {
    async fn ask(&self) -> Result<Vec<Fact>, PortError> {
        Ok(vec![Fact::new(About::Version, self.0.version().await?)])
    }
}

struct TheReleases(Arc<dyn Releases>);

#[async_trait]
impl Probe for TheReleases {
    async fn ask(&self) -> Result<Vec<Fact>, PortError> {
        let listing = self.0.listing().await?;
        let whole: usize = listing.projects.iter().map(|project| project.releases.len()).sum();
        let mut facts =
            vec![Fact::new(About::Releases, whole), Fact::new(About::Broken, listing.broken.len())];
        if !listing.arriving.is_empty() {
            facts.push(Fact::new(About::Arriving, listing.arriving.len()));
        }
        Ok(facts)
    }
}

struct Registry(Named, reqwest::Client);

#[async_trait]
impl Probe for Registry {
    async fn ask(&self) -> Result<Vec<Fact>, PortError> {
        let Self(Named { host, plain_http, .. }, http) = self;
        let asked = reach(http, host, *plain_http).await;
        asked.map(|()| Vec::new()).map_err(|error| PortError::new("asking the registry", error))
    }
}

struct Issuer(String, reqwest::Client);

#[async_trait]
impl Probe for Issuer {
    async fn ask(&self) -> Result<Vec<Fact>, PortError> {
        let what = "asking the identity provider";
        let answer = self.1.get(&self.0).send().await;
        let answer = answer.map_err(|error| PortError::new(what, error.without_url()))?;
        match answer.status() {
            status if status.is_success() => Ok(Vec::new()),
            status => Err(PortError::new(what, Answered(status.as_u16()))),
        }
    }
}

struct People(Arc<dyn Directory>);

#[async_trait]
impl Probe for People {
    async fn ask(&self) -> Result<Vec<Fact>, PortError> {
        self.0.by_id(Kind::User, SOMEBODY).await.map(|_| Vec::new())
    }
}
