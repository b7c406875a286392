//! Replica sets keep their number of pods; a daemon set is one with a pod for the only node.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{is_active, is_ready, number, owned, pod_of, write_status};
use crate::sandbox::{
    conditions::{condition, find, keep_times},
    events::{self, Note},
    kinds::Kind,
    objects::{Objects, place},
};

const BY: &str = "replicaset-controller";

pub(super) fn step(objects: &mut Objects, set: &Value, now: Timestamp) {
    let wanted = usize::try_from(number(&set["spec"]["replicas"])).unwrap_or(0);
    let (pods, failure) = keep(objects, set, wanted, now);
    let ready = pods.iter().filter(|pod| is_ready(pod)).count();
    let mut status = json!({
        "observedGeneration": set["metadata"]["generation"], "replicas": pods.len(), "readyReplicas": ready,
        "availableReplicas": ready, "fullyLabeledReplicas": pods.len(),
    });
    if let Some(message) = failure {
        let before = &set["status"]["conditions"];
        if find(before, "ReplicaFailure").is_some_and(|known| is_same(known, &message)) {
            status["conditions"] = before.clone();
        } else {
            let note = Note::warning(BY, "FailedCreate", format!("Error creating: {message}"));
            events::record(objects, set, &note, now);
            let failure = condition("ReplicaFailure", true, "FailedCreate", message);
            status["conditions"] = keep_times(before, vec![failure], now);
        }
    }
    write_status(objects, &Kind::own("replicasets"), set, status);
}

/// The same refusal for another made-up name.
fn is_same(known: &Value, message: &str) -> bool {
    let why = |text: &str| text.split_once(" is forbidden").map(|(_, why)| why.to_owned());
    known["message"].as_str().is_some_and(|known| why(known) == why(message))
}

pub(super) fn step_daemon_set(objects: &mut Objects, set: &Value, now: Timestamp) {
    let (pods, _) = keep(objects, set, 1, now);
    let ready = pods.iter().filter(|pod| is_ready(pod)).count();
    let status = json!({
        "observedGeneration": set["metadata"]["generation"], "desiredNumberScheduled": 1,
        "currentNumberScheduled": pods.len(), "updatedNumberScheduled": pods.len(), "numberReady": ready,
        "numberAvailable": ready, "numberMisscheduled": 0,
    });
    if set["status"] != status {
        let (namespace, name) = place(set);
        let mut set = set.clone();
        set["status"] = status;
        objects.put(&Kind::own("daemonsets"), &namespace, &name, set);
    }
}

/// Makes pods that are missing and deletes those that are too many: the pods now, and why one cannot be made.
fn keep(objects: &mut Objects, set: &Value, wanted: usize, now: Timestamp) -> (Vec<Value>, Option<String>) {
    let kind = Kind::own("pods");
    let (namespace, name) = place(set);
    let mut pods: Vec<Value> = owned(objects, &kind, set).into_iter().filter(is_active).collect();
    let mut failure = None;
    while pods.len() < wanted {
        let mut pod = pod_of(&set["spec"]["template"], set);
        pod["metadata"]["generateName"] = json!(format!("{name}-"));
        match objects.create(&kind, &namespace, pod, now) {
            Ok(pod) => {
                let message = format!("Created pod: {}", place(&pod).1);
                events::record(objects, set, &Note::normal(BY, "SuccessfulCreate", message), now);
                pods.push(pod);
            }
            Err(refusal) => {
                failure = Some(refusal.message);
                break;
            }
        }
    }
    // Those that do not serve go first.
    pods.sort_by_key(is_ready);
    while pods.len() > wanted {
        let Some(pod) = (!pods.is_empty()).then(|| pods.remove(0)) else { break };
        let (namespace, name) = place(&pod);
        if objects.delete(&kind, &namespace, &name, None, now).is_ok() {
            let note = Note::normal(BY, "SuccessfulDelete", format!("Deleted pod: {name}"));
            events::record(objects, set, &note, now);
        }
    }
    (pods, failure)
}
