//! Real registries, over the OCI distribution API. The nodes pull with rights of their own; what is done here is
//! done with Slipway's.

use async_trait::async_trait;
use slipway_domain::{
    image::{ImageRef, Resolved},
    ports::{ImageOrder, ImageProblem, Images},
};

use crate::{
    Credentials, Layout, Made, Mirror, Target,
    bases::Bases,
    build::build,
    client::Client,
    push::Push,
    refusal::{no_registry, unusable},
};

/// The registry of an image that was built and has nowhere to go; a name that no host can have.
const NOWHERE: &str = "no-registry.invalid";

/// Real registries.
#[derive(Debug)]
pub struct Remote {
    bases: Bases,
}

impl Remote {
    /// Looks where images say they are, or in the mirror if there is one. Nobody in particular, and builds
    /// nothing.
    pub fn new(http: reqwest::Client, mirror: Option<Mirror>) -> Self {
        Self { bases: Bases { client: Client::new(http, mirror), layout: None } }
    }

    /// With a name in some registries.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.bases.client.credentials = credentials;
        self
    }

    /// Builds images, keeps them in a layout, and pushes them to a registry if there is one.
    #[must_use]
    pub fn building_in(mut self, layout: Layout, target: Option<Target>) -> Self {
        self.bases.layout = Some(layout);
        self.bases.client.target = target;
        self
    }

    /// Sends an image that was made of nothing but files, from the layout that it was made in.
    pub async fn send(&self, made: &Made, image: &ImageRef) -> Result<(), ImageProblem> {
        Push::new(&self.bases, image, image).run(&made.built).await
    }

    /// Where an image really is. What names the mirror or the target is there already: nobody copies Slipway's
    /// own images, and an image that was resolved once may be resolved again.
    fn place(&self, image: &ImageRef) -> ImageRef {
        let Client { mirror, target, .. } = &self.bases.client;
        match mirror {
            Some(mirror)
                if image.registry != mirror.host
                    && target.as_ref().is_none_or(|target| target.host != image.registry) =>
            {
                mirror.place(image)
            }
            _ => image.clone(),
        }
    }

    /// Where the image of an order goes.
    fn destination(&self, order: &ImageOrder) -> Option<ImageRef> {
        let target = self.bases.client.target.as_ref()?;
        Some(target.place(&order.repository, &order.tag))
    }
}

#[async_trait]
impl Images for Remote {
    async fn resolve(&self, image: &ImageRef) -> Result<Resolved, ImageProblem> {
        let image = self.place(image);
        let digest = self.bases.digest(&image).await?;
        let platforms = self.bases.platforms(&image, &digest).await?;
        if !platforms.is_empty() && !platforms.iter().any(|platform| platform.starts_with("linux/")) {
            return Err(unusable(&image, format!("it runs on {} only", platforms.join(", "))));
        }
        Ok(Resolved { image, digest, platforms })
    }

    async fn build(&self, order: &ImageOrder) -> Result<Resolved, ImageProblem> {
        let built = build(&self.bases, order).await?;
        let image = self.destination(order).unwrap_or_else(|| ImageRef {
            registry: NOWHERE.to_owned(),
            repository: order.repository.clone(),
            tag: Some(order.tag.clone()),
            digest: None,
        });
        Ok(Resolved { image, digest: built.top.digest, platforms: built.platforms })
    }

    async fn push(&self, order: &ImageOrder) -> Result<Resolved, ImageProblem> {
        let image = self.destination(order).ok_or_else(|| no_registry(&order.repository))?;
        let built = build(&self.bases, order).await?;
        Push::new(&self.bases, &order.base.image, &image).run(&built).await?;
        tracing::info!(image = %image, digest = %built.top.digest, "Pushed the image {image}");
        Ok(Resolved { image, digest: built.top.digest, platforms: built.platforms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(mirror: &str, target: &str, image: &str) -> String {
        let layout = tempfile::tempdir().unwrap();
        rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
        let remote = Remote::new(reqwest::Client::new(), Some(Mirror::parse(mirror).unwrap()))
            .building_in(Layout::open(layout.path()).unwrap(), Some(Target::parse(target).unwrap()));
        remote.place(&ImageRef::parse(image).unwrap()).to_string()
    }

    #[test]
    fn s1_22_an_image_is_in_the_mirror_unless_it_names_the_mirror_or_the_target() {
        let (mirror, target) = ("http://mirror.example:5000/copies", "target.example");
        assert_eq!(placed(mirror, target, "a/b:1"), "mirror.example:5000/copies/a/b:1");
        let again = "mirror.example:5000/copies/a/b:1";
        assert_eq!(placed(mirror, target, again), again);
        assert_eq!(placed(mirror, target, "target.example/shop/bundle:3"), "target.example/shop/bundle:3");
    }
}
