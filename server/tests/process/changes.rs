//! Updates, rollbacks, retries and cancellations, asked for as programs do.

use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, api::DeleteParams};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{database::Database, life::Life, world::World};

/// A console over releases of its own: `shop` with two versions that differ in a component and in a greeting.
pub async fn console() -> (World, Life, Database) {
    let mut world = World::new().await;
    releases(&mut world);
    let database = Database::Sqlite(tempfile::tempdir().unwrap());
    let life = Life::begin(&world, &database.fresh().await).await;
    (world, life, database)
}

/// Puts those releases into the world.
pub fn releases(world: &mut World) {
    let component = |name: &str, greeting: &str| {
        json!({"name": name, "image": "example.com/probe:1.0", "port": 8080, "route": format!("/{name}"),
            "env": {"GREETING": greeting}})
    };
    world.release("shop", 1, &json!([component("web", "one"), component("old", "one")]));
    world.release("shop", 2, &json!([component("web", "two")]));
    world.release("shop", 3, &json!([{"name": "web", "image": "example.com/probe:missing"}]));
}

pub async fn deploy(life: &Life, version: u32) -> (u16, Value) {
    let order = json!({"name": "shop", "project": "shop", "version": version, "admins": ["ana"]});
    life.ask(Method::POST, "applications", order).await
}

