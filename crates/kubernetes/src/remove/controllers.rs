//! Is somebody alive who would take a finalizer off? A finalizer is only a name, but by convention it begins with
//! the domain of whoever put it there, and programs are named after their domains. So this is a guess, and says
//! what it is based on.

use k8s_openapi::{
    api::apps::v1::{Deployment, StatefulSet},
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
    kube_aggregator::pkg::apis::apiregistration::v1::APIService,
};
use kube::{Api, Client, ResourceExt, api::ListParams};
use slipway_domain::removal::{Controller, Finalizer};

use super::discovery::answer;

/// What the cluster's own controllers take off. Cloud and storage drivers are not among them, whatever their domain.
const OWN: [&str; 8] = [
    "kubernetes",
    "orphan",
    "foregroundDeletion",
    "kubernetes.io/pvc-protection",
    "kubernetes.io/pv-protection",
    "batch.kubernetes.io/job-tracking",
    "resource.kubernetes.io/delete-protection",
    "customresourcecleanup.apiextensions.k8s.io",
];

/// Parts of domains that name nobody.
const COMMON: [&str; 14] = [
    "k8s",
    "x-k8s",
    "kubernetes",
    "co",
    "com",
    "io",
    "org",
    "net",
    "dev",
    "app",
    "finalizer",
    "finalizers",
    "controller",
    "operator",
];

/// Labels that say what a workload is.
const NAMES: [&str; 5] =
    ["app.kubernetes.io/name", "app.kubernetes.io/part-of", "app.kubernetes.io/instance", "app", "k8s-app"];

/// Programs of one kind that are looked through.
const MANY: u32 = 1000;

/// Before anybody was asked.
pub(super) fn unasked() -> Controller {
    Controller::Unknown { why: "nobody has looked who would remove it".to_owned() }
}

/// Who is there.
#[derive(Debug, Default)]
pub(super) struct Controllers {
    workloads: Vec<Workload>,
    services: Vec<Service>,
    /// Names of definitions of kinds, `widgets.example.com`.
    definitions: Vec<String>,
    /// Why it is not known who is there.
    silence: Option<String>,
}

/// A program that runs in the cluster, or should.
#[derive(Debug)]
struct Workload {
    who: String,
    name: String,
    /// Its labels, and the namespace that it lives in.
    other_names: Vec<String>,
    down: Option<String>,
}

/// An API that a program answers.
#[derive(Debug)]
struct Service {
    who: String,
    group: String,
    down: Option<String>,
}

impl Controllers {
    /// Asks who is there, if any of the finalizers is not the cluster's own.
    pub(super) async fn find(
        client: &Client,
        namespace: &str,
        services: Vec<(APIService, Option<String>)>,
        finalizers: &[&mut Finalizer],
    ) -> Self {
        let mut found = Self::default();
        if finalizers.iter().all(|finalizer| OWN.contains(&finalizer.name.as_str())) {
            return found;
        }
        found.services = services.into_iter().map(|(service, down)| as_service(service, down)).collect();
        found.silence = found.ask(client, namespace).await.err();
        found
    }

    async fn ask(&mut self, client: &Client, ending: &str) -> Result<(), String> {
        let many = ListParams::default().limit(MANY);
        let deployments: Api<Deployment> = Api::all(client.clone());
        let deployments = answer(deployments.list(&many)).await?.map(|list| list.items).unwrap_or_default();
        self.workloads.extend(deployments.iter().map(|deployment| of_deployment(deployment, ending)));
        let sets: Api<StatefulSet> = Api::all(client.clone());
        let sets = answer(sets.list(&many)).await?.map(|list| list.items).unwrap_or_default();
        self.workloads.extend(sets.iter().map(|set| of_stateful_set(set, ending)));
        let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
        let definitions =
            answer(definitions.list_metadata(&many)).await?.map(|list| list.items).unwrap_or_default();
        self.definitions.extend(definitions.iter().map(ResourceExt::name_any));
        Ok(())
    }

