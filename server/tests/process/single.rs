//! G6b: a click until the namespace is there, of the least that it could take: one commit, and one request. `make bench`
//! measures it.

use std::{
    pin::Pin,
    time::{Duration, Instant},
};

use futures::{Stream, StreamExt};
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client,
    api::{WatchEvent, WatchParams},
};
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection, Executor, SqliteConnection};

use crate::{
    life::Life,
    load::{clear, median},
    table::Row,
    witness::Seen,
    world::World,
};

/// So many clicks.
const ROUNDS: usize = 9;
const GOAL: f64 = 1.5;

type Changes = Pin<Box<dyn Stream<Item = kube::Result<WatchEvent<Namespace>>> + Send>>;

/// One after the other, in turns with the bare pair, whose requests are those of earlier deployments.
pub async fn click(world: &World, life: &Life, door: &str, applications: &[Vec<Seen>]) -> Row {
    let mut database = database(&world.folder.path().join("bare.db")).await;
    let http = reqwest::Client::new();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for requests in &applications[..ROUNDS] {
        let name = requests[0].namespace().unwrap();
        let (coming, began) = (changes(&world.client).await, Instant::now());
        sqlx::query("INSERT INTO orders VALUES ($1)").bind(&name).execute(&mut database).await.unwrap();
        let request = http.post(format!("http://{door}/api/v1/namespaces")).body(requests[0].body.clone());
        let answer = request.header("content-type", "application/json").send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        theirs.push(until_there(coming, &name, began).await);
        clear(&Api::all(world.client.clone()), &name).await;

        let (coming, began) = (changes(&world.client).await, Instant::now());
        let order = json!({"name": name, "project": "shop", "version": 1, "admins": ["ana"]});
        assert_eq!(life.ask(Method::POST, "applications", order).await.0, 202);
        ours.push(until_there(coming, &name, began).await);
        life.until(&name, "Running").await;
        life.ask(Method::DELETE, &format!("applications/{name}"), serde_json::Value::Null).await;
        life.until(&name, "Undeployed").await;
    }
    let (ours, theirs) = (median(ours) * 1000.0, median(theirs) * 1000.0);
    println!("a click until the namespace is there: {ours:.1} ms; a commit and a request: {theirs:.1} ms");
    let what = "a click until the namespace is there, of a bare commit and request";
    Row::measured("G6b", what, "", GOAL, ours / theirs)
}

async fn changes(client: &Client) -> Changes {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let version =
        namespaces.list_metadata(&kube::api::ListParams::default()).await.unwrap().metadata.resource_version;
    namespaces.watch(&WatchParams::default(), &version.unwrap_or_default()).await.unwrap().boxed()
}

async fn until_there(mut changes: Changes, name: &str, began: Instant) -> Duration {
    loop {
        let change = changes.next().await.unwrap().unwrap();
        if matches!(change, WatchEvent::Added(namespace) if namespace.metadata.name.as_deref() == Some(name))
        {
            return began.elapsed();
        }
    }
}

/// One that writes as carefully as ours.
async fn database(file: &std::path::Path) -> SqliteConnection {
    let mut database =
        SqliteConnection::connect(&format!("sqlite:{}?mode=rwc", file.display())).await.unwrap();
    let careful = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE orders (name TEXT)";
    database.execute(careful).await.unwrap();
    database
}
