//! The full resolved configuration of an application: one generation. Made once when an order is accepted,
//! completed by the operation (what images mean), never edited by hand. Rendering it into manifests cannot fail.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    blueprint::Database,
    ids::ApplicationId,
    image::{Digest, ImageRef, Resolved},
    names::{ApplicationName, ComponentName, ProjectName},
    order::{Order, Wish},
    people::{Member, People},
    ports::Secrets,
    release::ReleaseVersion,
    sealed::Sealed,
    workload::{Probe, Resources, Role, Storage},
};

/// Everything that is needed to make an application real.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationSpec {
    /// The application's identity, carried on every object as a label.
    pub id: ApplicationId,
    /// Its name and the name of its namespace.
    pub name: ApplicationName,
    /// From 1; each update makes the next one.
    pub generation: u32,
    /// The project that was deployed.
    pub project: ProjectName,
    /// Its release.
    pub version: ReleaseVersion,
    /// The content digest of the release.
    pub release: String,
    /// Users and groups with administrator access.
    pub admins: Vec<Member>,
    /// Users and groups with user access.
    pub users: Vec<Member>,
    /// What was wished for components beside the usual; where an update begins. Secrets are not among it.
    #[serde(default)]
    pub wishes: BTreeMap<String, Wish>,
    /// The database outside, without its password.
    #[serde(default)]
    pub database: Option<Database>,
    /// The password of the database outside.
    #[serde(default)]
    pub database_password: Option<Sealed>,
    /// The workloads, in the order in which they are started.
    pub components: Vec<ComponentSpec>,
}

/// One workload of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentSpec {
    /// Unique within the application; also the name of its objects.
    pub name: ComponentName,
    /// What part it plays.
    pub role: Role,
    /// The components that must be ready before its first copy starts.
    #[serde(default)]
    pub needs: Vec<ComponentName>,
    /// The image as release, blueprint or person named it.
    pub image: ImageRef,
    /// The folder of the image that the release's files are put into; none runs the image as it is.
    pub files: Option<String>,
    /// What the image was resolved to, where files are put on it; none until the build step has done so.
    pub base: Option<Resolved>,
    /// What runs: the image, or what was built on it; none until the build step has done so.
    pub resolved: Option<Resolved>,
    /// Arguments in place of the image's own; empty leaves those.
    pub args: Vec<String>,
    /// The port that it serves on.
    pub port: Option<u16>,
    /// The path below `/<application>` at the gateway.
    pub route: Option<String>,
    /// Answers when it is ready to serve.
    pub ready: Option<Probe>,
    /// Answers as long as it is alive; when it does not, it is started again.
    pub alive: Option<Probe>,
    /// Answers when it has started; the others wait for it.
    pub started: Option<Probe>,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
    /// Environment variables that are secrets.
    pub secrets: BTreeMap<String, Sealed>,
    /// What it needs and what it may use.
    pub resources: Resources,
    /// Data that outlives its tasks.
    pub storage: Option<Storage>,
    /// How many copies run.
    pub replicas: u32,
}

impl ComponentSpec {
    /// A workload that runs one copy of an image and serves nothing.
    pub fn new(name: ComponentName, image: ImageRef) -> Self {
        Self {
            name,
            role: Role::Service,
            needs: Vec::new(),
            image,
            files: None,
            base: None,
            resolved: None,
            args: Vec::new(),
            port: None,
            route: None,
            ready: None,
            alive: None,
            started: None,
            env: BTreeMap::new(),
            secrets: BTreeMap::new(),
            resources: Resources::default(),
            storage: None,
            replicas: 1,
        }
    }

    /// What it runs, once that is known.
    pub fn digest(&self) -> Option<&Digest> {
        self.resolved.as_ref().map(|resolved| &resolved.digest)
    }

    /// The reference that a pod runs: always a digest (D11), as soon as it is known.
    pub fn runs(&self) -> String {
        match &self.resolved {
            Some(resolved) => resolved.image.pinned(&resolved.digest),
            None => self.image.to_string(),
        }
    }
}

impl ApplicationSpec {
    /// Takes in what an order says about people, components and the database; its secrets only sealed.
    #[must_use]
    pub fn ordered(mut self, order: Order, seal: &dyn Fn(&str) -> Sealed) -> Self {
        let without_secrets = |(name, mut wish): (String, Wish)| {
            let component = self.components.iter().find(|component| component.name.as_str() == name);
            wish.variables
                .retain(|key, _| component.is_some_and(|component| component.env.contains_key(key)));
            (name, wish)
        };
        self.wishes = order.components.into_iter().map(without_secrets).collect();
        self.database_password = order.database.as_ref().map(|database| seal(&database.password));
        self.database = order.database.map(|database| Database { password: String::new(), ..database });
        self
    }

    /// Who has access to it.
    pub fn people(&self) -> People {
        People { admins: self.admins.clone(), users: self.users.clone() }
    }

    /// The path of the gateway where the application answers, if it serves anything.
    pub fn gateway_path(&self) -> Option<String> {
        let routed = self.components.iter().filter_map(|c| c.route.as_deref());
        let shortest = routed.min_by_key(|route| route.len())?;
        Some(format!("/{}{}", self.name, shortest.trim_end_matches('/')))
    }

    /// The component of that name.
    pub fn component(&self, name: &ComponentName) -> Option<&ComponentSpec> {
        self.components.iter().find(|component| &component.name == name)
    }

    /// Its secrets as `open` opens them, for those components that have some. What `open` does with one that it
    /// cannot open is its own affair.
    pub fn secrets<E>(
        &self,
        open: impl Fn(&ComponentSpec, &str, &Sealed) -> Result<String, E>,
    ) -> Result<Secrets, E> {
        let with_secrets = self.components.iter().filter(|component| !component.secrets.is_empty());
        let opened = with_secrets.map(|component| {
            let values = component.secrets.iter();
            let values = values.map(|(name, sealed)| Ok((name.clone(), open(component, name, sealed)?)));
            Ok((component.name.clone(), values.collect::<Result<_, E>>()?))
        });
        opened.collect()
    }

    /// Seals all its secrets anew.
    pub fn reseal<E>(&mut self, mut again: impl FnMut(&Sealed) -> Result<Sealed, E>) -> Result<(), E> {
        let of_components = self.components.iter_mut().flat_map(|component| component.secrets.values_mut());
        for sealed in self.database_password.iter_mut().chain(of_components) {
            *sealed = again(sealed)?;
        }
        Ok(())
    }

    /// The configuration of another generation, made real anew as the given one: what was resolved stays, so
    /// that a rollback runs exactly what ran before (D10).
    #[must_use]
    pub fn again(&self, generation: u32) -> Self {
        Self { generation, ..self.clone() }
    }

    /// Keeps what unchanged images were resolved to, so that a change of variables does not also move a tag.
    pub fn keep_images_of(&mut self, before: &Self) {
        let same_release = self.release == before.release;
        for component in &mut self.components {
            let earlier = before.component(&component.name);
            let Some(earlier) = earlier.filter(|earlier| earlier.image == component.image) else { continue };
            if earlier.files == component.files && (component.files.is_none() || same_release) {
                component.base.clone_from(&earlier.base);
                component.resolved.clone_from(&earlier.resolved);
            }
        }
    }
}
