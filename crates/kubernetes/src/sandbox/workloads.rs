//! The controllers of workloads: each looks at what is wanted and what is there, and changes one thing or a few.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    kinds::Kind,
    objects::{Objects, suffix},
    selector::Selector,
};

/// Objects of a kind in the namespace that this owner has.
fn owned(objects: &Objects, kind: &Kind, owner: &Value) -> Vec<Value> {
    let namespace = owner["metadata"]["namespace"].as_str();
    let is_ours =
        |object: &Value| object["metadata"]["ownerReferences"][0]["uid"] == owner["metadata"]["uid"];
    objects.list(kind, namespace, &Selector::default()).into_iter().filter(is_ours).collect()
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

/// The name and namespace of an object.
fn place(object: &Value) -> (String, String) {
    (text(&object["metadata"]["namespace"]).to_owned(), text(&object["metadata"]["name"]).to_owned())
}

fn is_active(pod: &Value) -> bool {
    pod["metadata"]["deletionTimestamp"].is_null()
        && !matches!(text(&pod["status"]["phase"]), "Succeeded" | "Failed")
}

fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
    is_active(pod) && conditions.into_iter().any(|c| c["type"] == "Ready" && c["status"] == "True")
}

/// A short text that differs for different templates.
fn template_hash(template: &Value) -> String {
    let hash = template.to_string().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{}{}", suffix(hash % 14_348_907), suffix(hash / 14_348_907 % 14_348_907))
}

/// `25%` or a number, of the total.
fn share(value: &Value, total: i64, round_up: bool) -> i64 {
    match value.as_str().and_then(|text| text.strip_suffix('%')).and_then(|text| text.parse::<i64>().ok()) {
        Some(percent) if round_up => (total * percent + 99) / 100,
        Some(percent) => total * percent / 100,
        None => number(value),
    }
}

/// Writes a status, if it differs.
fn write_status(objects: &mut Objects, kind: &Kind, object: &Value, status: Value) {
    if object["status"] != status {
        let (namespace, name) = place(object);
        let mut object = object.clone();
        object["status"] = status;
        objects.put(kind, &namespace, &name, object);
    }
}

fn scale(objects: &mut Objects, replica_set: &Value, replicas: i64) {
    if number(&replica_set["spec"]["replicas"]) != replicas {
        let (namespace, name) = place(replica_set);
        let mut scaled = replica_set.clone();
        scaled["spec"]["replicas"] = json!(replicas);
        // A refusal means that it has just gone; the next step sees that.
        let _ = objects.update(&Kind::own("replicasets"), &namespace, &name, scaled);
    }
}

