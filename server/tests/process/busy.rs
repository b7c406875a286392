//! A cluster that has too much to do says when to come again. It is asked again then, and not before, and nothing is
//! done twice.

use std::time::Duration;

use crate::{
    database::Database,
    life::TURN,
    story::{Order, Stage},
    witness::Moment,
};

#[tokio::test(flavor = "multi_thread")]
async fn g6_a_busy_cluster_is_asked_again_when_it_said() {
    let _turn = TURN.lock().await;
    let database = Database::Sqlite(tempfile::tempdir().unwrap());
    let stage = Stage::set(&database.fresh().await).await;
    let witness = &stage.world.witness;
    witness.take_seen();
    stage.order(Order::Deploy).await;
    stage.done(Order::Deploy, 1).await;
    let example = witness.take_seen();
    let things = stage.things();
    stage.order(Order::Undeploy).await;
    stage.done(Order::Undeploy, 2).await;
    stage.clear();

    let writes: Vec<_> =
        example.iter().filter(|seen| seen.is_write() && seen.what.contains("/namespaces")).collect();
    assert!(writes.len() > 2, "{example:?}");
    let chosen = &writes[writes.len() / 2].what;
    witness.take_seen();
    witness.busy_at(Moment::Before(chosen.clone()));
    stage.order(Order::Deploy).await;
    stage.done(Order::Deploy, 1).await;
    assert!(witness.was_reached(), "nobody asked for {chosen}");
    let stayed_away = witness.stayed_away();
    assert_eq!(stayed_away.len(), 1, "it was asked again once: {stayed_away:?}");
    assert!(stayed_away[0] >= Duration::from_secs(1), "too early: {stayed_away:?}");
    let again = witness.take_seen();
    let count = |what: &str| again.iter().filter(|seen| seen.what == what).count();
    assert_eq!(count(chosen), 2, "{again:?}");
    for seen in writes.iter().filter(|seen| seen.what != *chosen) {
        assert_eq!(count(&seen.what), 1, "{} was done twice", seen.what);
    }
    assert_eq!(stage.things(), things);
    assert_eq!(stage.life.end().await, 0);
}
