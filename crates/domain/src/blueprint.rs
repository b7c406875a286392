//! Blueprints: data that says which workloads a kind of project becomes. Operators may add and override them, so
//! each is checked when it is read: [`Blueprint::check`] names what is wrong, and [`expand`] cannot fail for a
//! reason that lies in the blueprint.

mod expand;
mod source;
pub mod template;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use self::{
    expand::{Expansion, Surroundings, looks_secret},
    source::Source,
};
use crate::{
    image::ImageRef,
    names::ComponentName,
    release::ProjectKind,
    variables,
    workload::{Probe, Resources, Role, Storage},
};

/// What a kind of project becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Blueprint {
    /// The kind of project.
    pub kind: ProjectKind,
    /// The database that is made inside, unless one outside is chosen (S1.28); none if the kind needs none.
    pub database: Option<Database>,
    /// Its workloads, in the order in which they are started.
    pub components: Vec<Pattern>,
}

/// How the others reach the database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Database {
    /// Its JDBC address.
    pub url: String,
    /// Who signs in.
    pub username: String,
    /// With which password.
    pub password: String,
    /// The dialect that Hibernate speaks.
    #[serde(default)]
    pub jpa_database_platform: String,
}

/// For what a pattern makes a component.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Each {
    /// Once for an application.
    #[default]
    Application,
    /// For each component that the release names.
    Component,
    /// For each connector of the release.
    Connector,
    /// For each Process Workspace of the release.
    ProcessUi,
    /// For each Content Application of the release.
    ContentUi,
}

/// One workload, or one for each thing of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Pattern {
    /// Its name; `{item}` stands for the thing that it is made for.
    pub name: String,
    /// For what it is made.
    #[serde(default)]
    pub each: Each,
    /// The components that must be ready before its first copy starts; they stand before it.
    #[serde(default)]
    pub needs: Vec<ComponentName>,
    /// Is it left out where the database is outside?
    #[serde(default)]
    pub is_database: bool,
    /// What part it plays.
    #[serde(default)]
    pub role: Role,
    /// Its image; connectors and named components bring their own.
    pub image: Option<ImageRef>,
    /// The folder of the image that the release's files are put into.
    pub files: Option<String>,
    /// Arguments in place of the image's own.
    #[serde(default)]
    pub args: Vec<String>,
    /// The port that it serves on.
    pub port: Option<u16>,
    /// The path below the application's address.
    pub route: Option<String>,
    /// When it is ready; without it, when its port is open.
    pub ready: Option<Probe>,
    /// When it is alive.
    pub alive: Option<Probe>,
    /// When it has started.
    pub started: Option<Probe>,
    /// Environment variables.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Environment variables that are secrets.
    #[serde(default)]
    pub secrets: BTreeMap<String, String>,
    /// What it needs.
    #[serde(default)]
    pub resources: Resources,
    /// Data that outlives its tasks.
    pub storage: Option<Storage>,
    /// How many copies run.
    #[serde(default = "one")]
    pub replicas: u32,
}

fn one() -> u32 {
    1
}

/// The places that every text of a blueprint may have.
const PLACES: [&str; 13] = [
    "application",
    "project",
    "version",
    "item",
    "path",
    "gateway",
    "identity.url",
    "identity.realm",
    "identity.client",
    "identity.service-client",
    "database.url",
    "database.username",
    "database.platform",
];
/// The places that only secrets may have.
const SECRET_PLACES: [&str; 2] = ["database.password", "identity.secret"];
/// A secret that is made up once for each application begins with this.
pub const GENERATED: &str = "generated.";

impl Blueprint {
    /// Says what is wrong with it, in a sentence that names the component.
    pub fn check(&self) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        for pattern in &self.components {
            pattern.check().map_err(|reason| format!("component {:?}: {reason}", pattern.name))?;
            // Only what stands before, so that nothing waits for itself in a circle.
            if let Some(name) = pattern.needs.iter().find(|name| !seen.contains(name.as_str())) {
                let reason = format!("it needs {name}, but no component of that name stands before it");
                return Err(format!("component {:?}: {reason}", pattern.name));
            }
            if pattern.each == Each::Application && !seen.insert(pattern.name.as_str()) {
                return Err(format!("two components are called {:?}", pattern.name));
            }
        }
        if self.components.is_empty() {
            return Err("it has no component, so there is nothing to deploy".to_owned());
        }
        Ok(())
    }

    /// The names of the secrets that are made up for each application.
    pub fn generated(&self) -> BTreeSet<String> {
        let passwords = self.database.iter().map(|database| &database.password);
        let secrets = self.components.iter().flat_map(|pattern| pattern.secrets.values());
        let names = passwords.chain(secrets).flat_map(|text| template::names(text));
        names.filter(|name| name.starts_with(GENERATED)).collect()
    }
}

impl Pattern {
    fn check(&self) -> Result<(), String> {
        let stands_for_many = self.each != Each::Application;
        if stands_for_many != self.name.contains("{item}") {
            return Err("a name has {item} if, and only if, each says what for".to_owned());
        }
        ComponentName::parse(&self.name.replace("{item}", "x")).map_err(|error| error.to_string())?;
        let brings_its_own = matches!(self.each, Each::Component | Each::Connector);
        if brings_its_own == self.image.is_some() {
            return Err("connectors and named components bring their image, the others need one".to_owned());
        }
        if self.port.is_none()
            && (self.route.is_some() || self.ready.is_some())
            && self.each != Each::Component
        {
            return Err("route and ready need a port".to_owned());
        }
        if self.storage.is_some() && self.replicas != 1 {
            return Err("what has storage runs one copy".to_owned());
        }
        self.check_texts()
    }

    fn check_texts(&self) -> Result<(), String> {
        let probes = [&self.ready, &self.alive, &self.started].into_iter().flatten();
        let paths = probes.filter_map(|probe| probe.path.as_ref());
        let texts = self.env.values().chain(&self.route).chain(&self.files).chain(&self.args).chain(paths);
        for name in texts.flat_map(|text| template::names(text)) {
            if !PLACES.contains(&name.as_str()) {
                return Err(format!("{{{name}}} means nothing here, or may stand only among secrets"));
            }
        }
        for name in self.secrets.values().flat_map(|text| template::names(text)) {
            let known = PLACES.contains(&name.as_str()) || SECRET_PLACES.contains(&name.as_str());
            if !known && !name.starts_with(GENERATED) {
                return Err(format!("{{{name}}} means nothing"));
            }
        }
        match self.env.keys().chain(self.secrets.keys()).find(|key| !variables::is_name(key)) {
            Some(bad) => Err(format!("{bad:?} is not the name of a variable")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
