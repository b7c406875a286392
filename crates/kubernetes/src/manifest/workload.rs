//! The workload of a component: a Deployment, or a StatefulSet if it keeps data of its own.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use slipway_domain::{
    spec::{ApplicationSpec, ComponentSpec},
    workload::{Probe, Storage},
};

use super::{Manifest, PORT, namespaced, selector};
use crate::labels;

/// How long a container goes on serving after it was told to end.
const DRAIN_SECONDS: u32 = 3;
/// What the volume of a component is called.
const VOLUME: &str = "data";
/// Changes with the secrets, so that a workload is started anew when they do.
const SECRETS_HASH: &str = "slipway.internal/secrets";

pub(super) fn render(spec: &ApplicationSpec, component: &ComponentSpec) -> Manifest {
    let mut template = json!({
        "metadata": {
            "labels": labels::of_task(spec, &component.name),
            "annotations": annotations(component),
        },
        "spec": {
            // An application has no business with the API server.
            "automountServiceAccountToken": false,
            "enableServiceLinks": false,
            "containers": [container(component)],
        },
    });
    if let Some(group) = component.storage.as_ref().and_then(|storage| storage.group) {
        // Only a new volume: a server may insist on the rights that it has given to its own files since.
        template["spec"]["securityContext"] =
            json!({"fsGroup": group, "fsGroupChangePolicy": "OnRootMismatch"});
    }
    let mut body = json!({
        "replicas": component.replicas,
        "revisionHistoryLimit": 3,
        "selector": {"matchLabels": selector(spec, component)},
        "template": template,
    });
    if let Some(storage) = &component.storage {
        body["serviceName"] = json!(component.name);
        body["volumeClaimTemplates"] = json!([claim(spec, component, storage)]);
        return namespaced(spec, component, ("apps/v1", "StatefulSet", "statefulsets"), body);
    }
    // A new copy must be ready before an old one goes (S2.25).
    body["strategy"] =
        json!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}});
    namespaced(spec, component, ("apps/v1", "Deployment", "deployments"), body)
}

/// The labels of a claim cannot change later, so they are those that never change.
fn claim(spec: &ApplicationSpec, component: &ComponentSpec, storage: &Storage) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": VOLUME, "labels": labels::of_claim(spec, &component.name)},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage.size}}},
    })
}

/// What is hashed is sealed already, so the hash tells nobody anything.
fn annotations(component: &ComponentSpec) -> Value {
    if component.secrets.is_empty() {
        return json!({});
    }
    let mut hash = Sha256::new();
    for (name, sealed) in &component.secrets {
        hash.update(name);
        hash.update([0]);
        hash.update(sealed.as_str());
        hash.update([0]);
    }
    json!({SECRETS_HASH: hex::encode(hash.finalize())})
}

fn container(component: &ComponentSpec) -> Value {
    let plain = component.env.iter().map(|(name, value)| json!({"name": name, "value": value}));
    let secret = component.secrets.keys().map(
        |name| json!({"name": name, "valueFrom": {"secretKeyRef": {"name": component.name, "key": name}}}),
    );
    let resources = &component.resources;
    let mut container = json!({
        "name": component.name,
        "image": component.runs(),
        "env": plain.chain(secret).collect::<Vec<_>>(),
        "resources": {"requests": {"cpu": resources.cpu, "memory": resources.memory}},
        // The last words of a container that ends without writing any say more than its exit code.
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "securityContext": {"allowPrivilegeEscalation": false, "seccompProfile": {"type": "RuntimeDefault"}},
    });
    if let Some(limit) = &resources.memory_limit {
        container["resources"]["limits"] = json!({"memory": limit});
    }
    if !component.args.is_empty() {
        container["args"] = json!(component.args);
    }
    if let Some(port) = component.port {
        // Whoever routes to it hears of its end a little later than the container: until then it goes on (S2.25).
        container["lifecycle"] = json!({"preStop": {"sleep": {"seconds": DRAIN_SECONDS}}});
        container["ports"] = json!([{"name": PORT, "containerPort": port, "protocol": "TCP"}]);
    }
    for (key, asked) in [
        ("readinessProbe", &component.ready),
        ("livenessProbe", &component.alive),
        ("startupProbe", &component.started),
    ] {
        if let Some(asked) = asked {
            container[key] = probe(asked);
        }
    }
    if let Some(storage) = &component.storage {
        container["volumeMounts"] = json!([{"name": VOLUME, "mountPath": storage.mount}]);
    }
    container
}

fn probe(asked: &Probe) -> Value {
    let mut probe = json!({
        "periodSeconds": asked.period_seconds,
        "timeoutSeconds": asked.timeout_seconds,
        "failureThreshold": asked.failures,
    });
    match &asked.path {
        Some(path) => probe["httpGet"] = json!({"path": path, "port": PORT}),
        None => probe["tcpSocket"] = json!({"port": PORT}),
    }
    probe
}
