//! G6: many deployments at once, against a bare loop over the very same requests to the same API server: the loop is
//! as fast as anything that writes these objects can be. Requests are counted in every run. `make bench` runs it at
//! full size, measures times too, prints a table and adds to `target/bench.json`; the cluster of
//! `SLIPWAY_TEST_KUBECONFIG` takes the place of the sandbox then.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client, api::DeleteParams};
use reqwest::{Method, header};
use serde_json::{Value, json};
use slipway_kubernetes::sandbox::{Sandbox, SandboxOptions};

use crate::{
    database::Database,
    life::{Life, TURN, eventually},
    single,
    table::{Row, report},
    witness::Seen,
    world::World,
};

/// How many in an ordinary run.
pub const FEW: usize = 20;
/// A namespace, and a workload, a service and a route for each of four components.
pub const OBJECTS: usize = 13;
/// As many applications are written at once, by either of the two.
const AT_ONCE: usize = 16;
/// How often each of the two is measured.
const ROUNDS: usize = 3;

/// What one run has cost.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    pub wall: Duration,
    requests: usize,
}

/// How many `make bench` wants; none in an ordinary run.
pub fn count() -> Option<usize> {
    std::env::var("SLIPWAY_TEST_BENCH").ok().map(|count| count.parse().unwrap())
}

pub async fn world() -> World {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let sandbox = Arc::new(Sandbox::start(SandboxOptions::fast()));
    let real = std::env::var_os("SLIPWAY_TEST_KUBECONFIG").filter(|_| count().is_some());
    let client = match real {
        Some(path) => slipway_kubernetes::from_kubeconfig(Path::new(&path), None).await.unwrap().client,
        None => sandbox.client(),
    };
    let mut world = World::around(sandbox, client).await;
    let component = |number| {
        json!({"name": format!("c{number}"), "image": "example.com/probe:1.0", "port": 8080,
            "route": format!("/c{number}"), "env": {"GREETING": "hello"}})
    };
    world.release("shop", 1, &json!([component(1), component(2), component(3), component(4)]));
    world
}

/// Deploys all of them at once and removes them again; what it cost until the last object was written, and the
/// requests of each application.
pub async fn deploy(world: &World, life: &Life, count: usize) -> (Cost, Vec<Vec<Seen>>) {
    world.witness.take_seen();
    let began = Instant::now();
    order(life, count).await;
    eventually("the last object", || async {
        (world.witness.writes_of("console") >= count * OBJECTS).then_some(())
    })
    .await;
    // The last of them is not answered yet, perhaps.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let wall = world.witness.answered_at() - began;
    let seen = world.witness.take_seen();
    let of_cluster: Vec<_> = seen.into_iter().filter_map(|seen| Some((seen.namespace()?, seen))).collect();
    let requests = of_cluster.len();
    let mut each: BTreeMap<String, Vec<Seen>> = BTreeMap::new();
    for (namespace, seen) in of_cluster.into_iter().filter(|(_, seen)| seen.is_write()) {
        each.entry(namespace).or_default().push(seen);
    }
    (Cost { wall, requests }, each.into_values().collect())
}

/// Orders all of them at once.
pub async fn order(life: &Life, count: usize) {
    let all = (0..count).map(|number| async move {
        let order =
            json!({"name": format!("load-{number}"), "project": "shop", "version": 1, "admins": ["ana"]});
        let (status, told) = life.ask(Method::POST, "applications", order).await;
        assert_eq!(status, 202, "{told}");
    });
    futures::future::join_all(all).await;
}

/// Removes all of them at once; how long it took until the console says of each that nothing is left.
pub async fn remove(life: &Life, count: usize) -> Duration {
    let began = Instant::now();
    let all = (0..count).map(|number| async move {
        let name = format!("load-{number}");
        let path = format!("applications/{name}");
        // Of a real cluster without nodes none is running, and of others each is before long.
        eventually(&path, || async {
            let (status, _) = life.ask(Method::DELETE, &path, Value::Null).await;
            if status == 202 {
                return Some(());
            }
            let by_force = format!("{path}?force=true");
            (life.ask(Method::DELETE, &by_force, Value::Null).await.0 == 202).then_some(())
        })
        .await;
        life.until(&name, "Undeployed").await;
    });
    futures::future::join_all(all).await;
    began.elapsed()
}

