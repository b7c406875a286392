//! Namespaces: what each has from the beginning, and how it ends.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    conditions::{condition, keep_times},
    discovery,
    kinds::Kind,
    objects::{self, Objects},
};

/// The namespaces of the cluster itself.
const OWN: [&str; 4] = ["default", "kube-system", "kube-public", "kube-node-lease"];

/// Makes the namespaces of the cluster itself and its node, if they are missing.
pub(crate) fn begin(objects: &mut Objects, now: Timestamp) {
    let kind = Kind::own("namespaces");
    for name in OWN {
        if objects.get(&kind, "", name).is_none() {
            let _ = objects.create(&kind, "", json!({"metadata": {"name": name}}), now);
        }
    }
    let kind = Kind::own("nodes");
    let name = super::pods::NODE;
    if objects.get(&kind, "", name).is_some() {
        return;
    }
    let capacity = json!({"cpu": "16", "memory": "32Gi", "pods": "1000"});
    let ready = condition("Ready", true, "KubeletReady", "kubelet is posting ready status");
    let node = json!({
        "metadata": {"name": name, "labels": {"kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux",
            "kubernetes.io/hostname": name}},
        "status": {"capacity": capacity, "allocatable": capacity,
            "conditions": keep_times(&Value::Null, vec![ready], now),
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}, {"type": "Hostname", "address": name}],
            "nodeInfo": {"architecture": "amd64", "operatingSystem": "linux", "kubeletVersion": "v1.33.0-sandbox",
                "kubeProxyVersion": "", "containerRuntimeVersion": "simulated://1", "kernelVersion": "",
                "osImage": "simulated", "machineID": "", "systemUUID": "", "bootID": ""}},
    });
    let _ = objects.create(&kind, "", node, now);
}

/// Brings one namespace along.
pub(crate) fn step(objects: &mut Objects, place: &Value, now: Timestamp) {
    let (_, name) = objects::place(place);
    if objects::is_going(place) {
        return end(objects, place, &name, now);
    }
    let account = json!({"metadata": {"name": "default"}});
    let certificates = json!({"metadata": {"name": "kube-root-ca.crt"},
        "data": {"ca.crt": "-----BEGIN CERTIFICATE-----\n(simulated)\n-----END CERTIFICATE-----\n"}});
    for (plural, object) in [("serviceaccounts", account), ("configmaps", certificates)] {
        let wanted = object["metadata"]["name"].as_str().unwrap_or_default();
        if objects.get(&Kind::own(plural), &name, wanted).is_none() {
            let _ = objects.create(&Kind::own(plural), &name, object, now);
        }
    }
}

/// Deletes what is in it, says what is left, and takes it away when nothing is.
fn end(objects: &mut Objects, place: &Value, name: &str, now: Timestamp) {
    let alive: Vec<_> =
        objects.contents(name).filter(|(_, object)| !objects::is_going(object)).cloned().collect();
    for (kind, object) in alive {
        let _ = objects.delete(&kind, name, &objects::place(&object).1, None, now);
    }
    let conditions = keep_times(&place["status"]["conditions"], remaining(objects, name), now);
    let kind = Kind::own("namespaces");
    let is_empty = objects.contents(name).next().is_none() && objects::has_no_finalizers(place);
    // What cannot be asked may hold something.
    if is_empty && discovery::remote(objects).is_empty() {
        objects.drop_object(&kind, "", name);
    } else if place["status"]["conditions"] != conditions {
        let mut place = place.clone();
        place["spec"]["finalizers"] = json!(["kubernetes"]);
        place["status"]["conditions"] = conditions;
        objects.put(&kind, "", name, place);
    }
}

/// The conditions that say what still holds a namespace.
fn remaining(objects: &Objects, namespace: &str) -> Vec<Value> {
    let (mut kinds, mut finalizers) = (BTreeMap::new(), BTreeMap::new());
    for (kind, object) in objects.contents(namespace) {
        // The real server puts the dot even where no group follows.
        *kinds.entry(format!("{}.{}", kind.plural, kind.group())).or_insert(0) += 1;
        let held = object["metadata"]["finalizers"].as_array().into_iter().flatten();
        for finalizer in held.filter_map(Value::as_str) {
            *finalizers.entry(finalizer.to_owned()).or_insert(0) += 1;
        }
    }
    let list = |counts: &BTreeMap<String, i32>, verb: &str| {
        let each: Vec<_> =
            counts.iter().map(|(name, count)| format!("{name} {verb} {count} resource instances")).collect();
        each.join(", ")
    };
    let content = if kinds.is_empty() {
        condition("NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed")
    } else {
        let message = format!("Some resources are remaining: {}", list(&kinds, "has"));
        condition("NamespaceContentRemaining", true, "SomeResourcesRemain", message)
    };
    let held = if finalizers.is_empty() {
        let message = "All content-preserving finalizers finished";
        condition("NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers", message)
    } else {
        let list = list(&finalizers, "in");
        let message = format!("Some content in the namespace has finalizers remaining: {list}");
        condition("NamespaceFinalizersRemaining", true, "SomeFinalizersRemain", message)
    };
    vec![
        discovered(objects),
        condition(
            "NamespaceDeletionGroupVersionParsingFailure",
            false,
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
        ),
        condition(
            "NamespaceDeletionContentFailure",
            false,
            "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization",
        ),
        content,
        held,
    ]
}

/// Whether every part of the API could be asked what is left.
fn discovered(objects: &Objects) -> Value {
    let kind = "NamespaceDeletionDiscoveryFailure";
    let remote = discovery::remote(objects);
    if remote.is_empty() {
        return condition(kind, false, "ResourcesDiscovered", "All resources successfully discovered");
    }
    let each: Vec<_> =
        remote.iter().map(|version| format!("{version}: stale GroupVersion discovery: {version}")).collect();
    let message = format!(
        "Discovery failed for some groups, {} failing: unable to retrieve the complete list of server APIs: {}",
        remote.len(),
        each.join(", ")
    );
    condition(kind, true, "DiscoveryFailed", message)
}

/// Looks again at the namespaces that are ending: what changed in the cluster may have held them.
pub(crate) fn end_all(objects: &mut Objects, now: Timestamp) {
    let ending: Vec<Value> = objects
        .within(&Kind::own("namespaces"), "")
        .filter(|place| objects::is_going(place))
        .cloned()
        .collect();
    for place in ending {
        let (_, name) = objects::place(&place);
        end(objects, &place, &name, now);
    }
}