fn variable(world: &World, component: &str, name: &str) -> Option<Value> {
    let deployment = world.object("shop", "Deployment", component)?;
    let env = deployment["spec"]["template"]["spec"]["containers"][0]["env"].as_array()?.clone();
    env.into_iter().find(|variable| variable["name"] == name)
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_l04_an_update_keeps_identity_and_removes_what_is_no_longer_part() {
    let (world, life, _database) = console().await;
    assert_eq!(deploy(&life, 1).await.0, 202);
    let first = life.until("shop", "Running").await;
    assert!(world.object("shop", "Deployment", "old").is_some());

    let (status, told) = life.ask(Method::PUT, "applications/shop", json!({"version": 2})).await;
    assert_eq!(status, 202, "{told}");
    let second = life.until("shop", "Running").await;
    assert_eq!((&second["generation"], &second["version"]), (&json!(2), &json!(2)));
    assert_eq!(second["id"], first["id"]);
    assert_eq!(variable(&world, "web", "GREETING").unwrap()["value"], "two");
    for kind in ["Deployment", "Service", "Ingress"] {
        assert!(world.object("shop", kind, "old").is_none(), "the {kind} of the old component is left");
    }
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d10_a_rollback_brings_everything_back_and_quarantines_what_it_leaves() {
    let (world, life, _database) = console().await;
    deploy(&life, 1).await;
    life.until("shop", "Running").await;
    life.ask(Method::PUT, "applications/shop", json!({"version": 2})).await;
    life.until("shop", "Running").await;

    let (status, told) = life.ask(Method::POST, "applications/shop/rollback", json!({"generation": 1})).await;
    assert_eq!(status, 202, "{told}");
    let back = life.until("shop", "Running").await;
    assert_eq!((&back["generation"], &back["version"]), (&json!(3), &json!(1)));
    assert_eq!(variable(&world, "web", "GREETING").unwrap()["value"], "one");
    assert!(world.object("shop", "Deployment", "old").is_some());

    let (status, told) = life.ask(Method::PUT, "applications/shop", json!({"version": 2})).await;
    assert_eq!((status, &told["code"]), (409, &json!("SLW_QUARANTINED")));
    let (status, _) =
        life.ask(Method::PUT, "applications/shop?even_quarantined=true", json!({"version": 2})).await;
    assert_eq!(status, 202);
    life.until("shop", "Running").await;
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_12_a_failed_update_leaves_what_ran_and_can_be_retried_or_left() {
    let (world, life, _database) = console().await;
    deploy(&life, 1).await;
    life.until("shop", "Running").await;
    life.ask(Method::PUT, "applications/shop", json!({"version": 3})).await;
    let failed = life.until("shop", "ImageBuildFailed").await;
    assert_eq!(failed["phase"], "Failed To Update");
    assert_eq!(failed["standing"]["cause"]["code"], "DEP_E161");
    assert_eq!(
        failed["standing"]["reason"],
        "Generation 2 could not be started. What ran before still serves."
    );
    assert_eq!(variable(&world, "web", "GREETING").unwrap()["value"], "one");

    let (status, _) = life.ask(Method::POST, "applications/shop/retry", Value::Null).await;
    assert_eq!(status, 202);
    life.until("shop", "ImageBuildFailed").await;
    life.ask(Method::PUT, "applications/shop", json!({"version": 2})).await;
    let mended = life.until("shop", "Running").await;
    assert_eq!(mended["generation"], 3);
    let (_, told) = life.ask(Method::GET, "applications/shop/operations", Value::Null).await;
    let kinds: Vec<_> =
        told["operations"].as_array().unwrap().iter().map(|o| o["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["update", "update", "update", "deploy"]);
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_27_scaling_and_variables_are_updates_that_move_no_image() {
    let (world, life, _database) = console().await;
    deploy(&life, 1).await;
    life.until("shop", "Running").await;
    let image = |world: &World| {
        let deployment = world.object("shop", "Deployment", "web").unwrap();
        deployment["spec"]["template"]["spec"]["containers"][0]["image"].clone()
    };
    let before = image(&world);
    let wish = json!({"components": {"web": {"replicas": 3, "variables": {"GREETING": "hi", "API_TOKEN": "hunter2"}}}});
    let (status, told) = life.ask(Method::PUT, "applications/shop", wish).await;
    assert_eq!(status, 202, "{told}");
    life.until("shop", "Running").await;
    assert_eq!(world.object("shop", "Deployment", "web").unwrap()["spec"]["replicas"], 3);
    assert_eq!(variable(&world, "web", "GREETING").unwrap()["value"], "hi");
    assert_eq!(image(&world), before);
    // What is called like a secret is one: it stands in a Secret, and nowhere that programs or people read.
    assert_eq!(variable(&world, "web", "API_TOKEN").unwrap()["valueFrom"]["secretKeyRef"]["name"], "web");
    let (_, told) = life.ask(Method::GET, "applications/shop/generations", Value::Null).await;
    assert!(!told.to_string().contains("hunter2"), "{told}");

    // What was wished stays wished when something else changes.
    life.ask(Method::PUT, "applications/shop", json!({"version": 2})).await;
    life.until("shop", "Running").await;
    assert_eq!(world.object("shop", "Deployment", "web").unwrap()["spec"]["replicas"], 3);
    assert_eq!(variable(&world, "web", "GREETING").unwrap()["value"], "hi");
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d20_what_is_cancelled_stops_and_can_be_retried_or_removed() {
    let (world, life, _database) = console().await;
    world.sandbox.set_reachable(false);
    deploy(&life, 1).await;
    life.until("shop", "DeployStarted").await;
    let (status, _) = life.ask(Method::POST, "applications/shop/cancel", Value::Null).await;
    assert_eq!(status, 202);
    let cancelled = life.until("shop", "Unknown").await;
    assert_eq!(cancelled["operation"]["progress"]["state"], "cancelled");
    world.sandbox.set_reachable(true);
    life.ask(Method::POST, "applications/shop/retry", Value::Null).await;
    life.until("shop", "Running").await;
    let (status, told) = life.ask(Method::POST, "applications/shop/cancel", Value::Null).await;
    assert_eq!((status, &told["code"]), (409, &json!("SLW_NOT_NOW")));
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_44_a_namespace_that_somebody_else_deletes_is_noticed_and_can_be_left_or_made_again() {
    let (world, life, _database) = console().await;
    let namespaces: Api<Namespace> = Api::all(world.sandbox.client());
    let is_gone = |one: &Value| one["standing"]["reason"] == "The namespace is gone.";
    deploy(&life, 1).await;
    life.until("shop", "Running").await;
    namespaces.delete("shop", &DeleteParams::default()).await.unwrap();
    let noticed = life.until_so("shop", "noticed", is_gone).await;
    assert_eq!(noticed["standing"]["status"], "Pending");
    let (status, told) = life.ask(Method::PUT, "applications/shop", json!({"version": 2})).await;
    assert_eq!(status, 202, "{told}");
    life.until("shop", "Running").await;

    namespaces.delete("shop", &DeleteParams::default()).await.unwrap();
    life.until_so("shop", "noticed again", is_gone).await;
    let (status, told) = life.ask(Method::DELETE, "applications/shop?force=true", Value::Null).await;
    assert_eq!(status, 202, "{told}");
    let gone = life.until("shop", "Undeployed").await;
    assert!(gone["operation"]["proof"]["checks"].as_array().is_some_and(|checks| checks.len() > 10));

    // Whoever is quicker than the badge is served just as well.
    deploy(&life, 1).await;
    life.until("shop", "Running").await;
    let at_once = DeleteParams::default();
    let (deleted, (status, told)) = tokio::join!(
        namespaces.delete("shop", &at_once),
        life.ask(Method::DELETE, "applications/shop", Value::Null)
    );
    deleted.unwrap();
    if status != 202 {
        assert_eq!(told["code"], "SLW_NOT_NOW", "{told}");
        life.ask(Method::DELETE, "applications/shop?force=true", Value::Null).await;
    }
    life.until("shop", "Undeployed").await;
    assert_eq!(world.objects(), []);
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_is_asked_for_again_under_the_same_key_is_the_same_update() {
    let (_world, life, _database) = console().await;
    deploy(&life, 1).await;
    life.until("shop", "Running").await;
    for _ in 0..2 {
        let again = life.try_ask(Method::PUT, "applications/shop", json!({"version": 2}), "once").await;
        assert_eq!(again.unwrap().0, 202);
        life.until("shop", "Running").await;
    }
    let (_, told) = life.ask(Method::GET, "applications/shop/operations", Value::Null).await;
    assert_eq!(told["operations"].as_array().unwrap().len(), 2, "{told}");
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_11_an_undeploy_ends_with_a_proof() {
    let (world, life, _database) = console().await;
    deploy(&life, 1).await;
    life.until("shop", "Running").await;
    let (status, _) = life.ask(Method::DELETE, "applications/shop?force=true", Value::Null).await;
    assert_eq!(status, 409, "Force Undeploy is not for what runs");
    let (status, _) = life.ask(Method::DELETE, "applications/shop", Value::Null).await;
    assert_eq!(status, 202);
    let gone = life.until("shop", "Undeployed").await;
    assert_eq!(gone["phase"], "Deployment stopped");
    let checks = gone["operation"]["proof"]["checks"].as_array().unwrap();
    assert!(checks.iter().any(|check| check["what"].as_str().unwrap().contains("namespace")), "{checks:?}");
    assert_eq!(world.objects_of("shop"), Vec::<String>::new());
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_10_an_order_that_is_wrong_is_a_problem_that_names_its_fields() {
    let (_world, life, _database) = console().await;
    let (status, told) =
        life.ask(Method::POST, "applications", json!({"name": "No", "project": "shop"})).await;
    assert_eq!((status, &told["code"]), (422, &json!("SLW_INVALID")));
    let fields: Vec<_> =
        told["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["name", "version", "admins"]);
    let (status, told) = life.ask(Method::GET, "applications/nobody", Value::Null).await;
    assert_eq!((status, &told["code"]), (404, &json!("SLW_NOT_FOUND")));
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_a_plan_says_what_would_be_done_and_does_nothing() {
    let (world, life, _database) = console().await;
    let order = json!({"name": "shop", "project": "shop", "version": 1, "admins": ["ana"]});
    let (status, told) = life.ask(Method::POST, "plan", order).await;
    assert_eq!(status, 200, "{told}");
    assert!(told["plan"]["objects"].as_array().unwrap().iter().all(|object| object["action"] == "create"));
    assert_eq!(world.objects_of("shop"), Vec::<String>::new());

    deploy(&life, 1).await;
    life.until("shop", "Running").await;
    let before = world.objects_of("shop");
    let wish = json!({"version": 2, "components": {"web": {"replicas": 2}}});
    let (_, told) = life.ask(Method::POST, "applications/shop/plan", wish.clone()).await;
    let objects = told["plan"]["objects"].as_array().unwrap();
    let action = |kind: &str, name: &str| {
        let found = objects.iter().find(|object| object["kind"] == kind && object["name"] == name);
        found.map(|object| object["action"].as_str().unwrap())
    };
    assert_eq!(action("Deployment", "web"), Some("change"));
    assert_eq!(action("Deployment", "old"), Some("remove"));
    let web =
        objects.iter().find(|object| object["kind"] == "Deployment" && object["name"] == "web").unwrap();
    let replicas = web["changes"].as_array().unwrap().iter().find(|change| change["path"] == "spec.replicas");
    assert_eq!((&replicas.unwrap()["before"], &replicas.unwrap()["after"]), (&json!(1), &json!(2)));
    assert_eq!(world.objects_of("shop"), before, "a plan has written something");
    let (_, again) = life.ask(Method::POST, "applications/shop/plan", wish).await;
    assert_eq!(again["hash"], told["hash"]);

    let (_, told) = life.ask(Method::POST, "applications/shop/plan", json!({"version": 3})).await;
    assert_eq!(told["plan"]["findings"][0]["code"], "DEP_E161");
    life.end().await;
}
