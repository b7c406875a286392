//! How an application ends: what still holds its namespace, object by object, and the proof that nothing is left.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Objects that a rendered text names one by one; the rest is counted.
const NAMED: usize = 10;

/// What holds a namespace that is being deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Since when it is being deleted.
    pub since: Timestamp,
    /// What the namespace itself says, in plain sentences.
    pub conditions: Vec<String>,
    /// What a look at the objects found; none as long as it is too early to look.
    pub look: Option<Look>,
}

impl Held {
    /// All of it in sentences, the cluster's summary first.
    pub fn sentences(&self) -> Vec<String> {
        let found = self.look.iter().flat_map(Look::sentences);
        self.conditions.iter().cloned().chain(found).collect()
    }
}

/// What a look at everything in a namespace found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// When somebody looked.
    pub at: Timestamp,
    /// What is left; first what finalizers hold.
    pub leftovers: Vec<Leftover>,
    /// Kinds of which there is more than is named, for example `pods`.
    pub partial: Vec<String>,
    /// What could not be looked at: something may be left there.
    pub unlisted: Vec<Unlisted>,
    /// API services that do not answer: a namespace waits until the cluster can ask all of them.
    pub dead_apis: Vec<DeadApi>,
}

impl Look {
    /// What was found, in sentences.
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences: Vec<String> = self.leftovers.iter().take(NAMED).map(Leftover::sentence).collect();
        match self.leftovers.len().saturating_sub(NAMED) {
            0 => {}
            1 => sentences.push("One more object is left.".to_owned()),
            more => sentences.push(format!("{more} more objects are left.")),
        }
        sentences.extend(self.partial.iter().map(|kind| format!("There are more {kind} than were counted.")));
        sentences.extend(self.dead_apis.iter().map(DeadApi::sentence));
        sentences.extend(self.unlisted.iter().map(Unlisted::sentence));
        sentences
    }
}

/// One object that is left in a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// For example `Widget`.
    pub kind: String,
    /// The group of its kind; empty for the cluster's core.
    pub group: String,
    /// The version of its kind, for example `v1`.
    pub version: String,
    /// The name of its kind in addresses, for example `widgets`.
    pub plural: String,
    /// The namespace that it holds.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its identity: another object of the same name has another one.
    pub uid: String,
    /// Which state of it was looked at.
    pub resource_version: String,
    /// Since when it is being deleted; none if nobody deleted it so far.
    pub deleting_since: Option<Timestamp>,
    /// What must be done before it goes, each with who would do it. If there is none, it goes by itself.
    pub finalizers: Vec<Finalizer>,
}

impl Leftover {
    /// What it is and what holds it.
    pub fn sentence(&self) -> String {
        let object = format!("{} {}", self.kind, self.name);
        if self.finalizers.is_empty() {
            return match self.deleting_since {
                Some(since) => format!("{object} is being deleted since {}.", readable(since)),
                None => format!("{object} is still there."),
            };
        }
        let each: Vec<String> = self.finalizers.iter().map(Finalizer::phrase).collect();
        let several = if each.len() == 1 { "finalizer" } else { "finalizers" };
        format!("{object} is held by the {several} {}.", each.join(" and "))
    }
}

/// A name on an object that keeps it until somebody takes the name off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finalizer {
    /// For example `example.com/hold`.
    pub name: String,
    /// The name under which somebody put it there, if the object says so, for example `kubectl`.
    pub set_by: Option<String>,
    /// Who would take it off.
    pub controller: Controller,
}

impl Finalizer {
    /// For use within a sentence.
    fn phrase(&self) -> String {
        let set_by = self.set_by.as_ref().map(|who| format!("set by {who}; ")).unwrap_or_default();
        format!("{} ({set_by}{})", self.name, self.controller.phrase())
    }
}

/// Is somebody alive who would take a finalizer off? As good as it can be told from names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Controller {
    /// The cluster itself does it.
    Cluster,
    /// Yes.
    Alive {
        /// For example `Deployment cert-manager/cert-manager`.
        who: String,
    },
    /// It is there and does not work.
    Down {
        /// For example `Deployment cert-manager/cert-manager`.
        who: String,
        /// For example `none of its copies is available`.
        why: String,
    },
    /// Nobody was found.
    Unknown {
        /// What was looked for.
        why: String,
    },
}

impl Controller {
    /// For use within a sentence.
    pub fn phrase(&self) -> String {
        match self {
            Self::Cluster => "the cluster itself removes it".to_owned(),
            Self::Alive { who } => format!("{who} is at work and may remove it"),
            Self::Down { who, why } => format!("{who} would remove it, but {why}"),
            Self::Unknown { why } => why.clone(),
        }
    }
}

/// An API service that does not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadApi {
    /// For example `v1beta1.metrics.k8s.io`.
    pub name: String,
    /// The cluster's own words.
    pub why: String,
}

impl DeadApi {
    /// What is wrong and what it means.
    pub fn sentence(&self) -> String {
        let Self { name, why } = self;
        format!("The API service {name} does not answer, and no namespace goes before it does: {why}.")
    }
}

/// Something that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unlisted {
    /// For example `widgets.example.com`.
    pub what: String,
    /// Why not, in the cluster's own words.
    pub why: String,
}

impl Unlisted {
    /// What is not known.
    pub fn sentence(&self) -> String {
        format!("Whether {} are left is not known: {}.", self.what, self.why)
    }
}

/// What became of a finalizer that was to be taken off one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Stripped {
    /// It was taken off, by exactly this request and nothing else.
    Done {
        /// The address of the object.
        path: String,
        /// The patch, to the letter.
        patch: String,
    },
    /// The object or its finalizer is gone already; nothing was changed.
    Gone,
    /// The object is no longer what was looked at; nothing was changed. Look again and decide again.
    Stale,
    /// It must not be done; nothing was changed.
    Refused {
        /// Why, in a sentence.
        why: String,
    },
}

/// What was looked for when a namespace was gone, and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// One line each.
    pub checks: Vec<Check>,
}

impl Proof {
    /// Was everything looked for, and nothing found?
    pub fn is_clean(&self) -> bool {
        self.checks.iter().all(|check| check.outcome == Outcome::Nothing)
    }

    /// The list as a person reads it.
    pub fn sentences(&self) -> Vec<String> {
        self.checks.iter().map(Check::sentence).collect()
    }
}

/// One line of the proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was looked for, for example `the namespace shop`.
    pub what: String,
    /// When.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
}

impl Check {
    /// As a person reads it.
    pub fn sentence(&self) -> String {
        let outcome = match &self.outcome {
            Outcome::Nothing => "nothing found".to_owned(),
            Outcome::Found { what } => format!("found {}", what.join(", ")),
            Outcome::Unanswered { why } => format!("the cluster does not say ({why})"),
        };
        format!("{}: looked for {}: {outcome}.", readable(self.at), self.what)
    }
}

/// What came of looking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Outcome {
    /// It is not there.
    Nothing,
    /// These are there. They hold nothing, and Slipway leaves them alone.
    Found {
        /// Each with what a person must know about it.
        what: Vec<String>,
    },
    /// The cluster does not let Slipway look.
    Unanswered {
        /// The cluster's own words.
        why: String,
    },
}

fn readable(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
#[path = "removal_tests.rs"]
mod tests;
