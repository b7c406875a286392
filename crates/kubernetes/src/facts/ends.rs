//! Ends of containers: how the last one was, whether the container had served before, how quickly they follow.

use jiff::SignedDuration;
use slipway_domain::observed::{End, ObservedTask};

use super::pods::{AT_ONCE, readiness_changed};
use crate::lean::{ContainerStatus, Pod, PodStatus};

/// A run that lasted so long has nothing to do with the crashes before it; the kubelet thinks so, too.
const LONG_RUN: SignedDuration = SignedDuration::from_mins(10);
/// What has no check is ready at once, so it has served only if it ran as long as this.
const SERVED: SignedDuration = SignedDuration::from_secs(10);
/// Last words are kept up to here; the end is what counts.
const LAST_WORDS: usize = 1024;

/// How the container's last run ended, whether it runs again or not.
pub(super) fn last(container: &ContainerStatus) -> Option<End> {
    let mut states = [&container.state, &container.last_state].into_iter().flatten();
    let end = states.find_map(|state| state.terminated.as_ref())?;
    Some(End {
        reason: end.reason.clone().unwrap_or_else(|| "Error".to_owned()),
        message: end.message.as_deref().map(tail).unwrap_or_default(),
        exit_code: end.exit_code,
        signal: end.signal,
        started_at: end.started_at.as_ref().map(|time| time.0),
        at: end.finished_at.as_ref().map(|time| time.0),
    })
}

fn tail(text: &str) -> String {
    let begin = text.len().saturating_sub(LAST_WORDS);
    let begin = (begin..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text[begin..].to_owned()
}

/// Had the pod been ready, as far as its status tells?
pub(super) fn was_ready(pod: &Pod, status: &PodStatus, end: Option<&End>) -> bool {
    let containers = pod.spec.iter().flat_map(|spec| spec.containers.iter().flatten());
    let is_checked = containers.into_iter().any(|c| c.readiness_probe.is_some());
    if !is_checked {
        let ran = end.and_then(|end| Some(end.at?.duration_since(end.started_at?)));
        return ran.is_some_and(|ran| ran >= SERVED);
    }
    // Whoever was never ready became so at no other time than its start.
    let started = status.start_time.as_ref().map(|time| time.0);
    started
        .zip(readiness_changed(status))
        .is_some_and(|(start, change)| change.duration_since(start) > AT_ONCE)
}

/// How many restarts followed shortly upon each other, up to the last one.
pub(super) fn recent_restarts(restarts: u32, end: Option<&End>, before: Option<&ObservedTask>) -> u32 {
    let ran = end.and_then(|end| Some(end.at?.duration_since(end.started_at?)));
    if ran.is_some_and(|ran| ran >= LONG_RUN) {
        return restarts.min(1);
    }
    match before {
        Some(before) => before.recent_restarts + restarts.saturating_sub(before.restarts),
        None => restarts,
    }
}
