//! Which kinds of objects can hold a namespace, as the cluster itself tells.

use std::{collections::BTreeSet, future::Future, time::Duration};

use futures::{StreamExt, stream};
use k8s_openapi::{
    apimachinery::pkg::apis::meta::v1::{APIResource, APIResourceList},
    kube_aggregator::pkg::apis::apiregistration::v1::APIService,
};
use kube::{
    Api, Client,
    api::{ApiResource, ListParams},
};
use slipway_domain::{
    ports::chain,
    removal::{DeadApi, Unlisted},
};

/// Requests at a time: a look should neither take long nor press the cluster.
pub(super) const AT_ONCE: usize = 8;

/// What has not answered by then is named as silent; a look must not wait for what is broken.
const SILENCE: Duration = Duration::from_secs(5);

/// The answer, if it comes in time; none if there is no such thing. Else why not, in the cluster's own words.
pub(super) async fn answer<T>(
    asking: impl Future<Output = Result<T, kube::Error>>,
) -> Result<Option<T>, String> {
    match tokio::time::timeout(SILENCE, asking).await {
        Ok(Ok(answer)) => Ok(Some(answer)),
        Ok(Err(kube::Error::Api(status))) if status.code == 404 => Ok(None),
        Ok(Err(kube::Error::Api(status))) => Err(status.message),
        Ok(Err(error)) => Err(chain(&error)),
        Err(_) => Err(format!("no answer within {} seconds", SILENCE.as_secs())),
    }
}

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
pub(super) async fn kinds(client: &Client) -> Result<Kinds, String> {
    let mut kinds = Kinds::default();
    let services: Api<APIService> = Api::all(client.clone());
    match answer(services.list(&ListParams::default())).await {
        Ok(list) => {
            let all = list.map(|list| list.items).unwrap_or_default();
            kinds.services = all.into_iter().filter_map(remote).collect();
        }
        Err(why) => {
            let what = "objects of API services that do not answer".to_owned();
            kinds.unlisted.push(Unlisted { what, why });
        }
    }
    for (service, why) in &kinds.services {
        let name = service.metadata.name.clone().unwrap_or_default();
        kinds.dead_apis.extend(why.clone().map(|why| DeadApi { name, why }));
    }
    let mut versions = vec!["v1".to_owned()];
    let groups = answer(client.list_api_groups()).await?.map(|list| list.groups);
    for group in groups.unwrap_or_default() {
        // The preferred version first: a kind is looked at in the first version that has it.
        versions.extend(group.preferred_version.iter().map(|preferred| preferred.group_version.clone()));
        let preferred = group.preferred_version.map(|version| version.group_version).unwrap_or_default();
        let others = group.versions.into_iter().map(|version| version.group_version);
        versions.extend(others.filter(|version| *version != preferred));
    }
    let answers = stream::iter(versions).map(async |version| {
        let answer = match version.as_str() {
            "v1" => answer(client.list_core_api_resources("v1")).await,
            version => answer(client.list_api_group_resources(version)).await,
        };
        (version, answer)
    });
    let answers: Vec<_> = answers.buffered(AT_ONCE).collect().await;
    let mut seen = BTreeSet::new();
    for (version, answer) in answers {
        match answer {
            Ok(list) => take(&mut kinds, &mut seen, &version, list.unwrap_or_default()),
            Err(_) if kinds.dead_apis.iter().any(|dead| is_of(dead, &version)) => {}
            Err(why) => kinds.unlisted.push(Unlisted { what: format!("objects of {version}"), why }),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn d1_a_kind_that_cannot_be_listed_is_named_and_a_view_is_passed_over() {
        let resource = |name: &str, verbs: &[&str]| json!({"name": name, "singularName": "", "kind": "Any", "namespaced": name != "nodes", "verbs": verbs});
        let all = ["list", "delete"];
        let list = json!({"groupVersion": "example.com/v1", "resources": [
            resource("widgets", &all), resource("widgets/status", &all), resource("nodes", &all),
            resource("secrets", &["delete"]), resource("metrics", &["list"]),
        ]});
        let (mut kinds, mut seen) = (Kinds::default(), BTreeSet::new());
        for version in ["example.com/v1", "example.com/v1beta1"] {
            take(&mut kinds, &mut seen, version, serde_json::from_value(list.clone()).unwrap());
        }
        let listable: Vec<_> =
            kinds.listable.iter().map(|kind| (full_name(kind), kind.version.as_str())).collect();
        assert_eq!(listable, [("widgets.example.com".to_owned(), "v1")]);
        assert_eq!(kinds.unlisted.len(), 1);
        assert_eq!(kinds.unlisted[0].what, "secrets.example.com");
    }

    #[tokio::test(start_paused = true)]
    async fn d1_what_does_not_answer_in_time_is_said_to_be_silent() {
        let silent = answer(std::future::pending::<Result<(), kube::Error>>()).await;
        assert_eq!(silent, Err("no answer within 5 seconds".to_owned()));
    }
}
