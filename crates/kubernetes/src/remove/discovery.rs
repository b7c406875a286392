//! Which kinds of objects can hold a namespace, as the cluster itself tells.

use std::collections::BTreeSet;

use futures::{StreamExt, stream};
use k8s_openapi::{
    apimachinery::pkg::apis::meta::v1::{APIResource, APIResourceList},
    kube_aggregator::pkg::apis::apiregistration::v1::APIService,
};
use kube::{
    Api, Client,
    api::{ApiResource, ListParams},
};
use slipway_domain::removal::{DeadApi, Unlisted};

/// Requests at a time: a look should neither take long nor press the cluster.
pub(super) const AT_ONCE: usize = 8;

/// What the cluster told about itself.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    /// Kinds whose objects live in namespaces and can be listed.
    pub(super) listable: Vec<ApiResource>,
    /// What could not be asked or cannot be listed.
    pub(super) unlisted: Vec<Unlisted>,
    /// API services that do not answer.
    pub(super) dead_apis: Vec<DeadApi>,
    /// All API services that somebody else than the API server itself answers, with why they do not work.
    pub(super) services: Vec<(APIService, Option<String>)>,
}

/// Asks the cluster for its kinds. What does not answer is part of the result, not the end of it.
pub(super) async fn kinds(client: &Client) -> Result<Kinds, kube::Error> {
    let mut kinds = Kinds::default();
    let services: Api<APIService> = Api::all(client.clone());
    match services.list(&ListParams::default()).await {
        Ok(list) => kinds.services = list.items.into_iter().filter_map(remote).collect(),
        Err(kube::Error::Api(status)) => {
            let what = "objects of API services that do not answer".to_owned();
            kinds.unlisted.push(Unlisted { what, why: status.message.clone() });
        }
        Err(error) => return Err(error),
    }
    for (service, why) in &kinds.services {
        let name = service.metadata.name.clone().unwrap_or_default();
        kinds.dead_apis.extend(why.clone().map(|why| DeadApi { name, why }));
    }
    let mut versions = vec!["v1".to_owned()];
    for group in client.list_api_groups().await?.groups {
        // The preferred version first: a kind is looked at in the first version that has it.
        versions.extend(group.preferred_version.iter().map(|preferred| preferred.group_version.clone()));
        let preferred = group.preferred_version.map(|version| version.group_version).unwrap_or_default();
        let others = group.versions.into_iter().map(|version| version.group_version);
        versions.extend(others.filter(|version| *version != preferred));
    }
    let answers = stream::iter(versions).map(async |version| {
        let answer = match version.as_str() {
            "v1" => client.list_core_api_resources("v1").await,
            version => client.list_api_group_resources(version).await,
        };
        (version, answer)
    });
    let answers: Vec<_> = answers.buffered(AT_ONCE).collect().await;
    let mut seen = BTreeSet::new();
    for (version, answer) in answers {
        match answer {
            Ok(list) => take(&mut kinds, &mut seen, &version, list),
            Err(_) if kinds.dead_apis.iter().any(|dead| is_of(dead, &version)) => {}
            Err(error) => {
                kinds
                    .unlisted
                    .push(Unlisted { what: format!("objects of {version}"), why: error.to_string() });
            }
        }
    }
    Ok(kinds)
}

fn take(kinds: &mut Kinds, seen: &mut BTreeSet<String>, version: &str, list: APIResourceList) {
    for resource in list.resources.into_iter().filter(holds) {
        let kind = ApiResource::from_gvk_with_plural(
            &kube::api::GroupVersionKind::gvk(group_of(version), version_of(version), &resource.kind),
            &resource.name,
        );
        if !seen.insert(full_name(&kind)) {
            continue;
        }
        if resource.verbs.iter().any(|verb| verb == "list") {
            kinds.listable.push(kind);
        } else {
            let why = "the cluster cannot list them".to_owned();
            kinds.unlisted.push(Unlisted { what: full_name(&kind), why });
        }
    }
}

/// The namespace controller waits for exactly the kinds that can be deleted; views such as the metrics of pods are
/// none.
fn holds(resource: &APIResource) -> bool {
    resource.namespaced && !resource.name.contains('/') && resource.verbs.iter().any(|verb| verb == "delete")
}

/// The plural with its group: `deployments.apps`, `pods`.
pub(super) fn full_name(kind: &ApiResource) -> String {
    if kind.group.is_empty() { kind.plural.clone() } else { format!("{}.{}", kind.plural, kind.group) }
}

fn group_of(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

fn version_of(api_version: &str) -> &str {
    api_version.split_once('/').map_or(api_version, |(_, version)| version)
}

/// An API service is named `<version>.<group>`.
fn is_of(dead: &DeadApi, api_version: &str) -> bool {
    dead.name == format!("{}.{}", version_of(api_version), group_of(api_version))
}

/// A service that something else than the API server itself answers, and why it does not.
fn remote(service: APIService) -> Option<(APIService, Option<String>)> {
    service.spec.as_ref()?.service.as_ref()?;
    let conditions = service.status.iter().flat_map(|status| status.conditions.iter().flatten());
    let mut conditions = conditions.filter(|condition| condition.type_ == "Available");
    let why = match conditions.next() {
        Some(condition) if condition.status == "True" => None,
        Some(condition) => {
            let words = [&condition.reason, &condition.message].map(|text| text.clone().unwrap_or_default());
            Some(words.join(": ").trim_matches([':', ' ', '.']).to_owned())
        }
        None => Some("nobody has asked it so far".to_owned()),
    };
    Some((service, why))
}
