//! What every test needs: Slipway's side of it, and orders that read as prose.

use std::sync::Arc;

use slipway_domain::{
    cause::Cause,
    image::{ImageRef, Resolved},
    ports::{ImageOrder, ImageProblem, Images as _, PortError},
    release::ReleaseFile,
};
use slipway_registry::{Credentials, Layout, Mirror, Remote, Target};

use crate::server::{PASSWORD, USER};

/// One TLS provider for the process, as the server has it.
pub fn tls() {
    rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
}

/// The client that the server hands in: it follows nothing, and is not patient.
pub fn http() -> reqwest::Client {
    tls();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.timeout(std::time::Duration::from_secs(15)).build().unwrap()
}

/// Slipway with a folder of its own. Images come from `source` and go to `target`, both without TLS.
pub struct Slipway {
    pub remote: Remote,
    pub folder: tempfile::TempDir,
}

impl Slipway {
    pub fn new(source: &str, target: Option<&str>) -> Self {
        Self::with(source, target, Credentials::default())
    }

    /// The same with the name and password that the test registries know.
    pub fn known_to(source: &str, target: Option<&str>, hosts: &[&str]) -> Self {
        Self::with(source, target, credentials(hosts, PASSWORD))
    }

    pub fn with(source: &str, target: Option<&str>, credentials: Credentials) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let remote = remote(source, target, credentials, folder.path());
        Self { remote, folder }
    }

    pub async fn base(&self, image: &str) -> Resolved {
        self.remote.resolve(&image_ref(image)).await.unwrap()
    }
}

pub fn remote(
    source: &str,
    target: Option<&str>,
    credentials: Credentials,
    folder: &std::path::Path,
) -> Remote {
    let mirror = Mirror::parse(&format!("http://{source}")).unwrap();
    let target = target.map(|target| Target::parse(&format!("http://{target}/slipway")).unwrap());
    Remote::new(http(), Some(mirror))
        .with_credentials(credentials)
        .building_in(Layout::open(folder.join("images")).unwrap(), target)
}

pub fn credentials(hosts: &[&str], password: &str) -> Credentials {
    let login =
        |host: &&str| ((*host).to_owned(), serde_json::json!({ "username": USER, "password": password }));
    let auths: serde_json::Map<_, _> = hosts.iter().map(login).collect();
    Credentials::parse(&serde_json::json!({ "auths": auths }).to_string()).unwrap()
}

pub fn image_ref(text: &str) -> ImageRef {
    ImageRef::parse(text).unwrap()
}

/// The release of the web shop, on a base.
pub fn order(base: &Resolved) -> ImageOrder {
    let file =
        |path: &str, text: &str| ReleaseFile { path: path.to_owned(), content: text.as_bytes().to_vec() };
    ImageOrder {
        base: base.clone(),
        files: Arc::from([file("forms/order.form", "{}"), file("order.bpmn", "<order/>")]),
        folder: "/release".to_owned(),
        repository: "web-shop/runtime-bundle".to_owned(),
        tag: "3".to_owned(),
    }
}

/// The repository that the order goes to in the target.
pub const REPOSITORY: &str = "slipway/web-shop/runtime-bundle";

pub fn hopeless(result: Result<Resolved, ImageProblem>) -> Cause {
    match result {
        Err(ImageProblem::Hopeless(cause)) => cause,
        other => panic!("not hopeless: {other:?}"),
    }
}

pub fn passing(result: Result<Resolved, ImageProblem>) -> PortError {
    match result {
        Err(ImageProblem::Passing(error)) => error,
        other => panic!("not passing: {other:?}"),
    }
}
