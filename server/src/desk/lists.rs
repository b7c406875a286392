//! What lists show: of everything that there is, what this person may see.

use std::sync::Arc;

use slipway_app::desk::{Applications, DeskError, InstancesView};
use slipway_domain::{
    listing::Wish,
    names::ApplicationName,
    operation::Operation,
    people::People,
    permission::Action,
    status::{Status, Tone},
};

use super::{HISTORY, SignedIn, unavailable};

/// How many of the things that were done lately a page shows.
const RECENT: usize = 8;
/// So many are looked through for those of somebody who may not see all.
const LOOKED_THROUGH: u32 = 2_000;

impl SignedIn {
    /// A page of the list, from memory.
    pub(super) fn listed(&self, wish: &Wish) -> InstancesView {
        let sheet = self.office.board.read();
        let kept_since = self.office.retention.kept(self.office.clock.now()).history_since;
        let gone = sheet.gone().filter(|gone| gone.updated_at >= kept_since && self.sees(&gone.people));
        let gone = gone.take(HISTORY).cloned().collect();
        let page = |wish: &Wish| {
            if self.sees_all() {
                sheet.page(wish)
            } else {
                sheet.page_of(wish, |application| self.sees(&application.people))
            }
        };
        let listed = page(wish);
        // A status leaves nothing out of the counts, only a search does.
        let all = if wish.search.is_empty() { None } else { Some(page(&Wish::default())) };
        let counts = all.map_or_else(|| listed.counts.clone(), |all| all.counts);
        let sum =
            |of: fn(Status) -> bool| counts.iter().filter(|(status, _)| of(*status)).map(|(_, n)| n).sum();
        InstancesView {
            page: listed,
            live: sum(|_| true),
            running: sum(|status| status.tone() == Tone::Good),
            revision: sheet.revision(),
            gone,
            gateway: self.office.gateway.clone(),
        }
    }

    /// All that are live.
    pub(super) fn live(&self) -> Applications {
        let sheet = self.office.board.read();
        let live = sheet.live().filter(|application| self.sees(&application.people)).cloned().collect();
        Applications { live, revision: sheet.revision() }
    }

    /// What was done lately, newest first.
    pub(super) async fn lately(&self) -> Result<Vec<(ApplicationName, Operation)>, DeskError> {
        let reach = self.reach(u32::try_from(RECENT).unwrap_or_default());
        let found = self.office.store.recent_operations(reach).await.map_err(|error| unavailable(&error))?;
        let seen = found.into_iter().filter(|(_, people, _)| self.sees(people));
        Ok(seen.map(|(name, _, operation)| (name, operation)).take(RECENT).collect())
    }

    fn reach(&self, wanted: u32) -> u32 {
        if self.sees_all() { wanted } else { LOOKED_THROUGH }
    }

    fn sees_all(&self) -> bool {
        self.actor.may(Action::See, &People::NOBODY).is_ok()
    }

    /// May they see an application of these people?
    fn sees(&self, people: &Arc<People>) -> bool {
        self.actor.may(Action::See, people).is_ok()
    }
}
