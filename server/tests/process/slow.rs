//! Whoever does not read what they are told holds up nobody else, and is told in the end how all stands.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures::future::join_all;
use http_body_util::BodyExt;
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api,
    api::{DeleteParams, ListParams},
};
use reqwest::Method;
use serde_json::Value;
use slipway_kubernetes::sandbox::{Sandbox, SandboxOptions};
use tokio::{net::TcpSocket, time::sleep};

use crate::{
    database::Database,
    life::{Life, PATIENCE, TURN, eventually},
    world::World,
};

const APPLICATIONS: usize = 12;
const IDLERS: usize = 20;
/// So many pieces of news are kept for somebody who is behind, besides what waits to be sent to them.
const MORE_THAN_IS_KEPT: usize = 64 + 200;
/// What the other end of their connections can take.
const LITTLE: u32 = 4096;
/// Each phase of a pod's start takes this long, so that an application that lost one is seen without it.
const PACE: Duration = Duration::from_millis(150);
/// Whoever reads is told of a change within this time of it.
const SOON: Duration = Duration::from_secs(2);

/// What somebody has been told.
#[derive(Debug, Default)]
struct Told {
    text: String,
    pieces: usize,
    /// How long after each change the piece with it came.
    late: Vec<Duration>,
}

impl Told {
    #[expect(
        clippy::disallowed_methods,
        reason = "when the program says that something changed is compared with now"
    )]
    fn hear(&mut self, piece: &[u8]) {
        let piece = String::from_utf8_lossy(piece);
        self.pieces += usize::from(piece.contains("event: application"));
        self.text.push_str(&piece);
        for application in states(&piece) {
            let changed: Timestamp = application["updated_at"].as_str().unwrap().parse().unwrap();
            let late = Timestamp::now().duration_since(changed);
            self.late.push(late.try_into().unwrap_or_default());
        }
    }

    /// The last revision of each application that they heard of.
    fn knows(&self) -> BTreeMap<String, i64> {
        let each = states(&self.text).map(|application| {
            (application["name"].as_str().unwrap().to_owned(), application["revision"].as_i64().unwrap())
        });
        each.collect()
    }

    fn changes(&self) -> usize {
        self.text.matches("event: application").count()
    }
}

/// The states of applications in whole events.
fn states(text: &str) -> impl Iterator<Item = Value> {
    let data = text.split("\n\n").filter_map(|event| event.split_once("data: "));
    data.flat_map(|(_, data)| match serde_json::from_str(data) {
        Ok(Value::Array(all)) => all,
        Ok(one @ Value::Object(_)) if one.get("revision").is_some() && one.get("name").is_some() => vec![one],
        _ => vec![],
    })
}

/// Somebody at a connection that takes little, who does not read yet.
async fn idle(life: &Life) -> Incoming {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(LITTLE).unwrap();
    let place = life.url.trim_start_matches("http://");
    let stream = socket.connect(place.parse().unwrap()).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = life.stream("/api/v1/events").body(String::new()).unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert!(answer.status().is_success());
    answer.into_body()
}

/// Reads until they know as much.
async fn catch_up(mut idler: Incoming, newest: &BTreeMap<String, i64>) -> Told {
    let mut told = Told::default();
    let read = tokio::time::timeout(PATIENCE, async {
        while told.knows() != *newest {
            let frame = idler.frame().await.unwrap().unwrap();
            told.hear(frame.data_ref().unwrap());
        }
    });
    read.await.unwrap_or_else(|_| unreachable!("not all of {newest:?}"));
    told
}

/// Takes an application's pods away at once.
async fn restart(world: &World, name: &str) {
    let pods: Api<Pod> = Api::namespaced(world.client.clone(), name);
    let at_once = DeleteParams { grace_period_seconds: Some(0), ..DeleteParams::default() };
    for pod in pods.list(&ListParams::default()).await.unwrap() {
        // Somebody else may have been faster.
        let _ = pods.delete(&pod.metadata.name.unwrap(), &at_once).await;
    }
}

async fn revisions(life: &Life) -> BTreeMap<String, i64> {
    let (_, page) = life.ask(Method::GET, "applications?limit=100", Value::Null).await;
    let all = page["applications"].as_array().unwrap().iter();
    all.map(|one| (one["name"].as_str().unwrap().to_owned(), one["revision"].as_i64().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn g5_whoever_does_not_read_holds_up_nobody_and_is_told_in_the_end() {
    let _turn = TURN.lock().await;
    let sandbox = Arc::new(Sandbox::start(SandboxOptions { pace: PACE, ..SandboxOptions::fast() }));
    let client = sandbox.client();
    let world = World::around(sandbox, client).await;
    let files = Database::Sqlite(tempfile::tempdir().unwrap());
    let life = Life::begin(&world, &files.fresh().await).await;
    let names: Vec<_> = (0..APPLICATIONS).map(|number| format!("slow-{number}")).collect();
    life.run_all(&names).await;

    let idlers = join_all((0..IDLERS).map(|_| idle(&life))).await;
    let mut answer = life.events(Some(9_000_000_000)).await.unwrap();
    let reader = Arc::new(Mutex::new(Told::default()));
    let reading = tokio::spawn({
        let reader = Arc::clone(&reader);
        async move {
            while let Ok(Some(piece)) = answer.chunk().await {
                reader.lock().unwrap().hear(&piece);
            }
        }
    });

    let began = Instant::now();
    for name in names.iter().cycle() {
        restart(&world, name).await;
        sleep(PACE / 3).await;
        if reader.lock().unwrap().pieces > MORE_THAN_IS_KEPT {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "only {} pieces", reader.lock().unwrap().pieces);
    }
    for name in &names {
        life.until(name, "Running").await;
    }
    // All is quiet when nothing has changed for a while.
    let newest = eventually("an end of the changes", || async {
        let before = revisions(&life).await;
        sleep(SOON).await;
        (revisions(&life).await == before).then_some(before)
    })
    .await;
    let (late, changes) = {
        let mut reader = reader.lock().unwrap();
        assert_eq!(reader.knows(), newest, "whoever reads has heard of everything");
        reader.late.sort_unstable();
        (reader.late[reader.late.len() * 19 / 20], reader.changes())
    };
    println!("{changes} changes, of 19 in 20 heard after {late:?} at the latest");
    assert!(late < SOON, "whoever reads heard of one in 20 changes after {late:?} or later");
    for told in join_all(idlers.into_iter().map(|idler| catch_up(idler, &newest))).await {
        assert!(told.changes() < changes, "{} of {changes}: nothing was left out", told.changes());
    }
    reading.abort();
    assert_eq!(life.end().await, 0);
}
