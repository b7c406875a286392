//! Orders that a person has not placed yet. Passwords may be among the answers, so each is sealed as a whole and never
//! travels in an address.

use jiff::Timestamp;
use slipway_app::desk::DeskError;
use slipway_domain::{names::ApplicationName, ports::PortError, sealed::Sealed, wizard::Draft};

use super::{SignedIn, unavailable};

/// How many drafts a person is shown.
const SHOWN: u32 = 10;

impl SignedIn {
    /// Keeps it; the answer is its identifier.
    pub(super) async fn keep(&self, draft: &Draft) -> Result<String, DeskError> {
        let failed = |error: PortError| unavailable(&error);
        let text =
            serde_json::to_string(draft).map_err(|error| failed(PortError::new("keeping a draft", error)))?;
        let id = if draft.id.is_empty() { self.office.ids.next().to_string() } else { draft.id.clone() };
        let (sealed, now) = (self.office.vault.seal(&text), self.office.clock.now());
        self.office.store.keep_draft(&id, &self.actor.id, &sealed, now).await.map_err(failed)?;
        Ok(id)
    }

    /// A draft that cannot be opened or read any more counts as forgotten.
    pub(super) async fn kept(&self, id: &str) -> Result<Option<Draft>, DeskError> {
        let kept = self.office.store.draft(id, &self.actor.id).await;
        let kept = kept.map_err(|error| unavailable(&error))?;
        Ok(kept.and_then(|(at, sealed)| self.opened_draft(id.to_owned(), at, &sealed)))
    }

    /// All that are still there.
    pub(super) async fn all_kept(&self) -> Result<Vec<Draft>, DeskError> {
        let kept = self.office.store.drafts(&self.actor.id, SHOWN).await;
        let kept = kept.map_err(|error| unavailable(&error))?;
        Ok(kept.into_iter().filter_map(|(id, at, sealed)| self.opened_draft(id, at, &sealed)).collect())
    }

    fn opened_draft(&self, id: String, at: Timestamp, sealed: &Sealed) -> Option<Draft> {
        let text = self.office.vault.open(sealed).ok()?;
        Some(Draft { id, at, ..serde_json::from_str(&text).ok()? })
    }

    /// What is wrong with a name for a new application (S1.17).
    pub(super) async fn wrong_with(&self, name: &str) -> Option<String> {
        let name = match ApplicationName::parse(name.trim()) {
            Ok(name) => name,
            Err(error) => return Some(error.to_string()),
        };
        match self.free(&name).await {
            Err(DeskError::Invalid { fields }) => fields.into_iter().next().map(|field| field.message),
            _ => None,
        }
    }
}
