//! What a person typed and could not send yet. Passwords may be among it, so it is sealed as a whole and never
//! travels in an address.

use slipway_app::desk::DeskError;
use slipway_domain::{order::OrderForm, ports::PortError};

use super::{SignedIn, unavailable};

impl SignedIn {
    pub(super) async fn keep(&self, form: &OrderForm) -> Result<String, DeskError> {
        let failed = |error: PortError| unavailable(&error);
        let text =
            serde_json::to_string(form).map_err(|error| failed(PortError::new("keeping a draft", error)))?;
        let (id, now) = (self.office.ids.next().to_string(), self.office.clock.now());
        let sealed = self.office.vault.seal(&text);
        self.office.store.keep_draft(&id, &self.actor.name, &sealed, now).await.map_err(failed)?;
        Ok(id)
    }

    /// A draft that cannot be opened or read any more counts as forgotten.
    pub(super) async fn kept(&self, id: &str) -> Result<Option<OrderForm>, DeskError> {
        let sealed =
            self.office.store.draft(id, &self.actor.name).await.map_err(|error| unavailable(&error))?;
        let text = sealed.and_then(|sealed| self.office.vault.open(&sealed).ok());
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }
}
