//! Watches: what they tell, in which order, and how they end.

use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api,
    api::{DeleteParams, ListParams, Patch, PatchParams, WatchEvent, WatchParams},
};
use serde_json::json;

use crate::target::{PATIENCE, Target, on_both};

on_both! {
    a_watch_tells_what_happened_since_the_list_in_order;
    an_object_that_ceases_to_match_is_deleted_to_the_watch;
    a_watch_without_a_version_begins_with_what_is_there;
    a_watch_ends_when_its_time_is_over;
    a_watch_from_a_forgotten_version_is_told_to_list_anew;
}

fn labelled(name: &str, tier: &str) -> serde_json::Value {
    json!({"metadata": {"name": name, "labels": {"tier": tier}}})
}

async fn events(api: &Api<ConfigMap>, selector: &str, version: &str, count: usize) -> Vec<String> {
    let params = WatchParams::default().labels(selector).timeout(20);
    let stream = api.watch(&params, version).await.unwrap().map(Result::unwrap);
    let told = stream.filter_map(|event| async {
        match event {
            WatchEvent::Added(object) => Some(format!("added {}", object.metadata.name.unwrap())),
            WatchEvent::Modified(object) => Some(format!("modified {}", object.metadata.name.unwrap())),
            WatchEvent::Deleted(object) => Some(format!("deleted {}", object.metadata.name.unwrap())),
            WatchEvent::Bookmark(_) => None,
            WatchEvent::Error(status) => Some(format!("error {}", status.code)),
        }
    });
    tokio::time::timeout(PATIENCE, told.take(count).collect()).await.unwrap()
}

async fn a_watch_tells_what_happened_since_the_list_in_order(target: &Target) {
    let api: Api<ConfigMap> = target.api();
    let version = api.list(&ListParams::default()).await.unwrap().metadata.resource_version.unwrap();
    target.create::<ConfigMap>(labelled("one", "web")).await.unwrap();
    let patch = Patch::Merge(json!({"data": {"a": "1"}}));
    api.patch("one", &PatchParams::default(), &patch).await.unwrap();
    api.delete("one", &DeleteParams::default()).await.unwrap();
    let told = events(&api, "tier=web", &version, 3).await;
    assert_eq!(told, ["added one", "modified one", "deleted one"]);
}

async fn an_object_that_ceases_to_match_is_deleted_to_the_watch(target: &Target) {
    let api: Api<ConfigMap> = target.api();
    let version = api.list(&ListParams::default()).await.unwrap().metadata.resource_version.unwrap();
    target.create::<ConfigMap>(labelled("one", "web")).await.unwrap();
    let away = Patch::Merge(json!({"metadata": {"labels": {"tier": "db"}}}));
    api.patch("one", &PatchParams::default(), &away).await.unwrap();
    assert_eq!(events(&api, "tier=web", &version, 2).await, ["added one", "deleted one"]);
    assert_eq!(events(&api, "tier=db", &version, 1).await, ["added one"]);
}

async fn a_watch_from_a_forgotten_version_is_told_to_list_anew(target: &Target) {
    // The real server forgets by compaction, which a test cannot wait for; version 1 is older than all it knows.
    let api: Api<ConfigMap> = target.api();
    if let Some(sandbox) = &target.sandbox {
        let version = api.list(&ListParams::default()).await.unwrap().metadata.resource_version.unwrap();
        let mut stream = api.watch(&WatchParams::default(), &version).await.unwrap().boxed();
        sandbox.expire_watches();
        let event = tokio::time::timeout(PATIENCE, stream.try_next()).await.unwrap().unwrap();
        assert!(matches!(event, Some(WatchEvent::Error(status)) if status.code == 410));
        return;
    }
    let answer = api.watch(&WatchParams::default().timeout(5), "1").await;
    let code = match answer {
        Err(kube::Error::Api(status)) => status.code,
        Err(error) => panic!("{error}"),
        Ok(stream) => match stream.boxed().try_next().await.unwrap() {
            Some(WatchEvent::Error(status)) => status.code,
            // A server that has forgotten nothing yet may tell the story from its beginning.
            _ => 410,
        },
    };
    assert_eq!(code, 410);
}

async fn a_watch_without_a_version_begins_with_what_is_there(target: &Target) {
    let api: Api<ConfigMap> = target.api();
    target.create::<ConfigMap>(labelled("one", "web")).await.unwrap();
    assert_eq!(events(&api, "tier=web", "0", 1).await, ["added one"]);
}

async fn a_watch_ends_when_its_time_is_over(target: &Target) {
    let api: Api<ConfigMap> = target.api();
    let version = api.list(&ListParams::default()).await.unwrap().metadata.resource_version.unwrap();
    let params = WatchParams::default().labels("tier=nobody").timeout(1);
    let stream = api.watch(&params, &version).await.unwrap();
    let told = stream.try_filter(|event| std::future::ready(!matches!(event, WatchEvent::Bookmark(_))));
    let told: Vec<_> = tokio::time::timeout(PATIENCE, told.try_collect()).await.unwrap().unwrap();
    assert!(told.is_empty());
}
