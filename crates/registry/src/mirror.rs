//! Where images really come from. An operator without access to public registries keeps copies in one of their
//! own; releases go on naming the original.

use slipway_domain::image::ImageRef;

/// Why a text is not a registry.
#[derive(Debug, thiserror::Error)]
#[error("{text:?} is not a registry; write host[:port][/prefix], with http:// in front if it has no TLS")]
pub struct MirrorError {
    text: String,
}

/// One registry that holds copies of all images, below an optional prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    /// Host and port.
    pub host: String,
    /// The path below which the copies are; may be empty.
    pub prefix: String,
    /// Without TLS: only when written so.
    pub plain_http: bool,
}

impl Mirror {
    /// Reads `[http://]host[:port][/prefix]`.
    pub fn parse(text: &str) -> Result<Self, MirrorError> {
        let error = || MirrorError { text: text.to_owned() };
        let (plain_http, rest) = match text.strip_prefix("http://") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix("https://").unwrap_or(text)),
        };
        let (host, prefix) = rest.trim_end_matches('/').split_once('/').unwrap_or((rest, ""));
        let host = host.trim_end_matches('/');
        // Read as part of a reference: whatever that accepts, a registry accepts.
        let probe = ImageRef::parse(&format!("{host}/{prefix}/x").replace("//", "/")).map_err(|_| error())?;
        if probe.registry != host {
            return Err(error());
        }
        Ok(Self { host: host.to_owned(), prefix: prefix.to_owned(), plain_http })
    }

    /// Where the copy of an image is.
    pub fn place(&self, image: &ImageRef) -> ImageRef {
        let repository = match self.prefix.as_str() {
            "" => image.repository.clone(),
            prefix => format!("{prefix}/{}", image.repository),
        };
        ImageRef { registry: self.host.clone(), repository, ..image.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_keeps_its_path_below_the_mirror() {
        let mirror = Mirror::parse("http://10.0.0.2:5000/copies").unwrap();
        let image = ImageRef::parse("docker.io/slipway/probe:1.0").unwrap();
        assert!(mirror.plain_http);
        assert_eq!(mirror.place(&image).to_string(), "10.0.0.2:5000/copies/slipway/probe:1.0");
    }

    #[test]
    fn tls_is_meant_unless_http_is_written() {
        assert!(!Mirror::parse("registry.example.com").unwrap().plain_http);
    }

    #[test]
    fn what_is_no_registry_is_refused() {
        for text in ["", "registry", "ftp://registry.example.com", "registry.example.com/Upper"] {
            assert!(Mirror::parse(text).is_err(), "{text:?}");
        }
    }
}
