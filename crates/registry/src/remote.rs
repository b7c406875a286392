//! Asks registries, over the OCI distribution API, which digest a tag means. The nodes pull with rights of
//! their own; this only looks.

use async_trait::async_trait;
use reqwest::{StatusCode, header};
use slipway_domain::{
    cause::Cause,
    image::{Digest, ImageRef},
    ports::{ImageOrder, ImageProblem, Images, PortError, Resolved},
};

use crate::Mirror;

/// What a manifest may be; a registry answers 404 to a client that does not accept what it has.
const MANIFEST_TYPES: &str = "application/vnd.oci.image.index.v1+json, \
     application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.docker.distribution.manifest.v2+json";

/// Real registries.
#[derive(Debug, Clone)]
pub struct Remote {
    http: reqwest::Client,
    mirror: Option<Mirror>,
}

impl Remote {
    /// Looks where images say they are, or in the mirror if there is one.
    pub fn new(http: reqwest::Client, mirror: Option<Mirror>) -> Self {
        Self { http, mirror }
    }

    async fn head(&self, image: &ImageRef, plain_http: bool) -> Result<reqwest::Response, reqwest::Error> {
        let scheme = if plain_http { "http" } else { "https" };
        // Docker Hub answers its API under another name than the one in references.
        let host = if image.registry == "docker.io" { "registry-1.docker.io" } else { &image.registry };
        let wanted = match (&image.digest, &image.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, Some(tag)) => tag,
            (None, None) => "latest",
        };
        let url = format!("{scheme}://{host}/v2/{}/manifests/{wanted}", image.repository);
        self.http.head(url).header(header::ACCEPT, MANIFEST_TYPES).send().await
    }
}

#[async_trait]
impl Images for Remote {
    async fn resolve(&self, image: &ImageRef) -> Result<Resolved, ImageProblem> {
        let place = self.mirror.as_ref().map_or_else(|| image.clone(), |mirror| mirror.place(image));
        let plain_http = self.mirror.as_ref().is_some_and(|mirror| mirror.plain_http);
        let passing = |error| ImageProblem::Passing(PortError::new(format!("asking for {place}"), error));
        let response = self.head(&place, plain_http).await.map_err(passing)?;
        match response.status() {
            StatusCode::OK => digest_of(&response)
                .map(|digest| Resolved { image: place.clone(), digest, platforms: Vec::new() })
                .ok_or_else(|| ImageProblem::Hopeless(missing(&place, "the registry names no digest"))),
            StatusCode::NOT_FOUND => {
                Err(ImageProblem::Hopeless(missing(&place, "the registry answered 404 Not Found")))
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(ImageProblem::Hopeless(forbidden(&place, response.status())))
            }
            status => {
                let problem = format!("the registry answered {status}");
                Err(ImageProblem::Passing(PortError::new(format!("asking for {place}"), problem)))
            }
        }
    }

    async fn build(&self, order: &ImageOrder) -> Result<Resolved, ImageProblem> {
        Err(no_registry(order))
    }

    async fn push(&self, order: &ImageOrder) -> Result<Resolved, ImageProblem> {
        Err(no_registry(order))
    }
}

fn no_registry(order: &ImageOrder) -> ImageProblem {
    ImageProblem::Hopeless(Cause::new(
        "SLW_NO_REGISTRY",
        format!("There is no registry for the image {}.", order.repository),
        "Set SLIPWAY_REGISTRY to a registry that the cluster's nodes can pull from.",
    ))
}

fn digest_of(response: &reqwest::Response) -> Option<Digest> {
    let header = response.headers().get("docker-content-digest")?;
    Digest::parse(header.to_str().ok()?).ok()
}

pub(crate) fn missing(image: &ImageRef, evidence: &str) -> Cause {
    Cause::new(
        "DEP_E161",
        format!("The image {image} was not found."),
        "Check the name and the tag in the release, and that the image was pushed.",
    )
    .with(evidence)
}

fn forbidden(image: &ImageRef, status: StatusCode) -> Cause {
    Cause::new(
        "SLW_REGISTRY_DENIED",
        format!("The registry does not let Slipway see {image}."),
        "Make the image readable without credentials, or mirror it in a registry where it is.",
    )
    .with(format!("the registry answered {status}"))
}
