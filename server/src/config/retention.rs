//! How long what is kept.

use clap::{Args, value_parser};
use jiff::{SignedDuration, Timestamp};
use slipway_store::Kept;

use super::listed::RETENTION;

/// Settings about what is forgotten, and when. One of all processes looks once an hour.
#[derive(Debug, Clone, Args)]
pub struct Retention {
    /// How long the last words of containers are kept, in days
    #[arg(
        long = "retention-ends-days", env = "SLIPWAY_RETENTION_ENDS_DAYS", default_value_t = 30, value_name = "DAYS",
        value_parser = value_parser!(u32).range(1..=36_500),
        help_heading = RETENTION
    )]
    pub ends_days: u32,

    /// How much of the database the last words of containers may take, in MiB; the newest stay
    #[arg(
        long = "retention-ends-mib", env = "SLIPWAY_RETENTION_ENDS_MIB", default_value_t = 1024, value_name = "MIB",
        value_parser = value_parser!(u32).range(1..=1_048_576),
        help_heading = RETENTION
    )]
    pub ends_mib: u32,

    /// How long an application that was removed stays in the history, in days; live ones keep theirs
    #[arg(
        long = "retention-history-days", env = "SLIPWAY_RETENTION_HISTORY_DAYS", default_value_t = 365,
        value_name = "DAYS", value_parser = value_parser!(u32).range(1..=36_500),
        help_heading = RETENTION
    )]
    pub history_days: u32,

    /// How long an order waits that was begun and not placed, in hours
    #[arg(
        long = "retention-drafts-hours", env = "SLIPWAY_RETENTION_DRAFTS_HOURS", default_value_t = 168,
        value_name = "HOURS", value_parser = value_parser!(u32).range(1..=8_760),
        help_heading = RETENTION
    )]
    pub drafts_hours: u32,

    /// How long an image stays in the data directory that was built, is not used and no application refers to, in days
    #[arg(
        long = "retention-images-days", env = "SLIPWAY_RETENTION_IMAGES_DAYS", default_value_t = 7, value_name = "DAYS",
        value_parser = value_parser!(u32).range(1..=36_500),
        help_heading = RETENTION
    )]
    pub images_days: u32,
}

impl Retention {
    /// What is kept in the database at that moment.
    pub fn kept(&self, now: Timestamp) -> Kept {
        Kept {
            ends_since: before(now, self.ends_days * 24),
            ends_bytes: i64::from(self.ends_mib) << 20,
            history_since: before(now, self.history_days * 24),
            drafts_since: before(now, self.drafts_hours),
        }
    }

    /// Since when an image must have been used to stay without anybody who refers to it.
    pub fn images_since(&self, now: Timestamp) -> Timestamp {
        before(now, self.images_days * 24)
    }
}

fn before(now: Timestamp, hours: u32) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(i64::from(hours))).unwrap_or(Timestamp::MIN)
}
