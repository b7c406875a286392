//! Renders an application into Kubernetes objects. Pure and infallible: everything that could be wrong was
//! refused when the order was checked. The order of the result is the order of application, and argued below.

use serde_json::{Map, Value, json};
use slipway_domain::spec::{ApplicationSpec, ComponentSpec};

use crate::labels;

/// How the world reaches applications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gateway {
    /// The host of every route, without a port.
    pub host: String,
    /// The class of the Ingress controller; none leaves the choice to the cluster.
    pub ingress_class: Option<String>,
}

/// One object to apply.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// For example `apps/v1`.
    pub api_version: &'static str,
    /// For example `Deployment`.
    pub kind: &'static str,
    /// The name of the kind in addresses, for example `deployments`.
    pub plural: &'static str,
    /// Its namespace; none for a namespace itself.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// The whole object.
    pub object: Value,
}

/// All objects of an application, in the order in which they are applied: the namespace that holds the rest,
/// services before workloads (so that a workload finds what it looks up), routes last (so that nobody is sent
/// to a workload that does not exist).
pub fn render(spec: &ApplicationSpec, gateway: &Gateway) -> Vec<Manifest> {
    let mut manifests = vec![namespace(spec)];
    manifests.extend(spec.components.iter().filter_map(|component| service(spec, component)));
    manifests.extend(spec.components.iter().map(|component| deployment(spec, component)));
    manifests.extend(spec.components.iter().filter_map(|component| ingress(spec, component, gateway)));
    manifests
}

fn namespace(spec: &ApplicationSpec) -> Manifest {
    let name = spec.name.to_string();
    let object = json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": labels::of_application(spec)},
    });
    Manifest { api_version: "v1", kind: "Namespace", plural: "namespaces", namespace: None, name, object }
}

fn service(spec: &ApplicationSpec, component: &ComponentSpec) -> Option<Manifest> {
    component.port?;
    let body = json!({
        "selector": selector(spec, component),
        "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}],
    });
    Some(namespaced(spec, component, ("v1", "Service", "services"), body))
}

fn deployment(spec: &ApplicationSpec, component: &ComponentSpec) -> Manifest {
    let body = json!({
        "replicas": component.replicas,
        "revisionHistoryLimit": 3,
        "selector": {"matchLabels": selector(spec, component)},
        // A new copy must be ready before an old one goes (S2.25).
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "template": {
            "metadata": {"labels": labels::of_component(spec, &component.name)},
            "spec": {
                // An application has no business with the API server.
                "automountServiceAccountToken": false,
                "enableServiceLinks": false,
                "containers": [container(spec, component)],
            },
        },
    });
    namespaced(spec, component, ("apps/v1", "Deployment", "deployments"), body)
}

fn container(spec: &ApplicationSpec, component: &ComponentSpec) -> Value {
    let image = match &component.digest {
        Some(digest) => component.image.pinned(digest),
        None => component.image.to_string(),
    };
    let mut env: Vec<Value> =
        component.env.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    if let Some(route) = &component.route {
        // The gateway passes the path on as it is, so the component must know what stands before its own.
        env.push(json!({"name": "BASE_PATH", "value": path(spec, route)}));
    }
    let mut container = json!({
        "name": component.name,
        "image": image,
        "env": env,
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
        "securityContext": {"allowPrivilegeEscalation": false, "seccompProfile": {"type": "RuntimeDefault"}},
    });
    if let Some(port) = component.port {
        container["ports"] = json!([{"name": "http", "containerPort": port, "protocol": "TCP"}]);
        container["readinessProbe"] = match &component.health {
            Some(path) => json!({"httpGet": {"path": path, "port": "http"}, "periodSeconds": 2}),
            None => json!({"tcpSocket": {"port": "http"}, "periodSeconds": 2}),
        };
    }
    container
}

fn ingress(spec: &ApplicationSpec, component: &ComponentSpec, gateway: &Gateway) -> Option<Manifest> {
    let route = component.route.as_ref()?;
    let backend = json!({"service": {"name": component.name, "port": {"name": "http"}}});
    let paths = json!([{"path": path(spec, route), "pathType": "Prefix", "backend": backend}]);
    let mut body = json!({"rules": [{"host": gateway.host, "http": {"paths": paths}}]});
    if let Some(class) = &gateway.ingress_class {
        body["ingressClassName"] = json!(class);
    }
    Some(namespaced(spec, component, ("networking.k8s.io/v1", "Ingress", "ingresses"), body))
}

/// Where a route is at the gateway.
fn path(spec: &ApplicationSpec, route: &str) -> String {
    format!("/{}{}", spec.name, route.trim_end_matches('/'))
}

/// What a workload selects by cannot change later, so it holds only what never changes.
fn selector(spec: &ApplicationSpec, component: &ComponentSpec) -> Map<String, Value> {
    Map::from_iter([
        (labels::PART_OF.to_owned(), json!(spec.name)),
        (labels::NAME.to_owned(), json!(component.name)),
    ])
}

fn namespaced(
    spec: &ApplicationSpec,
    component: &ComponentSpec,
    (api_version, kind, plural): (&'static str, &'static str, &'static str),
    body: Value,
) -> Manifest {
    let name = component.name.to_string();
    let object = json!({
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {
            "name": name,
            "namespace": spec.name,
            "labels": labels::of_component(spec, &component.name),
        },
        "spec": body,
    });
    Manifest { api_version, kind, plural, namespace: Some(spec.name.to_string()), name, object }
}

#[cfg(test)]
#[path = "manifest_tests.rs"]
mod tests;
