//! Image references. A tag is what people write; a digest is what runs (S2.07, D11).

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is not an image reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// Nothing there.
    #[error("Enter an image, for example registry.example.com/team/app:1.0.")]
    Empty,
    /// The repository part has characters that registries refuse.
    #[error("The repository may have only lowercase letters, digits and . _ - /.")]
    BadRepository,
    /// The tag is empty, too long, or has characters that registries refuse.
    #[error("The tag may have only letters, digits and . _ -, at most 128 characters.")]
    BadTag,
    /// What follows the @ is not `sha256:` and 64 hexadecimal digits.
    #[error("The digest must be sha256: followed by 64 hexadecimal digits.")]
    BadDigest,
}

/// The content address of an image: `sha256:` and 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

impl Digest {
    /// Accepts `sha256:<64 hex digits>`.
    pub fn parse(text: &str) -> Result<Self, ImageError> {
        let hex = text.strip_prefix("sha256:").ok_or(ImageError::BadDigest)?;
        let well_formed =
            hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if well_formed { Ok(Self(text.to_owned())) } else { Err(ImageError::BadDigest) }
    }

    /// The digest as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first twelve hexadecimal digits: enough for a person to tell two apart.
    pub fn short(&self) -> &str {
        &self.0[7..19]
    }
}

impl TryFrom<String> for Digest {
    type Error = ImageError;
    fn try_from(text: String) -> Result<Self, ImageError> {
        Self::parse(&text)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an image is: registry, repository, and a tag or a digest.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ImageRef {
    /// Host and port; `docker.io` if none was written.
    pub registry: String,
    /// The path in the registry.
    pub repository: String,
    /// The tag; `latest` if neither tag nor digest was written.
    pub tag: Option<String>,
    /// The digest, if one was written.
    pub digest: Option<Digest>,
}

impl ImageRef {
    /// Reads `[registry/]repository[:tag][@digest]`.
    pub fn parse(text: &str) -> Result<Self, ImageError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ImageError::Empty);
        }
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(Digest::parse(digest)?)),
            None => (text, None),
        };
        // A colon after the last slash begins the tag; one before it belongs to the registry's port.
        let (path, tag) = match name.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag.to_owned())),
            _ => (name, None),
        };
        let (registry, repository) = match path.split_once('/') {
            Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => (host, rest.to_owned()),
            Some(_) => ("docker.io", path.to_owned()),
            None => ("docker.io", format!("library/{path}")),
        };
        let repository_ok = !path.is_empty()
            && repository.split('/').all(|part| {
                !part.is_empty()
                    && part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
                    && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c))
            });
        if !repository_ok || !is_host(registry) {
            return Err(ImageError::BadRepository);
        }
        if let Some(tag) = &tag
            && (tag.is_empty()
                || tag.len() > 128
                || !tag.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)))
        {
            return Err(ImageError::BadTag);
        }
        let tag = tag.or_else(|| digest.is_none().then(|| "latest".to_owned()));
        Ok(Self { registry: registry.to_owned(), repository, tag, digest })
    }

    /// The same image under its digest alone: what a pod runs.
    pub fn pinned(&self, digest: &Digest) -> String {
        format!("{}/{}@{digest}", self.registry, self.repository)
    }
}

/// An image as it is in a registry at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// Where it really is: a mirror, if one is configured.
    pub image: ImageRef,
    /// What its tag means.
    pub digest: Digest,
    /// What it can run on, each as `<os>/<architecture>`, for example `linux/amd64`; empty if that is not known.
    pub platforms: Vec<String>,
}

/// A host name or address, with or without a port.
fn is_host(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        // The colons of an address in brackets are not those of a port.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    !host.is_empty()
        && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-_:[]".contains(c))
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

impl TryFrom<String> for ImageRef {
    type Error = ImageError;
    fn try_from(text: String) -> Result<Self, ImageError> {
        Self::parse(&text)
    }
}

impl From<ImageRef> for String {
    fn from(image: ImageRef) -> String {
        image.to_string()
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn s1_22_a_reference_is_taken_apart_as_registries_do() {
        let cases = [
            ("nginx", "docker.io/library/nginx:latest"),
            ("activiti/query:7.1", "docker.io/activiti/query:7.1"),
            ("127.0.0.1:5000/app", "127.0.0.1:5000/app:latest"),
            ("registry.example.com/team/app:1.0", "registry.example.com/team/app:1.0"),
            ("localhost/app:1", "localhost/app:1"),
        ];
        for (written, meant) in cases {
            assert_eq!(ImageRef::parse(written).map(|i| i.to_string()).as_deref(), Ok(meant));
        }
    }

    #[test]
    fn s1_22_what_no_registry_accepts_is_refused_with_the_part_that_is_wrong() {
        assert_eq!(ImageRef::parse("  "), Err(ImageError::Empty));
        assert_eq!(ImageRef::parse("Team/App"), Err(ImageError::BadRepository));
        assert_eq!(ImageRef::parse("https://registry/app"), Err(ImageError::BadRepository));
        assert_eq!(ImageRef::parse("app:"), Err(ImageError::BadTag));
        assert_eq!(ImageRef::parse("app@sha256:12"), Err(ImageError::BadDigest));
    }

    #[test]
    fn s2_07_a_pinned_image_has_no_tag() {
        let digest = Digest::parse(&format!("sha256:{}", "a".repeat(64))).unwrap();
        let image = ImageRef::parse("registry.example.com/app:1.0").unwrap();
        assert_eq!(image.pinned(&digest), format!("registry.example.com/app@{digest}"));
    }

    proptest! {
        #[test]
        fn s1_22_any_text_is_read_or_refused_and_what_was_read_is_read_again(
            text in prop_oneof!["\\PC{0,40}", "[a-c.:/@\\[\\]_0-9-]{0,30}", "[a-c.:/]{1,12}@sha256:[0-9a-f]{64}"],
        ) {
            if let Ok(image) = ImageRef::parse(&text) {
                prop_assert_eq!(ImageRef::parse(&image.to_string()), Ok(image));
            }
        }
    }
}
