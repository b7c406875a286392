//! What many who watch, and much that happens, cost beyond themselves: no watch, no request, few commits and few sends.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::{join_all, try_join_all};
use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api,
    api::{DeleteParams, ListParams},
};
use reqwest::Method;
use serde_json::Value;
use slipway_kubernetes::sandbox::{Sandbox, SandboxOptions};
use tokio::{task::JoinHandle, time::sleep};

use crate::{
    database::Database,
    life::{Life, TURN, eventually},
    wal::Log,
    world::World,
};

const APPLICATIONS: usize = 12;
const VIEWERS: usize = 40;
/// What happens within this time is written and told together.
const TOGETHER: Duration = Duration::from_millis(50);
/// Each phase of a pod's start takes this long, so that an application that lost one is seen without it.
const PACE: Duration = Duration::from_millis(300);
/// The first of a burst goes out at once, and the last one may come after its end.
const AT_ITS_ENDS: u128 = 3;

/// What somebody was told, and in how many pieces it came.
#[derive(Default)]
struct Told {
    text: String,
    pieces: u128,
}

impl Told {
    fn events(&self) -> Vec<&str> {
        self.text.split("\n\n").filter(|event| event.contains("event: application")).collect()
    }
}

/// Everything from now on, until nothing has come for a while.
async fn listen(life: &Life) -> JoinHandle<Told> {
    let mut answer = life.events(Some(9_000_000_000)).await.unwrap();
    tokio::spawn(async move {
        let mut told = Told::default();
        let quiet = Duration::from_secs(4);
        while let Ok(Ok(Some(piece))) = tokio::time::timeout(quiet, answer.chunk()).await {
            let piece = String::from_utf8(piece.to_vec()).unwrap();
            told.pieces += u128::from(piece.contains("event: application"));
            told.text.push_str(&piece);
        }
        told
    })
}

/// All pods go at once, and others take their places.
async fn burst(world: &World, names: &[String]) {
    let at_once = DeleteParams { grace_period_seconds: Some(0), ..DeleteParams::default() };
    let each = names.iter().map(|name| {
        let (pods, at_once): (Api<Pod>, _) = (Api::namespaced(world.client.clone(), name), at_once.clone());
        async move {
            let all = pods.list(&ListParams::default()).await?.items;
            let gone = all.iter().filter_map(|pod| pod.metadata.name.as_deref());
            try_join_all(gone.map(|name| pods.delete(name, &at_once))).await
        }
    });
    try_join_all(each).await.unwrap();
}

async fn until_run(life: &Life, all: bool) {
    eventually("all run, or not all", || async {
        let path = "applications?status=Running&limit=100";
        let (_, page) = life.ask(Method::GET, path, Value::Null).await;
        ((page["applications"].as_array()?.len() == APPLICATIONS) == all).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g5_g11_many_viewers_and_many_events_cost_no_watch_few_commits_and_few_sends() {
    let _turn = TURN.lock().await;
    let sandbox = Arc::new(Sandbox::start(SandboxOptions { pace: PACE, ..SandboxOptions::fast() }));
    let client = sandbox.client();
    let world = World::around(sandbox, client).await;
    let files = Database::Sqlite(tempfile::tempdir().unwrap());
    let database = files.fresh().await;
    let life = Life::begin(&world, &database).await;
    let names: Vec<_> = (0..APPLICATIONS).map(|number| format!("frugal-{number}")).collect();
    life.run_all(&names).await;
    sleep(Duration::from_secs(2)).await;
    let log = Log::keep(Path::new(database.trim_start_matches("sqlite:"))).await.unwrap();

    // They come, and nobody asks the cluster or writes anything because of them.
    world.witness.take_seen();
    let watches = world.witness.watches();
    let before = log.commits().unwrap();
    let viewers = join_all((0..VIEWERS).map(|_| listen(&life))).await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(world.witness.watches(), watches, "watches for {VIEWERS} viewers");
    assert_eq!(world.witness.take_seen(), [], "asked of the cluster for {VIEWERS} viewers");
    assert_eq!(log.commits().unwrap(), before, "written for {VIEWERS} viewers");

    let began = Instant::now();
    burst(&world, &names).await;
    until_run(&life, false).await;
    until_run(&life, true).await;
    let slots = began.elapsed().as_millis() / TOGETHER.as_millis() + AT_ITS_ENDS;
    let commits = log.commits().unwrap() - before;
    let told = join_all(viewers).await;
    let first = told[0].as_ref().unwrap();
    let events = first.events().len();
    println!("{events} events: {commits} commits, {} sends, {slots} times 50 ms", first.pieces);
    assert!(events >= APPLICATIONS, "{}", first.text);
    assert!(commits as u128 <= slots, "{commits} commits");
    for viewer in &told {
        let viewer = viewer.as_ref().unwrap();
        assert_eq!(viewer.events(), first.events(), "everybody is told the same");
        assert!(viewer.pieces <= slots, "{} sends", viewer.pieces);
    }
    assert_eq!(life.end().await, 0);
}
