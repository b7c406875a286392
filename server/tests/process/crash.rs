//! D20: whenever the process is killed, the next one goes on, and everything ends as if nothing had happened.
//!
//! The program runs as a process of its own against a simulated cluster and a registry that this test serves.
//! Every request of the program to one of them is a moment at which it can be killed: before the request has
//! done anything, or after it did and before its answer arrived. One undisturbed life says which moments there
//! are; then each of them is tried.

use futures::{StreamExt, stream};
use slipway_store::Store;

use crate::{
    database::{self, Database},
    life::Life,
    world::{Moment, World},
};

/// How many lives are tried at once.
const AT_ONCE: usize = 4;

/// So many moments may fail to come, because how often somebody looks depends on how long things take.
const LATE: usize = 4;

/// Deploys and undeploys in a world of its own; says how many requests there were and what was in the cluster.
async fn live(database: &Database, moment: Option<Moment>) -> (usize, Vec<String>) {
    let world = World::new(moment).await;
    let url = database.fresh().await;
    let life = Life::begin(&world, &url).await;
    let store = Store::open(&url).await.unwrap();
    life.deploy(&store).await;
    let objects = world.objects_of("shop");
    life.undeploy(&store).await;
    assert_eq!(world.objects_of("shop"), Vec::<String>::new(), "left behind after {moment:?}");
    let killed = life.end().await;
    // A life may end before its moment comes.
    let came = moment.is_some_and(|moment| moment.number() < world.requests());
    assert_eq!(killed, usize::from(came), "how often it was killed at {moment:?}");
    let operations = store.operations(life.application(&store).await.id).await.unwrap();
    let told: Vec<_> = operations.iter().map(|o| (o.kind.label(), o.progress.label())).collect();
    assert_eq!(told, [("Undeploy", "Succeeded"), ("Deploy", "Succeeded")], "after {moment:?}");
    store.close().await;
    (world.requests(), objects)
}

async fn every_moment(database: Database) {
    let (requests, expected) = live(&database, None).await;
    assert!(requests >= 10, "only {requests} requests: the test looks at the wrong ones");
    let moments = (0..requests).flat_map(|n| [Moment::Before(n), Moment::After(n)]);
    let tried = stream::iter(moments)
        .map(|moment| {
            let (database, expected) = (&database, &expected);
            async move {
                let (requests, objects) = live(database, Some(moment)).await;
                assert_eq!(&objects, expected, "other objects after {moment:?}");
                moment.number() < requests
            }
        })
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<_>>()
        .await;
    let killed = tried.iter().filter(|came| **came).count();
    assert!(killed + LATE >= tried.len(), "only {killed} of {} moments came", tried.len());
    println!("killed at {killed} moments of {requests} requests; each ended right");
}

#[tokio::test(flavor = "multi_thread")]
async fn d20_a_kill_at_any_moment_is_made_good_by_the_next_process_on_sqlite() {
    every_moment(Database::Sqlite(tempfile::tempdir().unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d20_a_kill_at_any_moment_is_made_good_by_the_next_process_on_postgresql() {
    if let Some(server) = database::server() {
        every_moment(Database::Postgres(server)).await;
    }
}
