//! Limit ranges: what a pod's containers get that they do not ask for, and what is refused.

use serde_json::{Value, json};

use super::{answer::Refusal, kinds::Kind, objects::Objects};
use crate::quantity;

/// Fills in what the limit ranges of the namespace give, and refuses what is outside of them, in the words of the
/// real server.
pub(crate) fn obey(objects: &Objects, namespace: &str, name: &str, pod: &mut Value) -> Result<(), Refusal> {
    let ranges = objects.within(&Kind::own("limitranges"), namespace);
    let items = ranges.flat_map(|range| range["spec"]["limits"].as_array().into_iter().flatten());
    let items: Vec<Value> = items.filter(|item| item["type"] == "Container").cloned().collect();
    let mut complaints = Vec::new();
    for container in pod["spec"]["containers"].as_array_mut().into_iter().flatten() {
        for item in &items {
            fill(container, "limits", or(&item["default"], &item["max"]));
            fill(container, "requests", &item["defaultRequest"]);
            fill(container, "requests", or(&item["default"], &item["min"]));
        }
        for item in &items {
            outside(container, item, &mut complaints);
        }
    }
    match complaints.as_slice() {
        [] => Ok(()),
        several => Err(Refusal::outside_of_limits(name, &several.join(", "))),
    }
}

fn or<'a>(first: &'a Value, second: &'a Value) -> &'a Value {
    if first.is_null() { second } else { first }
}

fn fill(container: &mut Value, part: &str, usual: &Value) {
    for (resource, amount) in usual.as_object().into_iter().flatten() {
        let place = &mut container["resources"][part][resource];
        if place.is_null() {
            *place = json!(amount);
        }
    }
}

fn outside(container: &Value, item: &Value, complaints: &mut Vec<String>) {
    let amount = |part: &str, resource: &str| container["resources"][part][resource].as_str();
    let parsed = |text: &str| quantity::parse(text).unwrap_or(0);
    for (resource, most) in item["max"].as_object().into_iter().flatten() {
        let most = most.as_str().unwrap_or_default();
        if let Some(limit) = amount("limits", resource).filter(|limit| parsed(limit) > parsed(most)) {
            complaints
                .push(format!("maximum {resource} usage per Container is {most}, but limit is {limit}"));
        }
    }
    for (resource, least) in item["min"].as_object().into_iter().flatten() {
        let least = least.as_str().unwrap_or_default();
        if let Some(request) = amount("requests", resource).filter(|request| parsed(request) < parsed(least))
        {
            complaints
                .push(format!("minimum {resource} usage per Container is {least}, but request is {request}"));
        }
    }
}
