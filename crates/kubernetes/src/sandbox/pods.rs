//! The simulated node: moves each pod's containers along and writes what they are like, as a kubelet would.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::objects::seconds;

/// The one node of the cluster.
pub(crate) const NODE: &str = "sandbox";
/// Its cpu in thousandths.
const NODE_MILLICPU: i64 = 16_000;
/// The first pause between two tries; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(10);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// How far the containers of a pod are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Life {
    /// Being prepared since then.
    Creating(Timestamp),
    /// The image could not be pulled; tried again then.
    CannotPull { tries: u32, again: Timestamp },
    /// Running since then.
    Running { since: Timestamp, last: Option<End> },
    /// Ended; started again then.
    Waiting { last: End, again: Timestamp },
    /// Ended for good.
    Over(End),
}

/// How a container ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    reason: &'static str,
    code: i32,
    at: Timestamp,
    restarts: u32,
}

/// What will become of a container, as its variables and arguments say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Fate {
    missing: bool,
    ready_after: SignedDuration,
    never_ready: bool,
    ends_after: Option<(SignedDuration, &'static str, i32)>,
    ignores_term: bool,
}

/// What a step came to.
pub(crate) enum Moved {
    /// The pod is now like this; look again then, if something will happen by itself.
    Now(Value, Option<Timestamp>),
    /// It has ended and can go.
    Gone,
}

/// Moves a pod along as far as it gets by now.
pub(crate) fn step(pod: &Value, life: &mut Option<Life>, now: Timestamp, pace: SignedDuration) -> Moved {
    let mut pod = pod.clone();
    if let Some(end) = pod["metadata"]["deletionTimestamp"].as_str() {
        let end: Timestamp = end.parse().unwrap_or(now);
        let grace = pod["metadata"]["deletionGracePeriodSeconds"].as_i64().unwrap_or(0);
        let told = end - SignedDuration::from_secs(grace);
        let stops = if fate(&pod).ignores_term { end } else { (told + pace).min(end) };
        return if stops <= now || life.is_none() { Moved::Gone } else { Moved::Now(pod, Some(stops)) };
    }
    if pod["spec"]["nodeName"].is_null() {
        if millicpu(&pod) > NODE_MILLICPU {
            let message = "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No \
                 preemption victims found for incoming pod.";
            pod["status"]["conditions"] = json!([{"type": "PodScheduled", "status": "False",
                "reason": "Unschedulable", "message": message}]);
            return Moved::Now(pod, None);
        }
        pod["spec"]["nodeName"] = json!(NODE);
        pod["status"]["startTime"] = json!(seconds(now));
    }
    let fate = fate(&pod);
    let wake = loop {
        let (next, wake) = advance(life.clone(), &fate, &pod, now, pace);
        if life.as_ref() == Some(&next) {
            break wake;
        }
        *life = Some(next);
    };
    if let Some(life) = life {
        pod["status"] = status(&pod, life, &fate, now);
    }
    Moved::Now(pod, wake)
}

/// One change of a life, if it is time for it; and when it will be time for the next.
fn advance(
    life: Option<Life>,
    fate: &Fate,
    pod: &Value,
    now: Timestamp,
    pace: SignedDuration,
) -> (Life, Option<Timestamp>) {
    let Some(life) = life else { return (Life::Creating(now), Some(now + pace)) };
    match &life {
        Life::Creating(since) if *since + pace <= now && fate.missing => {
            let again = now + FIRST_PAUSE;
            (Life::CannotPull { tries: 1, again }, Some(again))
        }
        Life::Creating(since) if *since + pace <= now => {
            (Life::Running { since: now, last: None }, Some(now))
        }
        Life::Creating(since) => (life.clone(), Some(*since + pace)),
        Life::CannotPull { tries, again } if *again <= now => {
            let again = now + pause(*tries);
            (Life::CannotPull { tries: tries + 1, again }, Some(again))
        }
        Life::CannotPull { again, .. } | Life::Waiting { again, .. } if *again > now => {
            let again = *again;
            (life, Some(again))
        }
        Life::Waiting { last, .. } => (Life::Running { since: now, last: Some(last.clone()) }, Some(now)),
        Life::Running { since, last } => {
            let ready = *since + fate.ready_after + pace;
            let Some((after, reason, code)) = fate.ends_after else {
                let wake = (ready > now).then_some(ready);
                return (life, wake);
            };
            if *since + after > now {
                let wake = if ready > now { ready.min(*since + after) } else { *since + after };
                return (life, Some(wake));
            }
            let restarts = last.as_ref().map_or(0, |last| last.restarts);
            let end = End { reason, code, at: now, restarts };
            let again = match pod["spec"]["restartPolicy"].as_str() {
                Some("Never") => false,
                Some("OnFailure") => code != 0,
                _ => true,
            };
            if !again {
                return (Life::Over(end), None);
            }
            // The first restart comes at once, later ones after a growing pause.
            let again = if restarts == 0 { now + pace } else { now + pause(restarts) };
            (Life::Waiting { last: End { restarts: restarts + 1, ..end }, again }, Some(again))
        }
        Life::CannotPull { .. } | Life::Over(_) => (life, None),
    }
}