pub(crate) fn deployment(objects: &mut Objects, deployment: &Value, now: Timestamp) {
    let kind = Kind::own("replicasets");
    let (namespace, name) = place(deployment);
    let spec = &deployment["spec"];
    let desired = number(&spec["replicas"]);
    let hash = template_hash(&spec["template"]);
    let sets = owned(objects, &kind, deployment);
    let (new, old): (Vec<_>, Vec<_>) =
        sets.into_iter().partition(|set| set["metadata"]["labels"]["pod-template-hash"] == hash.as_str());
    let rolling = &spec["strategy"]["rollingUpdate"];
    let quarter = json!("25%");
    let or_quarter = |value: &Value| if value.is_null() { quarter.clone() } else { value.clone() };
    let mut surge = share(&or_quarter(&rolling["maxSurge"]), desired, true);
    let unavailable = share(&or_quarter(&rolling["maxUnavailable"]), desired, false);
    if surge == 0 && unavailable == 0 {
        surge = 1;
    }
    let of_old = |field: &str| old.iter().map(|set| number(&set["status"][field])).sum::<i64>();
    let old_wanted: i64 = old.iter().map(|set| number(&set["spec"]["replicas"])).sum();
    let Some(new) = new.into_iter().next() else {
        let replicas = desired.min((desired + surge - old_wanted).max(0));
        let mut template = spec["template"].clone();
        template["metadata"]["labels"]["pod-template-hash"] = json!(hash);
        let mut selector = spec["selector"].clone();
        selector["matchLabels"]["pod-template-hash"] = json!(hash);
        let set = json!({
            "metadata": {"name": format!("{name}-{hash}"), "labels": template["metadata"]["labels"],
                "ownerReferences": reference(deployment)},
            "spec": {"replicas": replicas, "selector": selector, "template": template},
        });
        let _ = objects.create(&kind, &namespace, set, now);
        return;
    };
    let new_ready = number(&new["status"]["readyReplicas"]);
    scale(
        objects,
        &new,
        desired.min((desired + surge - old_wanted).max(number(&new["spec"]["replicas"]).min(desired))),
    );
    let mut spare = (new_ready + of_old("readyReplicas") - (desired - unavailable)).max(0);
    for set in &old {
        let wanted = number(&set["spec"]["replicas"]);
        let unready = wanted - number(&set["status"]["readyReplicas"]).min(wanted);
        let gone = (unready + spare).min(wanted);
        spare -= (gone - unready).max(0);
        scale(objects, set, wanted - gone);
    }
    let total = number(&new["status"]["replicas"]) + of_old("replicas");
    let ready = new_ready + of_old("readyReplicas");
    let complete = new_ready >= desired && total == new_ready;
    let status = json!({
        "observedGeneration": deployment["metadata"]["generation"], "replicas": total,
        "updatedReplicas": new["status"]["replicas"], "readyReplicas": ready, "availableReplicas": ready,
        "unavailableReplicas": (desired - ready).max(0),
        "conditions": conditions(deployment, &new, (ready >= desired - unavailable, complete), now),
    });
    write_status(objects, &Kind::own("deployments"), deployment, status);
}

fn conditions(deployment: &Value, new: &Value, (available, complete): (bool, bool), now: Timestamp) -> Value {
    let born: Timestamp = text(&new["metadata"]["creationTimestamp"]).parse().unwrap_or(now);
    let deadline = SignedDuration::from_secs(number(&deployment["spec"]["progressDeadlineSeconds"]));
    let set = text(&new["metadata"]["name"]);
    let (progressing, reason, message) = if complete {
        ("True", "NewReplicaSetAvailable", format!("ReplicaSet \"{set}\" has successfully progressed."))
    } else if now.duration_since(born) > deadline {
        ("False", "ProgressDeadlineExceeded", format!("ReplicaSet \"{set}\" has timed out progressing."))
    } else {
        ("True", "ReplicaSetUpdated", format!("ReplicaSet \"{set}\" is progressing."))
    };
    let mut conditions = vec![
        json!({"type": "Available", "status": if available { "True" } else { "False" }}),
        json!({"type": "Progressing", "status": progressing, "reason": reason, "message": message}),
    ];
    let failure =
        new["status"]["conditions"].as_array().into_iter().flatten().find(|c| c["type"] == "ReplicaFailure");
    conditions.extend(failure.cloned());
    json!(conditions)
}

pub(crate) fn replica_set(objects: &mut Objects, set: &Value, now: Timestamp) {
    let kind = Kind::own("pods");
    let (namespace, name) = place(set);
    let mut pods: Vec<Value> = owned(objects, &kind, set).into_iter().filter(is_active).collect();
    let wanted = usize::try_from(number(&set["spec"]["replicas"])).unwrap_or(0);
    let mut failure = None;
    while pods.len() < wanted {
        let mut pod = set["spec"]["template"].clone();
        pod["metadata"]["generateName"] = json!(format!("{name}-"));
        pod["metadata"]["ownerReferences"] = reference(set);
        match objects.create(&kind, &namespace, pod, now) {
            Ok(pod) => pods.push(pod),
            Err(refusal) => {
                failure = Some(refusal.message);
                break;
            }
        }
    }
    // Those that do not serve go first.
    pods.sort_by_key(|pod| !is_ready(pod));
    while pods.len() > wanted {
        let (namespace, name) = place(&pods.remove(0));
        let _ = objects.delete(&kind, &namespace, &name, None, now);
    }
    let ready = pods.iter().filter(|pod| is_ready(pod)).count();
    let mut status = json!({
        "observedGeneration": set["metadata"]["generation"], "replicas": pods.len(), "readyReplicas": ready,
        "availableReplicas": ready,
    });
    if let Some(message) = failure {
        status["conditions"] = json!([{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}]);
    }
    write_status(objects, &Kind::own("replicasets"), set, status);
}

