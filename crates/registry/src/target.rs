//! Where images that are built go: a registry that the cluster's nodes can pull from.

use slipway_domain::image::ImageRef;

use crate::{Mirror, MirrorError};

/// The registry that images are pushed to, below an optional prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Host and port.
    pub host: String,
    /// The path below which the images go; may be empty.
    pub prefix: String,
    /// Without TLS: only when written so.
    pub plain_http: bool,
}

impl Target {
    /// Reads `[http://]host[:port][/prefix]`.
    pub fn parse(text: &str) -> Result<Self, MirrorError> {
        let Mirror { host, prefix, plain_http } = Mirror::parse(text)?;
        Ok(Self { host, prefix, plain_http })
    }

    /// Where an image goes that is ordered for a repository.
    pub fn place(&self, repository: &str, tag: &str) -> ImageRef {
        let repository = match self.prefix.as_str() {
            "" => repository.to_owned(),
            prefix => format!("{prefix}/{repository}"),
        };
        ImageRef { registry: self.host.clone(), repository, tag: Some(tag.to_owned()), digest: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_goes_below_the_prefix() {
        let target = Target::parse("http://10.0.0.2:5000/slipway").unwrap();
        assert!(target.plain_http);
        assert_eq!(target.place("shop/bundle", "3").to_string(), "10.0.0.2:5000/slipway/shop/bundle:3");
        let bare = Target::parse("registry.example.com").unwrap();
        assert_eq!(bare.place("shop/bundle", "3").to_string(), "registry.example.com/shop/bundle:3");
    }
}
