//! Images for the simulated cluster, which pulls nothing: every reference resolves to a digest of its own, the
//! same one each time. A repository that ends in `missing` does not exist, so that failure can be tried out.

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use slipway_domain::{
    image::{Digest, ImageRef},
    ports::{ImageProblem, Images, PortError},
};

use crate::remote::missing;

/// A registry that knows every image.
#[derive(Debug, Clone, Copy, Default)]
pub struct Simulated;

#[async_trait]
impl Images for Simulated {
    async fn resolve(&self, image: &ImageRef) -> Result<(ImageRef, Digest), ImageProblem> {
        if image.repository.ends_with("missing") {
            return Err(ImageProblem::Hopeless(missing(image, "the simulated registry has no such image")));
        }
        if let Some(digest) = &image.digest {
            return Ok((image.clone(), digest.clone()));
        }
        let hash = Sha256::digest(image.to_string());
        let digest = Digest::parse(&format!("sha256:{}", hex::encode(hash)));
        let digest =
            digest.map_err(|error| ImageProblem::Passing(PortError::new("making up a digest", error)))?;
        Ok((image.clone(), digest))
    }
}
