//! What will become of a pod's containers: read from their variables, arguments and images, and from the pod's
//! annotations. The table of all of it is in the module [`sandbox`](super::super).

use jiff::SignedDuration;
use serde_json::Value;

/// The annotation that asks for a fault.
const FAULT: &str = "sandbox.slipway.internal/fault";
/// With which code a container ends.
const EXIT_CODE: &str = "sandbox.slipway.internal/exit-code";
/// How much later it is ready.
const READY_AFTER_MS: &str = "sandbox.slipway.internal/ready-after-ms";
/// A slow pod takes so many times as long.
const SLOW: i32 = 10;

/// How fast the simulation goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tempo {
    /// How long each phase of a start takes.
    pub(crate) pace: SignedDuration,
    /// The first pause between two tries; it doubles from time to time.
    pub(crate) back_off: SignedDuration,
}

/// What will happen to a pod.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the faults are independent of each other")]
pub(crate) struct Fate {
    pub(crate) pull: Pull,
    pub(crate) fits_nowhere: bool,
    pub(crate) is_slow: bool,
    pub(crate) ready_after: SignedDuration,
    pub(crate) never_ready: bool,
    pub(crate) ends: Option<Ending>,
    pub(crate) ignores_term: bool,
}

/// What the registry answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Pull {
    #[default]
    Fine,
    Missing,
    Denied,
}

/// How and when a container ends by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) after: SignedDuration,
    pub(crate) reason: &'static str,
    pub(crate) code: i32,
}

impl Ending {
    fn exit(after: SignedDuration, code: i32) -> Self {
        Self { after, reason: if code == 0 { "Completed" } else { "Error" }, code }
    }

    fn out_of_memory(after: SignedDuration) -> Self {
        Self { after, reason: "OOMKilled", code: 137 }
    }
}

/// Reads the fate of a pod.
pub(crate) fn fate(pod: &Value, tempo: Tempo) -> Fate {
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    let mut fate = containers.map(|c| of_container(c, tempo)).reduce(worse).unwrap_or_default();
    let annotation = |name: &str| pod["metadata"]["annotations"][name].as_str();
    if let Some(ms) = annotation(READY_AFTER_MS).and_then(|text| text.parse().ok()) {
        fate.ready_after = SignedDuration::from_millis(ms);
    }
    let code = annotation(EXIT_CODE).and_then(|text| text.parse().ok()).unwrap_or(1);
    let pace = tempo.pace;
    match annotation(FAULT).unwrap_or_default() {
        "crash" => {
            fate.never_ready = true;
            fate.ends = Some(Ending::exit(pace * 2, code));
        }
        "crash-after-ready" => fate.ends = Some(Ending::exit(fate.ready_after + pace * 10, code)),
        "oom" => fate.ends = Some(Ending::out_of_memory(fate.ready_after + pace * 4)),
        "never-ready" => fate.never_ready = true,
        "unschedulable" => fate.fits_nowhere = true,
        "slow" => {
            fate.is_slow = true;
            fate.ready_after += pace * SLOW;
        }
        "ignore-term" => fate.ignores_term = true,
        "pull-denied" => fate.pull = Pull::Denied,
        "pull-missing" => fate.pull = Pull::Missing,
        _ => {}
    }
    fate
}

impl Fate {
    /// How long the preparation of the containers takes.
    pub(crate) fn preparation(&self, tempo: Tempo) -> SignedDuration {
        if self.is_slow { tempo.pace * SLOW } else { tempo.pace }
    }
}

fn worse(one: Fate, other: Fate) -> Fate {
    Fate {
        pull: if one.pull == Pull::Fine { other.pull } else { one.pull },
        fits_nowhere: one.fits_nowhere || other.fits_nowhere,
        is_slow: one.is_slow || other.is_slow,
        ready_after: one.ready_after.max(other.ready_after),
        never_ready: one.never_ready || other.never_ready,
        ends: one.ends.or(other.ends),
        ignores_term: one.ignores_term || other.ignores_term,
    }
}

fn of_container(container: &Value, tempo: Tempo) -> Fate {
    let env = |name: &str| {
        let found = container["env"].as_array()?.iter().find(|variable| variable["name"] == name)?;
        found["value"].as_str()
    };
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i32>().ok());
    let crash = env("CRASH_AFTER").map(|after| {
        let code = number(env("CRASH_CODE")).unwrap_or(1);
        Ending::exit(duration(after), code)
    });
    let limited = container["resources"]["limits"]["memory"].is_string();
    let leak = number(env("LEAK_MIB_PER_SECOND")).filter(|_| limited);
    let probed = container["readinessProbe"].is_object();
    let probe = if probed { tempo.pace } else { SignedDuration::ZERO };
    Fate {
        pull: pull(container["image"].as_str().unwrap_or_default()),
        ready_after: probe + env("READY_AFTER").map(duration).unwrap_or_default(),
        never_ready: probed && env("FAIL_HEALTH").is_some(),
        ends: crash
            .or(leak.map(|_| Ending::out_of_memory(SignedDuration::from_secs(1))))
            .or_else(|| errand(container)),
        ignores_term: env("IGNORE_TERM").is_some(),
        ..Fate::default()
    }
}

/// What its registry would say about an image of that name.
fn pull(image: &str) -> Pull {
    let without_digest = image.split('@').next().unwrap_or_default();
    let repository = without_digest
        .rsplit_once(':')
        .filter(|(_, tag)| !tag.contains('/'))
        .map_or(without_digest, |(repository, _)| repository);
    if repository.ends_with("missing") {
        Pull::Missing
    } else if repository.ends_with("private") {
        Pull::Denied
    } else {
        Pull::Fine
    }
}

/// `run --exit <code> --sleep <time>`: a container that does its errand and ends.
fn errand(container: &Value) -> Option<Ending> {
    let args: Vec<&str> = container["args"].as_array()?.iter().filter_map(Value::as_str).collect();
    let after = |flag: &str| args.iter().position(|arg| *arg == flag).and_then(|i| args.get(i + 1));
    (args.first() == Some(&"run")).then(|| {
        let code = after("--exit").and_then(|code| code.parse().ok()).unwrap_or(0);
        Ending::exit(after("--sleep").map(|text| duration(text)).unwrap_or_default(), code)
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEMPO: Tempo =
        Tempo { pace: SignedDuration::from_millis(10), back_off: SignedDuration::from_secs(10) };

    #[test]
    fn the_name_of_an_image_says_whether_it_can_be_pulled() {
        assert_eq!(pull("10.0.0.1:5000/slipway/missing:1"), Pull::Missing);
        assert_eq!(pull("10.0.0.1:5000/slipway/missing"), Pull::Missing);
        assert_eq!(pull("shop/private@sha256:00"), Pull::Denied);
        assert_eq!(pull("missing:5000/slipway/probe:1.0"), Pull::Fine);
    }

    #[test]
    fn an_annotation_asks_for_a_fault() {
        let pod = json!({"metadata": {"annotations": {FAULT: "crash", EXIT_CODE: "3"}},
            "spec": {"containers": [{"name": "web", "image": "a"}]}});
        assert_eq!(fate(&pod, TEMPO).ends, Some(Ending::exit(SignedDuration::from_millis(20), 3)));
    }
}
