//! The faults, as objects that a person could apply.

mod builders;
mod life;
mod surroundings;

use serde_json::{Value, json};
use slipway_domain::cause::Cause;

pub use self::builders::deployment;
use self::{
    builders::Make,
    life::{checks, crashes, images, settings, starts},
    surroundings::{placement, refusals, volumes},
};
use crate::stage::Stage;

/// A fault, where the cluster shows it, and what is to be told.
pub struct Fault {
    pub name: &'static str,
    pub code: &'static str,
    /// Words of the sentence.
    pub says: &'static str,
    /// Group and kind of the objects that show it.
    pub place: (&'static str, &'static str),
    /// The words in which they do.
    pub shows: &'static str,
    /// More labels of the namespace.
    pub labels: Value,
    /// What must be there before the workload.
    pub before: Vec<Value>,
    pub is_policy: bool,
    pub objects: Vec<Value>,
    /// Objects outside the namespace.
    pub leftovers: Vec<(&'static str, &'static str)>,
    /// Can the simulated cluster do it, too?
    pub is_simulated: bool,
}

impl Fault {
    pub fn is_told_by(&self, cause: &Cause) -> bool {
        cause.code == self.code && cause.reason.contains(self.says) && !cause.evidence.is_empty()
    }

    fn simulated(self) -> Self {
        Self { is_simulated: true, ..self }
    }

    fn before(mut self, object: Value) -> Self {
        self.before.push(object);
        self
    }

    fn shown_by(self, group: &'static str, kind: &'static str) -> Self {
        Self { place: (group, kind), ..self }
    }
}

fn fault(
    name: &'static str,
    code: &'static str,
    says: &'static str,
    shows: &'static str,
    object: impl Into<Value>,
) -> Fault {
    Fault {
        name,
        code,
        says,
        place: ("", "Pod"),
        shows,
        labels: json!({}),
        before: vec![],
        is_policy: false,
        objects: vec![object.into()],
        leftovers: vec![],
        is_simulated: false,
    }
}

/// All faults that do not need a node of their own.
pub fn faults(stage: &Stage) -> Vec<Fault> {
    let web = || deployment(stage);
    [
        images(stage, &web),
        settings(&web),
        starts(stage, &web),
        crashes(stage, &web),
        checks(&web),
        placement(&web),
        volumes(&web),
        refusals(stage, &web),
    ]
    .into_iter()
    .flatten()
    .collect()
}

type Web<'a> = &'a dyn Fn() -> Make;
