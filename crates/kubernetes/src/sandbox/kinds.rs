//! The kinds that the simulated server knows, and how their addresses are taken apart.

use serde_json::Value;

/// A kind of object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Kind {
    /// For example `apps/v1` or `v1`.
    pub(crate) api_version: String,
    /// For example `deployments`.
    pub(crate) plural: String,
    /// For example `Deployment`.
    pub(crate) name: String,
    /// Do its objects live in namespaces?
    pub(crate) namespaced: bool,
    /// Does writing its status leave the rest alone, and the other way round?
    pub(crate) has_status: bool,
}

/// Group and version, plural, kind, namespaced.
const KNOWN: &[(&str, &str, &str, bool)] = &[
    ("v1", "namespaces", "Namespace", false),
    ("v1", "nodes", "Node", false),
    ("v1", "pods", "Pod", true),
    ("v1", "services", "Service", true),
    ("v1", "configmaps", "ConfigMap", true),
    ("v1", "secrets", "Secret", true),
    ("v1", "serviceaccounts", "ServiceAccount", true),
    ("v1", "events", "Event", true),
    ("v1", "persistentvolumeclaims", "PersistentVolumeClaim", true),
    ("v1", "resourcequotas", "ResourceQuota", true),
    ("v1", "limitranges", "LimitRange", true),
    ("v1", "endpoints", "Endpoints", true),
    ("apps/v1", "deployments", "Deployment", true),
    ("apps/v1", "replicasets", "ReplicaSet", true),
    ("apps/v1", "statefulsets", "StatefulSet", true),
    ("apps/v1", "daemonsets", "DaemonSet", true),
    ("batch/v1", "cronjobs", "CronJob", true),
    ("batch/v1", "jobs", "Job", true),
    ("networking.k8s.io/v1", "ingresses", "Ingress", true),
    ("networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", true),
    ("rbac.authorization.k8s.io/v1", "roles", "Role", true),
    ("rbac.authorization.k8s.io/v1", "rolebindings", "RoleBinding", true),
    ("rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole", false),
    ("rbac.authorization.k8s.io/v1", "clusterrolebindings", "ClusterRoleBinding", false),
    ("networking.k8s.io/v1", "ingressclasses", "IngressClass", false),
    ("discovery.k8s.io/v1", "endpointslices", "EndpointSlice", true),
    ("policy/v1", "poddisruptionbudgets", "PodDisruptionBudget", true),
    ("v1", "persistentvolumes", "PersistentVolume", false),
    ("storage.k8s.io/v1", "storageclasses", "StorageClass", false),
    ("apiextensions.k8s.io/v1", "customresourcedefinitions", "CustomResourceDefinition", false),
    ("apiregistration.k8s.io/v1", "apiservices", "APIService", false),
];

/// Kinds without a part that somebody else writes.
const NO_STATUS: &[&str] = &[
    "configmaps",
    "secrets",
    "serviceaccounts",
    "events",
    "endpoints",
    "limitranges",
    "roles",
    "rolebindings",
    "clusterroles",
    "clusterrolebindings",
    "ingressclasses",
    "endpointslices",
    "storageclasses",
];

impl Kind {
    /// The built-in kind of that group, version and plural.
    pub(crate) fn find(api_version: &str, plural: &str) -> Option<Self> {
        let known = KNOWN.iter().find(|(version, name, ..)| *version == api_version && *name == plural);
        known.map(Self::known)
    }

    /// One of the kinds that the simulation itself works with.
    pub(crate) fn own(plural: &'static str) -> Self {
        Self::known(KNOWN.iter().find(|(_, name, ..)| *name == plural).unwrap_or(&KNOWN[0]))
    }

    /// All built-in kinds.
    pub(crate) fn built_in() -> impl Iterator<Item = Self> {
        KNOWN.iter().map(Self::known)
    }

    fn known((version, plural, name, namespaced): &(&str, &str, &str, bool)) -> Self {
        Self {
            api_version: (*version).to_owned(),
            plural: (*plural).to_owned(),
            name: (*name).to_owned(),
            namespaced: *namespaced,
            has_status: !NO_STATUS.contains(plural),
        }
    }

    /// The kinds that a custom resource definition defines, one a version.
    pub(crate) fn defined_by(definition: &Value) -> Vec<Self> {
        let spec = &definition["spec"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let versions = spec["versions"].as_array().into_iter().flatten();
        let served = versions.filter(|version| version["served"] == true);
        served
            .map(|version| Self {
                api_version: format!("{}/{}", text(&spec["group"]), text(&version["name"])),
                plural: text(&spec["names"]["plural"]),
                name: text(&spec["names"]["kind"]),
                namespaced: spec["scope"] == "Namespaced",
                has_status: version["subresources"]["status"].is_object(),
            })
            .collect()
    }

    /// The group; empty for the core.
    pub(crate) fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// The plural with its group, as error messages name it: `deployments.apps`.
    pub(crate) fn resource(&self) -> String {
        match self.api_version.split_once('/') {
            Some((group, _)) => format!("{}.{group}", self.plural),
            None => self.plural.clone(),
        }
    }
}

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) kind: Kind,
    pub(crate) namespace: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) subresource: Option<String>,
}

impl Target {
    /// The namespace; empty for what lives in none.
    pub(crate) fn place(&self) -> &str {
        self.namespace.as_deref().unwrap_or_default()
    }

    /// Takes `/api/v1/…` and `/apis/<group>/<version>/…` apart, with a way to find kinds.
    pub(crate) fn parse(path: &str, find: impl Fn(&str, &str) -> Option<Kind>) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (api_version, rest) = match parts.as_slice() {
            ["api", version, rest @ ..] => ((*version).to_owned(), rest),
            ["apis", group, version, rest @ ..] => (format!("{group}/{version}"), rest),
            _ => return None,
        };
        let owned = |part: &&str| Some((*part).to_owned());
        let (namespace, plural, rest) = match rest {
            // A namespace's own address looks like the beginning of an address within it.
            ["namespaces", name, plural, rest @ ..]
                if find(&api_version, plural).is_some_and(|k| k.namespaced) =>
            {
                (owned(name), *plural, rest)
            }
            [plural, rest @ ..] => (None, *plural, rest),
            [] => return None,
        };
        let kind = find(&api_version, plural)?;
        let name = rest.first().and_then(owned);
        let subresource = rest.get(1).and_then(owned);
        Some(Self { kind, namespace, name, subresource })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let parse = |path| {
            let target = Target::parse(path, Kind::find).unwrap();
            (target.kind.name, target.namespace, target.name, target.subresource)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(parse("/api/v1/namespaces/shop"), ("Namespace".into(), None, some("shop"), None));
        assert_eq!(
            parse("/apis/apps/v1/namespaces/shop/deployments/web/status"),
            ("Deployment".into(), some("shop"), some("web"), some("status"))
        );
        assert_eq!(parse("/api/v1/pods"), ("Pod".into(), None, None, None));
        assert!(Target::parse("/apis/example.com/v1/widgets", Kind::find).is_none());
    }
}
