//! Sets of fields, as server-side apply owns them: a field is a path through objects, through lists whose items
//! have a key, and through lists that are sets. Other lists are owned as a whole.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// A field of an object.
    Field(String),
    /// The item of a list that has these values, as JSON text.
    Key(String),
    /// The item of a set, as JSON text.
    Item(String),
}

pub(crate) type Path = Vec<Step>;
pub(crate) type FieldSet = BTreeSet<Path>;

/// The fields that say what a list item is, for lists that are merged item by item.
pub(crate) fn keys(field: &str, item: &Value) -> Option<&'static [&'static str]> {
    match field {
        "containers" | "initContainers" | "env" | "volumes" | "imagePullSecrets" => Some(&["name"]),
        "volumeMounts" => Some(&["mountPath"]),
        "ports" if item.get("containerPort").is_some() => Some(&["containerPort", "protocol"]),
        "ports" if item.get("port").is_some_and(Value::is_number) => Some(&["port", "protocol"]),
        "conditions" => Some(&["type"]),
        "ownerReferences" => Some(&["uid"]),
        _ => None,
    }
}

pub(crate) fn key_of(item: &Value, keys: &[&str]) -> String {
    let pairs = keys.iter().map(|key| {
        // A port without a protocol is one of TCP.
        let value = item.get(*key).cloned().unwrap_or_else(|| json!("TCP"));
        ((*key).to_owned(), value)
    });
    Value::Object(pairs.collect()).to_string()
}

/// All fields that the value has, below the path.
pub(crate) fn leaves(value: &Value) -> FieldSet {
    let mut set = FieldSet::new();
    walk(value, &mut Vec::new(), &mut set);
    set
}

fn walk(value: &Value, path: &mut Path, set: &mut FieldSet) {
    match (value, path.last()) {
        (Value::Object(object), _) if !object.is_empty() => {
            for (name, value) in object {
                path.push(Step::Field(name.clone()));
                walk(value, path, set);
                path.pop();
            }
        }
        (Value::Array(items), Some(Step::Field(field))) if !items.is_empty() => {
            let field = field.clone();
            if field == "finalizers" {
                set.extend(items.iter().map(|item| {
                    let mut path = path.clone();
                    path.push(Step::Item(item.to_string()));
                    path
                }));
            } else if let Some(keys) = items.first().and_then(|item| keys(&field, item)) {
                for item in items {
                    path.push(Step::Key(key_of(item, keys)));
                    walk(item, path, set);
                    path.pop();
                }
            } else {
                set.insert(path.clone());
            }
        }
        _ => {
            set.insert(path.clone());
        }
    }
}

/// The value at the path.
pub(crate) fn get<'a>(value: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Field(name) => value.get(name),
        Step::Key(key) => value.as_array()?.iter().find(|item| has_key(item, key)),
        Step::Item(text) => value.as_array()?.iter().find(|item| is_item(item, text)),
    })
}

pub(crate) fn has_key(item: &Value, key: &str) -> bool {
    let Ok(Value::Object(key)) = serde_json::from_str(key) else { return false };
    key.iter().all(|(name, wanted)| item.get(name).map_or(*wanted == json!("TCP"), |found| found == wanted))
}

fn is_item(item: &Value, text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|wanted| *item == wanted)
}