/// Sends the same requests, application by application, as many at once, and nothing else.
pub async fn bare(world: &World, door: &str, applications: &[Vec<Seen>]) -> Cost {
    let http = reqwest::Client::new();
    let began = Instant::now();
    stream::iter(applications)
        .for_each_concurrent(AT_ONCE, |requests| {
            let http = http.clone();
            async move {
                for seen in requests {
                    let (method, address) = seen.what.split_once(' ').unwrap();
                    let method = Method::from_bytes(method.as_bytes()).unwrap();
                    let kind = if method == Method::POST { "json" } else { "apply-patch+yaml" };
                    let request = http.request(method, format!("http://{door}{address}"));
                    let request = request.header(header::CONTENT_TYPE, format!("application/{kind}"));
                    let answer = request.body(seen.body.clone()).send().await.unwrap();
                    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
                    answer.bytes().await.unwrap();
                }
            }
        })
        .await;
    let wall = began.elapsed();
    let requests = world.witness.take_seen().len();
    let namespaces: Api<Namespace> = Api::all(world.client.clone());
    for requests in applications {
        clear(&namespaces, &requests[0].namespace().unwrap()).await;
    }
    Cost { wall, requests }
}

pub async fn clear(namespaces: &Api<Namespace>, name: &str) {
    namespaces.delete(name, &DeleteParams::default()).await.unwrap();
    let is_gone = || async { namespaces.get_opt(name).await.unwrap().is_none().then_some(()) };
    eventually("the end of a namespace", is_gone).await;
}

/// None lost and none doubled: every object of every application was written once.
fn check(applications: &[Vec<Seen>], count: usize) {
    for requests in applications {
        let different: BTreeSet<_> = requests.iter().map(|seen| &seen.what).collect();
        assert_eq!((requests.len(), different.len()), (OBJECTS, OBJECTS), "{requests:?}");
    }
    assert_eq!(applications.len(), count, "some were lost");
}

/// The one in the middle.
pub fn median(mut costs: Vec<Duration>) -> f64 {
    costs.sort();
    costs[costs.len() / 2].as_secs_f64()
}

/// Of none of them is anything left.
pub async fn removed(client: &Client, count: usize) {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    for number in 0..count {
        let found = namespaces.get_opt(&format!("load-{number}")).await.unwrap();
        assert!(found.is_none(), "load-{number} is left");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::cast_precision_loss, reason = "counts of requests are small")]
async fn g6_many_deployments_at_once_cost_little_more_than_their_objects() {
    let _turn = TURN.lock().await;
    let bench = count();
    let count = bench.unwrap_or(FEW);
    let world = world().await;
    let database = Database::Sqlite(tempfile::tempdir().unwrap());
    // A lease that is not lost when the machine has much else to do: a step that is run again writes again.
    let life = Life::leasing(&world, &database.fresh().await, 15).await;
    let door = world.door("bare").await;
    // The first time everything is new; what is measured comes after it.
    let (first, requests) = deploy(&world, &life, count).await;
    check(&requests, count);
    remove(&life, count).await;
    let (mut ours, mut theirs, mut costs, mut ends) = (Vec::new(), Vec::new(), vec![first], Vec::new());
    for _ in 0..bench.map_or(0, |_| ROUNDS) {
        world.witness.take_seen();
        let bare = bare(&world, &door, &requests).await;
        assert_eq!(bare.requests, count * OBJECTS);
        let (cost, again) = deploy(&world, &life, count).await;
        check(&again, count);
        ends.push(remove(&life, count).await);
        println!("{count} deployments: {:.2?}; the bare loop: {:.2?}", cost.wall, bare.wall);
        ours.push(cost.wall);
        theirs.push(bare.wall);
        costs.push(cost);
    }
    removed(&world.client, count).await;
    let most = costs.iter().map(|cost| cost.requests).max().unwrap_or_default();
    let asked = most as f64 / (count * OBJECTS) as f64;
    println!("{count} deployments: {most} requests for {} objects", count * OBJECTS);
    let what = "requests of deployments at once, of those of a bare loop over the same objects";
    let mut rows = vec![Row::measured("G6", what, "", 1.1, asked)];
    if bench.is_some() {
        let what = "time until all of their objects are there, of that of the bare loop";
        rows.push(Row::measured("G6", what, "", 1.3, median(ours) / median(theirs)));
        let what =
            format!("{count} undeployments at once until the console says of each that nothing is left");
        rows.push(Row::known("G14", what, "s", median(ends)));
        rows.push(single::click(&world, &life, &door, &requests).await);
        report(&rows).unwrap();
    }
    assert_eq!(rows[0].met, Some(true), "{rows:?}");
    assert_eq!(life.end().await, 0);
}
