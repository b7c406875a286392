//! The whole cluster as one JSON document, and the file that keeps it between two runs.

use std::{error::Error, path::Path, sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{
    World,
    kinds::Kind,
    objects::{self, Objects},
};

/// How soon a change is on disk.
const SAVE_EVERY: Duration = Duration::from_millis(500);

impl Objects {
    /// All that is needed to go on later.
    pub(crate) fn export(&self) -> Value {
        let objects: Vec<Value> = self
            .all
            .values()
            .map(|(kind, object)| json!({"plural": kind.plural, "object": object}))
            .collect();
        json!({"version": self.version, "born": self.born, "objects": objects, "lives": self.lives})
    }

    /// The cluster that was exported; none if it is no such document.
    pub(crate) fn import(document: &Value) -> Option<Self> {
        let mut imported = Self {
            version: document["version"].as_u64()?,
            born: document["born"].as_u64()?,
            lives: serde_json::from_value(document["lives"].clone()).unwrap_or_default(),
            ..Self::default()
        };
        // Definitions come first: the kinds of other objects may be theirs.
        let (definitions, others): (Vec<_>, Vec<_>) = document["objects"]
            .as_array()?
            .iter()
            .partition(|entry| entry["plural"] == "customresourcedefinitions");
        for entry in definitions.into_iter().chain(others) {
            let object = &entry["object"];
            let (namespace, name) = objects::place(object);
            let kind = imported.kind(object["apiVersion"].as_str()?, entry["plural"].as_str()?)?;
            imported.touch(&kind, &namespace, &name);
            imported.all.insert(objects::key(&kind, &namespace, &name), (kind, object.clone()));
        }
        Some(imported)
    }

    /// The same objects; what happens to them from now on has versions after that one.
    pub(crate) fn later_than(mut self, version: u64) -> Self {
        self.version = self.version.max(version) + 1;
        self
    }

    fn touch(&mut self, kind: &Kind, namespace: &str, name: &str) {
        let place = if kind.plural == "namespaces" { name } else { namespace };
        self.touched.insert(place.to_owned());
    }
}

/// Reads a snapshot; one that cannot be read counts as none, because the simulation promises nothing.
pub(crate) fn load(path: &Path) -> Option<Objects> {
    let bytes = std::fs::read(path).ok()?;
    let loaded = serde_json::from_slice(&bytes).ok().and_then(|document| Objects::import(&document));
    if loaded.is_none() {
        tracing::warn!(path = %path.display(), "The sandbox begins anew, because its snapshot is damaged");
    }
    loaded
}

/// Keeps the snapshot up to date as long as the cluster runs.
pub(crate) async fn keep(world: Arc<World>) {
    let Some(path) = world.options.snapshot.clone() else { return };
    let mut changed = world.changed.subscribe();
    // What was made before this task first ran counts as a change.
    changed.mark_changed();
    while changed.changed().await.is_ok() {
        tokio::time::sleep(SAVE_EVERY).await;
        changed.mark_unchanged();
        let text = world.objects().export().to_string();
        if let Err(error) = write(&path, text).await {
            tracing::warn!(error = &error as &dyn Error, path = %path.display(), "The sandbox was not saved");
        }
    }
}

/// Renamed into place, so that a crash leaves the old one or the new one.
async fn write(path: &Path, text: String) -> std::io::Result<()> {
    let fresh = path.with_extension("new");
    tokio::fs::write(&fresh, text).await?;
    tokio::fs::rename(&fresh, path).await
}
