//! D20: an operation can be cancelled at every step, and what was cancelled can be run again or removed. A request
//! that is under way when the operation is cancelled still reaches the cluster afterwards; that is the worst that can
//! happen, and must do no harm either.

use futures::{StreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    database::Database,
    life::TURN,
    story::{NAME, Order, Stage},
    witness::{Moment, Seen},
};

const AT_ONCE: usize = 8;

/// The requests of a deployment and of an update, and what is there after each.
async fn example(stage: &Stage) -> [(Vec<Seen>, Vec<String>); 2] {
    let mut told = Vec::new();
    for (number, order) in [Order::Deploy, Order::Update, Order::Undeploy].into_iter().enumerate() {
        stage.world.witness.take_seen();
        stage.order(order).await;
        stage.done(order, number + 1).await;
        told.push((stage.world.witness.take_seen(), stage.things()));
    }
    stage.clear();
    [told.remove(0), told.remove(0)]
}

/// Before and after every request, each once.
fn moments(seen: &[Seen]) -> Vec<Moment> {
    let mut moments = Vec::new();
    for seen in seen {
        let before = Moment::Before(seen.what.clone());
        if !moments.contains(&before) {
            moments.push(before);
            if seen.is_write() {
                moments.push(Moment::After(seen.what.clone()));
            }
        }
    }
    moments
}

/// Cancels the order when it has come to the moment; how it was cancelled is up to the caller.
async fn cancel_at(stage: &Stage, order: Order, moment: &Moment, method: Method, path: &str) {
    let held = stage.world.witness.hold_at(moment.clone());
    let ((), ()) = tokio::join!(stage.order(order), async {
        assert!(held.reached().await, "{order:?} does not come to {moment:?}");
        // What is not in the database yet cannot be cancelled.
        if !is_open(stage).await {
            return held.go();
        }
        let (status, told) = stage.life.ask(method, path, Value::Null).await;
        assert_eq!(status, 202, "{moment:?}: {told}");
        held.go();
    });
}

async fn is_open(stage: &Stage) -> bool {
    stage.look().await.is_some_and(|(_, operations)| !operations[0].progress.is_over())
}

/// Cancels a deployment and runs it again, then removes it in the middle of an update.
async fn play(stage: &Stage, deploy: Moment, update: Moment, example: &[(Vec<Seen>, Vec<String>); 2]) {
    let one = format!("applications/{NAME}");
    cancel_at(stage, Order::Deploy, &deploy, Method::POST, &format!("{one}/cancel")).await;
    let is_cancelled = stage.look().await.unwrap().1[0].progress.label() == "Cancelled";
    if is_cancelled {
        let cancelled = stage.life.until(NAME, "Unknown").await;
        assert!(cancelled["standing"]["reason"].as_str().unwrap().starts_with("Deploy was cancelled"));
        let (status, told) = stage.life.ask(Method::POST, &format!("{one}/retry"), Value::Null).await;
        assert_eq!(status, 202, "{told}");
    }
    stage.done(Order::Deploy, 1 + usize::from(is_cancelled)).await;
    assert_eq!(stage.things(), example[0].1, "after a cancellation at {deploy:?}");

    cancel_at(stage, Order::Update, &update, Method::DELETE, &format!("{one}?force=true")).await;
    let gone = stage.life.until(NAME, "Undeployed").await;
    let checks = gone["operation"]["proof"]["checks"].as_array().unwrap();
    assert!(checks.iter().all(|check| check["outcome"]["state"] != json!("found")), "{checks:?}");
    assert_eq!(stage.world.objects(), [], "left behind after a removal at {update:?}");
    stage.clear();
}

#[tokio::test(flavor = "multi_thread")]
async fn d20_every_step_can_be_cancelled_and_run_again_or_removed() {
    let _turn = TURN.lock().await;
    let database = Database::Sqlite(tempfile::tempdir().unwrap());
    let stage = Stage::set(&database.fresh().await).await;
    example(&stage).await;
    // Once more, now that images are built.
    let example = example(&stage).await;
    stage.life.end().await;
    let (deploys, updates) = (moments(&example[0].0), moments(&example[1].0));
    let count = deploys.len().max(updates.len());
    let pairs = (0..count)
        .map(|number| (deploys[number % deploys.len()].clone(), updates[number % updates.len()].clone()));
    let pairs: Vec<_> = pairs.collect();
    let shares: Vec<Vec<_>> =
        (0..AT_ONCE).map(|share| pairs.iter().skip(share).step_by(AT_ONCE).cloned().collect()).collect();
    stream::iter(shares)
        .for_each_concurrent(AT_ONCE, async |share| {
            let stage = Stage::set(&database.fresh().await).await;
            for (deploy, update) in share {
                play(&stage, deploy, update, &example).await;
            }
            assert_eq!(stage.life.end().await, 0);
        })
        .await;
    println!("cancelled at {count} moments; each ended right");
}
