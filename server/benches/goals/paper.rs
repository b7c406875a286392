//! Objects that exist on paper: a real API server keeps them, and nobody makes anything of them. How they are is written
//! down with them.

use anyhow::Context;
use futures::future::try_join_all;
use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams, PostParams},
};
use serde_json::{Value, json};

/// The kinds that are watched; a namespace holds the others.
const KINDS: [(&str, &str, &str, &str); 4] = [
    ("namespaces", "", "v1", "Namespace"),
    ("deployments", "apps", "v1", "Deployment"),
    ("replicasets", "apps", "v1", "ReplicaSet"),
    ("pods", "", "v1", "Pod"),
];

/// Makes an application's objects; how many there were.
pub async fn make(client: &Client, entries: &[Value]) -> anyhow::Result<usize> {
    let of = |kind: &str| entries.iter().filter(|entry| entry["plural"] == kind).collect::<Vec<_>>();
    let mut made = 0;
    for (place, (plural, group, version, kind)) in KINDS.into_iter().enumerate() {
        let kind = ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural);
        let objects = of(plural);
        let each = objects.iter().map(|entry| one(client, &kind, &entry["object"], place > 0));
        made += try_join_all(each).await?.len();
    }
    Ok(made)
}

async fn one(client: &Client, kind: &ApiResource, object: &Value, has_status: bool) -> anyhow::Result<()> {
    let (bare, status) = (bare(object), &object["status"]);
    let name = bare["metadata"]["name"].as_str().context("an object without a name")?.to_owned();
    let api: Api<DynamicObject> = match bare["metadata"]["namespace"].as_str() {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, kind),
        None => Api::all_with(client.clone(), kind),
    };
    api.create(&PostParams::default(), &serde_json::from_value(bare)?).await?;
    if has_status && !status.is_null() {
        let mut status = status.clone();
        // It counts from one here.
        if status["observedGeneration"].is_number() {
            status["observedGeneration"] = json!(1);
        }
        let patch = json!({"status": status});
        api.patch_status(&name, &PatchParams::default(), &Patch::Merge(patch)).await?;
    }
    Ok(())
}

/// Without what only the server that it comes from can say.
fn bare(object: &Value) -> Value {
    let mut bare = object.clone();
    if let Some(fields) = bare.as_object_mut() {
        fields.remove("status");
    }
    if let Some(metadata) = bare["metadata"].as_object_mut() {
        metadata.retain(|field, _| matches!(field.as_str(), "name" | "namespace" | "labels" | "annotations"));
    }
    bare
}
