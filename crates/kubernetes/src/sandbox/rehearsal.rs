//! A dry run: the same deed, done to a copy of what it can touch. A copy of everything would make a plan the slower the
//! more the cluster has.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use super::{
    answer::Refusal,
    kinds::{Kind, Target},
    objects::Objects,
    service::Ask,
};

/// Does it, or only says what would come of it.
pub(super) fn rehearse<T>(
    objects: &mut Objects,
    ask: &Ask,
    target: &Target,
    act: impl FnOnce(&mut Objects) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    if is_dry(ask) { act(&mut objects.copy_for(&target.kind, target.place())) } else { act(objects) }
}

/// A deletion may say so in its options.
fn is_dry(ask: &Ask) -> bool {
    ask.is_dry_run()
        || (ask.method == "DELETE" && ask.json().is_ok_and(|options| options["dryRun"][0] == "All"))
}

impl Objects {
    /// What lives in that namespace and what lives in none; everything, where the deed itself is about what lives in none.
    /// Without the log, because nobody watches a rehearsal.
    fn copy_for(&self, kind: &Kind, namespace: &str) -> Self {
        let is_near = |place: &str, resource: &str, name: &str| {
            !kind.namespaced
                || place == namespace
                || (place.is_empty() && (resource != "namespaces" || name == namespace))
        };
        let near = self.all.iter().filter(|((place, resource, name), _)| is_near(place, resource, name));
        let all: BTreeMap<_, _> = near.map(|(key, entry)| (key.clone(), entry.clone())).collect();
        let uid = |object: &Value| object["metadata"]["uid"].as_str().map(str::to_owned);
        let lives = all.values().filter_map(|(_, object)| self.lives.get_key_value(&uid(object)?));
        let lives = lives.map(|(uid, life)| (uid.clone(), life.clone())).collect();
        Self { all, log: VecDeque::new(), lives, touched: self.touched.clone(), ..*self }
    }
}
