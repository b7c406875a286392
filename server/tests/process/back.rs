//! Whoever comes back after the program was killed hears what they have missed, and nothing that they know.

use std::time::Duration;

use futures::future::join_all;
use reqwest::Method;
use serde_json::Value;

use crate::{
    database::Database,
    life::{Life, PATIENCE, TURN},
    world::World,
};

const KILLS: usize = 6;
const APPLICATIONS: usize = 3;
/// So many try to be the first to be answered.
const EAGER: usize = 8;
/// What is to be heard then is heard by then.
const SOON: Duration = Duration::from_secs(2);

/// Comes back as soon as anybody answers; the events with a revision that they hear then.
async fn come_back(life: &Life, known: i64) -> Vec<i64> {
    let answered = tokio::time::timeout(PATIENCE, async {
        loop {
            match life.events(Some(known)).await {
                Some(answer) => return answer,
                None => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
    });
    let mut answer = answered.await.unwrap();
    let mut text = String::new();
    while let Ok(Ok(Some(piece))) = tokio::time::timeout(SOON, answer.chunk()).await {
        text.push_str(std::str::from_utf8(&piece).unwrap());
    }
    text.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect()
}

async fn newest(life: &Life) -> i64 {
    let (_, page) = life.ask(Method::GET, "applications?limit=100", Value::Null).await;
    let all = page["applications"].as_array().unwrap().iter();
    all.filter_map(|application| application["revision"].as_i64()).max().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_32_whoever_comes_back_to_another_program_hears_nothing_that_they_know() {
    let _turn = TURN.lock().await;
    let world = World::new().await;
    let files = Database::Sqlite(tempfile::tempdir().unwrap());
    let life = Life::begin(&world, &files.fresh().await).await;
    let names: Vec<_> = (0..APPLICATIONS).map(|number| format!("back-{number}")).collect();
    life.run_all(&names).await;
    for _ in 0..KILLS {
        let known = newest(&life).await;
        world.witness.kill("console");
        // All of them have missed the last change.
        for heard in join_all((0..EAGER).map(|_| come_back(&life, known - 1))).await {
            assert_eq!(heard.first(), Some(&known), "{heard:?}");
            assert!(heard.is_sorted_by(|one, next| one < next), "{heard:?}");
        }
    }
    assert_eq!(life.end().await, KILLS);
}