/// Removes the value at the path, and what became empty above it.
pub(crate) fn remove(value: &mut Value, path: &[Step]) {
    let Some((step, rest)) = path.split_first() else { return };
    match step {
        Step::Field(name) => {
            let Some(object) = value.as_object_mut() else { return };
            if rest.is_empty() {
                object.remove(name);
            } else if let Some(inner) = object.get_mut(name) {
                remove(inner, rest);
                if is_empty(inner) {
                    object.remove(name);
                }
            }
        }
        Step::Key(key) => {
            let Some(items) = value.as_array_mut() else { return };
            let names: Vec<String> = serde_json::from_str::<Map<String, Value>>(key)
                .map(|key| key.keys().cloned().collect())
                .unwrap_or_default();
            // What says which item it is goes with the last of its other fields.
            let is_name = matches!(rest, [Step::Field(field)] if names.contains(field));
            if let Some(item) = items.iter_mut().find(|item| has_key(item, key) && !is_name) {
                remove(item, rest);
            }
            let bare = |item: &Value| item.as_object().is_some_and(|o| o.keys().all(|k| names.contains(k)));
            items.retain(|item| !(has_key(item, key) && (rest.is_empty() || bare(item))));
        }
        Step::Item(text) => {
            if let Some(items) = value.as_array_mut() {
                items.retain(|item| !is_item(item, text));
            }
        }
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
}

/// Merges a configuration into an object, lists with keys item by item.
pub(crate) fn overlay(target: &mut Value, config: &Value, field: &str) {
    match (config, &mut *target) {
        (Value::Object(config), Value::Object(object)) => {
            for (name, value) in config {
                overlay(object.entry(name.clone()).or_insert(Value::Null), value, name);
            }
        }
        (Value::Array(config), Value::Array(items)) if field == "finalizers" => {
            for item in config {
                if !items.contains(item) {
                    items.push(item.clone());
                }
            }
        }
        (Value::Array(config_items), Value::Array(items)) => {
            let Some(keys) = config_items.first().and_then(|item| keys(field, item)) else {
                *target = config.clone();
                return;
            };
            for config in config_items {
                let key = key_of(config, keys);
                match items.iter_mut().find(|item| has_key(item, &key)) {
                    Some(item) => overlay(item, config, ""),
                    None => items.push(config.clone()),
                }
            }
        }
        _ => *target = config.clone(),
    }
}

/// The set as `fieldsV1`.
pub(crate) fn to_v1(set: &FieldSet) -> Value {
    let mut tree = Map::new();
    for path in set {
        let mut node = &mut tree;
        for step in path {
            let name = match step {
                Step::Field(name) => format!("f:{name}"),
                Step::Key(key) => format!("k:{key}"),
                Step::Item(item) => format!("v:{item}"),
            };
            let next = node.entry(name).or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(next) = next else { break };
            node = next;
        }
    }
    Value::Object(tree)
}

/// The set from `fieldsV1`.
pub(crate) fn from_v1(tree: &Value) -> FieldSet {
    fn walk(node: &Value, path: &mut Path, set: &mut FieldSet) {
        let children = node.as_object().into_iter().flatten().filter(|(name, _)| *name != ".");
        let mut leaf = true;
        for (name, child) in children {
            let Some((kind, text)) = name.split_once(':') else { continue };
            leaf = false;
            path.push(match kind {
                "k" => Step::Key(text.to_owned()),
                "v" => Step::Item(text.to_owned()),
                _ => Step::Field(text.to_owned()),
            });
            walk(child, path, set);
            path.pop();
        }
        if leaf && !path.is_empty() {
            set.insert(path.clone());
        }
    }
    let mut set = FieldSet::new();
    walk(tree, &mut Vec::new(), &mut set);
    set
}

/// The path as messages write it: `.spec.template.spec.containers[name="web"].image`.
pub(crate) fn display(path: &[Step]) -> String {
    let parts = path.iter().map(|step| match step {
        Step::Field(name) => format!(".{name}"),
        Step::Item(item) => format!("[{item}]"),
        Step::Key(key) => {
            let key: Map<String, Value> = serde_json::from_str(key).unwrap_or_default();
            let pairs: Vec<_> = key.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("[{}]", pairs.join(","))
        }
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod() -> Value {
        json!({"spec": {"containers": [{"name": "web", "image": "a", "env": [{"name": "X", "value": "1"}]}]}})
    }

    #[test]
    fn a_set_survives_being_written_down() {
        let set = leaves(&pod());
        assert_eq!(from_v1(&to_v1(&set)), set);
        assert!(set.iter().any(|p| display(p) == ".spec.containers[name=\"web\"].image"));
    }

    #[test]
    fn an_item_of_a_keyed_list_is_merged_and_others_stay() {
        let mut object = pod();
        let config =
            json!({"spec": {"containers": [{"name": "log", "image": "b"}, {"name": "web", "image": "c"}]}});
        overlay(&mut object, &config, "");
        let images: Vec<_> =
            object["spec"]["containers"].as_array().unwrap().iter().map(|c| &c["image"]).collect();
        assert_eq!(images, [&json!("c"), &json!("b")]);
        assert_eq!(object["spec"]["containers"][0]["env"][0]["value"], "1");
    }

    #[test]
    fn removing_the_last_field_of_an_item_removes_the_item() {
        let mut object = pod();
        for path in
            leaves(&json!({"spec": {"containers": [{"name": "web", "env": [{"name": "X", "value": "1"}]}]}}))
        {
            if display(&path).contains("env") {
                remove(&mut object, &path);
            }
        }
        assert_eq!(object, json!({"spec": {"containers": [{"name": "web", "image": "a"}]}}));
    }
}
