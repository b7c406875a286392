//! Reads what registries say about images: which digest a tag means, manifests, configurations. What has been read
//! by its digest once is kept, for it cannot change. Layers are not read here.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode, header};
use serde_json::Value;
use slipway_domain::{
    image::{Digest, ImageRef},
    ports::{ImageProblem, PortError},
};

use crate::{
    Layout,
    client::{Call, Client, expect, read},
    config::platform,
    manifest::{ACCEPT, Descriptor, Document, Manifest, digest, is_image, is_image_config},
    refusal::{Wish, corrupt, unusable},
};

/// Manifests and configurations are small; what is not small is something else.
const LIMIT: usize = 4 * 1024 * 1024;

/// Images in registries, to look at.
#[derive(Debug)]
pub(crate) struct Bases {
    pub client: Client,
    pub layout: Option<Layout>,
}

impl Bases {
    /// Which digest the image has at this moment. It is asked for each time, by digest too: it may be gone.
    pub async fn digest(&self, image: &ImageRef) -> Result<Digest, ImageProblem> {
        let wanted = match (&image.digest, &image.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, Some(tag)) => tag,
            (None, None) => "latest",
        };
        let url = self.client.url(image, &format!("manifests/{wanted}"))?;
        let head = Call::new(Method::HEAD, url.clone()).header(header::ACCEPT, ACCEPT);
        let scope = pull(image);
        let claim = self.client.claim(image, Wish::Look, &scope);
        let response = self.client.send(&claim, &head).await?;
        let named = response.headers().get("docker-content-digest").and_then(|value| value.to_str().ok());
        match named.and_then(|text| Digest::parse(text).ok()) {
            Some(named) if response.status().is_success() => match &image.digest {
                Some(digest) if *digest != named => {
                    Err(corrupt(image, format!("the registry names {named} instead")))
                }
                _ => Ok(named),
            },
            // An answer to HEAD has no words, and some registries name digests with the content only.
            _ => {
                let get = Call { method: Method::GET, ..head };
                let response =
                    expect(&claim, self.client.send(&claim, &get).await?, &[StatusCode::OK]).await?;
                let bytes = read(response, LIMIT).await.map_err(|error| error.problem(image, Wish::Look))?;
                let found = digest(&bytes);
                match &image.digest {
                    Some(digest) if *digest != found => Err(corrupt(image, format!("what came is {found}"))),
                    _ => Ok(found),
                }
            }
        }
    }

    /// The manifest or index of that digest.
    pub async fn document(
        &self,
        image: &ImageRef,
        digest: &Digest,
    ) -> Result<(Document, Vec<u8>), ImageProblem> {
        let bytes = self.content(image, digest, "manifests").await?;
        let document = Document::parse(&bytes).map_err(|problem| unusable(image, problem))?;
        Ok((document, bytes))
    }

    /// The manifest that an index names.
    pub async fn manifest(&self, image: &ImageRef, digest: &Digest) -> Result<Manifest, ImageProblem> {
        match self.document(image, digest).await?.0 {
            Document::Manifest(manifest) => Ok(manifest),
            Document::Index(_) => Err(unusable(image, "an index within an index")),
        }
    }

    /// The configuration of a manifest.
    pub async fn config(&self, image: &ImageRef, manifest: &Manifest) -> Result<Value, ImageProblem> {
        let Descriptor { media_type, digest, .. } = &manifest.config;
        if !is_image_config(media_type) {
            return Err(unusable(image, format!("its configuration is of type {media_type:.100}")));
        }
        let bytes = self.content(image, digest, "blobs").await?;
        serde_json::from_slice(&bytes)
            .map_err(|error| unusable(image, format!("the configuration is not JSON: {error}")))
    }

    /// What an image runs on; empty if it does not say.
    pub async fn platforms(&self, image: &ImageRef, digest: &Digest) -> Result<Vec<String>, ImageProblem> {
        let mut platforms = BTreeSet::new();
        match self.document(image, digest).await?.0 {
            Document::Manifest(manifest) => {
                platforms.extend(platform(&self.config(image, &manifest).await?));
            }
            Document::Index(index) => {
                for entry in index.manifests.iter().filter(|entry| is_image(&entry.media_type)) {
                    match &entry.platform {
                        // Signatures and the like are said to run nowhere.
                        Some(platform) if platform.os == "unknown" => {}
                        Some(platform) => drop(platforms.insert(platform.name())),
                        None => {
                            let manifest = self.manifest(image, &entry.digest).await?;
                            platforms.extend(platform(&self.config(image, &manifest).await?));
                        }
                    }
                }
                if platforms.is_empty() {
                    return Err(unusable(image, "the index names no image"));
                }
            }
        }
        Ok(platforms.into_iter().collect())
    }

    /// A manifest or a blob by its digest, checked.
    async fn content(&self, image: &ImageRef, digest: &Digest, kind: &str) -> Result<Vec<u8>, ImageProblem> {
        let kept = digest.clone();
        if let Some(bytes) = self.kept(move |layout| Ok(layout.blob(&kept))).await?.flatten() {
            return Ok(bytes);
        }
        let url = self.client.url(image, &format!("{kind}/{digest}"))?;
        let call = Call::new(Method::GET, url).header(header::ACCEPT, ACCEPT);
        let scope = pull(image);
        let claim = self.client.claim(image, Wish::Look, &scope);
        let response = expect(&claim, self.client.send(&claim, &call).await?, &[StatusCode::OK]).await?;
        let bytes = read(response, LIMIT).await.map_err(|error| error.problem(image, Wish::Look))?;
        let found = crate::manifest::digest(&bytes);
        if found != *digest {
            return Err(corrupt(image, format!("asked for {digest}, what came is {found}")));
        }
        let copy = bytes.clone();
        self.kept(move |layout| layout.keep(&copy)).await?;
        Ok(bytes)
    }

    /// Does something with the layout, if there is one, where it may take its time.
    pub async fn kept<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Layout) -> std::io::Result<T> + Send + 'static,
    ) -> Result<Option<T>, ImageProblem> {
        let Some(layout) = self.layout.clone() else { return Ok(None) };
        let problem = |error: std::io::Error| {
            ImageProblem::Passing(PortError::new("keeping images in the data folder", error))
        };
        let done = tokio::task::spawn_blocking(move || work(&layout)).await;
        done.map_err(std::io::Error::other).and_then(|done| done).map(Some).map_err(problem)
    }
}

/// The scope of somebody who reads a repository.
pub(crate) fn pull(image: &ImageRef) -> String {
    format!("repository:{}:pull", image.repository)
}
