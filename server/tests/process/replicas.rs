//! D20: two programs on one PostgreSQL share the work, each operation is run once, and one of them may die.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures::{StreamExt, future::join_all, stream};
use reqwest::Method;
use serde_json::{Value, json};
use slipway_domain::{names::ApplicationName, operation::Progress};
use slipway_store::Store;

use crate::{
    database::{self, Database},
    life::{Life, Setup, TURN, eventually},
    witness::Seen,
    world::World,
};

const APPLICATIONS: usize = 40;
/// One of them dies when it has written so much.
const WRITES_OF_A_LIFE: usize = 120;
const LEASE: u64 = 5;

/// Two programs and what they share.
struct Pair {
    world: World,
    lives: [Life; 2],
    store: Store,
}

impl Pair {
    /// Asks one of them for a change; the other one if that does not answer.
    async fn insist(&self, first: usize, method: Method, path: &str, body: Value) {
        let key = format!("{method} {path} {body}");
        let counter = AtomicUsize::new(0);
        let ask = || async {
            let tried = counter.fetch_add(1, Ordering::SeqCst);
            let life = &self.lives[(first + tried) % 2];
            let (status, told) = life.try_ask(method.clone(), path, body.clone(), &key).await?;
            match status {
                502..=504 => None,
                409 if told["code"] == "SLW_UNDER_WAY" => None,
                409 if tried > 0 && told["code"] == "SLW_NOT_NOW" => Some(()),
                404 if tried > 0 && method == Method::DELETE => Some(()),
                _ => {
                    assert_eq!(status, 202, "{method} {path}: {told}");
                    Some(())
                }
            }
        };
        eventually(path, ask).await;
    }

    /// Waits until the newest of so many operations has succeeded and the badge says so.
    async fn done(&self, name: &str, operations: usize, status: &str) {
        let name = ApplicationName::parse(name).unwrap();
        let look = || async {
            // Many look at once, and the programs need the processor too.
            tokio::time::sleep(Duration::from_millis(250)).await;
            let application = self.store.application(&name).await.ok()??;
            let told = self.store.operations(application.id).await.ok()?;
            let is_over = told.len() == operations && matches!(told[0].progress, Progress::Succeeded { .. });
            (is_over && application.standing.status.label() == status).then_some(())
        };
        eventually(&format!("{status} of {name}"), look).await;
    }

    /// One application from its deployment to its end; some are left running.
    async fn live(&self, number: usize) {
        let name = &format!("a{number}");
        let order = json!({"name": name, "project": "shop", "version": 1, "admins": ["ana"]});
        self.insist(number % 2, Method::POST, "applications", order).await;
        self.done(name, 1, "Running").await;
        let one = format!("applications/{name}");
        self.insist((number + 1) % 2, Method::PUT, &one, json!({"version": 2})).await;
        self.done(name, 2, "Running").await;
        if !is_left(number) {
            self.insist(number % 2, Method::DELETE, &one, Value::Null).await;
            self.done(name, 3, "Undeployed").await;
        }
    }

    /// Kills the second one in the middle; tells whose operations were open then.
    async fn murder(&self) -> BTreeSet<String> {
        let seen = || async { (self.world.witness.writes_of("b") >= WRITES_OF_A_LIFE).then_some(()) };
        eventually("the middle", seen).await;
        self.lives[1].kill_for_good(&self.world.witness).await;
        // All at once: the other one takes over as soon as the leases are over.
        let looks = (0..APPLICATIONS).map(|number| async move {
            let name = ApplicationName::parse(&format!("a{number}")).unwrap();
            // All the others look, too, and may keep this one from looking for a while.
            let look = || async {
                let Some(application) = self.store.application(&name).await.ok()? else {
                    return Some(vec![]);
                };
                self.store.operations(application.id).await.ok()
            };
            let operations = eventually("a look", look).await;
            operations.iter().any(|operation| !operation.progress.is_over()).then(|| name.to_string())
        });
        join_all(looks).await.into_iter().flatten().collect()
    }
}

fn is_left(number: usize) -> bool {
    number.is_multiple_of(4)
}

async fn board(life: &Life) -> Vec<(String, String)> {
    let (_, told) = life.ask(Method::GET, "applications", Value::Null).await;
    let applications = told["applications"].as_array().unwrap().iter();
    let mut board: Vec<_> =
        applications.map(|one| (one["name"].to_string(), one["standing"]["status"].to_string())).collect();
    board.sort();
    board
}

