//! Released projects: what the catalog reads and a person may deploy. What a release contains is in
//! [`contents`](crate::contents).

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    contents::Contents,
    image::ImageRef,
    names::{ComponentName, ProjectName},
};

/// The number of a release: 1 and up. A project at version 0 was never released (S1.06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct ReleaseVersion(u32);

impl ReleaseVersion {
    /// Accepts 1 and up.
    pub fn new(number: u32) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// The number.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for ReleaseVersion {
    type Error = &'static str;
    fn try_from(number: u32) -> Result<Self, Self::Error> {
        Self::new(number).ok_or("a released version is 1 or more")
    }
}

impl From<ReleaseVersion> for u32 {
    fn from(version: ReleaseVersion) -> u32 {
        version.0
    }
}

impl fmt::Display for ReleaseVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What kind of project it is: which blueprint turns its releases into workloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProjectKind {
    /// Its manifest names components that are images and nothing else.
    Container,
    /// It was modelled: processes, connectors, forms, user interfaces.
    ProcessApplication,
}

impl ProjectKind {
    /// The word for it in files and programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::ProcessApplication => "process-application",
        }
    }
}

/// An immutable version of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The project it belongs to.
    pub project: ProjectName,
    /// Its number.
    pub version: ReleaseVersion,
    /// Which blueprint it follows.
    pub kind: ProjectKind,
    /// What the releaser wrote about it; may be empty.
    pub description: String,
    /// Who released it, as the manifest says; may be empty.
    pub released_by: String,
    /// When, as the manifest says.
    pub released_at: Option<Timestamp>,
    /// `sha256:…` over the names and contents of all its files.
    pub digest: String,
    /// The workloads that it names; those of a modelled project follow from its contents.
    pub components: Vec<ReleaseComponent>,
    /// What was modelled; empty for a project of kind container.
    pub contents: Contents,
}

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseFile {
    /// Its path below the release, with `/` between parts; never absolute, never with `..`.
    pub path: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// One workload that a release asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseComponent {
    /// Unique within the release.
    pub name: ComponentName,
    /// The image, usually by tag; it is pinned to a digest when an application is deployed.
    pub image: ImageRef,
    /// The port that it serves on; none for a worker that only runs.
    pub port: Option<u16>,
    /// The path that answers 2xx when the component is ready to serve.
    pub health: Option<String>,
    /// The path below the application's gateway address; none keeps it inside the namespace.
    pub route: Option<String>,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
    /// How many copies run.
    pub replicas: u32,
}

/// A project with its releases, newest first; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its name.
    pub name: ProjectName,
    /// Its releases, newest first.
    pub releases: Vec<Release>,
}

impl Project {
    /// The newest release.
    pub fn latest(&self) -> Option<&Release> {
        self.releases.first()
    }

    /// The release of that number.
    pub fn release(&self, version: ReleaseVersion) -> Option<&Release> {
        self.releases.iter().find(|release| release.version == version)
    }
}

/// A folder that should be a release and is not. It is shown, and never hides the others (S1.04).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenRelease {
    /// The file or folder, relative to the releases directory.
    pub path: String,
    /// What is wrong with it, in a sentence.
    pub reason: String,
}

/// What the releases directory holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Projects by name.
    pub projects: Vec<Project>,
    /// What could not be read.
    pub broken: Vec<BrokenRelease>,
    /// What is being written at this moment; relative to the releases directory.
    #[serde(default)]
    pub arriving: Vec<String>,
}

impl Listing {
    /// The project of that name.
    pub fn project(&self, name: &ProjectName) -> Option<&Project> {
        self.projects.iter().find(|project| &project.name == name)
    }
}
