//! The releases directory. It is looked through for each listing, so a release that was just written shows without
//! a restart; what did not change since the last time is not read again.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use slipway_domain::{
    ids::Clock,
    names::ProjectName,
    ports::{PortError, Releases},
    release::{BrokenRelease, Listing, Project, Release, ReleaseFile, ReleaseVersion},
};
use tokio::{sync::Mutex, task::spawn_blocking};

use crate::{
    cache::Cache,
    limits::Limits,
    manifest::{self, Place},
    patience::Patience,
    places::{self, Candidate},
    refusal::{Lasts, Refusal},
    source::Fingerprint,
};

/// Why the releases directory cannot be used at all.
#[derive(Debug, thiserror::Error)]
#[error("the releases directory {} cannot be read; set SLIPWAY_RELEASES_DIR to a directory that exists", path.display())]
pub struct OpenError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// Released projects in a directory. Clones share what they have read.
#[derive(Debug, Clone)]
pub struct Directory {
    root: PathBuf,
    limits: Limits,
    patience: Option<Patience>,
    cache: Arc<Mutex<Cache>>,
}

impl Directory {
    /// Takes a directory that can be read.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, OpenError> {
        let root = root.into();
        match fs::read_dir(&root) {
            Ok(_) => Ok(Self { root, limits: Limits::RELEASE, patience: None, cache: Arc::default() }),
            Err(source) => Err(OpenError { path: root, source }),
        }
    }

    /// Takes a release for complete only when nothing in it has changed for so long.
    #[must_use]
    pub fn with_patience(mut self, quiet: Duration, clock: Arc<dyn Clock>) -> Self {
        self.patience = (!quiet.is_zero()).then(|| Patience::new(quiet, clock));
        self
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.root
    }

    fn list(&self, cache: &mut Cache) -> io::Result<Listing> {
        let found = places::all(&self.root)?;
        let mut listing = Listing { broken: found.broken, ..Listing::default() };
        for candidate in &found.candidates {
            match self.load(candidate, cache) {
                Ok(release) => add(&mut listing.projects, release),
                Err(refusal) if refusal.lasts == Lasts::Arriving => {
                    listing.arriving.push(candidate.label.clone());
                }
                Err(refusal) => listing.broken.push(broken(candidate, refusal)),
            }
        }
        let places = found.candidates.into_iter().map(|candidate| candidate.label).collect::<BTreeSet<_>>();
        cache.keep(&places);
        if let Some(patience) = &self.patience {
            patience.keep(&places);
        }
        for project in &mut listing.projects {
            project.releases.sort_by_key(|release| std::cmp::Reverse(release.version));
        }
        listing.broken.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(listing)
    }

    fn load(&self, candidate: &Candidate, cache: &mut Cache) -> Result<Release, Refusal> {
        let before = candidate.source.fingerprint(&self.limits)?;
        let read = cache.get(&candidate.label, &before).unwrap_or_else(|| {
            let read = self.read(candidate).map(|(release, _)| release);
            cache.put(&candidate.label, before.clone(), &read);
            read
        });
        read.map_err(|refusal| self.with_hope(candidate, &before, refusal))
    }

    /// What is only a beginning may still be on its way.
    fn with_hope(&self, candidate: &Candidate, look: &Fingerprint, refusal: Refusal) -> Refusal {
        let hopes = |patience: &Patience| !patience.has_given_up(&candidate.label, look);
        match refusal.lasts {
            Lasts::Unfinished if self.patience.as_ref().is_some_and(hopes) => Refusal::arriving(),
            _ => refusal,
        }
    }

    /// Reads a release that nobody writes to meanwhile.
    fn read(&self, candidate: &Candidate) -> Result<(Release, Vec<ReleaseFile>), Refusal> {
        let before = candidate.source.fingerprint(&self.limits)?;
        if self.patience.as_ref().is_some_and(|patience| !patience.is_over(&candidate.label, &before)) {
            return Err(Refusal::arriving());
        }
        let files = candidate.source.read(&self.limits)?;
        if candidate.source.fingerprint(&self.limits)? != before {
            return Err(Refusal::arriving());
        }
        let place = Place { project: &candidate.project, version: candidate.version };
        let release = manifest::release(&place, &files, &self.limits)?;
        Ok((release, files))
    }

    fn files_of(
        &self,
        project: &ProjectName,
        version: ReleaseVersion,
    ) -> Result<Option<Vec<ReleaseFile>>, PortError> {
        let Some(candidate) = places::one(&self.root, project, version) else { return Ok(None) };
        match self.read(&candidate) {
            Ok((_, files)) => Ok(Some(files)),
            Err(refusal) if matches!(refusal.lasts, Lasts::Passing | Lasts::Arriving) => {
                let BrokenRelease { path, reason } = broken(&candidate, refusal);
                Err(PortError::new("reading a release", format!("{path} {reason}")))
            }
            Err(_) => Ok(None),
        }
    }
}

#[async_trait]
impl Releases for Directory {
    async fn listing(&self) -> Result<Listing, PortError> {
        let this = self.clone();
        // Held while reading: who comes meanwhile waits here, without a thread, and then finds it read.
        let mut cache = Arc::clone(&self.cache).lock_owned().await;
        let read = spawn_blocking(move || this.list(&mut cache)).await;
        read.map_err(|error| PortError::new("reading the releases directory", error))?
            .map_err(|error| PortError::new("reading the releases directory", error))
    }

    async fn files(
        &self,
        project: &ProjectName,
        version: ReleaseVersion,
    ) -> Result<Option<Vec<ReleaseFile>>, PortError> {
        let (this, project) = (self.clone(), project.clone());
        let read = spawn_blocking(move || this.files_of(&project, version)).await;
        read.map_err(|error| PortError::new("reading a release", error))?
    }
}

/// Candidates come by project, so a release belongs to the last one or begins a new one.
fn add(projects: &mut Vec<Project>, release: Release) {
    match projects.last_mut().filter(|project| project.name == release.project) {
        Some(project) => project.releases.push(release),
        None => projects.push(Project { name: release.project.clone(), releases: vec![release] }),
    }
}

fn broken(candidate: &Candidate, refusal: Refusal) -> BrokenRelease {
    let path = match refusal.file {
        Some(file) => format!("{}/{file}", candidate.label),
        None => candidate.label.clone(),
    };
    BrokenRelease { path, reason: refusal.reason }
}

#[cfg(test)]
#[path = "directory_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "patience_tests.rs"]
mod patience_tests;
