//! Deleting: what goes along, what stays, and what holds on.

use std::time::{Duration, Instant};

use k8s_openapi::{
    api::{
        apps::v1::{Deployment, ReplicaSet},
        core::v1::{ConfigMap, Namespace, Pod},
    },
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api,
    api::{
        ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, Patch, PatchParams,
        PostParams,
    },
};
use serde_json::json;

use crate::target::{Target, deployment, on_both};

on_both! {
    a_collection_is_deleted_as_its_selector_means;
    what_belongs_to_a_deployment_goes_with_it;
    an_orphan_stays_when_its_owner_goes;
    a_foreground_deletion_waits_for_what_belongs_to_it;
    a_custom_object_with_a_finalizer_holds_its_namespace;
    a_pod_that_ignores_its_end_goes_after_its_grace_or_by_force needs node;
}

async fn owned_set(target: &Target) -> String {
    target.create::<Deployment>(deployment(target, "web", 0, |_| {})).await.unwrap();
    let api: Api<ReplicaSet> = target.api();
    let name = std::cell::RefCell::new(None);
    target
        .eventually("the replica set is made", async || {
            let sets = api.list(&ListParams::default()).await.unwrap().items;
            *name.borrow_mut() = sets.into_iter().next().and_then(|set| set.metadata.name);
            name.borrow().is_some()
        })
        .await;
    name.into_inner().unwrap()
}

async fn a_collection_is_deleted_as_its_selector_means(target: &Target) {
    for (name, tier) in [("a", "web"), ("b", "db")] {
        let object = json!({"metadata": {"name": name, "labels": {"tier": tier}}});
        target.create::<ConfigMap>(object).await.unwrap();
    }
    let api: Api<ConfigMap> = target.api();
    let web = ListParams::default().labels("tier=web");
    api.delete_collection(&DeleteParams::default(), &web).await.unwrap();
    assert!(api.get_opt("a").await.unwrap().is_none());
    assert!(api.get_opt("b").await.unwrap().is_some());
}

async fn what_belongs_to_a_deployment_goes_with_it(target: &Target) {
    let set = owned_set(target).await;
    let api: Api<Deployment> = target.api();
    api.delete("web", &DeleteParams::background()).await.unwrap();
    let sets: Api<ReplicaSet> = target.api();
    target.eventually("the replica set goes", async || sets.get_opt(&set).await.unwrap().is_none()).await;
}

async fn an_orphan_stays_when_its_owner_goes(target: &Target) {
    let set = owned_set(target).await;
    let api: Api<Deployment> = target.api();
    api.delete("web", &DeleteParams::orphan()).await.unwrap();
    target.eventually("the owner goes", async || api.get_opt("web").await.unwrap().is_none()).await;
    let left = target.until::<ReplicaSet>(&set, |_| true).await;
    assert!(left.metadata.owner_references.unwrap_or_default().is_empty());
    assert!(left.metadata.deletion_timestamp.is_none());
}

async fn a_foreground_deletion_waits_for_what_belongs_to_it(target: &Target) {
    let set = owned_set(target).await;
    let sets: Api<ReplicaSet> = target.api();
    let hold = Patch::Merge(json!({"metadata": {"finalizers": ["example.com/hold"]}}));
    sets.patch(&set, &PatchParams::default(), &hold).await.unwrap();
    let api: Api<Deployment> = target.api();
    api.delete("web", &DeleteParams::foreground()).await.unwrap();
    target.until::<ReplicaSet>(&set, |set| set.metadata.deletion_timestamp.is_some()).await;
    let owner = target.until::<Deployment>("web", |_| true).await;
    assert_eq!(owner.metadata.finalizers.unwrap(), ["foregroundDeletion"]);
    let release = Patch::Merge(json!({"metadata": {"finalizers": null}}));
    sets.patch(&set, &PatchParams::default(), &release).await.unwrap();
    target.eventually("the owner goes", async || api.get_opt("web").await.unwrap().is_none()).await;
}

