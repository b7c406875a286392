//! The cleaner: forgets what was kept for long enough, once an hour. The database is cleaned by one of all processes
//! that share it; built images lie in the data directory of each.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use slipway_domain::{ids::Clock, ports::PortError};
use slipway_registry::Layout;
use slipway_store::{Cleaned, Store};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::config::Retention;

/// A program that has just begun has more urgent things to read.
const FIRST: Duration = Duration::from_secs(10);
/// How often it looks whether there is something to do.
const LOOK: Duration = Duration::from_mins(1);
/// How often there is.
const EVERY: SignedDuration = SignedDuration::from_hours(1);
/// The name of the chore among those of all processes.
const CHORE: &str = "retention";

/// What it works with.
pub struct Cleaner {
    pub store: Store,
    /// Where built images lie, if any are built.
    pub images: Option<Layout>,
    pub retention: Retention,
    pub clock: Arc<dyn Clock>,
}

impl Cleaner {
    /// Works until it is told to stop. What fails is tried again an hour later.
    pub async fn run(self, stop: CancellationToken) {
        let mut tick = tokio::time::interval_at(Instant::now() + FIRST, LOOK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut images_due = Timestamp::MIN;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
            }
            let now = self.clock.now();
            tell(self.clean_database(now).await);
            if images_due <= now {
                images_due = now + EVERY;
                tell(self.clean_images(now).await);
            }
        }
    }

    async fn clean_database(&self, now: Timestamp) -> Result<(), PortError> {
        if !self.store.take_chore(CHORE, now, now + EVERY).await? {
            return Ok(());
        }
        let cleaned = self.store.clean(&self.retention.kept(now)).await?;
        if cleaned != Cleaned::default() {
            tracing::info!(
                ends = cleaned.ends,
                applications = cleaned.applications,
                drafts = cleaned.drafts,
                "Forgot what was kept for long enough"
            );
        }
        Ok(())
    }

    async fn clean_images(&self, now: Timestamp) -> Result<(), PortError> {
        let Some(layout) = self.images.clone() else { return Ok(()) };
        let in_use = self.store.images_in_use().await?;
        let before = self.retention.images_since(now).into();
        let pruned = tokio::task::spawn_blocking(move || layout.prune(&in_use, before)).await;
        let failed = |error| PortError::new("removing images that are not used", error);
        let pruned = pruned.map_err(std::io::Error::other).and_then(|pruned| pruned).map_err(failed)?;
        if pruned.blobs > 0 {
            tracing::info!(
                blobs = pruned.blobs,
                bytes = pruned.bytes,
                "Removed built images that nothing refers to"
            );
        }
        Ok(())
    }
}

fn tell(done: Result<(), PortError>) {
    if let Err(error) = done {
        tracing::warn!(error = %error.chain(), "What is old was not forgotten; it is tried again in an hour");
    }
}
