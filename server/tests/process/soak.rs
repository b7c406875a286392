//! Everything at once, for a few seconds or, with `make soak`, for an hour: people who watch, deployments, updates and
//! removals, and faults between them. Nothing is lost, nothing is left, nobody is told the same twice or less than
//! happened, no line of the log warns of anything that was not broken on purpose, and the memory stays as it was.

use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::{StreamExt, future::join_all};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    cable::{Cable, Fault},
    database::Database,
    life::{Life, Setup, TURN},
    world::World,
};

/// How long, unless SLIPWAY_TEST_SOAK says how many seconds.
const SHORT: Duration = Duration::from_secs(12);
/// From here on the memory is judged: before, everything is still new.
const LONG: Duration = Duration::from_mins(10);
/// How long somebody who watches may take to hear of the end of everything.
const LATE: Duration = Duration::from_mins(1);
/// How often somebody asks for a removal.
const TRIES: usize = 300;
const WORKERS: usize = 4;
const VIEWERS: usize = 20;
/// From one fault to the next: in a short run there is one.
const BETWEEN: (Duration, Duration) = (Duration::from_secs(8), Duration::from_mins(1));
/// What a fault has done is over so long after it at the latest; the rest of the time nothing may go wrong.
const AFTERWARDS: Duration = Duration::from_secs(40);
/// Of the last quarter, what the memory may be more than in the second one.
const GROWTH: f64 = 1.15;

struct Soak {
    world: World,
    life: Life,
    cluster: Cable,
    long: Duration,
    until: Instant,
    /// Have all applications come to their end?
    is_over: AtomicBool,
    applications: AtomicUsize,
    events: AtomicUsize,
    /// When something was broken, from and to.
    broken: Mutex<Vec<(Timestamp, Timestamp)>>,
    memory: Mutex<Vec<u64>>,
}

impl Soak {
    fn goes_on(&self) -> bool {
        Instant::now() < self.until
    }

    /// All that is made comes to its end.
    async fn work_all(&self) {
        join_all((0..WORKERS).map(|worker| self.work(worker))).await;
        self.is_over.store(true, Ordering::SeqCst);
    }

    /// Is there more to hear for somebody who knows that much?
    fn has_more_to_say(&self, known: &BTreeMap<String, String>) -> bool {
        let knows_all = known.len() == self.applications.load(Ordering::SeqCst)
            && known.values().all(|status| status == "Undeployed");
        !(self.is_over.load(Ordering::SeqCst) && knows_all) && Instant::now() < self.until + LATE
    }

    /// One application after the other, from its order to its end.
    async fn work(&self, worker: usize) {
        while self.goes_on() {
            let number = self.applications.fetch_add(1, Ordering::SeqCst);
            let (name, one) = (format!("s{worker}-{number}"), format!("applications/s{worker}-{number}"));
            let order = json!({"name": name, "project": "shop", "version": 1, "admins": ["ana"]});
            self.life.insist(Method::POST, "applications", order, &format!("{name}-1")).await;
            self.life.until(&name, "Running").await;
            self.life.insist(Method::PUT, &one, json!({"version": 2}), &format!("{name}-2")).await;
            self.remove(&name, &one).await;
            let gone = self.life.until(&name, "Undeployed").await;
            let checks = gone["operation"]["proof"]["checks"].as_array().unwrap();
            assert!(checks.iter().all(|check| check["outcome"]["state"] != "found"), "{name}: {checks:?}");
        }
    }

