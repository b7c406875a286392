//! An order is held to the plan that was looked at; what is applied is a plan that is kept; a cluster that changes
//! in between is planned anew (D6).

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
    routing::any,
};
use http_body_util::BodyExt;
use k8s_openapi::api::{apps::v1::Deployment, core::v1::ResourceQuota};
use kube::{
    Api, Client,
    api::{Patch, PatchParams, PostParams},
    client::Body,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    changes::{console, deploy, releases},
    database::Database,
    life::Life,
    world::World,
};

/// Somebody scales the deployment `web` by hand.
async fn scale(client: Client, replicas: u32) {
    let api: Api<Deployment> = Api::namespaced(client, "shop");
    let patch = Patch::Merge(json!({"spec": {"replicas": replicas}}));
    api.patch("web", &PatchParams::default(), &patch).await.unwrap();
}

fn replicas(world: &World) -> Value {
    world.object("shop", "Deployment", "web").unwrap()["spec"]["replicas"].clone()
}

/// The plans of the newest operation.
async fn plans(life: &Life) -> Vec<Value> {
    let (_, told) = life.ask(Method::GET, "applications/shop/operations", Value::Null).await;
    let id = told["operations"][0]["id"].as_str().unwrap().to_owned();
    let (status, told) =
        life.ask(Method::GET, &format!("applications/shop/operations/{id}/plans"), Value::Null).await;
    assert_eq!(status, 200, "{told}");
    told["plans"].as_array().unwrap().clone()
}

