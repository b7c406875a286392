//! Faults of nodes. They are everybody's, so the test makes nodes of its own, on paper, and says about them and
//! about a pod there what a kubelet would: the cluster's own controllers and watches do the rest.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Node, Pod};
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams},
};
use serde_json::{Value, json};
use slipway_domain::cause::Cause;

use crate::{
    PROMISED,
    list::deployment,
    stage::{Scene, Stage},
};

pub async fn are_told(stage: &Stage) {
    let scene = stage.open(&json!({})).await;
    let name = format!("paper-{}", scene.name);
    let taint = json!([{"key": "only", "value": "robots", "effect": "NoSchedule"}]);
    let labels = json!({"paper": scene.name});
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}, "spec": {"taints": taint}});
    stage.create(&scene, &node).await;
    let told = std::panic::AssertUnwindSafe(play(stage, &scene, &name));
    let told = futures::FutureExt::catch_unwind(told).await;
    let nodes: Api<Node> = Api::all(stage.client.clone());
    let _ = nodes.delete(&name, &DeleteParams::default()).await;
    let pods: Api<Pod> = Api::namespaced(stage.client.clone(), scene.name.as_str());
    // No kubelet says that they are gone.
    let _ = pods.delete_collection(&DeleteParams::default().grace_period(0), &ListParams::default()).await;
    stage.close(&scene).await;
    if let Err(broken) = told {
        std::panic::resume_unwind(broken);
    }
}

async fn play(stage: &Stage, scene: &Scene, node: &str) {
    let is = |code: &'static str| move |causes: &[Cause]| causes.iter().any(|cause| cause.code == code);
    say_ready(stage, node, "True").await;
    let tainted = deployment(stage).spec("nodeSelector", json!({"paper": scene.name}));
    stage.create(scene, &Value::from(tainted)).await;
    report("taint", stage.until(scene, "the taint", is("SLW_TAINT")).await);

    let there = deployment(stage).named("robot").spec("nodeName", json!(node));
    stage.create(scene, &Value::from(there)).await;
    stage.until(scene, "a pod on paper", |_| true).await;
    say_ready(stage, node, "False").await;
    report("node not ready", stage.until(scene, "the lost node", is("DEP_E151")).await);

    say_ready(stage, node, "True").await;
    let pods: Api<Pod> = Api::namespaced(stage.client.clone(), scene.name.as_str());
    let robots = ListParams::default().labels("app.kubernetes.io/name=robot");
    let pod = pods.list(&robots).await.unwrap().items.remove(0).name_any();
    let evicted = json!({"status": {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."}});
    pods.patch_status(&pod, &PatchParams::default(), &Patch::Merge(evicted)).await.unwrap();
    report("eviction", stage.until(scene, "the eviction", is("SLW_EVICTED")).await);
}

async fn say_ready(stage: &Stage, node: &str, status: &str) {
    let nodes: Api<Node> = Api::all(stage.client.clone());
    let capacity = json!({"cpu": "4", "memory": "4Gi", "pods": "10"});
    let ready = json!({"type": "Ready", "status": status, "reason": "Paper", "message": "on paper"});
    let patch = json!({"status": {"capacity": capacity, "allocatable": capacity, "conditions": [ready]}});
    nodes.patch_status(node, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
}

fn report(what: &str, time: Duration) {
    println!("{what}: told {:.1} s after it was done", time.as_secs_f64());
    assert!(time <= PROMISED, "{what} took {time:?}");
}
