//! Changes of what exists: another generation of it, or an earlier one again.

use std::collections::BTreeMap;

use slipway_app::desk::DeskError;
use slipway_domain::{
    blueprint::Database,
    names::ApplicationName,
    operation::Kind,
    order::{ComponentForm, OrderForm},
    spec::{ApplicationSpec, ComponentSpec},
};
use slipway_store::{Change, ChangeError};

use super::{SignedIn, orders::with_task_users, unavailable};

impl SignedIn {
    /// The answers with which the application would be made as it is now.
    pub(super) async fn present_order(&self, name: &ApplicationName) -> Result<OrderForm, DeskError> {
        let spec = self.present(name).await?;
        let components = spec
            .components
            .iter()
            .map(|component| (component.name.to_string(), wish_of(component)))
            .collect();
        Ok(OrderForm {
            name: spec.name.to_string(),
            project: spec.project.to_string(),
            version: spec.version.to_string(),
            admins: spec.admins.join(", "),
            users: spec.users.join(", "),
            components,
            database: Database::default(),
            idempotency_key: String::new(),
        })
    }

    /// The next generation as it would be.
    pub(super) async fn examine_update(&self, form: &OrderForm) -> Result<ApplicationSpec, DeskError> {
        let order = form.check().map_err(|fields| DeskError::Invalid { fields })?;
        let before = self.present(&order.name).await?;
        if before.project != order.project {
            let why =
                format!("{} was made from {}; update it to a release of that.", before.name, before.project);
            return Err(refused(&why));
        }
        let release = self.release_of(&order).await?;
        let components = self.expand(&order, &release, Some(&before))?;
        let mut spec = ApplicationSpec {
            generation: before.generation + 1,
            version: release.version,
            users: with_task_users(order.users, &release),
            admins: order.admins,
            release: release.digest,
            components,
            ..before.clone()
        };
        spec.keep_images_of(&before);
        Ok(spec)
    }

    /// Asks for another generation.
    pub(super) async fn place_update(
        &self,
        form: &OrderForm,
        even_quarantined: bool,
    ) -> Result<(), DeskError> {
        let spec = self.examine_update(form).await?;
        let key = &form.idempotency_key;
        let change = Change { spec: &spec, kind: Kind::Update, even_quarantined, idempotency_key: key };
        let asked = self.office.store.change(&change, &self.asked()).await;
        self.changed(&spec.name, asked).await
    }

    /// Asks for an earlier generation once more, as it was.
    pub(super) async fn place_rollback(
        &self,
        name: &ApplicationName,
        generation: u32,
    ) -> Result<(), DeskError> {
        let present = self.present(name).await?;
        let failed = |error| unavailable(&error);
        let earlier = self.office.store.generation(present.id, generation).await.map_err(failed)?;
        let earlier = earlier.filter(|_| generation < present.generation).ok_or_else(|| {
            refused(&format!(
                "{name} has no generation {generation} before its present one, {}.",
                present.generation
            ))
        })?;
        let spec = earlier.again(present.generation + 1);
        let change =
            Change { spec: &spec, kind: Kind::Rollback, even_quarantined: true, idempotency_key: "" };
        let asked = self.office.store.change(&change, &self.asked()).await;
        self.changed(name, asked).await
    }

    /// Words what became of a change.
    pub(super) async fn changed(
        &self,
        name: &ApplicationName,
        asked: Result<(), ChangeError>,
    ) -> Result<(), DeskError> {
        asked.map_err(|error| match error {
            ChangeError::NotFound => missing(name),
            ChangeError::Refused(why) => refused(why),
            ChangeError::Stale => refused("Somebody else has changed it meanwhile. Look at it again first."),
            ChangeError::Quarantined(version) => DeskError::Refused {
                code: "SLW_QUARANTINED".to_owned(),
                message: format!(
                    "{name} was rolled back from release {version}. Say that you want it all the same to deploy it again."
                ),
            },
            ChangeError::Port(error) => unavailable(&error),
        })?;
        self.catch_up().await;
        Ok(())
    }

    /// The present configuration of a live application.
    async fn present(&self, name: &ApplicationName) -> Result<ApplicationSpec, DeskError> {
        let failed = |error| unavailable(&error);
        let store = &self.office.store;
        let application = store.application(name).await.map_err(failed)?.ok_or_else(|| missing(name))?;
        let spec = store.generation(application.id, application.generation).await.map_err(failed)?;
        spec.ok_or_else(|| missing(name))
    }
}

/// What a person would enter to get the component as it is. Its secrets stay without being entered.
fn wish_of(component: &ComponentSpec) -> ComponentForm {
    let variables: BTreeMap<_, _> = component.env.iter().collect();
    ComponentForm {
        image: component.image.to_string(),
        variables: serde_json::to_string_pretty(&variables).unwrap_or_default(),
        replicas: component.replicas.to_string(),
    }
}

fn missing(name: &ApplicationName) -> DeskError {
    DeskError::NotFound { what: format!("No application is called {name}.") }
}

fn refused(why: &str) -> DeskError {
    DeskError::Refused { code: "SLW_NOT_NOW".to_owned(), message: why.to_owned() }
}