fn actions(plan: &Value) -> Vec<(String, String)> {
    let objects = plan["plan"]["objects"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    objects
        .filter(|object| object["action"] != "keep")
        .map(|object| {
            (text(&object["action"]), format!("{} {}", text(&object["kind"]), text(&object["name"])))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_an_order_is_refused_when_the_cluster_is_not_any_more_as_its_plan_says() {
    let (world, life, _database) = console().await;
    deploy(&life, 1).await;
    life.until("shop", "Running").await;
    let wish = json!({"components": {"web": {"replicas": 2}}});
    let (_, before) = life.ask(Method::POST, "applications/shop/plan", wish.clone()).await;
    scale(world.sandbox.client(), 5).await;
    let order = |hash: &Value| json!({"components": {"web": {"replicas": 2}}, "plan": hash});
    let (status, told) = life.ask(Method::PUT, "applications/shop", order(&before["hash"])).await;
    assert_eq!((status, &told["code"]), (409, &json!("SLW_PLAN_STALE")), "{told}");
    assert_eq!(replicas(&world), 5);
    let (_, application) = life.ask(Method::GET, "applications/shop", Value::Null).await;
    assert_eq!(application["generation"], 1);

    let (_, now) = life.ask(Method::POST, "applications/shop/plan", wish).await;
    assert_ne!(now["hash"], before["hash"]);
    let (status, told) = life.ask(Method::PUT, "applications/shop", order(&now["hash"])).await;
    assert_eq!(status, 202, "{told}");
    life.until("shop", "Running").await;
    assert_eq!(replicas(&world), 2);
    let applied = plans(&life).await;
    assert_eq!(applied.len(), 1);
    assert_eq!(applied[0]["hash"], now["hash"], "what was applied is what was looked at");
    assert_eq!(actions(&applied[0]), [("change".to_owned(), "Deployment web".to_owned())]);
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_a_page_that_shows_a_plan_asks_the_cluster_once_for_it() {
    let (world, life, _database) = console().await;
    deploy(&life, 1).await;
    life.until("shop", "Running").await;
    let tried = || {
        let seen = world.witness.take_seen().into_iter().map(|seen| seen.what);
        let mut tried: Vec<_> = seen.filter(|what| what.contains("dryRun=")).collect();
        tried.sort();
        tried
    };
    tried();
    life.ask(Method::POST, "applications/shop/plan", json!({})).await;
    let by_a_program = tried();
    let page = life.page("/devops/instances/shop/update/review").await;
    assert!(page.contains("Nothing would change."), "{page}");
    assert_eq!(tried(), by_a_program);
    assert!(!by_a_program.is_empty());
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_a_new_application_is_made_by_the_plan_that_was_looked_at() {
    let (_world, life, _database) = console().await;
    let order = |plan: &Value| json!({"name": "shop", "project": "shop", "version": 2, "admins": ["ana"], "plan": plan});
    let (_, told) = life.ask(Method::POST, "plan", order(&Value::Null)).await;
    let (status, problem) = life.ask(Method::POST, "applications", order(&json!("sha256:other"))).await;
    assert_eq!((status, &problem["code"]), (409, &json!("SLW_PLAN_STALE")));
    let (status, problem) = life.ask(Method::POST, "applications", order(&told["hash"])).await;
    assert_eq!(status, 202, "{problem}");
    life.until("shop", "Running").await;
    let applied = plans(&life).await;
    assert_eq!((applied.len(), &applied[0]["hash"]), (1, &told["hash"]));
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_what_changes_between_plan_and_deed_is_planned_again() {
    let mut world = World::new().await;
    releases(&mut world);
    let armed = between(&mut world).await;
    let database = Database::Sqlite(tempfile::tempdir().unwrap());
    let life = Life::begin(&world, &database.fresh().await).await;
    deploy(&life, 1).await;
    life.until("shop", "Running").await;

    armed.store(true, Ordering::SeqCst);
    let (status, told) =
        life.ask(Method::PUT, "applications/shop", json!({"components": {"web": {"replicas": 2}}})).await;
    assert_eq!(status, 202, "{told}");
    life.until("shop", "Running").await;
    assert!(!armed.load(Ordering::SeqCst), "nobody has meddled");
    assert_eq!(replicas(&world), 2);
    let applied = plans(&life).await;
    assert_eq!(applied.len(), 2, "{applied:?}");
    assert_eq!(applied[1]["because"], "Deployment web was changed by somebody else meanwhile.");
    let was = |plan: &Value| {
        let objects = plan["plan"]["objects"].as_array().unwrap().clone();
        let web =
            objects.into_iter().find(|object| object["kind"] == "Deployment" && object["name"] == "web");
        web.unwrap()["changes"][0]["before"].clone()
    };
    assert_eq!((was(&applied[0]), was(&applied[1])), (json!(1), json!(7)));
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_what_the_cluster_denies_is_in_the_plan_and_nothing_is_written() {
    let (world, life, _database) = console().await;
    deploy(&life, 2).await;
    life.until("shop", "Running").await;
    let quotas: Api<ResourceQuota> = Api::namespaced(world.sandbox.client(), "shop");
    let quota = json!({"metadata": {"name": "small"}, "spec": {"hard": {"services": "1"}}});
    quotas.create(&PostParams::default(), &serde_json::from_value(quota).unwrap()).await.unwrap();
    let before = world.objects_of("shop");

    let (_, told) = life.ask(Method::POST, "applications/shop/plan", json!({"version": 1})).await;
    assert!(actions(&told).contains(&("refused".to_owned(), "Service old".to_owned())), "{told}");
    let finding = &told["plan"]["findings"][0];
    assert_eq!((&finding["code"], &finding["stops"]), (&json!("SLW_QUOTA"), &json!(true)));
    let order = json!({"version": 1, "plan": told["hash"]});
    let (status, problem) = life.ask(Method::PUT, "applications/shop", order).await;
    assert_eq!((status, &problem["code"]), (409, &json!("SLW_QUOTA")));

    // Ordered without a look at the plan, it ends before anything is written.
    life.ask(Method::PUT, "applications/shop", json!({"version": 1})).await;
    let failed = life.until("shop", "DeployStartedFailed").await;
    assert_eq!(failed["standing"]["cause"]["code"], "SLW_QUOTA");
    assert_eq!(world.objects_of("shop"), before);
    assert_eq!(plans(&life).await.len(), 1);
    life.end().await;
}

/// Puts somebody between the program and the cluster who, once armed, scales `web` to seven just before the next
/// time that it is written to in earnest.
async fn between(world: &mut World) -> Arc<AtomicBool> {
    let (client, armed) = (world.sandbox.client(), Arc::new(AtomicBool::new(false)));
    let meddler = Arc::clone(&armed);
    let forward = move |request: Request| {
        let (client, armed) = (client.clone(), Arc::clone(&meddler));
        async move {
            let (head, body) = request.into_parts();
            let is_deed = head.method == Method::PATCH
                && head.uri.path().ends_with("/deployments/web")
                && !head.uri.query().unwrap_or_default().contains("dryRun");
            if is_deed && armed.swap(false, Ordering::SeqCst) {
                scale(client.clone(), 7).await;
            }
            let body = Body::from(body.collect().await.unwrap().to_bytes());
            let answer: Response = match client.send(axum::http::Request::from_parts(head, body)).await {
                Ok(answer) => answer.map(axum::body::Body::new).into_response(),
                Err(error) => (axum::http::StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
            };
            answer
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    world.cluster = listener.local_addr().unwrap().to_string();
    let router = Router::new().fallback(any(forward));
    tokio::spawn(async move { axum::serve(listener, router).await });
    armed
}
