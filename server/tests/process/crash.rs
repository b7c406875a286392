//! D20: whenever the process is killed, the next one goes on, and everything ends as if nothing had happened.
//!
//! The program runs as a process of its own against a simulated cluster and a registry that this test serves.
//! An undisturbed life says which requests each kind of operation makes of them; then the program is killed before
//! each has done anything and, if it writes, after it did and before its answer arrived, and also as soon as each
//! step is recorded. After every kill the same things must be there as in the undisturbed life. An ordinary run tries
//! some of the kills, others on each database; `SLIPWAY_TEST_KILLS=all` tries every one.

use std::{collections::BTreeMap, time::Duration};

use futures::{StreamExt, stream};
use slipway_domain::operation::{Progress, Step};

use crate::{
    database::{self, Database},
    life::TURN,
    story::{Order, Stage},
    witness::{Moment, Seen},
};

/// How many programs live at once.
const AT_ONCE: usize = 8;

/// When the program is killed.
#[derive(Debug, Clone, PartialEq)]
enum Kill {
    At(Moment),
    /// As soon as this much is recorded of the newest operation.
    Recorded(Reached),
}

/// How far an operation is.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
enum Reached {
    Step(Step),
    End,
}

/// What is ordered one after the other, each with the kill that it must survive.
type Script = Vec<(Order, Option<Kill>)>;

/// What an undisturbed life looks like: the requests of each order, and what is there after it.
type Example = BTreeMap<Order, (Vec<Seen>, Vec<String>)>;

/// In whose middle the program is killed.
const ORDERS: [Order; 5] =
    [Order::Deploy, Order::Update, Order::Rollback, Order::Undeploy, Order::ForceUndeploy];
const UNDEPLOYED: [Order; 4] = [Order::Deploy, Order::Update, Order::Rollback, Order::Undeploy];
const FORCED: [Order; 5] =
    [Order::Deploy, Order::Update, Order::Rollback, Order::Stall, Order::ForceUndeploy];

/// Plays one script from a deployment to the end of the application; tells what was seen and what was there.
async fn play(stage: &Stage, script: &Script) -> Vec<(Vec<Seen>, Vec<String>)> {
    let mut told = Vec::new();
    for (number, (order, kill)) in script.iter().enumerate() {
        stage.world.witness.take_seen();
        match kill {
            None => stage.order(*order).await,
            Some(Kill::At(moment)) => {
                stage.world.witness.kill_at(moment.clone());
                stage.order(*order).await;
            }
            Some(Kill::Recorded(reached)) => {
                tokio::join!(stage.order(*order), kill_when(stage, number + 1, *reached));
            }
        }
        stage.done(*order, number + 1).await;
        if kill.is_some() {
            assert!(stage.world.witness.was_reached(), "{order:?} ended and {kill:?} did not come");
        }
        told.push((stage.world.witness.take_seen(), stage.things()));
    }
    told
}

