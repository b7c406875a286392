//! An application as lists, pages, programs and live events show it.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::ApplicationId,
    names::{ApplicationName, ProjectName},
    people::People,
    release::ReleaseVersion,
    status::{Before, Standing},
};

/// A deployed project. Carries its whole state, so that receiving it twice or late does no harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Stays the same through updates.
    pub id: ApplicationId,
    /// Its name and the name of its namespace.
    pub name: ApplicationName,
    /// What was deployed.
    pub project: ProjectName,
    /// Its release.
    pub version: ReleaseVersion,
    /// The newest generation.
    pub generation: u32,
    /// How it stands.
    pub standing: Standing,
    /// Since when its badge has said what it says.
    pub status_since: Timestamp,
    /// Grows with every change of any application; of two states the one with the larger revision is newer.
    pub revision: i64,
    /// Where it answers at the gateway, if it serves anything.
    pub gateway_path: Option<String>,
    /// Who has access to it. It decides who is shown the rest, and travels nowhere.
    #[serde(skip)]
    pub people: Arc<People>,
    /// Who deployed it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When its state last changed.
    pub updated_at: Timestamp,
}

impl Application {
    /// How it stood when it was last recorded.
    pub fn before(&self) -> Before {
        Before { status: self.standing.status, since: self.status_since }
    }
}
