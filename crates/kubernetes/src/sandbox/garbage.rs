//! Objects that belong to others: they go when their owners go, or stay if the deletion said so.

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    kinds::Kind,
    objects::{self, Objects},
};

/// The finalizer that lets dependents go first.
const FOREGROUND: &str = "foregroundDeletion";

fn owners(object: &Value) -> impl Iterator<Item = &Value> {
    object["metadata"]["ownerReferences"].as_array().into_iter().flatten()
}

/// Before an object is deleted: what becomes of what belongs to it.
pub(crate) fn prepare(objects: &mut Objects, kind: &Kind, object: &Value, policy: &str) {
    let (namespace, name) = objects::place(object);
    match policy {
        "Orphan" => {
            let belongs =
                |owned: &Value| owners(owned).any(|owner| owner["uid"] == object["metadata"]["uid"]);
            let owned: Vec<_> =
                objects.contents(&namespace).filter(|(_, owned)| belongs(owned)).cloned().collect();
            for (kind, mut owned) in owned {
                if let Some(references) = owned["metadata"]["ownerReferences"].as_array_mut() {
                    references.retain(|owner| owner["uid"] != object["metadata"]["uid"]);
                }
                objects.put(&kind, &namespace, &objects::place(&owned).1, owned);
            }
        }
        "Foreground" if !objects::is_going(object) => {
            let mut object = object.clone();
            let mut finalizers = object["metadata"]["finalizers"].as_array().cloned().unwrap_or_default();
            finalizers.push(Value::from(FOREGROUND));
            object["metadata"]["finalizers"] = Value::Array(finalizers);
            objects.put(kind, &namespace, &name, object);
        }
        _ => {}
    }
}

/// Deletes what lost its owners, and lets go of owners whose dependents are gone.
pub(crate) fn collect(objects: &mut Objects, namespace: &str, now: Timestamp) {
    let uid = |object: &Value| object["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
    let waits = |object: &Value| {
        let finalizers = object["metadata"]["finalizers"].as_array().into_iter().flatten();
        objects::is_going(object) && finalizers.into_iter().any(|finalizer| finalizer == FOREGROUND)
    };
    let lasting: HashSet<String> = objects
        .contents(namespace)
        .filter(|(_, object)| !waits(object))
        .map(|(_, object)| uid(object))
        .collect();
    let owned: Vec<(Kind, Value)> =
        objects.contents(namespace).filter(|(_, object)| owners(object).next().is_some()).cloned().collect();
    let needed: HashSet<String> = owned
        .iter()
        .flat_map(|(_, object)| owners(object))
        .filter_map(|owner| owner["uid"].as_str().map(str::to_owned))
        .collect();
    let waiting: Vec<(Kind, Value)> =
        objects.contents(namespace).filter(|(_, object)| waits(object)).cloned().collect();
    for (kind, object) in &owned {
        let here = |owner: &Value| owner["uid"].as_str().is_some_and(|uid| lasting.contains(uid));
        // Few belong to an object of the cluster, so those are looked for last.
        let above = |owner: &Value| objects.contents("").any(|(_, o)| o["metadata"]["uid"] == owner["uid"]);
        if !objects::is_going(object) && !owners(object).any(here) && !owners(object).any(above) {
            let _ = objects.delete(kind, namespace, &objects::place(object).1, None, now);
        }
    }
    for (kind, mut object) in waiting.into_iter().filter(|(_, object)| !needed.contains(&uid(object))) {
        if let Some(finalizers) = object["metadata"]["finalizers"].as_array_mut() {
            finalizers.retain(|finalizer| finalizer != FOREGROUND);
        }
        let _ = objects.update(&kind, namespace, &objects::place(&object).1.clone(), object, now);
    }
}
