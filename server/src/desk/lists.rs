//! What lists show: of everything that there is, what this person may see.

use std::sync::Arc;

use slipway_app::desk::DeskError;
use slipway_domain::{
    application::Application, names::ApplicationName, operation::Operation, people::People,
    permission::Action, ports::PortError,
};

use super::{HISTORY, SignedIn, unavailable};

/// How many of the things that were done lately a page shows.
const RECENT: usize = 8;
/// So many are looked through for those of somebody who may not see all.
const LOOKED_THROUGH: u32 = 2_000;

impl SignedIn {
    /// Live applications, newest first.
    pub(super) fn live(&self) -> Vec<Application> {
        self.office.board.live_where(|application| self.sees(&application.people))
    }

    /// Those that were removed, last one first.
    pub(super) async fn gone(&self) -> Result<Vec<Application>, DeskError> {
        let failed = |error: PortError| unavailable(&error);
        let mut gone = self.office.store.gone_applications(self.reach(HISTORY)).await.map_err(failed)?;
        gone.retain(|application| self.sees(&application.people));
        gone.truncate(HISTORY as usize);
        Ok(gone)
    }

    /// What was done lately, newest first.
    pub(super) async fn lately(&self) -> Result<Vec<(ApplicationName, Operation)>, DeskError> {
        let reach = self.reach(u32::try_from(RECENT).unwrap_or_default());
        let found = self.office.store.recent_operations(reach).await.map_err(|error| unavailable(&error))?;
        let seen = found.into_iter().filter(|(_, people, _)| self.sees(people));
        Ok(seen.map(|(name, _, operation)| (name, operation)).take(RECENT).collect())
    }

    fn reach(&self, wanted: u32) -> u32 {
        let sees_all = self.actor.may(Action::See, &People::NOBODY).is_ok();
        if sees_all { wanted } else { LOOKED_THROUGH }
    }

    /// May they see an application of these people?
    fn sees(&self, people: &Arc<People>) -> bool {
        self.actor.may(Action::See, people).is_ok()
    }
}
