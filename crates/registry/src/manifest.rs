//! What an image is made of, as its manifests say. Docker's formats are read and OCI's are written: they differ in
//! the names of media types only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use slipway_domain::image::Digest;

/// An index of OCI.
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// A manifest of OCI.
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// A configuration of OCI.
pub(crate) const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
/// A compressed layer of OCI.
pub(crate) const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
/// What a manifest may be; a registry answers 404 to a client that does not accept what it has.
pub(crate) const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, \
     application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.docker.distribution.manifest.v2+json";

/// Names a blob or a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    #[serde(default)]
    pub media_type: String,
    pub digest: Digest,
    pub size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Descriptor {
    /// The descriptor of these bytes.
    pub fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest: digest(bytes),
            size: bytes.len() as u64,
            platform: None,
            annotations: BTreeMap::new(),
        }
    }
}

/// What a manifest of an index runs on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Platform {
    pub architecture: String,
    pub os: String,
    /// Variant and the like, as they are.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

impl Platform {
    /// `<os>/<architecture>`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.os, self.architecture)
    }
}

/// Several manifests, one for each platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Index {
    pub schema_version: u8,
    #[serde(default)]
    pub media_type: String,
    pub manifests: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// One image for one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    pub schema_version: u8,
    #[serde(default)]
    pub media_type: String,
    pub config: Descriptor,
    pub layers: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// What a tag may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Document {
    Index(Index),
    Manifest(Manifest),
}

impl Document {
    /// Told apart by what is in it: the media type is optional, and kept documents have no header.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let value: Value =
            serde_json::from_slice(bytes).map_err(|error| format!("the manifest is not JSON: {error}"))?;
        let has = |name: &str| value.get(name).is_some();
        let (index, manifest) = (has("manifests"), has("config") && has("layers"));
        let odd = |error: serde_json::Error| format!("the manifest cannot be read: {error}");
        match (index, manifest) {
            (true, false) => serde_json::from_value(value).map(Self::Index).map_err(odd),
            (false, true) => serde_json::from_value(value).map(Self::Manifest).map_err(odd),
            _ => Err(format!("the manifest is neither an index nor an image: {}", kind(&value))),
        }
    }
}

impl Manifest {
    /// The same in OCI's media types, or which type is in the way.
    pub fn into_oci(mut self) -> Result<Self, String> {
        if !is_image_config(&self.config.media_type) {
            return Err(format!("its configuration is of type {}", self.config.media_type));
        }
        MANIFEST.clone_into(&mut self.media_type);
        CONFIG.clone_into(&mut self.config.media_type);
        for layer in &mut self.layers {
            let docker = layer.media_type.strip_prefix("application/vnd.docker.image.rootfs.diff.tar");
            match docker {
                Some(kind @ ("" | ".gzip" | ".zstd")) => {
                    let kind = kind.replace('.', "+");
                    layer.media_type = format!("application/vnd.oci.image.layer.v1.tar{kind}");
                }
                None if layer.media_type.starts_with("application/vnd.oci.image.layer.v1.tar") => {}
                _ => return Err(format!("a layer is of type {}", layer.media_type)),
            }
        }
        Ok(self)
    }
}

/// Is it the configuration of something that runs, and not of a chart or another artifact?
pub(crate) fn is_image_config(media_type: &str) -> bool {
    matches!(media_type, CONFIG | DOCKER_CONFIG)
}

/// Is it an image, and not an index within an index?
pub(crate) fn is_image(media_type: &str) -> bool {
    matches!(media_type, MANIFEST | DOCKER_MANIFEST)
}

fn kind(value: &Value) -> String {
    let media_type = value.get("mediaType").and_then(Value::as_str);
    let version = value.get("schemaVersion").and_then(Value::as_u64);
    match (media_type, version) {
        (Some(media_type), _) => format!("its type is {media_type:.100}"),
        (None, Some(version)) => format!("its schema has version {version}"),
        (None, None) => "it names no type".to_owned(),
    }
}

/// The content address of bytes.
pub(crate) fn digest(bytes: &[u8]) -> Digest {
    named(&hex::encode(Sha256::digest(bytes)))
}

/// The content address with these hexadecimal digits, which a hash was just written in.
pub(crate) fn named(hash: &str) -> Digest {
    Digest::parse(&format!("sha256:{hash}")).expect("the digits of a SHA-256 make a digest")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn manifest(config: &str, layer: &str) -> Value {
        let digest = digest(b"x");
        json!({
            "schemaVersion": 2,
            "config": { "mediaType": config, "digest": digest, "size": 1 },
            "layers": [{ "mediaType": layer, "digest": digest, "size": 1 }],
        })
    }

    fn in_oci(config: &str, layer: &str) -> Result<Manifest, String> {
        match Document::parse(manifest(config, layer).to_string().as_bytes())? {
            Document::Manifest(manifest) => manifest.into_oci(),
            Document::Index(_) => Err("an index".to_owned()),
        }
    }

    #[test]
    fn the_formats_of_docker_have_names_in_oci() {
        let docker = "application/vnd.docker.image.rootfs.diff.tar";
        let oci = "application/vnd.oci.image.layer.v1.tar";
        for (theirs, ours) in [(".gzip", "+gzip"), (".zstd", "+zstd"), ("", "")] {
            for name in [format!("{docker}{theirs}"), format!("{oci}{ours}")] {
                let manifest = in_oci(DOCKER_CONFIG, &name).unwrap();
                assert_eq!(manifest.layers[0].media_type, format!("{oci}{ours}"));
                assert_eq!(
                    (manifest.media_type.as_str(), manifest.config.media_type.as_str()),
                    (MANIFEST, CONFIG)
                );
            }
        }
    }

    #[test]
    fn s1_35_what_is_no_image_is_named() {
        let layer = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
        assert!(in_oci(CONFIG, layer).unwrap_err().contains(layer));
        assert!(in_oci("application/vnd.cncf.helm.config.v1+json", LAYER).unwrap_err().contains("helm"));
        let parse = |value: Value| Document::parse(value.to_string().as_bytes()).unwrap_err();
        assert!(parse(json!({ "schemaVersion": 1, "fsLayers": [] })).contains("version 1"));
        // One reader could take it for an image and another for an index.
        let mut both = manifest(CONFIG, LAYER);
        both["manifests"] = json!([]);
        assert!(parse(both).contains("neither"));
        let mut other = manifest(CONFIG, LAYER);
        other["config"]["digest"] = json!("md5:00");
        assert!(parse(other).contains("cannot be read"));
    }

    proptest! {
        #[test]
        fn any_answer_is_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            Document::parse(&bytes).ok();
        }
    }
}
