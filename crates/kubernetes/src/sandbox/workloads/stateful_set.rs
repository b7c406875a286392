//! Stateful sets: pods with numbers, made, updated and taken away in order.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{is_active, is_ready, number, owned, pod_of, template_hash, write_status};
use crate::sandbox::{
    events::{self, Note},
    kinds::Kind,
    objects::{Objects, place},
};

const BY: &str = "statefulset-controller";

pub(super) fn step(objects: &mut Objects, set: &Value, now: Timestamp) {
    let kind = Kind::own("pods");
    let (namespace, name) = place(set);
    let wanted = number(&set["spec"]["replicas"]);
    let hash = format!("{name}-{}", template_hash(&set["spec"]["template"]));
    let pods = owned(objects, &kind, set);
    let called = |ordinal: i64| format!("{name}-{ordinal}");
    let find = |ordinal: i64| pods.iter().find(|pod| pod["metadata"]["name"] == called(ordinal));
    let is_new = |pod: &Value| pod["metadata"]["labels"]["controller-revision-hash"] == hash.as_str();
    // In order: each waits until the one before it serves.
    if let Some(ordinal) = (0..wanted).find(|ordinal| !find(*ordinal).is_some_and(is_ready))
        && find(ordinal).is_none()
    {
        let mut pod = pod_of(&set["spec"]["template"], set);
        pod["metadata"]["name"] = json!(called(ordinal));
        pod["metadata"]["labels"]["controller-revision-hash"] = json!(hash);
        pod["metadata"]["labels"]["apps.kubernetes.io/pod-index"] = json!(ordinal.to_string());
        pod["metadata"]["labels"]["statefulset.kubernetes.io/pod-name"] = json!(called(ordinal));
        if objects.create(&kind, &namespace, pod, now).is_ok() {
            let message = format!("create Pod {} in StatefulSet {name} successful", called(ordinal));
            events::record(objects, set, &Note::normal(BY, "SuccessfulCreate", message), now);
        }
    }
    let all_ready = (0..wanted).all(|ordinal| find(ordinal).is_some_and(is_ready));
    let is_surplus = |pod: &&Value| !(0..wanted).any(|ordinal| pod["metadata"]["name"] == called(ordinal));
    let surplus = pods.iter().filter(|pod| is_active(pod)).rfind(is_surplus);
    let outdated = (0..wanted).rev().filter_map(find).find(|pod| is_active(pod) && !is_new(pod));
    for pod in surplus.into_iter().chain(outdated.filter(|_| all_ready)) {
        let (namespace, name) = place(pod);
        let _ = objects.delete(&kind, &namespace, &name, None, now);
    }
    let count = |test: &dyn Fn(&Value) -> bool| pods.iter().filter(|pod| test(pod)).count();
    let status = json!({
        "observedGeneration": set["metadata"]["generation"], "replicas": count(&is_active),
        "readyReplicas": count(&is_ready), "availableReplicas": count(&is_ready), "updateRevision": hash,
        "currentRevision": hash, "updatedReplicas": count(&|pod| is_active(pod) && is_new(pod)),
    });
    write_status(objects, &Kind::own("statefulsets"), set, status);
}
