//! What a client asks before it asks for objects: versions, groups, kinds, health.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{kinds::Kind, objects::Objects};

/// Groups and versions that something outside the server should answer. Nothing is outside the simulation, so
/// nothing ever does.
pub(crate) fn remote(objects: &Objects) -> Vec<String> {
    let services = objects.within(&Kind::own("apiservices"), "");
    let services = services.map(|service| &service["spec"]).filter(|spec| spec["service"].is_object());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    services.map(|spec| format!("{}/{}", text(&spec["group"]), text(&spec["version"]))).collect()
}

/// Is the path one of that group and version?
pub(crate) fn is_within(path: &str, api_version: &str) -> bool {
    let rest = path.strip_prefix("/apis/").and_then(|path| path.strip_prefix(api_version));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The answer to a path that is about the server itself: JSON, or plain text for its health.
pub(crate) fn answer(path: &str, kinds: &[Kind], remote: &[String]) -> Option<Value> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        ["version"] => Some(version()),
        ["readyz" | "livez" | "healthz"] => Some(json!("ok")),
        ["api"] => Some(json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})),
        ["apis"] => Some(groups(kinds, remote)),
        ["api", "v1"] => Some(resources("v1", kinds)),
        ["apis", name] => {
            let all = groups(kinds, remote);
            all["groups"].as_array()?.iter().find(|group| group["name"] == *name).cloned()
        }
        ["apis", group, version] => Some(resources(&format!("{group}/{version}"), kinds)),
        _ => None,
    }
}

fn version() -> Value {
    json!({"major": "1", "minor": "33", "gitVersion": "v1.33.0-sandbox", "gitCommit": "",
        "gitTreeState": "clean", "buildDate": "1970-01-01T00:00:00Z", "goVersion": "", "compiler": "",
        "platform": "sandbox"})
}

fn groups(kinds: &[Kind], remote: &[String]) -> Value {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for api_version in kinds.iter().map(|kind| &kind.api_version).chain(remote) {
        if let Some((group, version)) = api_version.split_once('/') {
            versions.entry(group).or_default().insert(version);
        }
    }
    let group = |(name, versions): (&str, BTreeSet<&str>)| {
        let versions: Vec<Value> = versions
            .into_iter()
            .map(|version| json!({"groupVersion": format!("{name}/{version}"), "version": version}))
            .collect();
        json!({"name": name, "preferredVersion": versions.first(), "versions": versions})
    };
    let groups: Vec<Value> = versions.into_iter().map(group).collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

fn resources(api_version: &str, kinds: &[Kind]) -> Value {
    const VERBS: [&str; 8] =
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    let mut resources = Vec::new();
    for kind in kinds.iter().filter(|kind| kind.api_version == api_version) {
        let singular = kind.name.to_lowercase();
        resources.push(json!({"name": kind.plural, "singularName": singular, "namespaced": kind.namespaced,
            "kind": kind.name, "verbs": VERBS}));
        if kind.has_status {
            resources.push(json!({"name": format!("{}/status", kind.plural), "singularName": "",
                "namespaced": kind.namespaced, "kind": kind.name, "verbs": ["get", "patch", "update"]}));
        }
        if kind.plural == "pods" {
            resources.push(json!({"name": "pods/log", "singularName": "", "namespaced": true, "kind": "Pod",
                "verbs": ["get"]}));
        }
    }
    json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api_version, "resources": resources})
}