async fn a_custom_object_with_a_finalizer_holds_its_namespace(target: &Target) {
    // A group of its own, because definitions belong to no namespace.
    let group = format!("{}.example.com", target.namespace);
    let definitions: Api<CustomResourceDefinition> = Api::all(target.client.clone());
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("widgets.{group}")},
        "spec": {
            "group": group, "scope": "Namespaced", "names": {"plural": "widgets", "kind": "Widget"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
                "type": "object", "x-kubernetes-preserve-unknown-fields": true}}}],
        },
    });
    let definition = serde_json::from_value(definition).unwrap();
    definitions.create(&PostParams::default(), &definition).await.unwrap();
    let kind = GroupVersionKind::gvk(&group, "v1", "Widget");
    let resource = ApiResource::from_gvk_with_plural(&kind, "widgets");
    let api: Api<DynamicObject> = Api::namespaced_with(target.client.clone(), &target.namespace, &resource);
    target.eventually("the kind is served", async || api.list(&ListParams::default()).await.is_ok()).await;
    let held: DynamicObject = serde_json::from_value(json!({
        "apiVersion": format!("{group}/v1"), "kind": "Widget",
        "metadata": {"name": "held", "finalizers": ["example.com/hold"]},
    }))
    .unwrap();
    target
        .eventually("the object is made", async || api.create(&PostParams::default(), &held).await.is_ok())
        .await;
    let namespaces: Api<Namespace> = Api::all(target.client.clone());
    namespaces.delete(&target.namespace, &DeleteParams::default()).await.unwrap();
    let remaining = format!("Some resources are remaining: widgets.{group} has 1 resource instances");
    target
        .eventually("the namespace names the object", async || {
            let namespace = namespaces.get(&target.namespace).await.unwrap();
            let conditions = namespace.status.and_then(|status| status.conditions).unwrap_or_default();
            conditions.iter().any(|condition| condition.message.as_deref() == Some(remaining.as_str()))
        })
        .await;
    let release = Patch::Merge(json!({"metadata": {"finalizers": null}}));
    api.patch("held", &PatchParams::default(), &release).await.unwrap();
    target
        .eventually("the namespace goes", async || {
            namespaces.get_opt(&target.namespace).await.unwrap().is_none()
        })
        .await;
    definitions.delete(&format!("widgets.{group}"), &DeleteParams::default()).await.unwrap();
}

async fn a_pod_that_ignores_its_end_goes_after_its_grace_or_by_force(target: &Target) {
    let pod = |name: &str, grace: u32| {
        let env = json!([{"name": "IGNORE_TERM", "value": "1"}]);
        json!({"metadata": {"name": name}, "spec": {"terminationGracePeriodSeconds": grace,
            "containers": [{"name": "web", "image": target.image(), "env": env}]}})
    };
    for (name, grace) in [("patient", 3), ("stubborn", 600)] {
        target.create::<Pod>(pod(name, grace)).await.unwrap();
    }
    let running = |pod: &Pod| pod.status.as_ref().is_some_and(|s| s.phase.as_deref() == Some("Running"));
    target.until("patient", running).await;
    target.until("stubborn", running).await;
    let api: Api<Pod> = target.api();
    let gone = async |name: &str| {
        let began = Instant::now();
        target.eventually("the pod goes", async || api.get_opt(name).await.unwrap().is_none()).await;
        began.elapsed()
    };
    api.delete("patient", &DeleteParams::default()).await.unwrap();
    // The server counts in whole seconds.
    assert!(gone("patient").await > Duration::from_millis(1900));
    api.delete("stubborn", &DeleteParams::default()).await.unwrap();
    assert!(api.get("stubborn").await.unwrap().metadata.deletion_timestamp.is_some());
    api.delete("stubborn", &DeleteParams::default().grace_period(0)).await.unwrap();
    gone("stubborn").await;
}