async fn kill_when(stage: &Stage, operations: usize, reached: Reached) {
    loop {
        let told = stage.look().await.filter(|(_, told)| told.len() == operations);
        let is_so = told.is_some_and(|(_, told)| match told[0].progress {
            Progress::Open { step } => Reached::Step(step) >= reached,
            _ => true,
        });
        if is_so {
            return stage.world.witness.kill("console");
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn example(database: &Database) -> Example {
    let stage = Stage::set(&database.fresh().await).await;
    let mut example = Example::new();
    // The first time images are built; later they are found.
    for orders in [&UNDEPLOYED[..], &UNDEPLOYED[..], &FORCED[..]] {
        let script: Script = orders.iter().map(|order| (*order, None)).collect();
        example.extend(orders.iter().copied().zip(play(&stage, &script).await));
        stage.clear();
    }
    assert_eq!(stage.life.end().await, 0);
    stage.store.close().await;
    example
}

/// Every kill that an order must survive.
fn kills(order: Order, example: &Example) -> Vec<Kill> {
    let mut kills = Vec::new();
    for seen in &example[&order].0 {
        let before = Kill::At(Moment::Before(seen.what.clone()));
        if kills.contains(&before) {
            continue;
        }
        kills.push(before);
        if seen.is_write() {
            kills.push(Kill::At(Moment::After(seen.what.clone())));
        }
    }
    let steps: &[Step] = match order {
        Order::Undeploy | Order::ForceUndeploy => &[Step::Remove],
        _ => &[Step::Accepted, Step::Build, Step::Push, Step::Apply, Step::Settle],
    };
    kills.extend(steps.iter().map(|step| Kill::Recorded(Reached::Step(*step))));
    kills.push(Kill::Recorded(Reached::End));
    kills
}

/// Which of all kills are tried: every so many, beginning with that one.
#[derive(Debug, Clone, Copy)]
struct Share {
    first: usize,
    every: usize,
}

impl Share {
    fn of(self, kills: Vec<Kill>) -> Vec<Kill> {
        let all = std::env::var("SLIPWAY_TEST_KILLS").is_ok_and(|told| told == "all");
        if all { kills } else { kills.into_iter().skip(self.first).step_by(self.every).collect() }
    }
}

/// Scripts that hold every kill of every order once.
fn scripts(example: &Example, share: Share) -> Vec<Script> {
    let mut left: BTreeMap<Order, Vec<Kill>> =
        ORDERS.into_iter().map(|order| (order, share.of(kills(order, example)))).collect();
    let mut scripts = Vec::new();
    while left.values().any(|kills| !kills.is_empty()) {
        let by_force = left[&Order::ForceUndeploy].len() > left[&Order::Undeploy].len();
        let orders = if by_force { &FORCED[..] } else { &UNDEPLOYED[..] };
        let script = orders.iter().map(|order| (*order, left.get_mut(order).and_then(Vec::pop)));
        scripts.push(script.collect());
    }
    scripts
}

/// Plays scripts one after the other with one program; says how often it was killed.
async fn play_all(database: &Database, scripts: Vec<Script>, example: &Example) -> usize {
    let stage = Stage::set(&database.fresh().await).await;
    let mut expected = 0;
    for script in scripts {
        for ((order, kill), (_, things)) in script.iter().zip(play(&stage, &script).await) {
            assert_eq!(things, example[order].1, "other things after {order:?} and {kill:?}");
            expected += usize::from(kill.is_some());
        }
        let (_, operations) = stage.look().await.unwrap();
        let told: Vec<_> = operations.iter().rev().map(|operation| operation.kind.label()).collect();
        let ordered: Vec<_> = script.iter().map(|(order, _)| kind(*order)).collect();
        assert_eq!(told, ordered, "one operation for each order");
        stage.clear();
    }
    let audit = stage.store.audit(100_000).await.unwrap();
    let (_, operations) = stage.look().await.unwrap();
    assert!(audit.len() >= operations.len(), "every order stands in the audit trail");
    let killed = stage.life.end().await;
    assert_eq!(killed, expected, "how often it was killed");
    stage.store.close().await;
    killed
}

fn kind(order: Order) -> &'static str {
    match order {
        Order::Deploy => "Deploy",
        Order::Update | Order::Stall => "Update",
        Order::Rollback => "Rollback",
        Order::Undeploy => "Undeploy",
        Order::ForceUndeploy => "Force Undeploy",
    }
}

async fn every_moment(database: Database, share: Share) {
    let _turn = TURN.lock().await;
    let example = example(&database).await;
    let all: usize = ORDERS.into_iter().map(|order| kills(order, &example).len()).sum();
    assert!(all >= 100, "only {all} moments: the test looks at the wrong requests");
    let mut shares: Vec<Vec<Script>> = vec![Vec::new(); AT_ONCE];
    for (number, script) in scripts(&example, share).into_iter().enumerate() {
        shares[number % AT_ONCE].push(script);
    }
    let (database, example) = (&database, &example);
    let lives = stream::iter(shares).map(|share| play_all(database, share, example));
    let killed: usize = lives.buffer_unordered(AT_ONCE).fold(0, async |all, some| all + some).await;
    assert!((killed + ORDERS.len()) * share.every >= all, "only {killed} of {all} moments came");
    println!("killed at {killed} of {all} moments; every operation ended right");
}

#[tokio::test(flavor = "multi_thread")]
async fn d20_a_kill_at_any_moment_is_made_good_by_the_next_process_on_sqlite() {
    every_moment(Database::Sqlite(tempfile::tempdir().unwrap()), Share { first: 0, every: 2 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d20_a_kill_at_any_moment_is_made_good_by_the_next_process_on_postgresql() {
    if let Some(server) = database::server() {
        every_moment(Database::Postgres(server), Share { first: 1, every: 4 }).await;
    }
}