#[tokio::test(flavor = "multi_thread")]
async fn d20_two_replicas_share_the_work_and_one_takes_over_when_the_other_dies() {
    let Some(server) = database::server() else { return };
    let _turn = TURN.lock().await;
    let mut world = World::new().await;
    let component = |name: &str, greeting: &str| json!({"name": name, "image": "example.com/probe:1.0", "port": 8080, "env": {"GREETING": greeting}});
    world.release("shop", 1, &json!([component("web", "one"), component("old", "one")]));
    world.release("shop", 2, &json!([component("web", "two")]));
    let url = Database::Postgres(server).fresh().await;
    let doors = [world.door("a").await, world.door("b").await];
    let setup =
        |who, cluster| Setup { database: &url, who, cluster, registry: &world.registry, lease: LEASE };
    // One after the other: the first makes the tables.
    let first = Life::of(&world, &setup("a", &doors[0])).await;
    let second = Life::of(&world, &setup("b", &doors[1])).await;
    let registry = world.registry.clone();
    let store = Store::open(&url).await.unwrap();
    let mut pair = Pair { world, lives: [first, second], store };

    let all = stream::iter(0..APPLICATIONS).for_each_concurrent(None, |number| pair.live(number));
    let ((), open) = tokio::join!(all, pair.murder());
    let setup = Setup { database: &url, who: "c", cluster: &doors[1], registry: &registry, lease: LEASE };
    pair.lives[1] = Life::of(&pair.world, &setup).await;

    // Both say the same, and it is right.
    let left: Vec<usize> = (0..APPLICATIONS).filter(|number| is_left(*number)).collect();
    let mut expected: Vec<_> =
        left.iter().map(|number| (format!("\"a{number}\""), "\"Running\"".to_owned())).collect();
    expected.sort();
    for life in &pair.lives {
        let is_so = || async { (board(life).await == expected).then_some(()) };
        eventually("the same board", is_so).await;
    }
    let places: BTreeSet<_> = pair.world.objects().into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, left.iter().map(|number| format!("a{number}")).collect::<BTreeSet<_>>());

    writes_are_made_once(&pair);
    results_are_told_once(&pair, &open);
    for life in pair.lives {
        life.end().await;
    }
}

/// Every object of every generation is written by one program and once; only what the one that died had begun and
/// not ended may have been written again by the other.
fn writes_are_made_once(pair: &Pair) {
    let log = fs::read_to_string(pair.world.folder.path().join("b").join("log")).unwrap();
    let mut writers: BTreeMap<(String, String, String), Vec<String>> = BTreeMap::new();
    for seen in pair.world.witness.take_seen().into_iter().filter(Seen::is_write) {
        let Some(name) = seen.namespace() else { continue };
        let generation = seen.generation().unwrap_or_default();
        writers.entry((name, seen.what, generation)).or_default().push(seen.who);
    }
    let of_both = |who: &str| writers.values().flatten().filter(|one| *one == who).count();
    println!("writes of one: {}, of the other, which died: {}", of_both("a"), of_both("b"));
    assert!(of_both("a") > 0 && of_both("b") >= WRITES_OF_A_LIFE, "one of them has not worked");
    for ((name, what, generation), who) in &writers {
        let kind = match generation.as_str() {
            "1" => "Deploy",
            "2" => "Update",
            _ => "Undeploy",
        };
        let is_once = who.len() == 1;
        let was_taken_over = *who == ["b", "a"] && !log.contains(&format!(" {name}: {kind} succeeded"));
        assert!(
            is_once || was_taken_over,
            "{name}: {what} of generation {generation} was written by {who:?}"
        );
    }
}

/// No operation comes to its end twice.
fn results_are_told_once(pair: &Pair, open: &BTreeSet<String>) {
    let log = |who: &str| fs::read_to_string(pair.world.folder.path().join(who).join("log")).unwrap();
    let logs = log("a") + &log("b") + &log("c");
    for number in 0..APPLICATIONS {
        for kind in ["Deploy", "Update", "Undeploy"] {
            let told = logs.matches(&format!(" a{number}: {kind} succeeded")).count();
            let expected = usize::from(kind != "Undeploy" || !is_left(number));
            let is_right = told == expected || (open.contains(&format!("a{number}")) && told == 2);
            assert!(is_right, "a{number}: {kind} succeeded {told} times");
        }
    }
}
