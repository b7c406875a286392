//! What holds a removal, and stripping it by hand (D1).

use slipway_app::desk::{DeskError, StripForm};
use slipway_domain::{
    application::Application,
    names::ApplicationName,
    operation::Progress,
    order::FieldError,
    ports::Removal,
    removal::{Held, Stripped},
};

use super::{SignedIn, unavailable};

impl SignedIn {
    /// What holds the namespace; none unless the application is being removed.
    pub(super) async fn held_by(&self, name: &ApplicationName) -> Result<Option<Held>, DeskError> {
        let Some(application) = self.removing(name).await? else { return Ok(None) };
        // The removal was asked for already: to continue it changes nothing.
        match self.office.cluster.remove(name, application.id).await {
            Ok(Removal::Held(held)) => Ok(Some(held)),
            Ok(Removal::Gone(_) | Removal::Going(..) | Removal::NotOurs) => Ok(None),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// Strips a finalizer, and writes down the exact patch.
    pub(super) async fn strip_one(&self, form: &StripForm) -> Result<(), DeskError> {
        let missing = || refused("SLW_NOT_HELD", "Nothing of this holds the namespace any more.");
        let name = ApplicationName::parse(&form.name).map_err(|_| missing())?;
        let application = self.removing(&name).await?.ok_or_else(missing)?;
        let held = self.held_by(&name).await?;
        let leftovers = held.and_then(|held| held.look).map(|look| look.leftovers).unwrap_or_default();
        let leftover = leftovers.into_iter().find(|leftover| leftover.uid == form.uid).ok_or_else(missing)?;
        if form.confirmation.trim() != leftover.name {
            let message = format!("Type {} to confirm.", leftover.name);
            return Err(DeskError::Invalid { fields: vec![FieldError::new("confirmation", message)] });
        }
        let done =
            self.office.cluster.strip_finalizer(&name, application.id, &leftover, &form.finalizer).await;
        match done.map_err(|error| unavailable(&error))? {
            Stripped::Done { path, patch } => {
                self.tell("strip-finalizer", &format!("{path} {patch}"), "accepted").await;
                Ok(())
            }
            Stripped::Gone => Ok(()),
            Stripped::Stale => {
                Err(refused("SLW_STALE", "The object has changed meanwhile. Look at it again first."))
            }
            Stripped::Refused { why } => Err(refused("SLW_NOT_NOW", &why)),
        }
    }

    async fn removing(&self, name: &ApplicationName) -> Result<Option<Application>, DeskError> {
        let failed = |error| unavailable(&error);
        let Some(application) = self.office.store.application(name).await.map_err(failed)? else {
            return Ok(None);
        };
        let newest = self.office.store.operations(application.id).await.map_err(failed)?.into_iter().next();
        let is_removing = newest
            .is_some_and(|newest| !newest.kind.makes() && matches!(newest.progress, Progress::Open { .. }));
        Ok(is_removing.then_some(application))
    }
}

fn refused(code: &str, message: &str) -> DeskError {
    DeskError::Refused { code: code.to_owned(), message: message.to_owned() }
}
