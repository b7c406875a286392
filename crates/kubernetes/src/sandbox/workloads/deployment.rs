//! Deployments: a replica set for each template, and the way from one to the next.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{number, owned, patience, reference, share, template_hash, text, time, write_status};
use crate::sandbox::{
    conditions::{condition, find, keep_times},
    events::{self, Note},
    kinds::Kind,
    objects::{Objects, place},
};

const BY: &str = "deployment-controller";

/// When this deployment will have taken too long, as long as it is under way.
pub(super) fn deadline(deployment: &Value) -> Option<Timestamp> {
    let progressing = find(&deployment["status"]["conditions"], "Progressing")?;
    let under_way = progressing["reason"] == "ReplicaSetUpdated";
    let since = time(&progressing["lastUpdateTime"]).filter(|_| under_way)?;
    Some(since + patience(deployment) + SignedDuration::from_secs(1))
}

pub(super) fn step(objects: &mut Objects, deployment: &Value, now: Timestamp) {
    let kind = Kind::own("replicasets");
    let hash = template_hash(&deployment["spec"]["template"]);
    let is_new = |set: &Value| set["metadata"]["labels"]["pod-template-hash"] == hash.as_str();
    let (new, mut old): (Vec<_>, Vec<_>) = owned(objects, &kind, deployment).into_iter().partition(is_new);
    let desired = number(&deployment["spec"]["replicas"]);
    let (surge, unavailable) = margins(deployment, desired);
    let replaces = deployment["spec"]["strategy"]["type"] == "Recreate";
    let old_wanted: i64 = old.iter().map(|set| number(&set["spec"]["replicas"])).sum();
    let of_old = |field: &str| old.iter().map(|set| number(&set["status"][field])).sum::<i64>();
    let (old_ready, old_total) = (of_old("readyReplicas"), of_old("replicas"));
    let room = if replaces && old_total > 0 { 0 } else { (desired + surge - old_wanted).max(0) };
    let Some(new) = new.into_iter().next() else {
        return begin(objects, deployment, &hash, desired.min(room), now);
    };
    let new_wanted = number(&new["spec"]["replicas"]);
    scale(objects, deployment, &new, desired.min(room.max(new_wanted)), now);
    let new_ready = number(&new["status"]["readyReplicas"]);
    let mut spare = (new_ready + old_ready - (desired - unavailable)).max(0);
    for set in &old {
        let wanted = number(&set["spec"]["replicas"]);
        let ready = number(&set["status"]["readyReplicas"]).min(wanted);
        // What does not serve is not missed.
        let gone = if replaces { wanted } else { (wanted - ready + spare).min(wanted) };
        spare -= (gone - (wanted - ready)).max(0);
        scale(objects, deployment, set, wanted - gone, now);
    }
    forget(objects, deployment, &mut old);
    let total = number(&new["status"]["replicas"]) + old_total;
    let ready = new_ready + old_ready;
    let counters = json!({
        "observedGeneration": deployment["metadata"]["generation"], "replicas": total,
        "updatedReplicas": number(&new["status"]["replicas"]), "readyReplicas": ready,
        "availableReplicas": ready, "unavailableReplicas": (desired - ready).max(0),
    });
    let complete = new_ready >= desired && total == new_ready;
    let mut status = counters;
    status["conditions"] = conditions(deployment, &new, ready >= desired - unavailable, complete, now);
    write_status(objects, &Kind::own("deployments"), deployment, status);
}

/// How many more and how many fewer there may be while rolling out.
fn margins(deployment: &Value, desired: i64) -> (i64, i64) {
    let strategy = &deployment["spec"]["strategy"];
    if strategy["type"] == "Recreate" {
        return (0, desired);
    }
    let surge = share(&strategy["rollingUpdate"]["maxSurge"], desired, true);
    let unavailable = share(&strategy["rollingUpdate"]["maxUnavailable"], desired, false);
    // Both zero would never move.
    if surge == 0 && unavailable == 0 { (0, 1) } else { (surge, unavailable) }
}

