//! Renders an application into Kubernetes objects. Pure and infallible: everything that could be wrong was
//! refused when the order was checked. The order of the result is the order of application, and argued below.

mod access;
mod workload;

use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject, GroupVersionKind},
};
use serde_json::{Map, Value, json};
use slipway_domain::{
    ports::Secrets,
    spec::{ApplicationSpec, ComponentSpec},
    workload::Role,
};

pub use self::access::{Access, bindings};
use crate::labels;

/// How the world reaches applications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gateway {
    /// The host of every route, without a port.
    pub host: String,
    /// The class of the Ingress controller; none leaves the choice to the cluster.
    pub ingress_class: Option<String>,
}

/// What the port of a component is called.
const PORT: &str = "main";

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

impl Manifest {
    /// The part of the cluster's API where the object lives.
    pub(crate) fn api(&self, client: &Client) -> Api<DynamicObject> {
        let (group, version) = self.api_version.split_once('/').unwrap_or(("", self.api_version));
        let kind = GroupVersionKind::gvk(group, version, self.kind);
        let resource = ApiResource::from_gvk_with_plural(&kind, self.plural);
        match &self.namespace {
            Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
            None => Api::all_with(client.clone(), &resource),
        }
    }
}

/// All objects of an application, in the order in which they are applied: the namespace that holds the rest,
/// secrets and services before workloads (so that a workload finds what it looks up), routes last (so that nobody
/// is sent to a workload that does not exist).
pub fn render(spec: &ApplicationSpec, secrets: &Secrets, gateway: &Gateway) -> Vec<Manifest> {
    let mut manifests = vec![namespace(spec)];
    manifests.extend(spec.components.iter().filter_map(|component| secret(spec, component, secrets)));
    manifests.extend(spec.components.iter().filter_map(|component| service(spec, component)));
    manifests.extend(spec.components.iter().map(|component| workload::render(spec, component)));
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

fn secret(spec: &ApplicationSpec, component: &ComponentSpec, secrets: &Secrets) -> Option<Manifest> {
    let values = secrets.get(&component.name).filter(|values| !values.is_empty())?;
    let mut manifest = namespaced(spec, component, ("v1", "Secret", "secrets"), json!(null));
    let object = manifest.object.as_object_mut()?;
    object.remove("spec");
    object.insert("type".to_owned(), json!("Opaque"));
    object.insert("stringData".to_owned(), json!(values));
    Some(manifest)
}

fn service(spec: &ApplicationSpec, component: &ComponentSpec) -> Option<Manifest> {
    let port = component.port?;
    // A database is looked for at the port that it is known by; everything else speaks HTTP.
    let outside = if component.role == Role::Infrastructure { port } else { 80 };
    let body = json!({
        "selector": selector(spec, component),
        "ports": [{"name": PORT, "port": outside, "targetPort": PORT, "protocol": "TCP"}],
    });
    Some(namespaced(spec, component, ("v1", "Service", "services"), body))
}

fn ingress(spec: &ApplicationSpec, component: &ComponentSpec, gateway: &Gateway) -> Option<Manifest> {
    let route = component.route.as_ref()?;
    let backend = json!({"service": {"name": component.name, "port": {"name": PORT}}});
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
