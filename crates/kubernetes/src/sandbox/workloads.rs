//! The controllers of workloads: each looks at what is wanted and what is there, and changes one thing or a few.

mod deployment;
mod job;
mod replica_set;
mod stateful_set;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    conditions,
    kinds::Kind,
    objects::{Objects, fingerprint, is_going, place, suffix},
};

/// What looks after one object.
type Controller = fn(&mut Objects, &Value, Timestamp);

/// Who looks after which kind, owners before what they own.
pub(crate) const CONTROLLERS: [(&str, Controller); 5] = [
    ("deployments", deployment::step),
    ("statefulsets", stateful_set::step),
    ("jobs", job::step),
    ("daemonsets", replica_set::step_daemon_set),
    ("replicasets", replica_set::step),
];

/// When the next deployment of a namespace will have taken too long.
pub(crate) fn deadline(objects: &Objects, namespace: &str, now: Timestamp) -> Option<Timestamp> {
    let deployments = objects.within(&Kind::own("deployments"), namespace);
    deployments.filter_map(deployment::deadline).filter(|at| *at > now).min()
}

/// Objects of a kind in the namespace that this owner has.
fn owned(objects: &Objects, kind: &Kind, owner: &Value) -> Vec<Value> {
    let (namespace, _) = place(owner);
    let is_ours =
        |object: &&Value| object["metadata"]["ownerReferences"][0]["uid"] == owner["metadata"]["uid"];
    objects.within(kind, &namespace).filter(is_ours).cloned().collect()
}

fn reference(owner: &Value) -> Value {
    json!([{"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true}])
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn is_active(pod: &Value) -> bool {
    !is_going(pod) && !matches!(text(&pod["status"]["phase"]), "Succeeded" | "Failed")
}

fn is_ready(pod: &Value) -> bool {
    is_active(pod) && conditions::is_true(&pod["status"]["conditions"], "Ready")
}

/// A short text that differs for different templates.
fn template_hash(template: &Value) -> String {
    let hash = fingerprint(&template.to_string());
    format!("{}{}", suffix(hash % 14_348_907), suffix(hash / 14_348_907 % 14_348_907))
}

/// A pod of the template that belongs to the owner.
fn pod_of(template: &Value, owner: &Value) -> Value {
    let mut pod = json!({"metadata": template["metadata"], "spec": template["spec"]});
    pod["metadata"]["ownerReferences"] = reference(owner);
    pod
}

/// `25%` or a number, of the total.
fn share(value: &Value, total: i64, round_up: bool) -> i64 {
    match value.as_str().and_then(|text| text.strip_suffix('%')).and_then(|text| text.parse::<i64>().ok()) {
        Some(percent) if round_up => (total * percent + 99) / 100,
        Some(percent) => total * percent / 100,
        None => number(value),
    }
}

/// Writes a status, if it differs. Counters that are zero are left out, as by the real server.
fn write_status(objects: &mut Objects, kind: &Kind, object: &Value, mut status: Value) {
    if let Some(status) = status.as_object_mut() {
        status.retain(|name, value| *value != json!(0) || name == "replicas");
    }
    if object["status"] != status {
        let (namespace, name) = place(object);
        let mut object = object.clone();
        object["status"] = status;
        objects.put(kind, &namespace, &name, object);
    }
}

/// A time that the API wrote.
fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// After how long a roll-out has taken too long.
fn patience(deployment: &Value) -> SignedDuration {
    SignedDuration::from_secs(number(&deployment["spec"]["progressDeadlineSeconds"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_total_is_rounded_as_asked() {
        assert_eq!(share(&json!("25%"), 3, true), 1);
        assert_eq!(share(&json!("25%"), 3, false), 0);
        assert_eq!(share(&json!(2), 3, false), 2);
    }
}
