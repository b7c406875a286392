//! Slipway about itself: which program it is, what it consists of and needs, how each part of that stands, and how it
//! is set. No secret is among it.

mod setting;
mod trouble;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::{
    setting::{Group, Setting, Source, without_password},
    trouble::{Trouble, Why},
};

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// The version of the program.
    pub version: String,
    /// How it was built: `release` or `debug`.
    pub profile: String,
    /// What it was built for, for example `linux/x86_64`.
    pub platform: String,
    /// Since when it runs.
    pub since: Timestamp,
    /// The name of the machine or pod that answers, if there may be several.
    pub replica: Option<String>,
    /// What it consists of and needs.
    pub parts: Vec<Part>,
    /// How it is set.
    pub settings: Vec<Setting>,
}

/// Something that Slipway needs, or could use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartName {
    /// Where everything is kept.
    Database,
    /// Where applications run.
    Cluster,
    /// Where released projects are.
    Releases,
    /// Where images go that are built.
    Registry,
    /// Where copies of images are.
    ImageMirror,
    /// Where people sign in.
    IdentityProvider,
    /// Where people are looked up.
    People,
}

impl PartName {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Database,
        Self::Cluster,
        Self::Releases,
        Self::Registry,
        Self::ImageMirror,
        Self::IdentityProvider,
        Self::People,
    ];

    /// How programs call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Cluster => "cluster",
            Self::Releases => "releases",
            Self::Registry => "registry",
            Self::ImageMirror => "image-mirror",
            Self::IdentityProvider => "identity-provider",
            Self::People => "people",
        }
    }

    /// Can nothing be served without it? Without the cluster pages show the last known state.
    pub fn is_needed(self) -> bool {
        matches!(self, Self::Database | Self::Releases)
    }
}

/// How a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartState {
    /// It answers.
    Works,
    /// It should and does not.
    Away,
    /// The settings name none.
    NotSetUp,
}

impl PartState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Works, Self::Away, Self::NotSetUp];
}

/// What a fact about a part is about, in the order in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// What kind of thing it is.
    Kind,
    /// Its version.
    Version,
    /// The step that the schema of the database is at.
    Schema,
    /// Where it is; never with a password.
    Place,
    /// How many releases can be deployed.
    Releases,
    /// How many cannot be read.
    Broken,
    /// How many are being written.
    Arriving,
}

impl About {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Kind, Self::Version, Self::Schema, Self::Place, Self::Releases, Self::Broken, Self::Arriving];
}

/// Something that is known about a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What about.
    pub about: About,
    /// What.
    pub value: String,
}

impl Fact {
    /// That fact.
    pub fn new(about: About, value: impl ToString) -> Self {
        Self { about, value: value.to_string() }
    }
}

/// A part, and how it stood when it was asked last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which one.
    pub name: PartName,
    /// How it stands.
    pub state: PartState,
    /// Since when it has stood so, as far as this process knows.
    pub since: Timestamp,
    /// When it was asked last; none if there is nothing to ask.
    pub asked_at: Option<Timestamp>,
    /// What it is, as far as is known.
    pub facts: Vec<Fact>,
    /// What is so in its place, if it is not set up.
    pub note: Option<String>,
    /// What is wrong, if it is away.
    pub trouble: Option<Trouble>,
}
