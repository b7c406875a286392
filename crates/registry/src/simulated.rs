//! Images for the simulated cluster, which pulls nothing: every reference resolves to a digest of its own, the
//! same one each time. A repository that ends in `missing` does not exist, so that failure can be tried out.

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use slipway_domain::{
    image::{Digest, ImageRef, Resolved},
    ports::{ImageOrder, ImageProblem, Images, PortError},
};

use crate::refusal::not_found;

/// A registry that knows every image.
#[derive(Debug, Clone, Copy, Default)]
pub struct Simulated;

#[async_trait]
impl Images for Simulated {
    async fn resolve(&self, image: &ImageRef) -> Result<Resolved, ImageProblem> {
        if image.repository.ends_with("missing") {
            return Err(ImageProblem::Hopeless(
                not_found(image).with("the simulated registry has no such image"),
            ));
        }
        let digest = match &image.digest {
            Some(digest) => digest.clone(),
            None => made_up(&image.to_string())?,
        };
        Ok(Resolved { image: image.clone(), digest, platforms: vec!["linux/amd64".to_owned()] })
    }

    async fn build(&self, order: &ImageOrder) -> Result<Resolved, ImageProblem> {
        let base = &order.base;
        let mut text = format!("{} {} {}", base.digest, order.folder, order.repository);
        for file in order.files.iter() {
            text.push_str(&format!(" {} {}", file.path, hex::encode(Sha256::digest(&file.content))));
        }
        let image = ImageRef {
            registry: "simulated.internal".to_owned(),
            repository: order.repository.clone(),
            tag: Some(order.tag.clone()),
            digest: None,
        };
        Ok(Resolved { image, digest: made_up(&text)?, platforms: base.platforms.clone() })
    }

    async fn push(&self, order: &ImageOrder) -> Result<Resolved, ImageProblem> {
        self.build(order).await
    }
}

/// The digest that stands for a text.
fn made_up(text: &str) -> Result<Digest, ImageProblem> {
    let digest = Digest::parse(&format!("sha256:{}", hex::encode(Sha256::digest(text))));
    digest.map_err(|error| ImageProblem::Passing(PortError::new("making up a digest", error)))
}
