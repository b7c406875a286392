//! The status of a pod, as the node would write it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    faults::{Fate, Pull, Tempo},
    life::{End, Life, Stage},
    pause_text,
};
use crate::sandbox::{
    conditions::{condition, keep_times},
    objects::{fingerprint, seconds},
};

/// The status of a pod on a node.
pub(crate) fn status(pod: &Value, life: &Life, fate: &Fate, tempo: Tempo, now: Timestamp) -> Value {
    let ready = life.ready_at(fate).is_some_and(|at| at <= now);
    let phase = match (life.stage, &life.last) {
        (Stage::Running | Stage::Ended | Stage::Paused, _) => "Running",
        (Stage::Over, Some(end)) if end.code != 0 => "Failed",
        (Stage::Over, _) => "Succeeded",
        _ => "Pending",
    };
    let specified = pod["spec"]["containers"].as_array().into_iter().flatten();
    let containers: Vec<Value> =
        specified.map(|spec| container(pod, spec, life, fate, ready, tempo)).collect();
    let unready = if life.stage == Stage::Over {
        ("PodCompleted", String::new())
    } else {
        let names: Vec<_> = containers.iter().filter_map(|container| container["name"].as_str()).collect();
        ("ContainersNotReady", format!("containers with unready status: [{}]", names.join(" ")))
    };
    let of_containers = |kind: &str| {
        if ready {
            condition(kind, true, "", "")
        } else {
            condition(kind, false, unready.0, unready.1.clone())
        }
    };
    let conditions = vec![
        condition("PodReadyToStartContainers", life.stage != Stage::Over, "", ""),
        condition("Initialized", true, "", ""),
        of_containers("Ready"),
        of_containers("ContainersReady"),
        condition("PodScheduled", true, "", ""),
    ];
    let address = address(pod);
    json!({
        "phase": phase, "startTime": pod["status"]["startTime"], "hostIP": "127.0.0.1",
        "hostIPs": [{"ip": "127.0.0.1"}], "podIP": address, "podIPs": [{"ip": address}],
        "qosClass": qos(pod),
        "conditions": keep_times(&pod["status"]["conditions"], conditions, now),
        "containerStatuses": containers,
    })
}

/// Guaranteed is more than anybody here asks about.
pub(crate) fn qos(pod: &Value) -> &'static str {
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    let asks = |container: &Value| {
        let resources = &container["resources"];
        resources["requests"].is_object() || resources["limits"].is_object()
    };
    if containers.into_iter().any(asks) { "Burstable" } else { "BestEffort" }
}

fn address(pod: &Value) -> String {
    let mark = fingerprint(pod["metadata"]["uid"].as_str().unwrap_or_default());
    format!("10.244.{}.{}", mark / 250 % 250, mark % 250 + 2)
}

fn container(pod: &Value, spec: &Value, life: &Life, fate: &Fate, ready: bool, tempo: Tempo) -> Value {
    let image = spec["image"].as_str().unwrap_or_default();
    let id =
        format!("containerd://{:064x}", fingerprint(&format!("{}{}", pod["metadata"]["uid"], life.restarts)));
    let ended = |end: &End| {
        json!({"terminated": {"reason": end.reason, "exitCode": end.code, "containerID": id,
            "startedAt": seconds(end.started), "finishedAt": seconds(end.at)}})
    };
    let waiting = |reason: &str, message: String| json!({"waiting": {"reason": reason, "message": message}});
    let last = life.last.as_ref();
    let (state, last) = match life.stage {
        Stage::Preparing => (json!({"waiting": {"reason": "ContainerCreating"}}), None),
        Stage::PullFailed => (waiting("ErrImagePull", pull_error(image, fate.pull)), None),
        Stage::PullPaused => {
            let message =
                format!("Back-off pulling image \"{image}\": ErrImagePull: {}", pull_error(image, fate.pull));
            (waiting("ImagePullBackOff", message), None)
        }
        Stage::Running => (json!({"running": {"startedAt": seconds(life.since)}}), last),
        Stage::Ended | Stage::Over => (last.map_or(json!({}), ended), None),
        Stage::Paused => {
            let message = format!(
                "back-off {} restarting failed container={} pod={}",
                pause_text(life, tempo),
                spec["name"].as_str().unwrap_or_default(),
                full_name(pod)
            );
            (waiting("CrashLoopBackOff", message), last)
        }
    };
    let pulled = fate.pull == Pull::Fine && life.stage != Stage::Preparing;
    let mut status = json!({
        "name": spec["name"], "image": image, "imageID": if pulled { image } else { "" }, "ready": ready,
        "started": life.stage == Stage::Running, "restartCount": life.restarts, "state": state,
        "lastState": last.map_or(json!({}), ended),
    });
    if pulled {
        status["containerID"] = json!(id);
    }
    status
}

/// Name, namespace and uid in one, as the node writes it.
pub(crate) fn full_name(pod: &Value) -> String {
    let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default();
    format!("{}_{}({})", text("name"), text("namespace"), text("uid"))
}

/// What the registry said, through the container runtime.
pub(crate) fn pull_error(image: &str, pull: Pull) -> String {
    let unresolved =
        format!("failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\"");
    if pull == Pull::Denied {
        let host = image.split('/').next().unwrap_or_default();
        let tag = image.rsplit_once(':').map_or("latest", |(_, tag)| tag);
        format!(
            "{unresolved}: pulling from host {host} failed with status code [manifests {tag}]: 401 Unauthorized"
        )
    } else {
        format!("rpc error: code = NotFound desc = {unresolved}: {image}: not found")
    }
}
