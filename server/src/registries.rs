//! From settings to the registries that images come from and go to.

use std::{collections::BTreeSet, fs, path::Path};

use slipway_registry::{Credentials, Layout, Mirror, Remote, Target};

use crate::{config::Settings, portal::StartError};

/// A registry that a setting names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Host and port.
    pub host: String,
    /// Without TLS?
    pub plain_http: bool,
    /// Host and prefix, for people.
    pub place: String,
}

impl Named {
    fn new(host: &str, prefix: &str, plain_http: bool) -> Self {
        let place = if prefix.is_empty() { host.to_owned() } else { format!("{host}/{prefix}") };
        Self { host: host.to_owned(), plain_http, place }
    }
}

/// The settings about registries, read.
pub struct Registries {
    mirror: Option<Mirror>,
    target: Option<Target>,
    credentials: Option<Credentials>,
}

impl Registries {
    /// Reads the settings; nothing is asked of any registry.
    pub fn parse(settings: &Settings) -> Result<Self, StartError> {
        let registry = |setting| move |source| StartError::Registry { setting, source };
        let mirror = settings.image_mirror.as_deref().map(Mirror::parse).transpose();
        let target = settings.registry.as_deref().map(Target::parse).transpose();
        let credentials = settings.registry_credentials.as_deref().map(|path| {
            let text = fs::read_to_string(path).map_err(|error| StartError::Credentials(error.into()))?;
            Credentials::parse(&text).map_err(|error| StartError::Credentials(error.into()))
        });
        Ok(Self {
            mirror: mirror.map_err(registry("SLIPWAY_IMAGE_MIRROR"))?,
            target: target.map_err(registry("SLIPWAY_REGISTRY"))?,
            credentials: credentials.transpose()?,
        })
    }

    /// The hosts of the registries that want credentials.
    pub fn closed(&self) -> BTreeSet<String> {
        self.credentials.iter().flat_map(Credentials::hosts).map(str::to_owned).collect()
    }

    /// Where images are pushed to, and where copies of all images are.
    pub fn named(&self) -> (Option<Named>, Option<Named>) {
        let target = self.target.as_ref();
        let mirror = self.mirror.as_ref();
        (
            target.map(|target| Named::new(&target.host, &target.prefix, target.plain_http)),
            mirror.map(|mirror| Named::new(&mirror.host, &mirror.prefix, mirror.plain_http)),
        )
    }

    /// Builds images in a layout, and takes in the rest.
    pub fn open(self, http: reqwest::Client, layout: Layout) -> Remote {
        let remote = Remote::new(http, self.mirror).building_in(layout, self.target);
        match self.credentials {
            Some(credentials) => remote.with_credentials(credentials),
            None => remote,
        }
    }
}

/// Opens the layout in which images are built.
pub fn layout(data_dir: &Path) -> Result<Layout, StartError> {
    let folder = data_dir.join("images");
    Layout::open(&folder).map_err(|source| StartError::DataDir { path: folder.display().to_string(), source })
}
