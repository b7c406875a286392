//! Makes sure that a registry holds an image: first what it is made of, then what names it, the tag last. Whoever
//! pulls in the middle of it gets the old image or nothing, never half of one.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::{Method, Response, StatusCode, header};
use slipway_domain::{
    image::{Digest, ImageRef},
    ports::ImageProblem,
};

use crate::{
    bases::{Bases, pull},
    build::Built,
    client::{Call, expect},
    manifest::{ACCEPT, Descriptor, INDEX, MANIFEST},
    refusal::{Wish, corrupt},
    tokens::Claim,
    upload::Upload,
};

/// How many blobs are on their way at once.
const AT_ONCE: usize = 3;

/// One image on its way.
pub(crate) struct Push<'a> {
    pub bases: &'a Bases,
    /// What the image is built on; its layers come from there.
    pub base: &'a ImageRef,
    /// Where it goes.
    pub image: &'a ImageRef,
    scopes: String,
}

impl<'a> Push<'a> {
    /// Of an image built on a base, to a place.
    pub fn new(bases: &'a Bases, base: &'a ImageRef, image: &'a ImageRef) -> Self {
        let mut scopes = format!("repository:{}:pull,push", image.repository);
        if base.registry == image.registry && base.repository != image.repository {
            // To take over blobs from the base's repository is to read there.
            scopes = format!("{scopes} {}", pull(base));
        }
        Self { bases, base, image, scopes }
    }

    /// What Slipway wants of the registry.
    pub fn claim(&self) -> Claim<'_> {
        self.bases.client.claim(self.image, Wish::Push, &self.scopes)
    }

    /// Sends what is not there yet.
    pub async fn run(&self, built: &Built) -> Result<(), ImageProblem> {
        let parts =
            built.images.iter().flat_map(|(_, manifest)| manifest.layers.iter().chain([&manifest.config]));
        let blobs: BTreeMap<&Digest, &Descriptor> = parts.map(|part| (&part.digest, part)).collect();
        stream::iter(blobs.into_values().map(|blob| self.blob(blob)).collect::<Vec<_>>())
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
        for (descriptor, _) in &built.images {
            self.manifest(descriptor, descriptor.digest.as_str()).await?;
        }
        self.manifest(&built.top, built.top.digest.as_str()).await?;
        match &self.image.tag {
            Some(tag) => self.manifest(&built.top, tag).await,
            None => Ok(()),
        }
    }

    async fn blob(&self, blob: &Descriptor) -> Result<(), ImageProblem> {
        if self.holds(&format!("blobs/{}", blob.digest), &blob.digest).await? {
            return Ok(());
        }
        let upload = Upload { push: self, blob };
        let digest = blob.digest.clone();
        match self.bases.kept(move |layout| Ok(layout.blob(&digest))).await?.flatten() {
            Some(bytes) => upload.bytes(bytes).await,
            None => upload.of_base().await,
        }
    }

    /// Puts a manifest under a name, if the name does not mean it already.
    async fn manifest(&self, manifest: &Descriptor, name: &str) -> Result<(), ImageProblem> {
        let path = format!("manifests/{name}");
        if self.holds(&path, &manifest.digest).await? {
            return Ok(());
        }
        let digest = manifest.digest.clone();
        let kept = self.bases.kept(move |layout| {
            layout.blob(&digest).ok_or_else(|| std::io::Error::other(format!("{digest} is gone")))
        });
        let kind = if manifest.media_type == INDEX { INDEX } else { MANIFEST };
        let url = self.bases.client.url(self.image, &path)?;
        let call = Call::new(Method::PUT, url).body(kept.await?.unwrap_or_default(), kind);
        let claim = self.claim();
        let response = self.bases.client.send(&claim, &call).await?;
        let response =
            expect(&claim, response, &[StatusCode::CREATED, StatusCode::OK, StatusCode::ACCEPTED]).await?;
        match named(&response) {
            Some(other) if other != manifest.digest => {
                let problem = format!("sent {}, the registry says that it has {other}", manifest.digest);
                Err(corrupt(self.image, problem))
            }
            _ => Ok(()),
        }
    }

    /// Is it there, and is it this?
    async fn holds(&self, path: &str, digest: &Digest) -> Result<bool, ImageProblem> {
        let url = self.bases.client.url(self.image, path)?;
        let call = Call::new(Method::HEAD, url).header(header::ACCEPT, ACCEPT);
        let claim = self.claim();
        let response = self.bases.client.send(&claim, &call).await?;
        match response.status() {
            StatusCode::OK => {
                Ok(path.ends_with(digest.as_str()) || named(&response).as_ref() == Some(digest))
            }
            StatusCode::NOT_FOUND => Ok(false),
            // An answer to HEAD has no words: what does not pass is told when something is sent.
            status if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => Ok(false),
            _ => expect(&claim, response, &[]).await.map(|_| false),
        }
    }
}

/// The digest that an answer names.
fn named(response: &Response) -> Option<Digest> {
    let header = response.headers().get("docker-content-digest")?;
    Digest::parse(header.to_str().ok()?).ok()
}