fn pause(tries: u32) -> SignedDuration {
    FIRST_PAUSE.checked_mul(1 << tries.min(5)).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
}

fn fate(pod: &Value) -> Fate {
    let containers = pod["spec"]["containers"].as_array();
    containers.into_iter().flatten().map(fate_of).reduce(worse).unwrap_or_default()
}

fn worse(one: Fate, other: Fate) -> Fate {
    Fate {
        missing: one.missing || other.missing,
        ready_after: one.ready_after.max(other.ready_after),
        never_ready: one.never_ready || other.never_ready,
        ends_after: one.ends_after.or(other.ends_after),
        ignores_term: one.ignores_term || other.ignores_term,
    }
}

fn fate_of(container: &Value) -> Fate {
    let env = |name: &str| {
        let found = container["env"].as_array()?.iter().find(|variable| variable["name"] == name)?;
        found["value"].as_str().map(str::to_owned)
    };
    let image = container["image"].as_str().unwrap_or_default();
    let repository = image.split('@').next().unwrap_or_default();
    let repository =
        repository.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(repository, |(r, _)| r);
    let number = |text: Option<String>| text.and_then(|text| text.parse::<i32>().ok());
    let crash = env("CRASH_AFTER").map(|after| {
        let code = number(env("CRASH_CODE")).unwrap_or(1);
        (duration(&after), if code == 0 { "Completed" } else { "Error" }, code)
    });
    let limited = container["resources"]["limits"]["memory"].is_string();
    let leak = number(env("LEAK_MIB_PER_SECOND")).filter(|_| limited);
    let leak = leak.map(|_| (SignedDuration::from_secs(1), "OOMKilled", 137));
    let probed = container["readinessProbe"].is_object();
    Fate {
        missing: repository.ends_with("missing"),
        ready_after: env("READY_AFTER").map(|text| duration(&text)).unwrap_or_default(),
        never_ready: probed && env("FAIL_HEALTH").is_some(),
        ends_after: crash.or(leak).or_else(|| errand(container)),
        ignores_term: env("IGNORE_TERM").is_some(),
    }
}

/// `run --exit <code> --sleep <time>`: a container that does its errand and ends.
fn errand(container: &Value) -> Option<(SignedDuration, &'static str, i32)> {
    let args: Vec<&str> = container["args"].as_array()?.iter().filter_map(Value::as_str).collect();
    let after = |flag: &str| args.iter().position(|arg| *arg == flag).and_then(|i| args.get(i + 1));
    (args.first() == Some(&"run")).then(|| {
        let code = after("--exit").and_then(|code| code.parse().ok()).unwrap_or(0);
        let sleep = after("--sleep").map(|text| duration(text)).unwrap_or_default();
        (sleep, if code == 0 { "Completed" } else { "Error" }, code)
    })
}

/// `300ms`, `2s`, `1m`, or seconds without a unit.
fn duration(text: &str) -> SignedDuration {
    let text = text.trim();
    let number = |text: &str| text.parse::<i64>().unwrap_or(0);
    if let Some(ms) = text.strip_suffix("ms") {
        SignedDuration::from_millis(number(ms))
    } else if let Some(minutes) = text.strip_suffix('m') {
        SignedDuration::from_mins(number(minutes))
    } else {
        SignedDuration::from_secs(number(text.trim_end_matches('s')))
    }
}

