//! The commands `backup` and `restore`, beside a console that works on, and from each database into each.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::{
    database::{Database, server},
    life::{KEY, Life, Setup, program},
    world::World,
};

/// Runs the program once with that database.
async fn run(database: &str, arguments: &[&str]) {
    let mut command = Command::new(program());
    command.args(arguments).env_clear();
    command.envs([("SLIPWAY_DATABASE_URL", database), ("SLIPWAY_SECRET_KEY", KEY), ("NO_COLOR", "1")]);
    let done = command.output().await.unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

async fn begin(world: &World, who: &str, database: &str) -> Life {
    let (cluster, registry) = (&world.cluster, &world.registry);
    Life::of(world, &Setup { database, who, cluster, registry, lease: 5 }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn d24_what_was_backed_up_beside_a_working_console_is_restored_into_either_database() {
    let sqlite = || Database::Sqlite(tempfile::tempdir().unwrap());
    let mut pairs = vec![(sqlite(), sqlite())];
    if let Some(place) = server() {
        let postgres = || Database::Postgres(place.clone());
        pairs.extend([(postgres(), postgres()), (sqlite(), postgres()), (postgres(), sqlite())]);
    }
    for (from, to) in pairs {
        let world = World::new().await;
        let (old, new) = (from.fresh().await, to.fresh().await);
        let first = begin(&world, "first", &old).await;
        let order = json!({"name": "shop", "project": "welcome", "version": 1, "admins": ["ana"]});
        assert_eq!(first.ask(Method::POST, "applications", order).await.0, 202);
        first.until("shop", "Running").await;
        let file = world.folder.path().join("monday.db").display().to_string();
        run(&old, &["backup", &file]).await;
        let told = first.ask(Method::GET, "applications/shop/generations", Value::Null).await;
        first.end().await;

        run(&new, &["restore", &file]).await;
        let second = begin(&world, "second", &new).await;
        assert_eq!(second.ask(Method::GET, "applications/shop/generations", Value::Null).await, told);
        // It is still the same application in the cluster, and obeys.
        second.until("shop", "Running").await;
        assert_eq!(second.ask(Method::DELETE, "applications/shop", Value::Null).await.0, 202);
        second.until("shop", "Undeployed").await;
        assert_eq!(world.objects(), []);
        second.end().await;
    }
}
