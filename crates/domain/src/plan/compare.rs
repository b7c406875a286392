//! How an object that is there differs from what would be.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Action, FieldChange, Found, MASK, Planned};

/// It changes with each generation, and nothing else with it.
const GENERATION: &str = "slipway.internal/generation";
/// What is made up anew each time that a new application is planned: the hash must not depend on it.
const MADE_UP: [&str; 2] = ["slipway.internal/application-id", SECRETS];
/// A hash over sealed secrets: that it changes says something, its value does not.
const SECRETS: &str = "slipway.internal/secrets";

impl Planned {
    /// Compares what is there with what the cluster says would be.
    pub fn compare(kind: &str, name: &str, before: Option<&Value>, after: &Value) -> Self {
        let empty = Value::Null;
        let mut changes = Vec::new();
        walk("", &relevant(before.unwrap_or(&empty)), &relevant(after), &mut changes);
        for change in &mut changes {
            if kind == "Secret" || change.path.ends_with(SECRETS) {
                mask(change);
            }
        }
        let action = match (before, changes.is_empty()) {
            (None, _) => Action::Create,
            (Some(_), true) => Action::Keep,
            (Some(_), false) => Action::Change,
        };
        let planned = Self { changes, ..Self::new(kind, name, action) };
        before.map_or(planned.clone(), |before| planned.at(before))
    }

    /// What the hash of a plan is made of.
    pub(super) fn essence(&self) -> Value {
        let mut essence = json!([self.kind, self.name, self.action, self.changes]);
        if self.action == Action::Create {
            forget(&mut essence);
        }
        essence
    }
}

impl Found {
    pub(super) fn of(object: &Value) -> Self {
        let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default().to_owned();
        Self { uid: text("uid"), version: text("resourceVersion"), looks: looks(object) }
    }

    /// Is the object still as it was in everything that matters?
    pub fn is_like(&self, object: &Value) -> bool {
        let now = Self::of(object);
        (self.uid.as_str(), self.looks.as_str()) == (now.uid.as_str(), now.looks.as_str())
    }
}

fn looks(object: &Value) -> String {
    hex::encode(Sha256::digest(relevant(object).to_string()))
}

/// Takes away what is made up anew each time, however deep it stands.
fn forget(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !MADE_UP.contains(&name.as_str()));
            fields.values_mut().for_each(forget);
        }
        Value::Array(items) => items.iter_mut().for_each(forget),
        _ => {}
    }
}

/// What a person cares about: not what the cluster writes by itself.
fn relevant(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
        if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
            tidy(metadata);
        }
    }
    object
}

fn tidy(metadata: &mut Map<String, Value>) {
    metadata.retain(|key, _| ["name", "namespace", "labels", "annotations"].contains(&key.as_str()));
    if let Some(labels) = metadata.get_mut("labels").and_then(Value::as_object_mut) {
        labels.remove(GENERATION);
    }
    if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
        annotations.retain(|key, _| !key.starts_with("deployment.kubernetes.io/"));
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
}

fn walk(path: &str, before: &Value, after: &Value, changes: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    let at = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
            for key in keys {
                let none = Value::Null;
                walk(&at(key), old.get(key).unwrap_or(&none), new.get(key).unwrap_or(&none), changes);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                let name = new.get("name").and_then(Value::as_str);
                let key = name.map_or_else(|| format!("[{index}]"), |name| format!("[{name}]"));
                walk(&format!("{path}{key}"), old, new, changes);
            }
        }
        _ => {
            let some = |value: &Value| (!value.is_null()).then(|| value.clone());
            changes.push(FieldChange { path: path.to_owned(), before: some(before), after: some(after) });
        }
    }
}

/// Secrets are never shown; that one changes is.
fn mask(change: &mut FieldChange) {
    let path = &change.path;
    if path.starts_with("data") || path.starts_with("stringData") || path.ends_with(SECRETS) {
        for value in [&mut change.before, &mut change.after].into_iter().flatten() {
            *value = Value::String(MASK.to_owned());
        }
    } else if path.is_empty() {
        // The whole object: its names may be seen, its values not.
        for object in [&mut change.before, &mut change.after].into_iter().flatten() {
            for part in ["data", "stringData"] {
                let values = object.get_mut(part).and_then(Value::as_object_mut);
                values.into_iter().flatten().for_each(|(_, value)| *value = Value::String(MASK.to_owned()));
            }
        }
    }
}