fn millicpu(pod: &Value) -> i64 {
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    let requested = containers.filter_map(|container| container["resources"]["requests"]["cpu"].as_str());
    requested
        .map(|cpu| match cpu.strip_suffix('m') {
            Some(thousandths) => thousandths.parse().unwrap_or(0),
            None => cpu.parse::<i64>().unwrap_or(0) * 1000,
        })
        .sum()
}

fn status(pod: &Value, life: &Life, fate: &Fate, now: Timestamp) -> Value {
    let started = pod["status"]["startTime"].clone();
    let images: Vec<(String, String)> = pod["spec"]["containers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|c| (text(&c["name"]), text(&c["image"])))
        .collect();
    let pace_done = |since: Timestamp| since + fate.ready_after <= now && !fate.never_ready;
    let (phase, ready) = match life {
        Life::Running { since, .. } => ("Running", pace_done(*since)),
        Life::Waiting { .. } => ("Running", false),
        Life::Over(end) if end.code == 0 => ("Succeeded", false),
        Life::Over(_) => ("Failed", false),
        _ => ("Pending", false),
    };
    let containers: Vec<Value> =
        images.iter().map(|(name, image)| container(name, image, life, ready)).collect();
    let truth = |value: bool| if value { "True" } else { "False" };
    json!({
        "phase": phase, "startTime": started, "hostIP": "127.0.0.1", "podIP": "10.244.0.2",
        "conditions": [
            {"type": "PodScheduled", "status": "True"},
            {"type": "Initialized", "status": "True"},
            {"type": "ContainersReady", "status": truth(ready)},
            {"type": "Ready", "status": truth(ready)},
        ],
        "containerStatuses": containers,
    })
}

fn container(name: &str, image: &str, life: &Life, ready: bool) -> Value {
    let ended = |end: &End| json!({"terminated": {"reason": end.reason, "exitCode": end.code, "finishedAt": seconds(end.at)}});
    let nothing = json!({});
    let (state, last, restarts) = match life {
        Life::Creating(_) => (json!({"waiting": {"reason": "ContainerCreating"}}), nothing, 0),
        Life::CannotPull { tries, .. } => {
            // The real node tells of the failure and of the pause in turn; clients see mostly the pause.
            let (reason, message) = if *tries == 1 {
                (
                    "ErrImagePull",
                    format!(
                        "failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {image}: not found"
                    ),
                )
            } else {
                (
                    "ImagePullBackOff",
                    format!("Back-off pulling image \"{image}\": ErrImagePull: {image}: not found"),
                )
            };
            (json!({"waiting": {"reason": reason, "message": message}}), nothing, 0)
        }
        Life::Running { since, last } => (
            json!({"running": {"startedAt": seconds(*since)}}),
            last.as_ref().map_or(nothing, ended),
            last.as_ref().map_or(0, |last| last.restarts),
        ),
        Life::Waiting { last, .. } => {
            let message = format!("back-off restarting failed container {name}");
            (
                json!({"waiting": {"reason": "CrashLoopBackOff", "message": message}}),
                ended(last),
                last.restarts,
            )
        }
        Life::Over(end) => (ended(end), nothing, end.restarts),
    };
    json!({
        "name": name, "image": image, "imageID": image, "ready": ready, "started": ready,
        "restartCount": restarts, "state": state, "lastState": last,
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What the containers have printed.
pub(crate) fn log(pod: &Value, life: Option<&Life>) -> String {
    let name = text(&pod["metadata"]["name"]);
    let line = |at: Timestamp, what: &str| format!("{} {name}: {what}\n", seconds(at));
    match life {
        Some(Life::Running { since, last }) => {
            let mut lines = last
                .as_ref()
                .map(|end| line(end.at, &format!("ended with {}", end.code)))
                .unwrap_or_default();
            lines.push_str(&line(*since, "started (simulated)"));
            lines.push_str(&line(*since, "listening"));
            lines
        }
        Some(Life::Waiting { last: end, .. } | Life::Over(end)) => {
            line(end.at, "started (simulated)") + &line(end.at, &format!("ended with {}", end.code))
        }
        _ => String::new(),
    }
}
