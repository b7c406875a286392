//! Orders: everything that can be known about one before it is placed, and the configuration that it becomes.

use std::collections::BTreeMap;

use slipway_app::desk::DeskError;
use slipway_domain::{
    blueprint::{Blueprint, Expansion},
    ids::ApplicationId,
    names::ApplicationName,
    order::{FieldError, Order, OrderForm},
    people::People,
    release::Release,
    sealed::Sealed,
    spec::{ApplicationSpec, ComponentSpec},
};
use slipway_store::{AcceptError, Accepted, NewApplication};

use super::{SignedIn, name_taken, unavailable};

impl SignedIn {
    /// Places an order, or finds that it was placed before.
    pub(super) async fn place(&self, form: &OrderForm) -> Result<ApplicationName, DeskError> {
        self.once(&form.idempotency_key, self.accept(form)).await
    }

    async fn accept(&self, form: &OrderForm) -> Result<ApplicationName, DeskError> {
        let spec = self.first_of(form).await?;
        self.hold_to_plan(form, &spec).await?;
        let new = NewApplication { spec: &spec, idempotency_key: &form.idempotency_key };
        match self.office.store.accept(&new, &self.asked()).await {
            Ok(Accepted::New) => {}
            Ok(Accepted::Again(name)) => return Ok(name),
            Err(AcceptError::NameTaken) => return Err(name_taken()),
            Err(AcceptError::Port(error)) => return Err(unavailable(&error)),
        }
        self.catch_up().await;
        Ok(spec.name)
    }

    /// The first generation that an order would become.
    pub(super) async fn first_of(&self, form: &OrderForm) -> Result<ApplicationSpec, DeskError> {
        let (order, release, components, people) = self.examine(form).await?;
        let spec = ApplicationSpec {
            id: ApplicationId(self.office.ids.next()),
            name: order.name.clone(),
            generation: 1,
            project: release.project.clone(),
            version: release.version,
            users: people.users,
            release: release.digest,
            admins: people.admins,
            wishes: BTreeMap::new(),
            database: None,
            database_password: None,
            components,
        };
        Ok(spec.ordered(order, &|plain| self.office.vault.seal(plain)))
    }

    /// Everything that can be known about an order before it is placed.
    pub(super) async fn examine(
        &self,
        form: &OrderForm,
    ) -> Result<(Order, Release, Vec<ComponentSpec>, People), DeskError> {
        let order = form.check().map_err(|fields| DeskError::Invalid { fields })?;
        let release = self.release_of(&order).await?;
        let people = self.people_of(&order, &release, &People::NOBODY).await?;
        let components = self.expand(&order, &release, None)?;
        self.free(&order.name).await?;
        Ok((order, release, components, people))
    }

    /// Is the name free, for an application and for its namespace?
    pub(super) async fn free(&self, name: &ApplicationName) -> Result<(), DeskError> {
        if self.office.board.read().has(name) {
            // It may have gone a moment ago.
            self.catch_up().await;
            if self.office.board.read().has(name) {
                return Err(name_taken());
            }
        }
        // Out of reach is no reason to refuse: the namespace is looked at again before anything is applied.
        if self.office.cluster.is_taken(name).await.unwrap_or(false) {
            let message = "A namespace of that name exists in the cluster. Choose another name.";
            return Err(DeskError::Invalid { fields: vec![FieldError::new("name", message)] });
        }
        Ok(())
    }

    pub(super) async fn release_of(&self, order: &Order) -> Result<Release, DeskError> {
        let listing = self.office.releases.listing().await.map_err(|error| unavailable(&error))?;
        let wrong = |field: &str, message: String| DeskError::Invalid {
            fields: vec![FieldError::new(field, message)],
        };
        let project = listing.project(&order.project).ok_or_else(|| {
            wrong("project", format!("No project {:?} has been released.", order.project.as_str()))
        })?;
        project.release(order.version).cloned().ok_or_else(|| {
            wrong("version", format!("Version {} of {} has not been released.", order.version, order.project))
        })
    }

    /// The workloads that an order becomes. Secrets that were made up or entered before stay as they are.
    pub(super) fn expand(
        &self,
        order: &Order,
        release: &Release,
        before: Option<&ApplicationSpec>,
    ) -> Result<Vec<ComponentSpec>, DeskError> {
        let offers = &self.office.offers;
        let blueprint = offers.blueprints.get(release.kind).ok_or_else(|| DeskError::Refused {
            code: "SLW_NO_BLUEPRINT".to_owned(),
            message: format!("There is no blueprint for projects of the kind {}.", release.kind.as_str()),
        })?;
        let known = self.known_secrets(before);
        let seal = |plain: &str| known.get(plain).cloned().unwrap_or_else(|| self.office.vault.seal(plain));
        let expansion = Expansion {
            release,
            order,
            catalogue: &offers.connectors,
            surroundings: &offers.surroundings,
            generated: &self.generated(blueprint, before),
            before,
            seal: &seal,
        };
        expansion.components(blueprint).map_err(|fields| DeskError::Invalid { fields })
    }

    /// What the configuration before has sealed, by its plain text: the same secret is not sealed anew, because
    /// its workload would be started anew for nothing.
    fn known_secrets(&self, before: Option<&ApplicationSpec>) -> BTreeMap<String, Sealed> {
        let components = before.into_iter().flat_map(|before| &before.components);
        let sealed = components.flat_map(|component| component.secrets.values());
        sealed.filter_map(|sealed| Some((self.office.vault.open(sealed).ok()?, sealed.clone()))).collect()
    }

    /// The secrets that are made up for the application: those that it has, else new ones. Which one it has is
    /// told by a variable whose whole text is the made-up secret.
    fn generated(&self, blueprint: &Blueprint, before: Option<&ApplicationSpec>) -> BTreeMap<String, String> {
        let kept = |name: &str| {
            let place = format!("{{{name}}}");
            let before = before?;
            blueprint.components.iter().find_map(|pattern| {
                let (variable, _) = pattern.secrets.iter().find(|(_, text)| **text == place)?;
                let component = before.components.iter().find(|c| c.name.as_str() == pattern.name)?;
                self.office.vault.open(component.secrets.get(variable)?).ok()
            })
        };
        let names = blueprint.generated().into_iter();
        names.map(|name| (name.clone(), kept(&name).unwrap_or_else(|| self.office.vault.make_up()))).collect()
    }
}
