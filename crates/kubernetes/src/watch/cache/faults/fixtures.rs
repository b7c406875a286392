//! Objects as an API server shows them, as short as they can be.

use serde_json::{Value, json};

pub(super) fn namespace() -> Value {
    let labels = json!({"slipway.internal/application-id": super::ID});
    json!({"kind": "Namespace", "metadata": {"name": "shop", "labels": labels}})
}

fn metadata(name: &str) -> Value {
    let labels = json!({"app.kubernetes.io/name": "web", "app.kubernetes.io/version": "1"});
    json!({"name": name, "namespace": "shop", "uid": name, "labels": labels})
}

pub(super) fn deployment(ready: u32) -> Value {
    json!({
        "kind": "Deployment", "metadata": metadata("web"), "spec": {"replicas": 1, "selector": {}, "template": {}},
        "status": {"updatedReplicas": 1, "readyReplicas": ready},
    })
}

pub(super) fn job(conditions: Value) -> Value {
    json!({
        "kind": "Job", "metadata": metadata("web"), "spec": {"template": {}},
        "status": {"conditions": conditions},
    })
}

pub(super) fn stateful_set() -> Value {
    json!({
        "kind": "StatefulSet", "metadata": metadata("web"),
        "spec": {"replicas": 1, "selector": {}, "serviceName": "web", "template": {}}, "status": {"replicas": 0},
    })
}

pub(super) fn replica_set(message: &str) -> Value {
    let failure =
        json!({"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message});
    json!({
        "kind": "ReplicaSet", "metadata": metadata("web-5d"), "spec": {"selector": {}},
        "status": {"replicas": 0, "conditions": [failure]},
    })
}

/// A pod of `web` on a node, with a check that says whether it is ready.
pub(super) fn pod(status: Value) -> Value {
    let container = json!({"name": "web", "readinessProbe": {"tcpSocket": {"port": 80}}});
    let mut status = status;
    status["startTime"] = json!("2026-11-21T08:00:00Z");
    json!({
        "kind": "Pod", "metadata": metadata("web-1"),
        "spec": {"nodeName": "node1", "containers": [container]}, "status": status,
    })
}

/// A pod that no node has taken.
pub(super) fn unscheduled(message: &str) -> Value {
    let refused =
        json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message});
    let mut pod = pod(json!({"phase": "Pending", "conditions": [refused]}));
    pod["spec"]["nodeName"] = Value::Null;
    pod
}

pub(super) fn container(state: Value, last: Value) -> Value {
    json!({
        "name": "web", "image": "web", "imageID": "", "ready": false, "restartCount": 1, "state": state,
        "lastState": last,
    })
}

pub(super) fn waiting(reason: &str, message: &str) -> Value {
    json!({"waiting": {"reason": reason, "message": message}})
}

pub(super) fn running() -> Value {
    json!({"running": {"startedAt": "2026-11-21T08:01:00Z"}})
}

pub(super) fn ended(reason: &str, code: i32) -> Value {
    ended_with(reason, code, "")
}

pub(super) fn ended_with(reason: &str, code: i32, message: &str) -> Value {
    json!({"terminated": {
        "reason": reason, "exitCode": code, "message": message,
        "startedAt": "2026-11-21T08:00:01Z", "finishedAt": "2026-11-21T08:00:03Z",
    }})
}

pub(super) fn event(kind: &str, name: &str, reason: &str, message: &str) -> Value {
    json!({
        "kind": "Event", "metadata": {"name": format!("{name}.{reason}"), "namespace": "shop"},
        "involvedObject": {"kind": kind, "name": name, "namespace": "shop"},
        "type": "Warning", "reason": reason, "message": message, "lastTimestamp": "2026-11-21T08:00:02Z",
    })
}

pub(super) fn claim(class: Option<&str>) -> Value {
    json!({
        "kind": "PersistentVolumeClaim", "metadata": metadata("data"), "spec": {"storageClassName": class},
        "status": {"phase": "Pending"},
    })
}

pub(super) fn lost_node() -> Value {
    let unknown = json!({"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"});
    json!({"kind": "Node", "metadata": {"name": "node1"}, "status": {"conditions": [unknown]}})
}
