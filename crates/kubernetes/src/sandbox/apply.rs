//! Who owns which field: server-side apply with its conflicts, and the ownership that other writes leave.

use serde_json::{Value, json};

use super::{
    answer::Refusal,
    fields::{self, FieldSet},
};

/// Applies a configuration to what is there (null if nothing is). Fields that the manager applied before and
/// leaves out now are removed, unless somebody else owns them too.
pub(crate) fn apply(live: &Value, config: &Value, manager: &str, force: bool) -> Result<Value, Refusal> {
    let wanted = owned_by(config);
    let mut entries = entries(live);
    let conflicts: Vec<(String, String)> = entries
        .iter()
        .filter(|entry| !entry.is(manager, "Apply"))
        .flat_map(|entry| {
            let clash = entry.fields.iter().filter(|path| {
                wanted.contains(*path) && fields::get(live, path) != fields::get(config, path)
            });
            clash.map(|path| (entry.title(), fields::display(path))).collect::<Vec<_>>()
        })
        .collect();
    if !conflicts.is_empty() && !force {
        return Err(Refusal::conflicts(&conflicts));
    }
    let mut object = if live.is_null() { json!({}) } else { live.clone() };
    let position = entries.iter().position(|entry| entry.is(manager, "Apply"));
    let before = position.map(|position| entries.remove(position).fields).unwrap_or_default();
    for path in before.difference(&wanted) {
        if !entries.iter().any(|entry| entry.fields.contains(path)) {
            fields::remove(&mut object, path);
        }
    }
    for entry in &mut entries {
        entry
            .fields
            .retain(|path| !wanted.contains(path) || fields::get(live, path) == fields::get(config, path));
    }
    fields::overlay(&mut object, config, "");
    entries.push(Entry::new(manager, "Apply", config, wanted));
    write_entries(&mut object, entries);
    Ok(object)
}

/// Notes that a manager changed fields by another way than apply.
pub(crate) fn claim(before: &Value, after: &mut Value, manager: &str) {
    let (old, new) = (owned_by(before), owned_by(after));
    let changed: FieldSet = new
        .into_iter()
        .filter(|path| !old.contains(path) || fields::get(before, path) != fields::get(after, path))
        .collect();
    if changed.is_empty() {
        return;
    }
    let mut entries = entries(after);
    for entry in &mut entries {
        entry.fields.retain(|path| !changed.contains(path) && fields::get(after, path).is_some());
    }
    match entries.iter_mut().find(|entry| entry.is(manager, "Update")) {
        Some(entry) => entry.fields.extend(changed),
        None => entries.push(Entry::new(manager, "Update", after, changed)),
    }
    write_entries(after, entries);
}

struct Entry {
    manager: String,
    operation: String,
    version: String,
    fields: FieldSet,
}

impl Entry {
    fn new(manager: &str, operation: &str, object: &Value, fields: FieldSet) -> Self {
        let version = object["apiVersion"].as_str().unwrap_or_default().to_owned();
        Self { manager: manager.to_owned(), operation: operation.to_owned(), version, fields }
    }

    fn is(&self, manager: &str, operation: &str) -> bool {
        self.manager == manager && self.operation == operation
    }

    /// As a conflict names it; who wrote it otherwise than by apply is told apart by the version.
    fn title(&self) -> String {
        match self.operation.as_str() {
            "Apply" => format!("\"{}\"", self.manager),
            _ => format!("\"{}\" using {}", self.manager, self.version),
        }
    }
}

fn entries(object: &Value) -> Vec<Entry> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entries = object["metadata"]["managedFields"].as_array().into_iter().flatten();
    entries
        .map(|entry| Entry {
            manager: text(&entry["manager"]),
            operation: text(&entry["operation"]),
            version: text(&entry["apiVersion"]),
            fields: fields::from_v1(&entry["fieldsV1"]),
        })
        .collect()
}

fn write_entries(object: &mut Value, entries: Vec<Entry>) {
    let written: Vec<Value> = entries
        .into_iter()
        .filter(|entry| !entry.fields.is_empty())
        .map(|entry| {
            json!({
                "manager": entry.manager, "operation": entry.operation, "apiVersion": entry.version,
                "fieldsType": "FieldsV1", "fieldsV1": fields::to_v1(&entry.fields),
            })
        })
        .collect();
    object["metadata"]["managedFields"] = json!(written);
}

/// The fields of an object that somebody can own: not its identity and not what the server fills in.
fn owned_by(object: &Value) -> FieldSet {
    let mut own = object.clone();
    if let Some(own) = own.as_object_mut() {
        own.remove("apiVersion");
        own.remove("kind");
        own.remove("status");
        if let Some(metadata) = own.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.retain(|key, _| {
                ["labels", "annotations", "finalizers", "ownerReferences"].contains(&key.as_str())
            });
        }
        own.retain(|_, value| !value.as_object().is_some_and(serde_json::Map::is_empty));
    }
    if own.as_object().is_none_or(serde_json::Map::is_empty) { FieldSet::new() } else { fields::leaves(&own) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(replicas: Option<u32>, image: &str) -> Value {
        let mut config = json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
            "spec": {"template": {"spec": {"containers": [{"name": "web", "image": image}]}}},
        });
        if let Some(replicas) = replicas {
            config["spec"]["replicas"] = json!(replicas);
        }
        config
    }

    #[test]
    fn a_field_that_is_left_out_is_removed() {
        let first = apply(&Value::Null, &config(Some(2), "a"), "one", false).unwrap();
        let second = apply(&first, &config(None, "a"), "one", false).unwrap();
        assert_eq!(second["spec"].get("replicas"), None);
    }

    #[test]
    fn a_field_of_somebody_else_is_a_conflict_unless_forced() {
        let first = apply(&Value::Null, &config(Some(2), "a"), "one", false).unwrap();
        let refused = apply(&first, &config(Some(3), "a"), "two", false).unwrap_err();
        assert_eq!(refused.message, "Apply failed with 1 conflict: conflict with \"one\": .spec.replicas");
        let forced = apply(&first, &config(Some(3), "a"), "two", true).unwrap();
        assert_eq!(forced["spec"]["replicas"], 3);
        let back = apply(&forced, &config(None, "a"), "one", false).unwrap();
        assert_eq!(back["spec"]["replicas"], 3);
    }

    #[test]
    fn what_two_want_alike_is_no_conflict_and_stays_until_both_let_go() {
        let first = apply(&Value::Null, &config(Some(2), "a"), "one", false).unwrap();
        let both = apply(&first, &config(Some(2), "a"), "two", false).unwrap();
        let one_left = apply(&both, &config(None, "a"), "one", false).unwrap();
        assert_eq!(one_left["spec"]["replicas"], 2);
    }

    #[test]
    fn a_patch_takes_a_field_over() {
        let first = apply(&Value::Null, &config(Some(2), "a"), "one", false).unwrap();
        let mut scaled = first.clone();
        scaled["spec"]["replicas"] = json!(5);
        claim(&first, &mut scaled, "kubectl");
        let refused = apply(&scaled, &config(Some(2), "a"), "one", false).unwrap_err();
        assert!(
            refused.message.contains("conflict with \"kubectl\" using apps/v1: .spec.replicas"),
            "{}",
            refused.message
        );
    }
}
