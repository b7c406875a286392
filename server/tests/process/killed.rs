//! G9b: the program is killed amid many deployments, and the next one goes on with them at once: nobody else can hold what
//! the dead one held. `make bench` compares the time with what a bare loop would need for the rest.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use crate::{
    database::Database,
    life::{Life, TURN, eventually},
    load::{self, FEW, OBJECTS},
    table::{Row, report},
    witness::Seen,
    world::World,
};

/// Far longer than a test waits: whoever waited for the end of a lease would be found out.
const LEASE: u64 = 600;
/// How much is written when the program is killed, of ten parts.
const MOMENTS: [usize; 5] = [1, 3, 5, 7, 9];
/// A start of the program is allowed for.
const START: f64 = 2.0;
const PATIENT: f64 = 1.5;
const PATIENCE: Duration = Duration::from_mins(2);

/// Orders all of them and kills the program when so much is written; how long it took from then until all was there.
async fn until_all_is_there(world: &World, life: &Life, count: usize, after: usize) -> Duration {
    world.witness.take_seen();
    load::order(life, count).await;
    eventually("the moment", || async { (world.witness.writes_of("console") >= after).then_some(()) }).await;
    world.witness.kill("console");
    let killed = Instant::now();
    let mut times: BTreeMap<_, usize> = BTreeMap::new();
    while times.len() < count * OBJECTS {
        assert!(killed.elapsed() < PATIENCE, "{} of {} objects", times.len(), count * OBJECTS);
        tokio::time::sleep(Duration::from_millis(20)).await;
        let seen = world.witness.take_seen().into_iter().filter(Seen::is_write);
        for write in seen.filter_map(|seen| Some((seen.namespace()?, seen.what))) {
            *times.entry(write).or_default() += 1;
        }
    }
    let most = times.values().max().copied().unwrap_or_default();
    assert!(most <= 2, "written again by who knew that it was there: {times:?}");
    world.witness.answered_at() - killed
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::cast_precision_loss, reason = "counts are small")]
async fn g9b_what_a_killed_program_had_taken_on_goes_on_at_once() {
    let _turn = TURN.lock().await;
    let bench = load::count();
    let count = bench.unwrap_or(FEW);
    let world = load::world().await;
    let database = Database::Sqlite(tempfile::tempdir().unwrap());
    let life = Life::leasing(&world, &database.fresh().await, LEASE).await;
    let (_, requests) = load::deploy(&world, &life, count).await;
    load::remove(&life, count).await;
    let moments = if bench.is_some() { &MOMENTS[..] } else { &MOMENTS[2..3] };
    let mut worst: f64 = 0.0;
    for tenths in moments {
        let after = count * OBJECTS * tenths / 10;
        let took = until_all_is_there(&world, &life, count, after).await.as_secs_f64();
        load::remove(&life, count).await;
        let rest = 1.0 - *tenths as f64 / 10.0;
        if bench.is_some() {
            let door = world.door("bare").await;
            let bare = load::bare(&world, &door, &requests).await.wall.as_secs_f64() * rest;
            println!("killed after {tenths}0 %: {took:.2} s; a bare loop needs {bare:.2} s for the rest");
            worst = worst.max(took / (PATIENT * bare + START));
        }
    }
    load::removed(&world.client, count).await;
    assert_eq!(life.end().await, moments.len());
    if bench.is_some() {
        let what = "killed amid deployments until all is there, of half as much again as a bare loop needs for the rest and 2 s";
        report(&[Row::measured("G9b", what, "", 1.0, worst)]).unwrap();
    }
}