fn begin(objects: &mut Objects, deployment: &Value, hash: &str, replicas: i64, now: Timestamp) {
    let (namespace, name) = place(deployment);
    let mut template = deployment["spec"]["template"].clone();
    template["metadata"]["labels"]["pod-template-hash"] = json!(hash);
    let mut selector = deployment["spec"]["selector"].clone();
    selector["matchLabels"]["pod-template-hash"] = json!(hash);
    let set = json!({
        "metadata": {"name": format!("{name}-{hash}"), "labels": template["metadata"]["labels"],
            "ownerReferences": reference(deployment)},
        "spec": {"replicas": replicas, "selector": selector, "template": template},
    });
    if let Ok(set) = objects.create(&Kind::own("replicasets"), &namespace, set, now) {
        say_scaled(objects, deployment, &set, 0, replicas, now);
    }
}

fn scale(objects: &mut Objects, deployment: &Value, set: &Value, replicas: i64, now: Timestamp) {
    let before = number(&set["spec"]["replicas"]);
    if before == replicas {
        return;
    }
    let (namespace, name) = place(set);
    let mut scaled = set.clone();
    scaled["spec"]["replicas"] = json!(replicas);
    // A refusal means that it has just gone; the next step sees that.
    if objects.update(&Kind::own("replicasets"), &namespace, &name, scaled, now).is_ok() {
        say_scaled(objects, deployment, set, before, replicas, now);
    }
}

fn say_scaled(objects: &mut Objects, deployment: &Value, set: &Value, from: i64, to: i64, now: Timestamp) {
    if from != to {
        let direction = if to > from { "up" } else { "down" };
        let message = format!("Scaled {direction} replica set {} from {from} to {to}", place(set).1);
        events::record(objects, deployment, &Note::normal(BY, "ScalingReplicaSet", message), now);
    }
}

/// Old replica sets beyond the history that is kept, the oldest first.
fn forget(objects: &mut Objects, deployment: &Value, old: &mut Vec<Value>) {
    let is_empty =
        |set: &Value| number(&set["spec"]["replicas"]) == 0 && number(&set["status"]["replicas"]) == 0;
    old.retain(is_empty);
    old.sort_by_key(|set| text(&set["metadata"]["creationTimestamp"]).to_owned());
    let kept = usize::try_from(number(&deployment["spec"]["revisionHistoryLimit"])).unwrap_or(0);
    for set in old.iter().take(old.len().saturating_sub(kept)) {
        let (namespace, name) = place(set);
        objects.drop_object(&Kind::own("replicasets"), &namespace, &name);
    }
}

fn conditions(deployment: &Value, new: &Value, available: bool, complete: bool, now: Timestamp) -> Value {
    let before = &deployment["status"]["conditions"];
    let set = place(new).1;
    // It progresses as long as more copies become ready; the clock starts again with each.
    let status = &deployment["status"];
    let moved = status["observedGeneration"] != deployment["metadata"]["generation"]
        || number(&status["updatedReplicas"]) != number(&new["status"]["replicas"])
        || number(&status["readyReplicas"]) < number(&new["status"]["readyReplicas"]);
    let known = find(before, "Progressing").filter(|_| !moved);
    let updated = known.and_then(|known| time(&known["lastUpdateTime"])).unwrap_or(now);
    let timed_out = now.duration_since(updated) > patience(deployment)
        || known.is_some_and(|known| known["reason"] == "ProgressDeadlineExceeded");
    let mut progressing = if complete {
        let message = format!("ReplicaSet \"{set}\" has successfully progressed.");
        condition("Progressing", true, "NewReplicaSetAvailable", message)
    } else if timed_out {
        let message = format!("ReplicaSet \"{set}\" has timed out progressing.");
        condition("Progressing", false, "ProgressDeadlineExceeded", message)
    } else {
        condition("Progressing", true, "ReplicaSetUpdated", format!("ReplicaSet \"{set}\" is progressing."))
    };
    progressing["lastUpdateTime"] = json!(crate::sandbox::objects::seconds(updated));
    let available = if available {
        let message = "Deployment has minimum availability.";
        condition("Available", true, "MinimumReplicasAvailable", message)
    } else {
        let message = "Deployment does not have minimum availability.";
        condition("Available", false, "MinimumReplicasUnavailable", message)
    };
    let mut conditions = vec![available, progressing];
    conditions.extend(find(&new["status"]["conditions"], "ReplicaFailure").cloned());
    keep_times(before, conditions, now)
}
