//! Causes that go away again, and a cluster that does.

use k8s_openapi::api::apps::v1::Deployment;
use kube::{
    Api,
    api::{Patch, PatchParams},
};
use serde_json::{Value, json};
use slipway_kubernetes::sandbox::Sandbox;

use crate::{list::deployment, stage::Stage};

pub async fn an_image_that_can_be_pulled_after_all_has_no_cause(stage: &Stage) {
    let scene = stage.open(&json!({})).await;
    let bad = deployment(stage).image(&format!("{}/slipway/missing:1", stage.registry));
    stage.create(&scene, &Value::from(bad)).await;
    stage
        .until(&scene, "the pull error", |causes| causes.first().is_some_and(|c| c.code == "DEP_E153"))
        .await;
    let api: Api<Deployment> = Api::namespaced(stage.client.clone(), scene.name.as_str());
    let containers = json!([{"name": "web", "image": stage.image()}]);
    let patch = json!({"spec": {"template": {"spec": {"containers": containers}}}});
    api.patch("web", &PatchParams::default(), &Patch::Strategic(patch)).await.unwrap();
    let time = stage.until(&scene, "that all is well", <[_]>::is_empty).await;
    println!(
        "an image that can be pulled after all: no cause {:.1} s after it was mended",
        time.as_secs_f64()
    );
    stage.close(&scene).await;
}

pub async fn a_cluster_that_does_not_answer_is_told(stage: &Stage, sandbox: &Sandbox) {
    let scene = stage.open(&json!({})).await;
    stage.create(&scene, &Value::from(deployment(stage).env("FAIL_HEALTH", "1"))).await;
    stage
        .until(&scene, "that it is not ready", |causes| {
            causes.first().is_some_and(|c| c.code == "SLW_NOT_READY")
        })
        .await;
    sandbox.set_reachable(false);
    stage
        .until(&scene, "that it is away", |causes| causes.first().is_some_and(|c| c.code == "DEP_E151"))
        .await;
    sandbox.set_reachable(true);
    stage
        .until(&scene, "that it is back", |causes| causes.first().is_some_and(|c| c.code == "SLW_NOT_READY"))
        .await;
}
