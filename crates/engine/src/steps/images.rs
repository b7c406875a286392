//! The two steps about images: what every component runs is resolved and, where it carries files of the release,
//! built; then what was built is pushed.

use std::{collections::HashMap, sync::Arc};

use slipway_domain::{
    cause::Cause,
    image::{ImageRef, Resolved},
    operation::Verdict,
    ports::{ImageOrder, ImageProblem, Job},
    release::ReleaseFile,
    spec::ComponentSpec,
};

use super::retry;
use crate::Ports;

/// Pins every image to the digest that its tag means now, and makes those that carry files.
pub(super) async fn build(ports: &Ports, job: &mut Job) -> Verdict {
    match try_build(ports, job).await {
        Ok(()) => Verdict::Next,
        Err(verdict) => verdict,
    }
}

async fn try_build(ports: &Ports, job: &mut Job) -> Result<(), Verdict> {
    // Components often share an image, and a tag may move: they are to get the same one.
    let mut known: HashMap<ImageRef, Resolved> = HashMap::new();
    for index in 0..job.spec.components.len() {
        let component = &job.spec.components[index];
        // What runs no copy needs no image: an operator may not even have it.
        if component.resolved.is_some() || component.replicas == 0 {
            continue;
        }
        let image = job.spec.components[index].image.clone();
        let resolved = match known.get(&image) {
            Some(resolved) => resolved.clone(),
            None => ports.images.resolve(&image).await.map_err(|problem| verdict(ports, problem))?,
        };
        known.insert(image, resolved.clone());
        let component = &mut job.spec.components[index];
        if component.files.is_none() {
            component.resolved = Some(resolved);
            continue;
        }
        component.base = Some(resolved);
        let files = files(ports, job).await?;
        if let Some(order) = order(job, &job.spec.components[index], &files) {
            let built = ports.images.build(&order).await.map_err(|problem| verdict(ports, problem))?;
            job.spec.components[index].resolved = Some(built);
        }
    }
    ports.journal.save_spec(&job.spec).await.map_err(|error| retry(ports, &error))
}

/// Makes sure that the registry has what was built.
pub(super) async fn push(ports: &Ports, job: &Job) -> Verdict {
    let carriers: Vec<_> = job.spec.components.iter().filter(|component| component.files.is_some()).collect();
    if carriers.is_empty() {
        return Verdict::Next;
    }
    let files = match files(ports, job).await {
        Ok(files) => files,
        Err(verdict) => return verdict,
    };
    for order in carriers.into_iter().filter_map(|component| order(job, component, &files)) {
        if let Err(problem) = ports.images.push(&order).await {
            return verdict(ports, problem);
        }
    }
    Verdict::Next
}

async fn files(ports: &Ports, job: &Job) -> Result<Arc<[ReleaseFile]>, Verdict> {
    let (project, version) = (&job.spec.project, job.spec.version);
    match ports.releases.files(project, version).await {
        Ok(Some(files)) => Ok(files.into()),
        Ok(None) => Err(Verdict::Fail(Cause::new(
            "SLW_RELEASE_GONE",
            format!("Release {version} of {project} is not in the releases directory any more."),
            "Put it back and retry, or deploy another release.",
        ))),
        Err(error) => Err(retry(ports, &error)),
    }
}

/// What is to be made for a component, once its base is known.
fn order(job: &Job, component: &ComponentSpec, files: &Arc<[ReleaseFile]>) -> Option<ImageOrder> {
    Some(ImageOrder {
        base: component.base.clone()?,
        files: Arc::clone(files),
        folder: component.files.clone()?,
        repository: format!("{}/{}", job.spec.project, component.name),
        tag: format!("v{}", job.spec.version),
    })
}

fn verdict(ports: &Ports, problem: ImageProblem) -> Verdict {
    match problem {
        ImageProblem::Hopeless(cause) => Verdict::Fail(cause),
        ImageProblem::Passing(error) => retry(ports, &error),
    }
}
