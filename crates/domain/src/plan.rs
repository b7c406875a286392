//! What would be done, before it is done: the objects of a generation, how each differs from what is there, and what
//! stands in the way (D6). Pure; the cluster's own answers come in as documents.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::cause::Cause;

/// What stands in the place of a secret.
const MASK: &str = "••••••";

/// What an apply would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The generation that it makes real.
    pub generation: u32,
    /// Its objects, in the order in which they are applied, and then those that go.
    pub objects: Vec<Planned>,
    /// What stands in the way, or may.
    pub findings: Vec<Cause>,
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
    /// Where it is, for example `spec.replicas`.
    pub path: String,
    /// What is there.
    pub before: Option<Value>,
    /// What would be.
    pub after: Option<Value>,
}

impl Plan {
    /// The same plan has the same hash; an approval is of a hash.
    pub fn hash(&self) -> String {
        let text = serde_json::to_string(&(self.generation, &self.objects)).unwrap_or_default();
        format!("sha256:{}", hex::encode(Sha256::digest(text)))
    }

    /// How many objects would be written or removed.
    pub fn steps(&self) -> usize {
        self.objects.iter().filter(|planned| planned.action != Action::Keep).count()
    }
}

impl Planned {
    /// Compares what is there with what the cluster says would be.
    pub fn compare(kind: &str, name: &str, before: Option<&Value>, after: &Value) -> Self {
        let empty = Value::Null;
        let mut changes = Vec::new();
        walk("", &relevant(before.unwrap_or(&empty)), &relevant(after), &mut changes);
        if kind == "Secret" {
            changes.iter_mut().for_each(mask);
        }
        let action = match (before, changes.is_empty()) {
            (None, _) => Action::Create,
            (Some(_), true) => Action::Keep,
            (Some(_), false) => Action::Change,
        };
        Self { kind: kind.to_owned(), name: name.to_owned(), action, changes }
    }
}

/// What a person cares about: not what the cluster writes by itself.
fn relevant(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
        if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.retain(|key, _| ["name", "namespace", "labels", "annotations"].contains(&key.as_str()));
            if let Some(labels) = metadata.get_mut("labels").and_then(Value::as_object_mut) {
                // It changes with each generation, and nothing else with it.
                labels.remove("slipway.internal/generation");
            }
            if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
                annotations.retain(|key, _| !key.starts_with("deployment.kubernetes.io/"));
                if annotations.is_empty() {
                    metadata.remove("annotations");
                }
            }
        }
    }
    object
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
    if change.path.starts_with("data") || change.path.starts_with("stringData") || change.path.is_empty() {
        for value in [&mut change.before, &mut change.after].into_iter().flatten() {
            *value = Value::String(MASK.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn deployment(replicas: u32, greeting: &str) -> Value {
        json!({
            "kind": "Deployment",
            "metadata": {"name": "web", "uid": "1", "resourceVersion": replicas.to_string(),
                "labels": {"slipway.internal/generation": replicas.to_string()}},
            "spec": {"replicas": replicas, "template": {"containers": [
                {"name": "web", "env": [{"name": "GREETING", "value": greeting}]}]}},
            "status": {"replicas": replicas},
        })
    }

    #[test]
    fn d6_a_change_names_the_field_and_both_values() {
        let planned = Planned::compare("Deployment", "web", Some(&deployment(1, "a")), &deployment(2, "b"));
        assert_eq!(planned.action, Action::Change);
        let told: Vec<_> =
            planned.changes.iter().map(|c| (c.path.as_str(), c.before.clone(), c.after.clone())).collect();
        assert_eq!(
            told,
            [
                ("spec.replicas", Some(json!(1)), Some(json!(2))),
                ("spec.template.containers[web].env[GREETING].value", Some(json!("a")), Some(json!("b"))),
            ]
        );
    }

    #[test]
    fn d6_what_the_cluster_writes_by_itself_is_no_change() {
        let mut later = deployment(1, "a");
        later["metadata"]["resourceVersion"] = json!("99");
        later["status"] = json!({"replicas": 7});
        let planned = Planned::compare("Deployment", "web", Some(&deployment(1, "a")), &later);
        assert_eq!((planned.action, planned.changes), (Action::Keep, vec![]));
    }

    #[test]
    fn d18_a_plan_shows_that_a_secret_changes_and_not_how() {
        let secret =
            |value: &str| json!({"kind": "Secret", "metadata": {"name": "web"}, "data": {"A": value}});
        let planned = Planned::compare("Secret", "web", Some(&secret("aHVudGVy")), &secret("c2VjcmV0"));
        assert_eq!(planned.changes[0].path, "data.A");
        let text = serde_json::to_string(&planned).unwrap();
        assert!(!text.contains("aHVudGVy") && !text.contains("c2VjcmV0"), "{text}");
        let created = Planned::compare("Secret", "web", None, &secret("c2VjcmV0"));
        assert!(!serde_json::to_string(&created).unwrap().contains("c2VjcmV0"));
    }

    #[test]
    fn d4_the_same_plan_has_the_same_hash_and_another_one_another() {
        let plan = |replicas| Plan {
            generation: 2,
            objects: vec![Planned::compare("Deployment", "web", None, &deployment(replicas, "a"))],
            findings: vec![],
        };
        assert_eq!(plan(1).hash(), plan(1).hash());
        assert_ne!(plan(1).hash(), plan(2).hash());
    }
}
