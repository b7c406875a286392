//! What is asked for under a key is done once, however often it is asked for.

use slipway_app::desk::DeskError;
use slipway_domain::names::ApplicationName;

use super::{SignedIn, unavailable};

impl SignedIn {
    /// Does it unless the same person asked for it before under that key; the answer is the application's name.
    pub(super) async fn once(
        &self,
        key: &str,
        doing: impl Future<Output = Result<ApplicationName, DeskError>>,
    ) -> Result<ApplicationName, DeskError> {
        if let Some(name) = self.asked_before(key).await? {
            return Ok(name);
        }
        match doing.await {
            // What is in the way may be the very thing: a database ends what a process had asked of it before it was killed.
            Err(error) => self.asked_before(key).await?.ok_or(error),
            done => done,
        }
    }

    /// The application that it was asked of, whatever the person is called now.
    async fn asked_before(&self, key: &str) -> Result<Option<ApplicationName>, DeskError> {
        if key.is_empty() {
            return Ok(None);
        }
        let before = self.office.store.ordered_before(&self.actor.id, key).await;
        before.map_err(|error| unavailable(&error))
    }
}
