//! Changes of what exists: another generation of it, or an earlier one again.

use slipway_app::desk::{DeskError, RollbackForm};
use slipway_domain::{
    names::ApplicationName,
    operation::Kind,
    order::{ComponentForm, OrderForm, Wish},
    spec::ApplicationSpec,
};
use slipway_store::{Change, ChangeError};

use super::{SignedIn, people::listed, unavailable};

impl SignedIn {
    /// The answers with which the application would be made as it is now.
    pub(super) async fn present_order(&self, name: &ApplicationName) -> Result<OrderForm, DeskError> {
        let spec = self.present(name).await?;
        let components = spec.wishes.into_iter().map(|(name, wish)| (name, typed(wish))).collect();
        Ok(OrderForm {
            name: spec.name.to_string(),
            project: spec.project.to_string(),
            version: spec.version.to_string(),
            admins: listed(&spec.admins),
            users: listed(&spec.users),
            components,
            database: spec.database.unwrap_or_default(),
            ..OrderForm::default()
        })
    }

    /// The next generation as it would be.
    pub(super) async fn examine_update(&self, form: &OrderForm) -> Result<ApplicationSpec, DeskError> {
        let name =
            ApplicationName::parse(&form.name).map_err(|_| refused("There is no such application."))?;
        let before = self.present(&name).await?;
        let form = self.with_known_password(form, &before);
        let order = form.check().map_err(|fields| DeskError::Invalid { fields })?;
        if before.project != order.project {
            let why =
                format!("{} was made from {}; update it to a release of that.", before.name, before.project);
            return Err(refused(&why));
        }
        let release = self.release_of(&order).await?;
        let people = self.people_of(&order, &release, &before.people()).await?;
        let components = self.expand(&order, &release, Some(&before))?;
        let mut spec = ApplicationSpec {
            generation: before.generation + 1,
            version: release.version,
            users: people.users,
            admins: people.admins,
            release: release.digest,
            components,
            ..before.clone()
        };
        spec.keep_images_of(&before);
        Ok(spec.ordered(order, &|plain| self.office.vault.seal(plain)))
    }

    /// A password that is not entered again is the one that is known for the same address.
    fn with_known_password(&self, form: &OrderForm, before: &ApplicationSpec) -> OrderForm {
        let mut form = form.clone();
        let same = before.database.as_ref().is_some_and(|known| known.url == form.database.url);
        if let (true, true, Some(sealed)) =
            (same, form.database.password.is_empty(), &before.database_password)
        {
            form.database.password = self.office.vault.open(sealed).unwrap_or_default();
        }
        form
    }

    /// Asks for another generation.
    pub(super) async fn place_update(
        &self,
        form: &OrderForm,
        even_quarantined: bool,
    ) -> Result<(), DeskError> {
        let key = &form.idempotency_key;
        // What was asked for already has changed what would be done.
        let doing = async {
            let spec = self.examine_update(form).await?;
            self.hold_to_plan(form, &spec).await?;
            let change = Change { spec: &spec, kind: Kind::Update, even_quarantined, idempotency_key: key };
            let asked = self.office.store.change(&change, &self.asked()).await;
            self.changed(&spec.name, asked).await
        };
        self.once(key, doing).await.map(drop)
    }

    /// Asks for an earlier generation once more, as it was.
    pub(super) async fn place_rollback(
        &self,
        name: &ApplicationName,
        form: &RollbackForm,
    ) -> Result<(), DeskError> {
        self.once(&form.idempotency_key, self.go_back(name, form)).await.map(drop)
    }

    async fn go_back(
        &self,
        name: &ApplicationName,
        form: &RollbackForm,
    ) -> Result<ApplicationName, DeskError> {
        let present = self.present(name).await?;
        let failed = |error| unavailable(&error);
        let earlier = self.office.store.generation(present.id, form.generation).await.map_err(failed)?;
        let earlier = earlier.filter(|_| form.generation < present.generation).ok_or_else(|| {
            refused(&format!(
                "{name} has no generation {} before its present one, {}.",
                form.generation, present.generation
            ))
        })?;
        let change = Change {
            spec: &earlier.again(present.generation + 1),
            kind: Kind::Rollback,
            even_quarantined: form.even_quarantined,
            idempotency_key: &form.idempotency_key,
        };
        let asked = self.office.store.change(&change, &self.asked()).await;
        self.changed(name, asked).await
    }

    /// Words what became of a change.
    pub(super) async fn changed(
        &self,
        name: &ApplicationName,
        asked: Result<(), ChangeError>,
    ) -> Result<ApplicationName, DeskError> {
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
        Ok(name.clone())
    }

    /// The present configuration of a live application.
    pub(super) async fn present(&self, name: &ApplicationName) -> Result<ApplicationSpec, DeskError> {
        let failed = |error| unavailable(&error);
        let store = &self.office.store;
        let application = store.application(name).await.map_err(failed)?.ok_or_else(|| missing(name))?;
        let spec = store.generation(application.id, application.generation).await.map_err(failed)?;
        spec.ok_or_else(|| missing(name))
    }
}

/// A wish as a person would enter it.
fn typed(wish: Wish) -> ComponentForm {
    let variables = if wish.variables.is_empty() {
        String::new()
    } else {
        serde_json::to_string_pretty(&wish.variables).unwrap_or_default()
    };
    ComponentForm {
        image: wish.image.map(|image| image.to_string()).unwrap_or_default(),
        variables,
        replicas: wish.replicas.map(|replicas| replicas.to_string()).unwrap_or_default(),
        ..ComponentForm::default()
    }
}

pub(super) fn missing(name: &ApplicationName) -> DeskError {
    DeskError::NotFound { what: format!("No application is called {name}.") }
}

pub(super) fn refused(why: &str) -> DeskError {
    DeskError::Refused { code: "SLW_NOT_NOW".to_owned(), message: why.to_owned() }
}
