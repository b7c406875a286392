//! Who has access to an application that runs, said anew without touching anything else of it (S1.L03).

use slipway_app::desk::{AccessForm, DeskError};
use slipway_domain::{
    names::ApplicationName,
    operation::Kind,
    order::{FieldError, people},
    people::People,
    spec::ApplicationSpec,
};
use slipway_store::Change;

use super::{SignedIn, changes::refused, unavailable};

impl SignedIn {
    /// Asks for the next generation, which differs in its people alone.
    pub(super) async fn place_access(
        &self,
        name: &ApplicationName,
        form: &AccessForm,
    ) -> Result<(), DeskError> {
        self.once(&form.idempotency_key, self.change_access(name, form)).await.map(drop)
    }

    async fn change_access(
        &self,
        name: &ApplicationName,
        form: &AccessForm,
    ) -> Result<ApplicationName, DeskError> {
        let present = self.present(name).await?;
        if !form.seen.is_empty() && form.seen != present.generation.to_string() {
            return Err(refused("Somebody else has changed it meanwhile. Look at it again first."));
        }
        let People { admins, users } = self.people_with_access(form, &present).await?;
        if (&admins, &users) == (&present.admins, &present.users) {
            return Err(refused("The same people have access already; there is nothing to change."));
        }
        let spec = ApplicationSpec { admins, users, ..present.again(present.generation + 1) };
        let change = Change {
            spec: &spec,
            kind: Kind::Access,
            even_quarantined: false,
            idempotency_key: &form.idempotency_key,
        };
        let asked = self.office.store.change(&change, &self.asked()).await;
        self.changed(name, asked).await
    }

    async fn people_with_access(
        &self,
        form: &AccessForm,
        present: &ApplicationSpec,
    ) -> Result<People, DeskError> {
        let (admins, before) = (people(&form.admins), present.people());
        if admins.is_empty() {
            let message = "Name at least one user or group with administrator access.";
            return Err(DeskError::Invalid { fields: vec![FieldError::new("admins", message)] });
        }
        let mut named = self.people_named(&admins, &people(&form.users), &before).await?;
        let listing = self.office.releases.listing().await.map_err(|error| unavailable(&error))?;
        let project = listing.project(&present.project);
        // What runs may outlive the folder that it came from.
        if let Some(release) = project.and_then(|project| project.release(present.version)) {
            named.users = self.with_task_users(named.users, release, &before.users).await;
        }
        Ok(named)
    }
}
