//! What only the simulated cluster can do: faults by annotation, restarts from a snapshot, cut watches.

use std::path::PathBuf;

use futures::StreamExt;
use k8s_openapi::api::{apps::v1::Deployment, core::v1::Pod};
use kube::{
    Api,
    api::{ListParams, PostParams, WatchParams},
};
use serde_json::json;

use super::*;

fn deployment(fault: &str) -> Deployment {
    let annotations =
        json!({"sandbox.slipway.internal/fault": fault, "sandbox.slipway.internal/exit-code": "3"});
    let spec = json!({
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}, "annotations": annotations},
            "spec": {"containers": [{"name": "web", "image": "shop/web:1"}]}},
    });
    serde_json::from_value(json!({"metadata": {"name": "web"}, "spec": spec})).unwrap()
}

async fn deploy(sandbox: &Sandbox, fault: &str) {
    let api: Api<Deployment> = Api::namespaced(sandbox.client(), "default");
    api.create(&PostParams::default(), &deployment(fault)).await.unwrap();
}

/// Waits until the one pod says the text somewhere.
async fn until_pod_says(sandbox: &Sandbox, text: &str) -> Pod {
    let api: Api<Pod> = Api::namespaced(sandbox.client(), "default");
    let waiting = async {
        loop {
            let pods = api.list(&ListParams::default()).await.unwrap().items;
            let says = |pod: &Pod| serde_json::to_string(pod).unwrap().contains(text);
            if let Some(pod) = pods.into_iter().find(says) {
                return pod;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap()
}

#[tokio::test]
async fn each_fault_shows_in_the_pod() {
    for (fault, sign) in [
        ("", r#""ready":true"#),
        ("crash", r#""reason":"CrashLoopBackOff""#),
        ("crash", r#""exitCode":3"#),
        ("crash-after-ready", r#""reason":"CrashLoopBackOff""#),
        ("oom", r#""reason":"OOMKilled""#),
        ("never-ready", r#""reason":"ContainersNotReady""#),
        ("unschedulable", r#""reason":"Unschedulable""#),
        ("slow", r#""ready":true"#),
        ("pull-denied", "401 Unauthorized"),
        ("pull-missing", "shop/web:1: not found"),
    ] {
        let sandbox = Sandbox::start(SandboxOptions::fast());
        deploy(&sandbox, fault).await;
        until_pod_says(&sandbox, sign).await;
    }
}

#[tokio::test]
async fn a_restarted_cluster_goes_on_with_its_pods() {
    let path: PathBuf = std::env::temp_dir().join(format!("slipway-sandbox-{}.json", std::process::id()));
    let options = SandboxOptions { snapshot: Some(path.clone()), ..SandboxOptions::fast() };
    let first = Sandbox::start(options.clone());
    deploy(&first, "").await;
    let before = until_pod_says(&first, r#""ready":true"#).await;
    let saved = async {
        while !std::fs::read_to_string(&path).is_ok_and(|text| text.contains(r#""ready":true"#)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), saved).await.unwrap();
    drop(first);
    let second = Sandbox::start(options);
    let after = until_pod_says(&second, r#""ready":true"#).await;
    assert_eq!(after.metadata.uid, before.metadata.uid);
    assert_eq!(after.status.unwrap().container_statuses, before.status.unwrap().container_statuses);
    std::fs::remove_file(path).unwrap();
}

#[tokio::test]
async fn an_exported_cluster_can_be_imported() {
    let first = Sandbox::start(SandboxOptions::fast());
    deploy(&first, "").await;
    until_pod_says(&first, r#""ready":true"#).await;
    let second = Sandbox::start(SandboxOptions::fast());
    assert!(!second.import(&json!({"no": "cluster"})));
    assert!(second.import(&first.export()));
    until_pod_says(&second, r#""ready":true"#).await;
}

#[tokio::test]
async fn a_cut_watch_ends_without_a_word() {
    let sandbox = Sandbox::start(SandboxOptions::fast());
    let api: Api<Deployment> = Api::namespaced(sandbox.client(), "default");
    let version = api.list(&ListParams::default()).await.unwrap().metadata.resource_version.unwrap();
    let mut stream = api.watch(&WatchParams::default(), &version).await.unwrap().boxed();
    sandbox.cut_watches();
    let end = tokio::time::timeout(Duration::from_secs(20), stream.next()).await.unwrap();
    assert!(end.is_none());
}

#[tokio::test]
async fn what_is_to_be_told_first_ends_with_a_bookmark() {
    let sandbox = Sandbox::start(SandboxOptions::fast());
    deploy(&sandbox, "").await;
    let api: Api<Deployment> = Api::namespaced(sandbox.client(), "default");
    let stream = api.watch(&WatchParams::default().initial_events(), "0").await.unwrap();
    let events: Vec<_> = stream.take(2).collect().await;
    let told = format!("{events:?}");
    assert!(told.starts_with("[Ok(Added") && told.contains("Ok(Bookmark"), "{told}");
}

#[tokio::test]
async fn discovery_names_what_is_served() {
    let sandbox = Sandbox::start(SandboxOptions::fast());
    let client = sandbox.client();
    assert_eq!(client.apiserver_version().await.unwrap().minor, "33");
    let groups = client.list_api_groups().await.unwrap();
    assert!(groups.groups.iter().any(|group| group.name == "apps"));
    let resources = client.list_api_group_resources("apps/v1").await.unwrap();
    assert!(resources.resources.iter().any(|resource| resource.kind == "Deployment"));
}
