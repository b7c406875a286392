//! What the cluster tells about the objects of an application: its events, and what it warned of, hour by hour.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How far back the histogram of warnings looks (S3.56).
pub const HOURS: usize = 24;

/// An event of the cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Does it warn?
    pub is_warning: bool,
    /// Kind and name of the object.
    pub object: String,
    /// The cluster's one-word reason.
    pub reason: String,
    /// The cluster's message.
    pub message: String,
    /// How often it was said.
    pub count: u32,
    /// When it was said last.
    pub at: Option<Timestamp>,
}

/// A warning that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// When it was said.
    pub at: Timestamp,
    /// Kind and name of the object.
    pub object: String,
    /// The cluster's one-word reason.
    pub reason: String,
    /// The cluster's message.
    pub message: String,
}

/// An hour, and how many warnings were said in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// When it began.
    pub start: Timestamp,
    /// How many.
    pub count: usize,
}

impl Hour {
    /// Was it said in this hour?
    pub fn holds(&self, at: Timestamp) -> bool {
        at >= self.start && at < self.start + SignedDuration::from_hours(1)
    }
}

/// The last hours, the oldest first; the last one is the hour at hand.
pub fn by_hour(warnings: &[Warning], now: Timestamp) -> Vec<Hour> {
    let hour = SignedDuration::from_hours(1);
    let present = now - SignedDuration::from_secs(now.as_second().rem_euclid(3600));
    let present = Timestamp::from_second(present.as_second()).unwrap_or(now);
    let hours = (0..HOURS).rev().scan((), |(), back| {
        let back = i32::try_from(back).ok()?;
        Some(Hour { start: present - hour * back, count: 0 })
    });
    let mut hours: Vec<Hour> = hours.collect();
    for warning in warnings {
        if let Some(hour) = hours.iter_mut().find(|hour| hour.holds(warning.at)) {
            hour.count += 1;
        }
    }
    hours
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warning(at: &str) -> Warning {
        let text = || "x".to_owned();
        Warning { at: at.parse().unwrap(), object: text(), reason: text(), message: text() }
    }

    #[test]
    fn s3_56_warnings_are_counted_in_the_hour_in_which_they_were_said() {
        let now = "2026-05-04T10:30:00.7Z".parse().unwrap();
        let said = [
            "2026-05-04T10:00:00Z",
            "2026-05-04T09:59:59.9Z",
            "2026-05-04T09:00:00Z",
            "2026-05-03T10:59:59Z",
        ];
        let hours = by_hour(&said.map(warning), now);
        assert_eq!(hours.len(), 24);
        assert_eq!((hours[23].count, hours[22].count), (1, 2));
        assert_eq!(hours[0].start, "2026-05-03T11:00:00Z".parse().unwrap());
        assert_eq!(hours.iter().map(|hour| hour.count).sum::<usize>(), 3);
    }
}
