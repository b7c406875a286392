//! An order of a modelled project, with all that becomes of it before anything is written or asked: checked, expanded
//! by the blueprint, rendered as objects.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow};
use slipway_catalog::{Blueprints, Directory, connector_catalogue};
use slipway_domain::{
    blueprint::{Expansion, Surroundings},
    contents::ConnectorTemplate,
    ids::ApplicationId,
    names::ProjectName,
    order::{FieldError, OrderForm},
    ports::{Releases, Secrets},
    release::{Release, ReleaseVersion},
    sealed::Sealed,
    spec::ApplicationSpec,
};
use slipway_kubernetes::manifest::{Gateway, Manifest, render};

/// A modelled project without connectors, for which nothing must be entered.
const PROJECT: &str = "helpdesk";

/// The order and what it refers to.
pub struct Ordered {
    release: Release,
    blueprints: Blueprints,
    connectors: Vec<ConnectorTemplate>,
    generated: BTreeMap<String, String>,
    form: OrderForm,
}

impl Ordered {
    /// Of an example of this repository.
    pub fn read() -> anyhow::Result<Self> {
        let releases = Directory::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/releases"))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listing = runtime.block_on(releases.listing())?;
        let project = listing.project(&ProjectName::parse(PROJECT)?).context("no project")?;
        let release = project.release(ReleaseVersion::new(1).context("no version")?).context("no release")?;
        let blueprints = Blueprints::open(None)?;
        let blueprint = blueprints.get(release.kind).context("no blueprint")?;
        let generated = blueprint.generated().into_iter().map(|name| (name, "made up".to_owned())).collect();
        let form = OrderForm {
            name: "instance".to_owned(),
            project: PROJECT.to_owned(),
            version: "1".to_owned(),
            admins: "ana".to_owned(),
            ..OrderForm::default()
        };
        let connectors = connector_catalogue();
        Ok(Self { release: release.clone(), connectors, generated, form, blueprints })
    }

    /// The objects that it becomes.
    pub fn manifests(&self) -> anyhow::Result<Vec<Manifest>> {
        let wrong = |fields: Vec<FieldError>| anyhow!("{fields:?}");
        let order = self.form.check().map_err(wrong)?;
        let expansion = Expansion {
            release: &self.release,
            order: &order,
            catalogue: &self.connectors,
            surroundings: &Surroundings::default(),
            generated: &self.generated,
            before: None,
            seal: &|plain| Sealed::new(plain.to_owned()),
        };
        let blueprint = self.blueprints.get(self.release.kind).context("no blueprint")?;
        let spec = ApplicationSpec {
            id: ApplicationId(ulid::Ulid::nil()),
            name: order.name.clone(),
            generation: 1,
            project: self.release.project.clone(),
            version: self.release.version,
            release: self.release.digest.clone(),
            admins: vec!["ana".into()],
            users: vec![],
            wishes: BTreeMap::new(),
            database: None,
            database_password: None,
            components: expansion.components(blueprint).map_err(wrong)?,
        };
        let gateway = Gateway { host: "gateway.localhost".to_owned(), ingress_class: None };
        Ok(render(&spec, &Secrets::new(), &gateway))
    }
}
