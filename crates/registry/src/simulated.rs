//! Images for the simulated cluster, which pulls nothing: every reference resolves to a digest of its own, the
//! same one each time. A repository that ends in `missing` does not exist, and a tag of one that ends in `moving` means
//! another image each time, so that both can be tried out.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use slipway_domain::{
    image::{Digest, ImageRef, Resolved},
    ports::{ImageOrder, ImageProblem, Images, PortError},
};

use crate::refusal::not_found;

/// A registry that knows every image.
#[derive(Debug, Default)]
pub struct Simulated {
    moves: AtomicUsize,
}

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
            None if image.repository.ends_with("moving") => {
                made_up(&format!("{image} {}", self.moves.fetch_add(1, Ordering::Relaxed)))?
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    async fn digest(registry: &Simulated, image: &str) -> Digest {
        let image = ImageRef::parse(image).unwrap();
        registry.resolve(&image).await.unwrap().digest
    }

    #[tokio::test]
    async fn d11_a_tag_means_the_same_each_time_unless_it_is_of_a_moving_repository() {
        let registry = Simulated::default();
        let still = digest(&registry, "example.com/web:1").await;
        assert_eq!(digest(&registry, "example.com/web:1").await, still);
        assert_eq!(digest(&Simulated::default(), "example.com/web:1").await, still);
        let moved = digest(&registry, "example.com/moving:1").await;
        assert_ne!(digest(&registry, "example.com/moving:1").await, moved);
        let pinned = format!("example.com/moving@{moved}");
        assert_eq!(digest(&registry, &pinned).await, moved);
    }
}
