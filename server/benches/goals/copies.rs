//! A cluster in which one application runs, made into one in which many like it run.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use serde_json::Value;
use slipway_domain::spec::ApplicationSpec;

/// Where the numbers of copied objects begin: behind those of all that were not copied.
const FIRST: usize = 1_000_000;

/// An application in an exported cluster.
pub struct Original {
    document: Value,
    name: String,
    id: String,
    /// Its objects, and how far its containers are.
    text: String,
    uids: BTreeSet<String>,
}

impl Original {
    /// Finds it in the document.
    pub fn find(document: Value, spec: &ApplicationSpec) -> anyhow::Result<Self> {
        let (name, id) = (spec.name.to_string(), spec.id.to_string());
        let all = document["objects"].as_array().context("no objects")?;
        let is_its = |entry: &&Value| {
            let metadata = &entry["object"]["metadata"];
            metadata["namespace"] == *name || (metadata["namespace"].is_null() && metadata["name"] == *name)
        };
        let objects: Vec<_> = all.iter().filter(is_its).cloned().collect();
        ensure!(objects.len() > 4, "{name} has not been deployed");
        let uid = |entry: &Value| entry["object"]["metadata"]["uid"].as_str().map(str::to_owned);
        let uids: BTreeSet<String> = objects.iter().filter_map(uid).collect();
        let mut lives = document["lives"].as_object().cloned().unwrap_or_default();
        lives.retain(|uid, _| uids.contains(uid));
        let text = serde_json::json!({"objects": objects, "lives": lives}).to_string();
        Ok(Self { document, name, id, text, uids })
    }

    /// As many objects as each has.
    pub fn objects(&self) -> usize {
        self.uids.len()
    }

    /// The cluster with all of these beside it.
    pub fn with(&self, copies: &[ApplicationSpec]) -> anyhow::Result<Value> {
        let mut document = self.document.clone();
        for (number, spec) in copies.iter().enumerate() {
            let mut copy = self.copy(number, spec)?;
            let (objects, lives) = (copy["objects"].take(), copy["lives"].take());
            let Value::Array(objects) = objects else { continue };
            let Value::Object(lives) = lives else { continue };
            document["objects"].as_array_mut().context("no objects")?.extend(objects);
            document["lives"].as_object_mut().context("no containers")?.extend(lives);
        }
        Ok(document)
    }

    /// What one of them consists of.
    pub fn copy(&self, number: usize, spec: &ApplicationSpec) -> anyhow::Result<Value> {
        let named = self.text.replace(&self.name, spec.name.as_str()).replace(&self.id, &spec.id.to_string());
        let text = self.uids.iter().enumerate().fold(named, |text, (place, uid)| {
            let last = FIRST + number * self.uids.len() + place;
            text.replace(uid.as_str(), &format!("{}{last:012x}", &uid[..uid.len() - 12]))
        });
        Ok(serde_json::from_str(&text)?)
    }
}