pub(crate) fn stateful_set(objects: &mut Objects, set: &Value, now: Timestamp) {
    let kind = Kind::own("pods");
    let (namespace, name) = place(set);
    let wanted = number(&set["spec"]["replicas"]);
    let hash = template_hash(&set["spec"]["template"]);
    let pods = owned(objects, &kind, set);
    let find = |ordinal: i64| pods.iter().find(|pod| pod["metadata"]["name"] == format!("{name}-{ordinal}"));
    let is_new = |pod: &Value| pod["metadata"]["labels"]["controller-revision-hash"] == hash.as_str();
    // In order: each waits until the one before it serves.
    for ordinal in 0..wanted {
        match find(ordinal) {
            Some(pod) if is_ready(pod) => {}
            Some(_) => break,
            None => {
                let mut pod = set["spec"]["template"].clone();
                pod["metadata"]["name"] = json!(format!("{name}-{ordinal}"));
                pod["metadata"]["ownerReferences"] = reference(set);
                pod["metadata"]["labels"]["controller-revision-hash"] = json!(hash);
                let _ = objects.create(&kind, &namespace, pod, now);
                break;
            }
        }
    }
    let all_ready = (0..wanted).all(|ordinal| find(ordinal).is_some_and(is_ready));
    let surplus = pods.iter().filter(|pod| {
        is_active(pod) && !(0..wanted).any(|o| pod["metadata"]["name"] == format!("{name}-{o}"))
    });
    let outdated =
        (0..wanted).rev().filter_map(find).find(|pod| is_active(pod) && !is_new(pod)).filter(|_| all_ready);
    for pod in surplus.chain(outdated) {
        let (namespace, name) = place(pod);
        let _ = objects.delete(&kind, &namespace, &name, None, now);
    }
    let count = |test: &dyn Fn(&Value) -> bool| pods.iter().filter(|pod| test(pod)).count();
    let status = json!({
        "observedGeneration": set["metadata"]["generation"], "replicas": count(&is_active),
        "readyReplicas": count(&is_ready), "availableReplicas": count(&is_ready), "updateRevision": hash,
        "updatedReplicas": count(&|pod| is_active(pod) && is_new(pod)),
    });
    write_status(objects, &Kind::own("statefulsets"), set, status);
}

pub(crate) fn job(objects: &mut Objects, job: &Value, now: Timestamp) {
    let kind = Kind::own("pods");
    let (namespace, name) = place(job);
    let is_over = job["status"]["conditions"].as_array().is_some_and(|conditions| !conditions.is_empty());
    if is_over {
        return;
    }
    let pods = owned(objects, &kind, job);
    let in_phase = |phase: &str| pods.iter().filter(|pod| pod["status"]["phase"] == phase).count();
    let (succeeded, failed) = (in_phase("Succeeded"), in_phase("Failed"));
    let active = pods.iter().filter(|pod| is_active(pod)).count();
    let (wanted, limit) = (number(&job["spec"]["completions"]), number(&job["spec"]["backoffLimit"]));
    let reached = |count: usize, limit: i64| i64::try_from(count).is_ok_and(|count| count >= limit);
    let mut status = json!({"active": active, "succeeded": succeeded, "failed": failed, "ready": 0});
    if reached(succeeded, wanted) {
        status["conditions"] = json!([{"type": "Complete", "status": "True"}]);
    } else if reached(failed, limit + 1) {
        status["conditions"] = json!([{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded",
            "message": "Job has reached the specified backoff limit"}]);
    } else if active == 0 {
        let mut pod = job["spec"]["template"].clone();
        pod["metadata"]["generateName"] = json!(format!("{name}-"));
        pod["metadata"]["ownerReferences"] = reference(job);
        pod["metadata"]["labels"]["job-name"] = json!(name);
        let _ = objects.create(&kind, &namespace, pod, now);
        return;
    }
    write_status(objects, &Kind::own("jobs"), job, status);
}
