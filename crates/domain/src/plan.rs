//! What would be done, before it is done: the objects of a generation, how each differs from what is there, and what
//! stands in the way (D6). Pure; the cluster's own answers come in as documents.

mod compare;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cause::Cause;

/// What stands in the place of a secret.
const MASK: &str = "••••••";

/// What an apply would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The generation that it makes real.
    pub generation: u32,
    /// Does its namespace not exist yet? Then nothing within could be tried out.
    #[serde(default)]
    pub is_new: bool,
    /// Its objects, in the order in which they are applied, and then those that go.
    pub objects: Vec<Planned>,
    /// What stands in the way, or may; what stops it first.
    pub findings: Vec<Finding>,
}

/// Something that stands in the way of a plan, or may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What, why, and what to do about it.
    #[serde(flatten)]
    pub cause: Cause,
    /// Is nothing written because of it? The others only warn.
    pub stops: bool,
}

/// What would happen to one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// For example `Deployment`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What would be done.
    pub action: Action,
    /// How it would differ from what is there.
    pub changes: Vec<FieldChange>,
    /// What was there. It is for whoever applies the plan and is neither kept nor shown.
    #[serde(skip)]
    pub found: Option<Found>,
}

/// What was there when a plan was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The identity of the object.
    pub uid: String,
    /// Its resource version.
    pub version: String,
    /// Tells whether it still is as it was in everything that matters to a plan.
    pub looks: String,
}

/// What would be done to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It is not there.
    Create,
    /// It is there and differs.
    Change,
    /// It is there and is right.
    Keep,
    /// It is no longer part.
    Remove,
    /// The cluster refuses it.
    Refused,
}

/// How one field would differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Where it is, for example `spec.replicas`; empty for the whole object.
    pub path: String,
    /// What is there.
    pub before: Option<Value>,
    /// What would be.
    pub after: Option<Value>,
}

/// How much is asked before a plan is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// As little as possible: what is not known to be there counts as not being there.
    Swift,
    /// Everything that an apply depends on.
    Sure,
    /// Also what only helps a person to decide.
    Thorough,
}

/// A plan that an operation applied, or began to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptPlan {
    /// From 1; a plan that became stale is followed by another one.
    pub number: u32,
    /// Its hash.
    pub hash: String,
    /// When it was made.
    pub at: Timestamp,
    /// Why the plan before it did not do.
    pub because: Option<String>,
    /// The plan.
    pub plan: Plan,
}

impl Plan {
    /// The same plan has the same hash; an approval is of a hash. It is about what would be done, not about what
    /// may stand in its way, which comes and goes.
    pub fn hash(&self) -> String {
        let objects: Vec<Value> = self.objects.iter().map(Planned::essence).collect();
        let text = json!([self.generation, objects]).to_string();
        format!("sha256:{}", hex::encode(Sha256::digest(text)))
    }

    /// How many objects would be written or removed.
    pub fn steps(&self) -> usize {
        self.objects.iter().filter(|planned| planned.action != Action::Keep).count()
    }

    /// What keeps it from being applied, if something does.
    pub fn stopped_by(&self) -> Option<&Cause> {
        self.findings.iter().find(|finding| finding.stops).map(|finding| &finding.cause)
    }

    /// The same plan with more findings; those that stop it stand first.
    #[must_use]
    pub fn with(mut self, findings: impl IntoIterator<Item = Finding>) -> Self {
        self.findings.extend(findings);
        self.findings.sort_by_key(|finding| !finding.stops);
        self
    }
}

impl Finding {
    /// It stops the plan.
    pub fn stops(cause: Cause) -> Self {
        Self { cause, stops: true }
    }

    /// It only warns.
    pub fn warns(cause: Cause) -> Self {
        Self { cause, stops: false }
    }
}

impl Planned {
    /// An object of which nothing is known but what would be done to it.
    pub fn new(kind: &str, name: &str, action: Action) -> Self {
        Self { kind: kind.to_owned(), name: name.to_owned(), action, changes: Vec::new(), found: None }
    }

    /// The same with what was there.
    #[must_use]
    pub fn at(self, found: &Value) -> Self {
        Self { found: Some(Found::of(found)), ..self }
    }
}

#[cfg(test)]
mod tests;
