//! The simulated scheduler and node: move each pod along as far as it gets by now.

pub(crate) mod faults;
pub(crate) mod life;
pub(crate) mod logs;
mod status;

use jiff::Timestamp;
use serde_json::{Value, json};

use self::{
    faults::{Fate, Tempo, fate},
    life::{Life, Stage},
};
use super::{
    conditions::{condition, keep_times},
    events::Note,
    objects::seconds,
};

/// The one node of the cluster.
pub(crate) const NODE: &str = "sandbox";
/// Its cpu in thousandths.
const NODE_MILLICPU: i64 = 16_000;
const KUBELET: &str = "kubelet";
/// So many stages of a life pass in one step at most.
const STAGES: usize = 8;

/// What a step came to.
pub(crate) struct Step {
    /// The pod as it is now; none if it has ended and can go.
    pub(crate) pod: Option<Value>,
    /// When something will happen by itself.
    pub(crate) wake: Option<Timestamp>,
    /// What is to be said about it.
    pub(crate) notes: Vec<Note>,
}

/// Moves a pod along.
pub(crate) fn step(pod: &Value, life: &mut Option<Life>, now: Timestamp, tempo: Tempo) -> Step {
    let fate = fate(pod, tempo);
    let mut pod = pod.clone();
    if let Some(end) = pod["metadata"]["deletionTimestamp"].as_str() {
        let end = end.parse().unwrap_or(now);
        return stop(pod, life.as_mut(), &fate, end, now, tempo);
    }
    let mut notes = Vec::new();
    if pod["spec"]["nodeName"].is_null() {
        if fate.fits_nowhere || millicpu(&pod) > NODE_MILLICPU {
            return unschedulable(pod, now);
        }
        let (namespace, name) = super::objects::place(&pod);
        pod["spec"]["nodeName"] = json!(NODE);
        pod["status"]["startTime"] = json!(seconds(now));
        let message = format!("Successfully assigned {namespace}/{name} to {NODE}");
        notes.push(Note::normal("default-scheduler", "Scheduled", message));
    }
    let life = life.get_or_insert_with(|| {
        notes.extend(each_image(&pod, |image| vec![pulling(image)]));
        Life::begin(now)
    });
    let policy = pod["spec"]["restartPolicy"].as_str().unwrap_or("Always").to_owned();
    // A tempo of zero would go on for ever; the next step comes soon enough.
    for _ in 0..STAGES {
        if life.due(&fate, tempo).is_none_or(|due| due > now) {
            break;
        }
        let next = life.next(&fate, &policy, now);
        notes.extend(transition(&pod, life, &next, &fate));
        *life = next;
    }
    let answers_at = life.since + fate.ready_after;
    if life.stage == Stage::Running && fate.never_ready && !life.told && answers_at <= now {
        life.told = true;
        let message = "Readiness probe failed: HTTP probe failed with statuscode: 503";
        notes.push(Note::warning(KUBELET, "Unhealthy", message));
    }
    let answers = (life.stage == Stage::Running && answers_at > now).then_some(answers_at);
    let wake = life.due(&fate, tempo).into_iter().chain(answers).min();
    pod["status"] = status::status(&pod, life, &fate, tempo, now);
    Step { pod: Some(pod), wake, notes }
}

/// Told to end: it does after a moment, or when its grace period is over.
fn stop(
    pod: Value,
    life: Option<&mut Life>,
    fate: &Fate,
    end: Timestamp,
    now: Timestamp,
    tempo: Tempo,
) -> Step {
    let gone = Step { pod: None, wake: None, notes: Vec::new() };
    let Some(life) = life else { return gone };
    let mut notes = Vec::new();
    let told = *life.stopping.get_or_insert_with(|| {
        notes =
            each_name(&pod, |name| Note::normal(KUBELET, "Killing", format!("Stopping container {name}")));
        now
    });
    let stops = if fate.ignores_term { end } else { end.min(told + tempo.pace) };
    if stops <= now {
        return Step { notes, ..gone };
    }
    Step { pod: Some(pod), wake: Some(stops), notes }
}

fn unschedulable(mut pod: Value, now: Timestamp) -> Step {
    let message = "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption \
         victims found for incoming pod.";
    let known = pod["status"]["conditions"].is_array();
    let conditions = vec![condition("PodScheduled", false, "Unschedulable", message)];
    pod["status"]["conditions"] = keep_times(&pod["status"]["conditions"], conditions, now);
    pod["status"]["qosClass"] = json!(status::qos(&pod));
    let note = Note::warning("default-scheduler", "FailedScheduling", message);
    Step { pod: Some(pod), wake: None, notes: if known { Vec::new() } else { vec![note] } }
}

/// What the node says when a stage follows another.
fn transition(pod: &Value, from: &Life, to: &Life, fate: &Fate) -> Vec<Note> {
    match to.stage {
        Stage::Running => {
            let mut notes = each_image(pod, |image| {
                let first = from.stage == Stage::Preparing || from.stage == Stage::PullPaused;
                let message = if first {
                    format!(
                        "Successfully pulled image \"{image}\" in 300ms (300ms including waiting). Image size: 7340032 bytes."
                    )
                } else {
                    format!("Container image \"{image}\" already present on machine")
                };
                vec![Note::normal(KUBELET, "Pulled", message)]
            });
            notes.extend(each_name(pod, |name| {
                Note::normal(KUBELET, "Created", format!("Created container: {name}"))
            }));
            notes.extend(each_name(pod, |name| {
                Note::normal(KUBELET, "Started", format!("Started container {name}"))
            }));
            notes
        }
        Stage::PullFailed => each_image(pod, |image| {
            let error = status::pull_error(image, fate.pull);
            let failed = format!("Failed to pull image \"{image}\": {error}");
            let again = (from.stage == Stage::PullPaused).then(|| pulling(image));
            let failed = [
                Note::warning(KUBELET, "Failed", failed),
                Note::warning(KUBELET, "Failed", "Error: ErrImagePull"),
            ];
            again.into_iter().chain(failed).collect()
        }),
        Stage::PullPaused => each_image(pod, |image| {
            vec![
                Note::normal(KUBELET, "BackOff", format!("Back-off pulling image \"{image}\"")),
                Note::warning(KUBELET, "Failed", "Error: ImagePullBackOff"),
            ]
        }),
        Stage::Paused => each_name(pod, |name| {
            let full = status::full_name(pod);
            let message = format!("Back-off restarting failed container {name} in pod {full}");
            Note::warning(KUBELET, "BackOff", message)
        }),
        Stage::Preparing | Stage::Ended | Stage::Over => Vec::new(),
    }
}

fn pulling(image: &str) -> Note {
    Note::normal(KUBELET, "Pulling", format!("Pulling image \"{image}\""))
}

fn each_image(pod: &Value, say: impl Fn(&str) -> Vec<Note>) -> Vec<Note> {
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    containers.flat_map(|container| say(container["image"].as_str().unwrap_or_default())).collect()
}

fn each_name(pod: &Value, say: impl Fn(&str) -> Note) -> Vec<Note> {
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    containers.map(|container| say(container["name"].as_str().unwrap_or_default())).collect()
}

/// How long the pause is, as the node writes it: `10s`, `5m0s`.
fn pause_text(life: &Life, tempo: Tempo) -> String {
    let pause = life.due(&Fate::default(), tempo).map_or(0, |due| due.duration_since(life.since).as_secs());
    if pause < 60 { format!("{pause}s") } else { format!("{}m{}s", pause / 60, pause % 60) }
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
