//! What a simulated container has printed: plausible lines that follow from its life, made up when asked for.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    faults::{Fate, Pull},
    life::{End, Life, Stage},
};

/// A running container is asked for something that often.
const REQUEST_EVERY: SignedDuration = SignedDuration::from_secs(5);
/// More lines of requests than this are not kept.
const REQUESTS: i64 = 500;

/// A line and when it was printed.
pub(crate) type Line = (Timestamp, String);

/// The lines of the run at hand, or of the one before. None if there was no such run; then the message says so.
pub(crate) fn lines(
    pod: &Value,
    life: Option<&Life>,
    fate: &Fate,
    previous: bool,
    now: Timestamp,
) -> Result<Vec<Line>, String> {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let container = pod["spec"]["containers"][0]["name"].as_str().unwrap_or_default();
    let waiting =
        |why: &str| Err(format!("container \"{container}\" in pod \"{name}\" is waiting to start: {why}"));
    let Some(life) = life else { return waiting("ContainerCreating") };
    if previous {
        let gone = life.last.as_ref().filter(|_| life.stage == Stage::Running || life.stage == Stage::Paused);
        let missing = || format!("previous terminated container \"{container}\" in pod \"{name}\" not found");
        return gone.map(|end| of_ended(pod, end, fate)).ok_or_else(missing);
    }
    match (life.stage, &life.last) {
        (Stage::Running, _) => Ok(of_running(pod, life.since, now, life.ready_at(fate))),
        (Stage::Ended | Stage::Paused | Stage::Over, Some(end)) => Ok(of_ended(pod, end, fate)),
        (Stage::PullFailed | Stage::PullPaused, _) if fate.pull == Pull::Denied => {
            waiting("image can't be pulled")
        }
        (Stage::PullFailed | Stage::PullPaused, _) => waiting("trying and failing to pull image"),
        _ => waiting("ContainerCreating"),
    }
}

fn start(pod: &Value, at: Timestamp) -> Vec<Line> {
    let container = &pod["spec"]["containers"][0];
    let image = container["image"].as_str().unwrap_or_default();
    let mut lines = vec![(at, format!("starting {image} (simulated)"))];
    if container["args"][0] != "run" {
        let port = container["ports"][0]["containerPort"].as_u64().unwrap_or(8080);
        lines.push((at, format!("listening on {port}")));
    }
    lines
}

fn of_running(pod: &Value, since: Timestamp, now: Timestamp, ready: Option<Timestamp>) -> Vec<Line> {
    let mut lines = start(pod, since);
    let Some(ready) = ready.filter(|ready| *ready <= now) else { return lines };
    lines.push((ready, "ready".to_owned()));
    let asked = now.duration_since(ready).as_secs() / REQUEST_EVERY.as_secs();
    for number in (asked - REQUESTS).max(0)..asked {
        let at = ready + SignedDuration::from_secs((number + 1) * REQUEST_EVERY.as_secs());
        lines.push((at, format!("GET /healthz 200 {}ms", number % 7 + 1)));
    }
    lines
}

fn of_ended(pod: &Value, end: &End, fate: &Fate) -> Vec<Line> {
    let mut lines = start(pod, end.started);
    match end.reason.as_str() {
        // The kernel does not ask the process for last words.
        "OOMKilled" => lines.push((end.at, "allocating more memory".to_owned())),
        "Completed" => lines.push((end.at, "done".to_owned())),
        _ if fate.never_ready => {
            lines.push((end.at, "error: cannot start: a setting is missing".to_owned()));
            lines.push((end.at, format!("exits with {}", end.code)));
        }
        _ => lines.push((end.at, format!("crashes with {}, as it was told", end.code))),
    }
    lines
}

/// The lines as text, with what the request asked for.
pub(crate) fn text(
    lines: &[Line],
    tail: Option<usize>,
    since: Option<Timestamp>,
    timestamps: bool,
) -> String {
    let wanted: Vec<&Line> = lines.iter().filter(|(at, _)| since.is_none_or(|since| *at >= since)).collect();
    let skipped = tail.map_or(0, |tail| wanted.len().saturating_sub(tail));
    let print = |(at, line): &&Line| if timestamps { format!("{at} {line}\n") } else { format!("{line}\n") };
    wanted.iter().skip(skipped).map(print).collect()
}
