//! How far the containers of a pod are, and what comes next. Pure: the time is given.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::faults::{Fate, Pull, Tempo};

/// No pause between two tries is longer.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// The life of a pod's containers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Life {
    pub(crate) stage: Stage,
    /// When the stage began.
    pub(crate) since: Timestamp,
    pub(crate) restarts: u32,
    /// Tries to pull that failed.
    pub(crate) tries: u32,
    /// How the containers ended last.
    pub(crate) last: Option<End>,
    /// Was it said already that the containers do not answer?
    pub(crate) told: bool,
    /// When the containers were told to stop.
    pub(crate) stopping: Option<Timestamp>,
}

/// Where in its life it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// On a node; the image is being pulled.
    Preparing,
    /// The image could just not be pulled.
    PullFailed,
    /// Waiting before the next try to pull.
    PullPaused,
    /// The containers run.
    Running,
    /// The containers have just ended.
    Ended,
    /// Waiting before the containers are started again.
    Paused,
    /// Ended for good.
    Over,
}

/// How a container ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct End {
    pub(crate) reason: String,
    pub(crate) code: i32,
    pub(crate) started: Timestamp,
    pub(crate) at: Timestamp,
}

impl Life {
    pub(crate) fn begin(now: Timestamp) -> Self {
        Self {
            stage: Stage::Preparing,
            since: now,
            restarts: 0,
            tries: 0,
            last: None,
            told: false,
            stopping: None,
        }
    }

    /// When the stage is over by itself; none if it is not.
    pub(crate) fn due(&self, fate: &Fate, tempo: Tempo) -> Option<Timestamp> {
        let lasts = match self.stage {
            Stage::Preparing => fate.preparation(tempo),
            Stage::PullFailed | Stage::Ended => tempo.pace,
            Stage::PullPaused => pause(tempo, self.tries),
            Stage::Paused => pause(tempo, self.restarts),
            Stage::Running => fate.ends.as_ref()?.after,
            Stage::Over => return None,
        };
        Some(self.since + lasts)
    }

    /// The life in its next stage. Whether containers are started again is the pod's restart policy.
    pub(crate) fn next(&self, fate: &Fate, policy: &str, now: Timestamp) -> Self {
        let mut next = Self { since: now, told: false, ..self.clone() };
        match self.stage {
            Stage::Preparing | Stage::PullPaused if fate.pull != Pull::Fine => {
                next.tries += 1;
                next.stage = Stage::PullFailed;
            }
            Stage::Preparing | Stage::PullPaused => next.stage = Stage::Running,
            Stage::PullFailed => next.stage = Stage::PullPaused,
            Stage::Running => {
                let ending = fate.ends.as_ref();
                let code = ending.map_or(0, |ending| ending.code);
                let reason = ending.map_or("Completed", |ending| ending.reason).to_owned();
                next.last = Some(End { reason, code, started: self.since, at: now });
                let again = policy == "Always" || (policy == "OnFailure" && code != 0);
                next.stage = if again { Stage::Ended } else { Stage::Over };
            }
            // The first restart comes at once, later ones after a growing pause.
            Stage::Ended if self.restarts > 0 => next.stage = Stage::Paused,
            Stage::Ended | Stage::Paused => {
                next.restarts += 1;
                next.stage = Stage::Running;
            }
            Stage::Over => return self.clone(),
        }
        next
    }

    /// When the containers answer, if they ever do.
    pub(crate) fn ready_at(&self, fate: &Fate) -> Option<Timestamp> {
        (self.stage == Stage::Running && !fate.never_ready).then(|| self.since + fate.ready_after)
    }
}

/// Ten seconds, twenty, forty and so on, in the tempo of the real one.
fn pause(tempo: Tempo, tries: u32) -> SignedDuration {
    let doubled = 1 << tries.saturating_sub(1).min(5);
    tempo.back_off.checked_mul(doubled).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::pods::faults::Ending;

    #[test]
    fn a_crash_is_followed_by_a_restart_at_once_and_then_by_pauses() {
        let fate = Fate {
            ends: Some(Ending { after: SignedDuration::ZERO, reason: "Error", code: 3 }),
            ..Fate::default()
        };
        let mut life = Life::begin(Timestamp::UNIX_EPOCH);
        let mut stages = vec![];
        for _ in 0..7 {
            life = life.next(&fate, "Always", Timestamp::UNIX_EPOCH);
            stages.push((life.stage, life.restarts));
        }
        let expected = [
            (Stage::Running, 0),
            (Stage::Ended, 0),
            (Stage::Running, 1),
            (Stage::Ended, 1),
            (Stage::Paused, 1),
            (Stage::Running, 2),
            (Stage::Ended, 2),
        ];
        assert_eq!(stages, expected);
    }

    #[test]
    fn a_container_that_is_not_started_again_is_over() {
        let begin = Life::begin(Timestamp::UNIX_EPOCH);
        let running = begin.next(&Fate::default(), "Never", Timestamp::UNIX_EPOCH);
        assert_eq!(running.next(&Fate::default(), "Never", Timestamp::UNIX_EPOCH).stage, Stage::Over);
    }
}