    /// Asks for the removal when the second generation runs. If it does not any more because something was broken in between,
    /// that is waited for again.
    async fn remove(&self, name: &str, one: &str) {
        let status = |told: &Value| told["standing"]["status"].as_str().unwrap_or_default().to_owned();
        let is_leaving = |told: &Value| status(told).starts_with("Undeploy");
        let runs = |told: &Value| {
            told["generation"] == 2 && told["phase"] == "Succeeded" && told["standing"]["status"] == "Running"
        };
        let key = format!("{name}-3");
        for _ in 0..TRIES {
            let told = self.life.until_so(name, "updated", |told| runs(told) || is_leaving(told)).await;
            if is_leaving(&told) {
                return;
            }
            match self.life.try_ask(Method::DELETE, one, Value::Null, &key).await {
                Some((202, _)) => return,
                None | Some((409 | 502..=504, _)) => tokio::time::sleep(Duration::from_millis(200)).await,
                Some(other) => unreachable!("{name}: {other:?}"),
            }
        }
        unreachable!("{name} runs and is not removed");
    }

    /// Somebody who watches, and comes again from where they were. The answer is how each application stood last.
    async fn watch(&self) -> BTreeMap<String, String> {
        let (mut known, mut last) = (BTreeMap::new(), None);
        while self.has_more_to_say(&known) {
            let Some(answer) = self.life.events(last).await else {
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            };
            let (mut chunks, mut text) = (answer.bytes_stream(), String::new());
            while let Ok(Some(Ok(chunk))) = tokio::time::timeout(Duration::from_secs(30), chunks.next()).await
            {
                text.push_str(std::str::from_utf8(&chunk).unwrap());
                while let Some(end) = text.find("\n\n") {
                    let record: String = text.drain(..end + 2).collect();
                    last = self.take(&record, last, &mut known).or(last);
                }
                if !self.has_more_to_say(&known) {
                    break;
                }
            }
        }
        known
    }

    /// The revision of a record, if it has one.
    fn take(&self, record: &str, last: Option<i64>, known: &mut BTreeMap<String, String>) -> Option<i64> {
        let part = |name: &str| record.lines().find_map(|line| line.strip_prefix(name));
        let revision: i64 = part("id: ")?.parse().unwrap();
        assert!(last.is_none_or(|last| revision > last), "after {last:?}: {record}");
        let told: Value = serde_json::from_str(part("data: ")?).unwrap();
        for application in told.as_array().unwrap_or(&vec![told.clone()]) {
            self.events.fetch_add(1, Ordering::Relaxed);
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            known.insert(text(&application["name"]), text(&application["standing"]["status"]));
        }
        Some(revision)
    }

    /// The cluster goes away for a moment, or the program is killed; not later than the memory is judged, which is that of
    /// one life.
    async fn break_things(&self) {
        let between = if self.long < LONG { BETWEEN.0 } else { BETWEEN.1 };
        for number in 0.. {
            tokio::time::sleep(between.min(self.until.saturating_duration_since(Instant::now()))).await;
            if !self.goes_on() {
                return;
            }
            let (began, left) = (now(), self.until - Instant::now());
            match number % 3 {
                0 if self.long < LONG || left > self.long * 3 / 4 => self.world.witness.kill("console"),
                1 => self.cluster.break_down(Fault::Silent),
                _ => self.cluster.break_down(Fault::Cut),
            }
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            self.cluster.mend();
            self.broken.lock().unwrap().push((began, now()));
        }
    }

