//! Gets an image back from a registry with plain requests, and checks everything that it is made of.

use std::{collections::BTreeMap, io::Read as _};

use reqwest::header;
use serde_json::Value;

use crate::base::{DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST, sha256};
use crate::server::{PASSWORD, USER};

/// An image as a node would get it.
pub struct Pulled {
    pub digest: String,
    pub images: Vec<PulledImage>,
}

pub struct PulledImage {
    /// As the index says; null if there is none.
    pub platform: Value,
    pub manifest: Value,
    pub config: Value,
    /// What is in each layer, by path.
    pub layers: Vec<BTreeMap<String, String>>,
}

pub async fn pull(host: &str, repository: &str, name: &str) -> Pulled {
    let bytes = get(host, repository, &format!("manifests/{name}")).await;
    let top: Value = serde_json::from_slice(&bytes).unwrap();
    let mut images = Vec::new();
    for entry in top["manifests"].as_array().cloned().unwrap_or_default() {
        let digest = entry["digest"].as_str().unwrap();
        let bytes = get(host, repository, &format!("manifests/{digest}")).await;
        assert_eq!(sha256(&bytes), digest);
        assert_eq!(entry["size"], bytes.len());
        images.push(image(host, repository, &bytes, entry["platform"].clone()).await);
    }
    if images.is_empty() {
        images.push(image(host, repository, &bytes, Value::Null).await);
    }
    Pulled { digest: sha256(&bytes), images }
}

async fn image(host: &str, repository: &str, bytes: &[u8], platform: Value) -> PulledImage {
    let manifest: Value = serde_json::from_slice(bytes).unwrap();
    let config = blob(host, repository, &manifest["config"]).await;
    let config: Value = serde_json::from_slice(&config).unwrap();
    let mut layers = Vec::new();
    let mut diff_ids = Vec::new();
    for layer in manifest["layers"].as_array().unwrap() {
        let gzip = blob(host, repository, layer).await;
        let mut tar = Vec::new();
        flate2::read::GzDecoder::new(gzip.as_slice()).read_to_end(&mut tar).unwrap();
        diff_ids.push(Value::from(sha256(&tar)));
        layers.push(files(&tar));
    }
    assert_eq!(config["rootfs"]["diff_ids"], Value::from(diff_ids));
    PulledImage { platform, manifest, config, layers }
}

async fn blob(host: &str, repository: &str, descriptor: &Value) -> Vec<u8> {
    let digest = descriptor["digest"].as_str().unwrap();
    let bytes = get(host, repository, &format!("blobs/{digest}")).await;
    assert_eq!(sha256(&bytes), digest);
    assert_eq!(descriptor["size"], bytes.len());
    bytes
}

async fn get(host: &str, repository: &str, path: &str) -> Vec<u8> {
    let request = reqwest::Client::new().get(format!("http://{host}/v2/{repository}/{path}"));
    let request = request.header(header::ACCEPT, format!("{OCI_INDEX}, {OCI_MANIFEST}, {DOCKER_MANIFEST}"));
    let response = request.basic_auth(USER, Some(PASSWORD)).send().await.unwrap();
    assert!(response.status().is_success(), "{path}: {}", response.status());
    response.bytes().await.unwrap().to_vec()
}

fn files(tar: &[u8]) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(tar).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_string_lossy().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        files.insert(path, text);
    }
    files
}
