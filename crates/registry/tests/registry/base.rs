//! Small images made by hand, put into a registry with plain requests: what Slipway builds on.

use std::io::Write as _;

use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::server::{PASSWORD, USER};

pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

pub fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

/// A repository in a registry, written to by hand.
pub struct Shelf {
    host: String,
    repository: String,
    http: reqwest::Client,
}

/// What was put there.
pub struct Base {
    pub digest: String,
    /// The digests of its layers, over all platforms.
    pub layers: Vec<String>,
}

impl Shelf {
    pub fn new(host: &str, repository: &str) -> Self {
        let (host, repository) = (host.to_owned(), repository.to_owned());
        Self { host, repository, http: reqwest::Client::new() }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/v2/{}/{path}", self.host, self.repository)
    }

    async fn blob(&self, bytes: &[u8]) -> String {
        let begun =
            self.http.post(self.url("blobs/uploads/")).basic_auth(USER, Some(PASSWORD)).send().await.unwrap();
        let location = begun.headers()[header::LOCATION].to_str().unwrap().to_owned();
        let digest = sha256(bytes);
        let put = self.http.put(location).query(&[("digest", &digest)]).basic_auth(USER, Some(PASSWORD));
        assert_eq!(put.body(bytes.to_vec()).send().await.unwrap().status(), StatusCode::CREATED);
        digest
    }

    pub async fn manifest(&self, name: Option<&str>, kind: &str, manifest: &Value) -> (String, usize) {
        let bytes = serde_json::to_vec(manifest).unwrap();
        let digest = sha256(&bytes);
        let size = bytes.len();
        let put = self.http.put(self.url(&format!("manifests/{}", name.unwrap_or(&digest))));
        let put = put.basic_auth(USER, Some(PASSWORD)).header(header::CONTENT_TYPE, kind).body(bytes);
        let response = put.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED, "{:?}", response.text().await);
        (digest, size)
    }

    async fn image(
        &self,
        name: Option<&str>,
        docker: bool,
        os: &str,
        architecture: &str,
        text: &str,
    ) -> (Base, usize) {
        let tar = layer(text);
        let gzip = gzip(&tar);
        let config = json!({
            "architecture": architecture, "os": os, "created": "2026-01-02T03:04:05Z",
            "config": { "User": "1000", "Entrypoint": ["/bin/run"], "Labels": { "vendor": "hand" } },
            "rootfs": { "type": "layers", "diff_ids": [sha256(&tar)] },
            "history": [{ "created_by": "by hand" }, { "created_by": "ENV x", "empty_layer": true }],
        });
        let config = serde_json::to_vec(&config).unwrap();
        let (config_kind, layer_kind, kind) = if docker {
            (
                "application/vnd.docker.container.image.v1+json",
                "application/vnd.docker.image.rootfs.diff.tar.gzip",
                DOCKER_MANIFEST,
            )
        } else {
            (
                "application/vnd.oci.image.config.v1+json",
                "application/vnd.oci.image.layer.v1.tar+gzip",
                OCI_MANIFEST,
            )
        };
        let layer = self.blob(&gzip).await;
        let manifest = json!({
            "schemaVersion": 2, "mediaType": kind,
            "config": { "mediaType": config_kind, "digest": self.blob(&config).await, "size": config.len() },
            "layers": [{ "mediaType": layer_kind, "digest": layer, "size": gzip.len() }],
        });
        let (digest, size) = self.manifest(name, kind, &manifest).await;
        (Base { digest, layers: vec![layer] }, size)
    }

    /// An image for one platform, in Docker's format.
    pub async fn single(&self, tag: &str) -> Base {
        self.image(Some(tag), true, "linux", "amd64", &format!("single {tag}")).await.0
    }

    /// An image that runs on that platform only.
    pub async fn of_platform(&self, tag: &str, os: &str, architecture: &str) -> Base {
        self.image(Some(tag), false, os, architecture, "one").await.0
    }

    /// An image with a layer of that many bytes that cannot be made smaller.
    pub async fn large(&self, tag: &str, size: usize) -> Base {
        let mut text = String::new();
        let mut hash = sha256(b"seed");
        while text.len() < size {
            hash = sha256(hash.as_bytes());
            text.push_str(&hash);
        }
        self.image(Some(tag), false, "linux", "amd64", &text).await.0
    }

    /// An image for two Linux platforms and one Windows, with the statement of a builder beside them.
    pub async fn index(&self, tag: &str) -> Base {
        let (mut manifests, mut layers) = (Vec::new(), Vec::new());
        let platforms = [
            ("linux", "amd64", None),
            ("linux", "arm64", Some("v8")),
            ("windows", "amd64", None),
            ("unknown", "unknown", None),
        ];
        for (os, architecture, variant) in platforms {
            let (image, size) =
                self.image(None, false, os, architecture, &format!("{os} {architecture}")).await;
            let mut platform = json!({ "os": os, "architecture": architecture });
            if let Some(variant) = variant {
                platform["variant"] = json!(variant);
            }
            if os == "linux" {
                layers.extend(image.layers);
            }
            manifests.push(
                json!({ "mediaType": OCI_MANIFEST, "digest": image.digest, "size": size, "platform": platform }),
            );
        }
        let index = json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests });
        Base { digest: self.manifest(Some(tag), OCI_INDEX, &index).await.0, layers }
    }

    /// Something that is in a registry and is not an image.
    pub async fn chart(&self, tag: &str) -> Base {
        let (config, content) = (b"{}", b"chart");
        let manifest = json!({
            "schemaVersion": 2, "mediaType": OCI_MANIFEST,
            "config": { "mediaType": "application/vnd.cncf.helm.config.v1+json",
                        "digest": self.blob(config).await, "size": config.len() },
            "layers": [{ "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
                         "digest": self.blob(content).await, "size": content.len() }],
        });
        Base { digest: self.manifest(Some(tag), OCI_MANIFEST, &manifest).await.0, layers: Vec::new() }
    }
}

fn layer(text: &str) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_mode(0o644);
    header.set_size(text.len() as u64);
    builder.append_data(&mut header, "etc/base", text.as_bytes()).unwrap();
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}