    async fn weigh(&self) {
        while self.goes_on() {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let Some(process) = self.world.witness.process("console") else { continue };
            let told = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
            let line = told.lines().find_map(|line| line.strip_prefix("Rss:"));
            let kib: Option<u64> =
                line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse().ok());
            self.memory.lock().unwrap().extend(kib.filter(|kib| *kib > 0));
        }
    }

    /// What the memory was in the second quarter, and in the last one.
    fn early_and_late(&self) -> (f64, f64) {
        let memory = self.memory.lock().unwrap();
        let quarter = memory.len() / 4;
        (median(&memory[quarter..2 * quarter]), median(&memory[3 * quarter..]))
    }

    /// What happened, as a document.
    fn report(&self) -> Value {
        let (early, late) = self.early_and_late();
        let memory = self.memory.lock().unwrap();
        let tenths: Vec<f64> = memory.chunks((memory.len() / 10).max(1)).take(10).map(median).collect();
        json!({
            "at": now().to_string(), "seconds": self.long.as_secs(),
            "applications": self.applications.load(Ordering::SeqCst), "left_behind": self.world.objects().len(),
            "viewers": VIEWERS, "events_told": self.events.load(Ordering::SeqCst),
            "faults": self.broken.lock().unwrap().len(), "unexpected_lines": self.unexpected(),
            "memory_early_kib": early, "memory_late_kib": late, "memory_tenths_kib": tenths,
        })
    }

    /// Lines of the log that warn of something at a time when nothing was broken.
    fn unexpected(&self) -> Vec<String> {
        let log = fs::read_to_string(self.world.folder.path().join("console/log")).unwrap();
        let broken = self.broken.lock().unwrap();
        let is_expected = |line: &str| {
            let at: Option<Timestamp> = line.split_whitespace().next().and_then(|time| time.parse().ok());
            at.is_some_and(|at| broken.iter().any(|(from, to)| *from <= at && at <= *to + AFTERWARDS))
        };
        let warns = |line: &&str| line.contains(" ERROR ") || line.contains(" WARN ");
        log.lines().filter(warns).filter(|line| !is_expected(line)).map(str::to_owned).collect()
    }
}

#[expect(clippy::disallowed_methods, reason = "the log of the program tells the time of this machine")]
fn now() -> Timestamp {
    Timestamp::now()
}

fn median(values: &[u64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "kibibytes of one process")]
    values.get(values.len() / 2).map_or(0.0, |value| *value as f64)
}

#[tokio::test(flavor = "multi_thread")]
async fn d24_everything_at_once_loses_nothing_and_grows_nothing() {
    let _turn = TURN.lock().await;
    let seconds = std::env::var("SLIPWAY_TEST_SOAK").ok().and_then(|seconds| seconds.parse().ok());
    let long = seconds.map_or(SHORT, Duration::from_secs);
    let mut world = World::new().await;
    let web = |greeting: &str| json!([{"name": "web", "image": "example.com/probe:1.0", "port": 8080, "env": {"GREETING": greeting}}]);
    world.release("shop", 1, &web("one"));
    world.release("shop", 2, &web("two"));
    let cluster = Cable::to(&world.cluster).await;
    let database = Database::Sqlite(tempfile::tempdir().unwrap());
    let setup = Setup {
        database: &database.fresh().await,
        who: "console",
        cluster: &cluster.place,
        registry: &world.registry.clone(),
        lease: 5,
    };
    let life = Life::of(&world, &setup).await;
    let until = Instant::now() + long;
    let soak = Soak {
        world,
        life,
        cluster,
        long,
        until,
        is_over: AtomicBool::default(),
        applications: AtomicUsize::default(),
        events: AtomicUsize::default(),
        broken: Mutex::default(),
        memory: Mutex::default(),
    };
    let ((), watched, (), ()) = tokio::join!(
        soak.work_all(),
        join_all((0..VIEWERS).map(|_| soak.watch())),
        soak.break_things(),
        soak.weigh(),
    );

    let report = soak.report();
    println!("{report:#}");
    if seconds.is_some() {
        let target = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/soak.json");
        fs::write(target, format!("{report:#}\n")).unwrap();
    }
    assert_eq!(soak.world.objects(), [], "left behind");
    assert_eq!(soak.unexpected(), [""; 0], "the log warns of what was not broken");
    let all = soak.applications.load(Ordering::SeqCst);
    assert!(all >= WORKERS, "nothing happened");
    for known in watched {
        let wrong: Vec<_> = known.iter().filter(|(_, status)| *status != "Undeployed").collect();
        assert_eq!((known.len(), wrong), (all, vec![]), "somebody who watched does not know how it ended");
    }
    let (early, late) = soak.early_and_late();
    if long >= LONG {
        assert!(late <= early * GROWTH, "the memory grows: {report}");
    }
    soak.life.end().await;
}
