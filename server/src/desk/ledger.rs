//! The audit trail at the desk: reading it, and writing what the database does not write by itself.

use slipway_app::desk::{AuditView, DeskError};
use slipway_domain::audit::{Filter, Verdict};
use slipway_store::Deed;

use super::{Office, SignedIn, unavailable};

/// How many rows a page has.
const PAGE: u32 = 100;

impl Office {
    /// Writes a row. That it cannot be written does not undo what was done.
    pub async fn tell(&self, deed: &Deed<'_>) {
        if let Err(error) = self.store.note(deed).await {
            tracing::error!(error = %error.chain(), deed.action, deed.object, "The audit trail was not written");
        }
    }
}

impl SignedIn {
    /// Writes that something was done, or was not.
    pub async fn tell(&self, action: &str, object: &str, outcome: &str) {
        let (at, actor) = (self.office.clock.now(), self.actor.name.as_str());
        self.office.tell(&Deed { at, actor, action, object, outcome, origin: &self.origin }).await;
    }

    pub(super) async fn read_audit(
        &self,
        filter: &Filter,
        below: Option<i64>,
    ) -> Result<AuditView, DeskError> {
        let found = self.office.store.search_audit(filter, below.unwrap_or(i64::MAX), PAGE + 1).await;
        let mut entries = found.map_err(|error| unavailable(&error))?;
        let is_more = entries.len() > PAGE as usize;
        entries.truncate(PAGE as usize);
        let older = entries.last().map(|last| last.seq).filter(|_| is_more);
        Ok(AuditView { entries, older })
    }

    pub(super) async fn check_audit(&self) -> Result<Verdict, DeskError> {
        self.office.store.verify_audit().await.map_err(|error| unavailable(&error))
    }
}
