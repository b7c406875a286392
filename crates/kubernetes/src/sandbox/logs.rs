//! `pods/…/log`: what a container has printed, and, followed, what it prints from now on.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use serde_json::Value;

use super::{
    World,
    answer::Refusal,
    kinds::Kind,
    objects::{Objects, place},
    pods::{
        faults,
        logs::{Line, lines, text},
    },
    reconcile::now,
    service::{Ask, Reply},
    verbs::ago,
};

/// How often somebody who follows a log is told what is new.
const FOLLOW_EVERY: Duration = Duration::from_millis(500);

/// Answers a request for a log.
pub(crate) fn answer(
    world: &Arc<World>,
    objects: &Objects,
    ask: &Ask,
    pod: &Value,
) -> Result<Reply, Refusal> {
    let container = ask.query("container");
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    if !container.is_empty() && !containers.into_iter().any(|c| c["name"] == container) {
        let (_, name) = place(pod);
        return Err(Refusal::bad_request(format!("container {container} is not valid for pod {name}")));
    }
    let printed = read(world, objects, pod, ask.is_true("previous")).map_err(Refusal::bad_request)?;
    let tail = ask.query("tailLines").parse().ok();
    let since = ago(ask, "sinceSeconds").map(|ago| now() - ago);
    let timestamps = ask.is_true("timestamps");
    let first = text(&printed, tail, since, timestamps);
    if !ask.is_true("follow") {
        return Ok(Reply::Text(first));
    }
    let follower =
        Follower { world: Arc::clone(world), pod: pod.clone(), told: printed.last().cloned(), timestamps };
    let more = stream::unfold(follower, |mut follower| async move {
        let text = follower.next().await?;
        Some((Ok(text.into()), follower))
    });
    Ok(Reply::Lines(first, more.boxed()))
}

fn read(world: &World, objects: &Objects, pod: &Value, previous: bool) -> Result<Vec<Line>, String> {
    let life = objects.lives.get(pod["metadata"]["uid"].as_str().unwrap_or_default());
    lines(pod, life, &faults::fate(pod, world.tempo()), previous, now())
}

/// Somebody who follows a log.
struct Follower {
    world: Arc<World>,
    pod: Value,
    told: Option<Line>,
    timestamps: bool,
}

impl Follower {
    /// The next lines; none when the pod is gone or the server away.
    async fn next(&mut self) -> Option<String> {
        let (namespace, name) = place(&self.pod);
        loop {
            tokio::time::sleep(FOLLOW_EVERY).await;
            if !self.world.weather.borrow().reachable {
                return None;
            }
            let objects = self.world.objects();
            let pod = objects.get(&Kind::own("pods"), &namespace, &name)?;
            if pod["metadata"]["uid"] != self.pod["metadata"]["uid"] {
                return None;
            }
            let Ok(all) = read(&self.world, &objects, pod, false) else { continue };
            let known = all.iter().position(|line| Some(line) == self.told.as_ref());
            let fresh: Vec<Line> = all.into_iter().skip(known.map_or(0, |known| known + 1)).collect();
            if let Some(last) = fresh.last() {
                self.told = Some(last.clone());
                return Some(text(&fresh, None, None, self.timestamps));
            }
        }
    }
}
