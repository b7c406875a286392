//! What the console needs goes away for a while, in two ways: its process (connections break, none is taken) or its
//! machine (connections stand, nothing comes). Pages answer meanwhile, operations go on by themselves afterwards, and
//! the program lives on. `SLIPWAY_TEST_OUTAGE_SECONDS` makes the outages shorter.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    cable::{Cable, Fault},
    database::{self, Database},
    life::{Life, Setup, eventually},
    world::World,
};

/// Longer than every limit of time and every pause between two tries.
const OUTAGE: Duration = Duration::from_mins(1);
/// How long a page may take at the worst, so that nobody believes that the console is dead.
const PAGE: Duration = Duration::from_secs(8);

/// What goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Cluster,
    Registry,
    Database,
}

/// A program behind cables.
struct Scene {
    world: World,
    life: Life,
    cluster: Cable,
    registry: Cable,
    database: Option<Cable>,
    _files: Option<tempfile::TempDir>,
}

impl Scene {
    async fn set(what: What) -> Option<Self> {
        let mut world = World::new().await;
        let web = |greeting: &str| json!([{"name": "web", "image": "example.com/probe:1.0", "port": 8080, "env": {"GREETING": greeting}}]);
        world.release("shop", 1, &web("one"));
        world.release("shop", 2, &web("two"));
        world.carry_files();
        let (cluster, registry) = (Cable::to(&world.cluster).await, Cable::to(&world.registry).await);
        let (url, database, files) = if what == What::Database {
            let url = Database::Postgres(database::server()?).fresh().await;
            let (before, rest) = url.split_once('@').unwrap();
            let (place, name) = rest.split_once('/').unwrap();
            let cable = Cable::to(place).await;
            (format!("{before}@{}/{name}", cable.place), Some(cable), None)
        } else {
            let folder = tempfile::tempdir().unwrap();
            let database = Database::Sqlite(folder);
            let url = database.fresh().await;
            let Database::Sqlite(folder) = database else { return None };
            (url, None, Some(folder))
        };
        let setup = Setup {
            database: &url,
            who: "console",
            cluster: &cluster.place,
            registry: &registry.place,
            lease: 3,
        };
        let life = Life::of(&world, &setup).await;
        Some(Self { world, life, cluster, registry, database, _files: files })
    }

    fn cable(&self, what: What) -> &Cable {
        match what {
            What::Cluster => &self.cluster,
            What::Registry => &self.registry,
            What::Database => self.database.as_ref().unwrap(),
        }
    }

    async fn deploy(&self, name: &str) {
        let order = json!({"name": name, "project": "shop", "version": 1, "admins": ["ana"]});
        self.life.insist(Method::POST, "applications", order, name).await;
    }

    /// Orders one of each kind; each is somewhere in the middle when the outage begins.
    async fn order(&self) {
        self.life.insist(Method::PUT, "applications/changing", json!({"version": 2}), "u").await;
        self.life.insist(Method::DELETE, "applications/going", Value::Null, "").await;
        self.deploy("coming").await;
    }

    /// Looks at the list all the time, as a person does who wonders; what it says, and how long that took at most.
    async fn watch(&self, time: Duration) -> (Vec<(u16, String)>, Duration) {
        let (began, mut slowest, mut told) = (Instant::now(), Duration::ZERO, Vec::new());
        while began.elapsed() < time {
            let asked = Instant::now();
            let page = self.life.try_page("/devops/instances").await;
            slowest = slowest.max(asked.elapsed());
            told.push(page.unwrap());
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        (told, slowest)
    }
}

fn outage() -> Duration {
    let told = std::env::var("SLIPWAY_TEST_OUTAGE_SECONDS").ok();
    told.map_or(OUTAGE, |seconds| Duration::from_secs(seconds.parse().unwrap()))
}

async fn survive(what: What, fault: Fault) {
    let Some(scene) = Scene::set(what).await else { return };
    for name in ["staying", "changing", "going"] {
        scene.deploy(name).await;
    }
    for name in ["staying", "changing", "going"] {
        scene.life.until(name, "Running").await;
    }
    let cable = scene.cable(what);
    let breaks = async {
        // In the middle of the orders, which take longer than this.
        tokio::time::sleep(Duration::from_millis(150)).await;
        cable.break_down(fault);
        let (told, slowest) = scene.watch(outage()).await;
        cable.mend();
        (told, slowest, Instant::now())
    };
    let ((told, slowest, mended), ()) = tokio::join!(breaks, scene.order());
    assert!(slowest < PAGE, "a page took {slowest:?} while the {what:?} was away");
    check_pages(what, fault, &told);

    scene.life.until("coming", "Running").await;
    let changed = scene.life.until("changing", "Running").await;
    assert_eq!(changed["version"], 2);
    scene.life.until("going", "Undeployed").await;
    scene.life.until("staying", "Running").await;
    let took = mended.elapsed();
    eventually("a page without a banner", || async {
        let (status, text) = scene.life.try_page("/devops/instances").await?;
        (status == 200 && !text.contains("out of reach")).then_some(())
    })
    .await;
    let places: std::collections::BTreeSet<_> =
        scene.world.objects().into_iter().map(|(place, _)| place).collect();
    assert_eq!(places.into_iter().collect::<Vec<_>>(), ["changing", "coming", "staying"]);
    for (name, count) in [("coming", 1), ("changing", 2), ("staying", 1), ("going", 2)] {
        let path = format!("applications/{name}/operations");
        let (_, told) = scene.life.ask(Method::GET, &path, Value::Null).await;
        let operations = told["operations"].as_array().unwrap();
        let all = operations.iter().filter(|one| one["progress"]["state"] == "succeeded").count();
        assert_eq!((operations.len(), all), (count, count), "{name}: {told}");
    }
    assert_eq!(scene.life.end().await, 0, "the program lives on");
    println!(
        "{what:?} {fault:?} for {:?}: the slowest page took {slowest:.1?}, all was right {took:.1?} later",
        outage()
    );
}

/// What pages say while something is away.
fn check_pages(what: What, fault: Fault, told: &[(u16, String)]) {
    let (status, text) = told.last().unwrap();
    match what {
        // Nothing that is shown comes from the registry.
        What::Registry => assert_eq!(*status, 200, "{text}"),
        What::Cluster => {
            assert_eq!(*status, 200, "{text}");
            // Silence is noticed when something has been waited for in vain.
            let is_noticed = fault == Fault::Cut || outage() > Duration::from_secs(50);
            assert!(text.contains("out of reach") || !is_noticed, "no banner");
            assert!(text.contains("staying"), "the last known state is not shown");
        }
        What::Database => {
            assert_eq!(*status, 503, "{text}");
            assert!(text.contains("database does not answer"), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d20_operations_go_on_when_the_api_server_is_back() {
    survive(What::Cluster, Fault::Cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d20_operations_go_on_when_the_api_server_is_back_on_another_machine() {
    survive(What::Cluster, Fault::Silent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d20_operations_go_on_when_the_registry_is_back() {
    survive(What::Registry, Fault::Cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d20_operations_go_on_when_the_registry_is_back_on_another_machine() {
    survive(What::Registry, Fault::Silent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d20_operations_go_on_when_the_database_is_back() {
    survive(What::Database, Fault::Cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d20_operations_go_on_when_the_database_is_back_on_another_machine() {
    survive(What::Database, Fault::Silent).await;
}
