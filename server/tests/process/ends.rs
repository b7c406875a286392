//! What is kept of containers that ended, and of namespaces that do not want to.

use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{Api, api::PostParams};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{database::Database, life::Life, world::World};

/// A console over one project, whose only component has these variables.
async fn console(env: Value) -> (World, Life, Database) {
    let mut world = World::new().await;
    let component = json!({"name": "web", "image": "example.com/probe:1.0", "port": 8080, "env": env});
    world.release("shop", 1, &json!([component]));
    let database = Database::Sqlite(tempfile::tempdir().unwrap());
    let life = Life::begin(&world, &database.fresh().await).await;
    let order = json!({"name": "shop", "project": "shop", "version": 1, "admins": ["ana"]});
    assert_eq!(life.ask(Method::POST, "applications", order).await.0, 202);
    (world, life, database)
}

/// Asks until the answer is some.
async fn eventually<T>(life: &Life, path: &str, pick: impl Fn(&Value) -> Option<T>) -> T {
    for _ in 0..600 {
        let (_, told) = life.ask(Method::GET, path, Value::Null).await;
        if let Some(found) = pick(&told) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unreachable!("{path} did not tell it in time")
}

#[tokio::test(flavor = "multi_thread")]
async fn d3_what_a_container_said_before_it_crashed_outlives_its_namespace() {
    let (world, life, _database) = console(json!({"CRASH_AFTER": "50ms", "CRASH_CODE": "3"})).await;
    let ends = |told: &Value| told["ends"].as_array().filter(|ends| !ends.is_empty()).cloned();
    eventually(&life, "applications/shop/ends", ends).await;
    // Until it has crashed three times it is running in between, and Force Undeploy is not for what runs.
    eventually(&life, "applications/shop", |told| {
        (told["standing"]["cause"]["code"] == "DEP_E163").then_some(())
    })
    .await;
    let (status, _) = life.ask(Method::DELETE, "applications/shop?force=true", Value::Null).await;
    assert_eq!(status, 202);
    life.until("shop", "Undeployed").await;
    assert_eq!(world.objects_of("shop"), Vec::<String>::new());
    let kept = eventually(&life, "applications/shop/ends", ends).await;
    let last = kept.last().unwrap();
    assert_eq!((&last["ended"]["component"], &last["ended"]["end"]["exit_code"]), (&json!("web"), &json!(3)));
    assert!(last["ended"]["log"].as_str().unwrap().contains("crashes with 3"), "{last}");
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_what_holds_a_namespace_is_named_and_stripped_only_on_demand() {
    let (world, life, _database) = console(json!({})).await;
    life.until("shop", "Running").await;
    let maps: Api<ConfigMap> = Api::namespaced(world.sandbox.client(), "shop");
    let map = json!({"metadata": {"name": "stuck", "finalizers": ["example.com/orphan"]}});
    maps.create(&PostParams::default(), &serde_json::from_value(map).unwrap()).await.unwrap();
    life.ask(Method::DELETE, "applications/shop", Value::Null).await;

    let leftover = eventually(&life, "applications/shop/held", |told| {
        let leftovers = told["held"]["look"]["leftovers"].as_array()?;
        leftovers.iter().find(|leftover| leftover["name"] == "stuck").cloned()
    });
    let leftover = leftover.await;
    assert_eq!(leftover["finalizers"][0]["name"], "example.com/orphan");
    let (_, stuck) = life.ask(Method::GET, "applications/shop", Value::Null).await;
    assert_eq!(stuck["standing"]["status"], "Undeploying");
    let strip = |confirmation: &str| json!({"uid": leftover["uid"], "finalizer": "example.com/orphan", "confirmation": confirmation});
    let (status, told) = life.ask(Method::POST, "applications/shop/strip", strip("yes")).await;
    assert_eq!((status, &told["errors"][0]["message"]), (422, &json!("Type stuck to confirm.")));
    let (status, told) = life.ask(Method::POST, "applications/shop/strip", strip("stuck")).await;
    assert_eq!(status, 204, "{told}");
    life.until("shop", "Undeployed").await;
    life.end().await;
}
