//! Routes of others: does an Ingress of another namespace claim an address that a component is to have?

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use k8s_openapi::api::networking::v1::Ingress;
use kube::{Api, Client, ResourceExt, api::ListParams};
use serde_json::Value;
use slipway_domain::{
    cause::Cause,
    names::ApplicationName,
    plan::{Action, Finding, Planned},
};
use tokio::{sync::Mutex, time::Instant};

use crate::manifest::Manifest;

/// How long a listing is good for: of a hundred applications at once, each need not ask again.
const FRESH: Duration = Duration::from_secs(10);

/// An address that an Ingress claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) namespace: String,
    pub(super) ingress: String,
    pub(super) class: Option<String>,
    pub(super) host: String,
    pub(super) path: String,
}

/// All addresses in the cluster, as of a moment ago.
#[derive(Default)]
pub(crate) struct Routes(Mutex<Option<(Instant, Arc<Vec<Route>>)>>);

impl Routes {
    /// Asks for them, unless that was done a moment ago. None are known to whoever may not see them.
    pub(super) async fn all(&self, client: &Client, anew: bool) -> Arc<Vec<Route>> {
        // Who comes while somebody asks waits for that answer.
        let mut known = self.0.lock().await;
        if let Some((at, routes)) = known.as_ref().filter(|(at, _)| !anew && at.elapsed() < FRESH) {
            let _ = at;
            return Arc::clone(routes);
        }
        let api: Api<Ingress> = Api::all(client.clone());
        let listed = api.list(&ListParams::default()).await;
        let routes: Vec<Route> = listed.into_iter().flatten().flat_map(|ingress| of(&ingress)).collect();
        let routes = Arc::new(routes);
        *known = Some((Instant::now(), Arc::clone(&routes)));
        routes
    }
}

fn of(ingress: &Ingress) -> Vec<Route> {
    let spec = ingress.spec.clone().unwrap_or_default();
    let rules = spec.rules.into_iter().flatten();
    let addresses = rules.flat_map(|rule| {
        let host = rule.host.unwrap_or_default();
        let paths = rule.http.map(|http| http.paths).unwrap_or_default();
        paths.into_iter().map(move |path| (host.clone(), path.path.unwrap_or_default())).collect::<Vec<_>>()
    });
    addresses
        .map(|(host, path)| Route {
            namespace: ingress.namespace().unwrap_or_default(),
            ingress: ingress.name_any(),
            class: spec.ingress_class_name.clone(),
            host,
            path: trimmed(&path),
        })
        .collect()
}

fn trimmed(path: &str) -> String {
    path.trim_end_matches('/').to_owned()
}

/// Addresses that somebody else has already. It stops what is to be made; what is there and shares its address
/// already is not worse off.
pub(super) fn clashes(
    name: &ApplicationName,
    manifests: &[Manifest],
    planned: &[Planned],
    routes: &[Route],
) -> Vec<Finding> {
    let mut found: BTreeMap<(String, bool), Vec<String>> = BTreeMap::new();
    for manifest in manifests.iter().filter(|manifest| manifest.kind == "Ingress") {
        let is_new = planned.iter().any(|planned| {
            planned.kind == "Ingress" && planned.name == manifest.name && planned.action == Action::Create
        });
        for (host, path) in addresses(&manifest.object) {
            let class = manifest.object["spec"]["ingressClassName"].as_str();
            let others = routes.iter().filter(|route| {
                let other_controller = route.class.as_deref().zip(class).is_some_and(|(a, b)| a != b);
                route.namespace != name.as_str()
                    && route.host == host
                    && route.path == path
                    && !other_controller
            });
            for other in others {
                let line = format!("Ingress {} in the namespace {}", other.ingress, other.namespace);
                found.entry((format!("{host}{path}"), is_new)).or_default().push(line);
            }
        }
    }
    let findings = found.into_iter().map(|((address, is_new), lines)| {
        let cause = Cause::new(
            "SLW_ROUTE_TAKEN",
            format!("The address {address} is claimed by somebody else."),
            "Choose another name for the application, or remove the Ingress named below.",
        );
        let cause = lines.into_iter().fold(cause, Cause::with);
        if is_new { Finding::stops(cause) } else { Finding::warns(cause) }
    });
    findings.collect()
}

fn addresses(ingress: &Value) -> Vec<(String, String)> {
    let rules = ingress["spec"]["rules"].as_array().into_iter().flatten();
    let addresses = rules.flat_map(|rule| {
        let host = rule["host"].as_str().unwrap_or_default();
        let paths = rule["http"]["paths"].as_array().into_iter().flatten();
        paths.map(move |path| (host.to_owned(), trimmed(path["path"].as_str().unwrap_or_default())))
    });
    addresses.collect()
}
