//! The loop of the simulated controllers: steps until nothing changes, then waits for a change or for the next
//! moment at which something happens by itself.

use std::{collections::HashSet, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    World,
    kinds::Kind,
    objects::Objects,
    pods::{self, Moved},
    selector::Selector,
    workloads,
};

/// Even if nothing is expected, somebody looks this often.
const IDLE: Duration = Duration::from_secs(30);
/// More rounds than this without coming to rest are a mistake in a controller; the loop goes on later.
const ROUNDS: usize = 64;

pub(crate) async fn run(world: Arc<World>) {
    let mut changed = world.changed.subscribe();
    loop {
        changed.mark_unchanged();
        let wake = settle(&world);
        let pause = wake.map_or(IDLE, |wake| {
            let left = wake.duration_since(now()).max(SignedDuration::from_millis(1));
            Duration::try_from(left).unwrap_or(IDLE).min(IDLE)
        });
        tokio::select! {
            changed = changed.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// The simulated cluster has a clock of its own, as a real one has.
#[expect(clippy::disallowed_methods, reason = "the simulated cluster lives in real time")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Steps until nothing changes; the answer is when to look again.
fn settle(world: &World) -> Option<Timestamp> {
    let pace = SignedDuration::try_from(world.options.pace).unwrap_or(SignedDuration::ZERO);
    let mut objects = world.objects();
    let mut wake = None;
    for _ in 0..ROUNDS {
        let before = objects.version();
        wake = round(&mut objects, now(), pace);
        if objects.version() == before {
            break;
        }
    }
    world.announce(objects.version());
    wake
}

fn all(objects: &Objects, plural: &'static str) -> Vec<Value> {
    objects.list(&Kind::own(plural), None, &Selector::default())
}

/// Every controller takes one look.
fn round(objects: &mut Objects, now: Timestamp, pace: SignedDuration) -> Option<Timestamp> {
    node(objects, now);
    for place in all(objects, "namespaces") {
        namespace(objects, &place, now);
    }
    let alive = |object: &Value| object["metadata"]["deletionTimestamp"].is_null();
    for object in all(objects, "deployments").iter().filter(|o| alive(o)) {
        workloads::deployment(objects, object, now);
    }
    for object in all(objects, "statefulsets").iter().filter(|o| alive(o)) {
        workloads::stateful_set(objects, object, now);
    }
    for object in all(objects, "jobs").iter().filter(|o| alive(o)) {
        workloads::job(objects, object, now);
    }
    for object in all(objects, "replicasets").iter().filter(|o| alive(o)) {
        workloads::replica_set(objects, object, now);
    }
    collect_garbage(objects, now);
    all(objects, "pods").iter().filter_map(|pod| kubelet(objects, pod, now, pace)).min()
}

fn node(objects: &mut Objects, now: Timestamp) {
    let kind = Kind::own("nodes");
    if objects.get(&kind, "", pods::NODE).is_none() {
        let capacity = json!({"cpu": "16", "memory": "32Gi", "pods": "110"});
        let node = json!({
            "metadata": {"name": pods::NODE, "labels": {"kubernetes.io/arch": "amd64"}},
            "status": {"capacity": capacity, "allocatable": capacity,
                "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]},
        });
        let _ = objects.create(&kind, "", node, now);
    }
}

/// What every namespace has from the beginning, and how it ends.
fn namespace(objects: &mut Objects, place: &Value, now: Timestamp) {
    let name = place["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    if place["metadata"]["deletionTimestamp"].is_null() {
        for (plural, object) in [("serviceaccounts", "default"), ("configmaps", "kube-root-ca.crt")] {
            if objects.get(&Kind::own(plural), &name, object).is_none() {
                let _ = objects.create(&Kind::own(plural), &name, json!({"metadata": {"name": object}}), now);
            }
        }
        return;
    }
    for (kind, object) in objects.contents(&name) {
        if object["metadata"]["deletionTimestamp"].is_null() {
            let _ = objects.delete(
                &kind,
                &name,
                object["metadata"]["name"].as_str().unwrap_or_default(),
                None,
                now,
            );
        }
    }
    let left = objects.contents(&name);
    let held = place["metadata"]["finalizers"].as_array().is_some_and(|finalizers| !finalizers.is_empty());
    if left.is_empty() && !held {
        objects.drop_object(&Kind::own("namespaces"), "", &name);
        return;
    }
    let conditions = remaining(&left);
    if place["status"]["conditions"] != conditions {
        let mut place = place.clone();
        place["status"]["conditions"] = conditions;
        objects.put(&Kind::own("namespaces"), "", &name, place);
    }
}

/// The conditions that say what still holds a namespace.
fn remaining(left: &[(Kind, Value)]) -> Value {
    let count = |names: Vec<String>, sentence: &dyn Fn(&str, usize) -> String| {
        let distinct: std::collections::BTreeSet<_> = names.iter().cloned().collect();
        let each: Vec<_> =
            distinct.iter().map(|name| sentence(name, names.iter().filter(|n| *n == name).count())).collect();
        each.join(", ")
    };
    let kinds = left.iter().map(|(kind, _)| kind.resource()).collect();
    let finalizers =
        left.iter().flat_map(|(_, object)| object["metadata"]["finalizers"].as_array().into_iter().flatten());
    let finalizers: Vec<String> = finalizers.filter_map(|f| f.as_str().map(str::to_owned)).collect();
    let content = count(kinds, &|name, number| format!("{name} has {number} resource instances"));
    let held = count(finalizers, &|name, number| format!("{name} in {number} resource instances"));
    let condition = |kind: &str, reason: &str, message: String| {
        let status = if message.is_empty() { "False" } else { "True" };
        json!({"type": kind, "status": status, "reason": reason, "message": message})
    };
    let said = |prefix: &str, text: String| if text.is_empty() { text } else { format!("{prefix}{text}") };
    json!([
        condition(
            "NamespaceContentRemaining",
            "SomeResourcesRemain",
            said("Some resources are remaining: ", content)
        ),
        condition(
            "NamespaceFinalizersRemaining",
            "SomeFinalizersRemain",
            said("Some content in the namespace has finalizers remaining: ", held)
        ),
    ])
}

/// Deletes what lost its owner.
fn collect_garbage(objects: &mut Objects, now: Timestamp) {
    let mut owned = Vec::new();
    let mut alive = HashSet::new();
    for plural in ["deployments", "replicasets", "statefulsets", "jobs", "pods"] {
        for object in all(objects, plural) {
            alive.insert(object["metadata"]["uid"].clone().to_string());
            if object["metadata"]["ownerReferences"].is_array()
                && object["metadata"]["deletionTimestamp"].is_null()
            {
                owned.push((Kind::own(plural), object));
            }
        }
    }
    for (kind, object) in owned {
        let owner = object["metadata"]["ownerReferences"][0]["uid"].to_string();
        if !alive.contains(&owner) {
            let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default().to_owned();
            let _ = objects.delete(&kind, &text("namespace"), &text("name"), None, now);
        }
    }
}

/// Moves a pod along; the answer is when something will happen to it by itself.
fn kubelet(objects: &mut Objects, pod: &Value, now: Timestamp, pace: SignedDuration) -> Option<Timestamp> {
    let kind = Kind::own("pods");
    let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default().to_owned();
    let (namespace, name, uid) = (text("namespace"), text("name"), text("uid"));
    let mut life = objects.lives.remove(&uid);
    let moved = pods::step(pod, &mut life, now, pace);
    if let Some(life) = life {
        objects.lives.insert(uid, life);
    }
    match moved {
        Moved::Gone if pod["metadata"]["finalizers"].as_array().is_none_or(Vec::is_empty) => {
            objects.drop_object(&kind, &namespace, &name);
            None
        }
        Moved::Gone => None,
        Moved::Now(moved, wake) => {
            if moved != *pod {
                objects.put(&kind, &namespace, &name, moved);
            }
            wake
        }
    }
}
