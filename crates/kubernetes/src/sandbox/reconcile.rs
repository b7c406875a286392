//! The loop of the simulated controllers: namespace by namespace, steps until nothing changes, then waits for a
//! change or for the next moment at which something happens by itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    World, events, garbage,
    kinds::Kind,
    namespaces,
    objects::{self, Objects},
    pods::{self, faults::Tempo},
    quota, workloads,
};

/// Even if nothing is expected, somebody looks this often.
const IDLE: Duration = Duration::from_secs(30);
/// More rounds than this without coming to rest are a mistake in a controller; the loop goes on later.
const ROUNDS: usize = 64;

/// When something will happen by itself, by namespace.
type Wakes = BTreeMap<String, Timestamp>;

pub(crate) async fn run(world: Arc<World>) {
    let mut changed = world.changed.subscribe();
    let mut wakes = Wakes::new();
    loop {
        changed.mark_unchanged();
        settle(&world, &mut wakes);
        let pause = wakes.values().min().map_or(IDLE, |wake| {
            let left = wake.duration_since(now()).max(SignedDuration::from_millis(1));
            Duration::try_from(left).unwrap_or(IDLE).min(IDLE)
        });
        tokio::select! {
            changed = changed.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// The simulated cluster has a clock of its own, as a real one has.
#[expect(clippy::disallowed_methods, reason = "the simulated cluster lives in real time")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Steps until nothing changes. Requests get their turn between two namespaces.
fn settle(world: &World, wakes: &mut Wakes) {
    let tempo = world.tempo();
    for _ in 0..ROUNDS {
        let mut due: BTreeSet<String> = world.objects().take_touched();
        let time = now();
        due.extend(wakes.iter().filter(|(_, wake)| **wake <= time).map(|(name, _)| name.clone()));
        if due.is_empty() {
            return;
        }
        for name in due {
            let mut objects = world.objects();
            match round(&mut objects, &name, now(), tempo) {
                Some(wake) => wakes.insert(name, wake),
                None => wakes.remove(&name),
            };
            world.announce(objects.version());
        }
    }
    // The rest is looked at again at once, after whoever else waits for this thread.
    wakes.insert(String::new(), now());
}

/// Every controller takes one look at a namespace; the answer is when to look again.
fn round(objects: &mut Objects, name: &str, now: Timestamp, tempo: Tempo) -> Option<Timestamp> {
    if name.is_empty() {
        namespaces::begin(objects, now);
        namespaces::end_all(objects, now);
        garbage::collect(objects, name, now);
        return None;
    }
    if let Some(place) = objects.get(&Kind::own("namespaces"), "", name).cloned() {
        namespaces::step(objects, &place, now);
    }
    for (plural, controller) in workloads::CONTROLLERS {
        let kind = Kind::own(plural);
        let alive = |object: &&Value| !objects::is_going(object);
        let all: Vec<Value> = objects.within(&kind, name).filter(alive).cloned().collect();
        for object in all {
            controller(objects, &object, now);
        }
    }
    garbage::collect(objects, name, now);
    quota::count(objects, name);
    events::forget(objects, name, now);
    let pods: Vec<Value> = objects.within(&Kind::own("pods"), name).cloned().collect();
    let wakes: Vec<_> = pods.iter().filter_map(|pod| node(objects, pod, now, tempo)).collect();
    wakes.into_iter().chain(workloads::deadline(objects, name, now)).min()
}

/// Moves a pod along; the answer is when something will happen to it by itself.
fn node(objects: &mut Objects, pod: &Value, now: Timestamp, tempo: Tempo) -> Option<Timestamp> {
    let kind = Kind::own("pods");
    let (namespace, name) = objects::place(pod);
    let uid = pod["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
    let mut life = objects.lives.remove(&uid);
    let step = pods::step(pod, &mut life, now, tempo);
    if let Some(life) = life {
        objects.lives.insert(uid, life);
    }
    for note in &step.notes {
        events::record(objects, pod, note, now);
    }
    match step.pod {
        None if objects::has_no_finalizers(pod) => _ = objects.drop_object(&kind, &namespace, &name),
        Some(moved) if moved != *pod => _ = objects.put(&kind, &namespace, &name, moved),
        _ => {}
    }
    step.wake
}