    /// Who would take the finalizer off, given who put it there, if that is known.
    pub(super) fn of(&self, finalizer: &str, set_by: Option<&str>) -> Controller {
        if OWN.contains(&finalizer) {
            return Controller::Cluster;
        }
        // Programs write under their own names, so that one is the best guess.
        if let Some(workload) = self.workloads.iter().find(|workload| Some(workload.name.as_str()) == set_by)
        {
            return state(&workload.who, workload.down.as_deref());
        }
        let domain = finalizer.split('/').next().unwrap_or(finalizer);
        let unknown = |why: String| Controller::Unknown { why };
        if !domain.contains('.') {
            return unknown("its name does not say who would remove it".to_owned());
        }
        if related("kubernetes.io", domain) || related("k8s.io", domain) {
            return unknown("a part of Kubernetes removes it, such as a cloud or storage driver".to_owned());
        }
        let words = Words::of(domain);
        if let Some(workload) = words.best(&self.workloads) {
            return state(&workload.who, workload.down.as_deref());
        }
        if let Some(service) = self.services.iter().find(|service| related(&service.group, domain)) {
            return state(&service.who, service.down.as_deref());
        }
        if let Some(why) = &self.silence {
            return unknown(format!("the cluster does not say who is there: {why}"));
        }
        let group_of = |name: &String| name.split_once('.').is_some_and(|(_, group)| related(group, domain));
        match self.definitions.iter().find(|name| group_of(name)) {
            Some(name) => {
                unknown(format!("the kind {name} is known, but no program named after {domain} was found"))
            }
            None => unknown(format!("no program named after {domain} was found")),
        }
    }
}

fn state(who: &str, down: Option<&str>) -> Controller {
    let who = who.to_owned();
    match down {
        Some(why) => Controller::Down { who, why: why.to_owned() },
        None => Controller::Alive { who },
    }
}

/// Is one of them the other, or within it?
fn related(one: &str, other: &str) -> bool {
    let within = |inner: &str, outer: &str| inner.strip_suffix(outer).is_some_and(|rest| rest.ends_with('.'));
    one == other || within(one, other) || within(other, one)
}

/// The words of a domain that a program may be named after.
struct Words<'a> {
    /// The word that was registered: `cert-manager` of `acme.cert-manager.io`.
    owner: Option<&'a str>,
    all: Vec<&'a str>,
}

impl<'a> Words<'a> {
    fn of(domain: &'a str) -> Self {
        let (rest, _) = domain.rsplit_once('.').unwrap_or((domain, ""));
        let all: Vec<&str> = rest.split('.').filter(|word| !COMMON.contains(word)).collect();
        Self { owner: all.last().copied(), all }
    }

    /// The program whose name says most clearly that it is meant; of several, one that works.
    fn best<'w>(&self, workloads: &'w [Workload]) -> Option<&'w Workload> {
        let ranked = workloads.iter().filter_map(|workload| Some((self.rank(workload)?, workload)));
        let best = ranked.min_by_key(|(rank, workload)| (*rank, workload.down.is_some()));
        best.map(|(_, workload)| workload)
    }

    /// How clearly the program is named after the domain; a smaller number is clearer.
    fn rank(&self, workload: &Workload) -> Option<u8> {
        let owner = self.owner?;
        let names_it =
            |name: &str| name == owner || name.strip_prefix(owner).is_some_and(|rest| rest.starts_with('-'));
        if [workload.name.as_str(), trade(&workload.name)].iter().any(|name| self.all.contains(name)) {
            Some(0)
        } else if names_it(&workload.name) {
            Some(1)
        } else if workload.other_names.iter().any(|name| names_it(name) || self.all.contains(&name.as_str()))
        {
            Some(2)
        } else {
            None
        }
    }
}

/// A program's name without what says only that it is a controller.
fn trade(name: &str) -> &str {
    let plain = ["-controller-manager", "-controller", "-operator", "-manager"];
    plain.into_iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

fn as_service(service: APIService, down: Option<String>) -> Service {
    let who = format!("API service {}", service.name_any());
    Service { who, group: service.spec.and_then(|spec| spec.group).unwrap_or_default(), down }
}

fn of_deployment(deployment: &Deployment, ending: &str) -> Workload {
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas);
    let available = deployment.status.as_ref().and_then(|status| status.available_replicas);
    workload("Deployment", deployment, wanted, available, ending)
}

fn of_stateful_set(set: &StatefulSet, ending: &str) -> Workload {
    let wanted = set.spec.as_ref().and_then(|spec| spec.replicas);
    let available = set.status.as_ref().and_then(|status| status.available_replicas);
    workload("StatefulSet", set, wanted, available, ending)
}

fn workload(
    kind: &str,
    object: &impl ResourceExt,
    wanted: Option<i32>,
    available: Option<i32>,
    ending: &str,
) -> Workload {
    let (name, namespace) = (object.name_any(), object.namespace().unwrap_or_default());
    let labels = NAMES.iter().filter_map(|label| object.labels().get(*label).cloned());
    let down = if namespace == ending || object.meta().deletion_timestamp.is_some() {
        Some("it is being deleted itself")
    } else if wanted == Some(0) {
        Some("it is scaled to zero")
    } else if available.unwrap_or(0) == 0 {
        Some("none of its copies is available")
    } else {
        None
    };
    Workload {
        who: format!("{kind} {namespace}/{name}"),
        name,
        other_names: labels.chain([namespace]).collect(),
        down: down.map(str::to_owned),
    }
}

#[cfg(test)]
#[path = "controllers_tests.rs"]
mod tests;
