//! A server that is told to end is gone within its grace period, and what it was in the middle of goes on elsewhere
//! at once, not when a lease has expired.

use std::time::{Duration, Instant};

use futures::FutureExt;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use slipway_domain::{
    names::ApplicationName,
    operation::{Progress, Step},
    ports::Journal,
};
use slipway_store::Store;

use crate::{
    cable::{Cable, Fault},
    database::{self, Database},
    life::{Life, Setup, eventually},
    world::World,
};

/// So long that nobody goes on because of it.
const LEASE: u64 = 600;
/// Requests and steps have ten seconds each; what the step waits for would take 35.
const GRACE: Duration = Duration::from_secs(28);

#[tokio::test(flavor = "multi_thread")]
async fn d20_a_server_that_ends_hands_over_the_step_that_it_cannot_finish() {
    let databases =
        [Some(Database::Sqlite(tempfile::tempdir().unwrap())), database::server().map(Database::Postgres)];
    for database in databases.into_iter().flatten() {
        hands_over(&database.fresh().await).boxed().await;
    }
}

async fn hands_over(database: &str) {
    let mut world = World::new().await;
    let component = json!({"name": "web", "image": "example.com/probe:1.0", "port": 8080});
    world.release("shop", 1, &json!([component]));
    let cable = Cable::to(&world.cluster).await;
    let (cluster, registry) = (cable.place.clone(), world.registry.clone());
    let setup = Setup { database, who: "first", cluster: &cluster, registry: &registry, lease: LEASE };
    let first = Life::of(&world, &setup).await;
    let store = Store::open(database).await.unwrap();
    let name = ApplicationName::parse("a").unwrap();
    // The cluster takes what it is asked and never answers.
    cable.break_down(Fault::Silent);
    let order = json!({"name": "a", "project": "shop", "version": 1, "admins": ["ana"]});
    first.insist(Method::POST, "applications", order, "once").await;
    let is_stuck = || async {
        let application = store.application(&name).await.ok()??;
        let told = store.operations(application.id).await.ok()?;
        // Somebody else finds nothing to do as long as it is held.
        let free = store.claim("nobody", now(), now()).await.ok()?;
        if let Some(job) = &free {
            store.release(job.operation.id, "nobody").await.ok()?;
        }
        (free.is_none() && told[0].progress == Progress::Open { step: Step::Apply }).then_some(())
    };
    eventually("the step is under way", is_stuck).await;

    let began = Instant::now();
    first.ask_to_end(&world.witness).await;
    assert!(began.elapsed() < GRACE, "it took {:?}", began.elapsed());
    let setup = Setup { who: "second", cluster: &world.cluster, ..setup };
    let second = Life::of(&world, &setup).await;
    let is_over = || async {
        let application = store.application(&name).await.ok()??;
        let told = store.operations(application.id).await.ok()?;
        matches!(told[0].progress, Progress::Succeeded { .. }).then_some(())
    };
    eventually("the operation ends", is_over).await;
    assert!(began.elapsed() < Duration::from_secs(LEASE / 4), "it waited for the lease");
    assert_eq!(second.ask(Method::GET, "applications/a", Value::Null).await.0, 200);
    second.end().await;
}

#[expect(clippy::disallowed_methods, reason = "another process lives in real time")]
fn now() -> Timestamp {
    Timestamp::now()
}
