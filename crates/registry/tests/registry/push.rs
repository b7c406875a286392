//! An image gets into a registry (S1.36), and only what is missing is sent.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, header},
    routing::get,
};
use serde_json::json;
use slipway_domain::ports::Images as _;

use crate::{
    base::Shelf,
    proxy::{Proxy, serve},
    pull::pull,
    server::Registry,
    support::{REPOSITORY, Slipway, order},
};

/// How many of these requests sent a blob in full, and how many took one over.
fn sent(asked: &[String]) -> (usize, usize) {
    let count = |start: &str, part: &str, end: &str| {
        asked
            .iter()
            .filter(|line| line.starts_with(start) && line.contains(part) && line.ends_with(end))
            .count()
    };
    (count("PUT", "/blobs/uploads/", " 201"), count("POST", "mount=", " 201"))
}

#[tokio::test]
async fn s1_36_what_is_pushed_can_be_pulled_and_every_blob_is_right() {
    let Some(registry) = Registry::start().await else { return };
    let base = Shelf::new(&registry.host, "team/app").index("1").await;
    let slipway = Slipway::new(&registry.host, Some(&registry.host));
    let order = order(&slipway.base("team/app:1").await);
    let built = slipway.remote.build(&order).await.unwrap();
    let pushed = slipway.remote.push(&order).await.unwrap();
    assert_eq!(pushed, built);
    assert_eq!(pushed.image.to_string(), format!("{}/{REPOSITORY}:3", registry.host));
    assert_eq!(pushed.platforms, ["linux/amd64", "linux/arm64"]);

    let pulled = pull(&registry.host, REPOSITORY, "3").await;
    assert_eq!(pulled.digest, pushed.digest.as_str());
    let platforms: Vec<_> = pulled.images.iter().map(|image| image.platform.clone()).collect();
    assert_eq!(
        platforms,
        [
            json!({"os": "linux", "architecture": "amd64"}),
            json!({"os": "linux", "architecture": "arm64", "variant": "v8"})
        ]
    );
    for image in &pulled.images {
        assert!(image.layers[0].contains_key("etc/base"));
        let paths: Vec<_> =
            image.layers[1].iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        assert_eq!(
            paths,
            [
                ("release/", ""),
                ("release/forms/", ""),
                ("release/forms/order.form", "{}"),
                ("release/order.bpmn", "<order/>")
            ]
        );
        let config = &image.config;
        assert_eq!(config["created"], "2026-01-02T03:04:05Z");
        assert_eq!(config["config"]["Entrypoint"], json!(["/bin/run"]));
        assert_eq!(
            config["config"]["Labels"],
            json!({
                "vendor": "hand",
                "org.opencontainers.image.base.digest": base.digest,
                "org.opencontainers.image.base.name": format!("{}/team/app:1", registry.host),
            })
        );
        assert_eq!(config["history"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn s1_36_a_base_for_one_platform_becomes_an_image_of_oci() {
    let Some(registry) = Registry::start().await else { return };
    Shelf::new(&registry.host, "team/app").single("1").await;
    let slipway = Slipway::new(&registry.host, Some(&registry.host));
    let order = order(&slipway.base("team/app:1").await);
    let pushed = slipway.remote.push(&order).await.unwrap();
    let pulled = pull(&registry.host, REPOSITORY, pushed.digest.as_str()).await;
    assert_eq!(pulled.images.len(), 1);
    let text = pulled.images[0].manifest.to_string();
    assert!(
        text.contains("application/vnd.oci.image.manifest.v1+json") && !text.contains("docker"),
        "{text}"
    );
}

#[tokio::test]
async fn s1_36_layers_are_taken_over_within_a_registry_and_a_second_push_sends_nothing() {
    let Some(registry) = Registry::start().await else { return };
    let base = Shelf::new(&registry.host, "team/app").index("1").await;
    let proxy = Proxy::before(&registry.host).await;
    let slipway = Slipway::new(&proxy.host, Some(&proxy.host));
    let order = order(&slipway.base("team/app:1").await);
    let built = slipway.remote.build(&order).await.unwrap();
    proxy.asked();
    slipway.remote.push(&order).await.unwrap();
    let asked = proxy.asked();
    // Two configurations and one layer are new; the layers of the base are there already.
    assert_eq!(sent(&asked), (3, base.layers.len()), "{asked:#?}");
    assert!(!asked.iter().any(|line| line.starts_with("GET")), "{asked:#?}");
    assert_eq!(pull(&registry.host, REPOSITORY, "3").await.digest, built.digest.as_str());

    slipway.remote.push(&order).await.unwrap();
    let asked = proxy.asked();
    assert!(asked.iter().all(|line| line.starts_with("HEAD") && line.ends_with(" 200")), "{asked:#?}");

    // The next release differs in its files: one layer and two configurations.
    let mut next = order.clone();
    next.tag = "4".to_owned();
    next.files = next.files.iter().take(1).cloned().collect();
    slipway.remote.push(&next).await.unwrap();
    assert_eq!(sent(&proxy.asked()), (3, 0));
}

#[tokio::test]
async fn s1_36_a_tag_alone_is_sent_when_the_image_is_there() {
    let Some(registry) = Registry::start().await else { return };
    Shelf::new(&registry.host, "team/app").single("1").await;
    let proxy = Proxy::before(&registry.host).await;
    let slipway = Slipway::new(&proxy.host, Some(&proxy.host));
    let mut order = order(&slipway.base("team/app:1").await);
    let first = slipway.remote.push(&order).await.unwrap();
    proxy.asked();
    order.tag = "stable".to_owned();
    assert_eq!(slipway.remote.push(&order).await.unwrap().digest, first.digest);
    let asked = proxy.asked();
    let put: Vec<_> = asked.iter().filter(|line| !line.starts_with("HEAD")).collect();
    assert_eq!(put, [&format!("PUT /v2/{REPOSITORY}/manifests/stable 201")]);
}

#[tokio::test]
async fn s1_36_layers_of_the_base_go_from_one_registry_to_the_other() {
    let Some(source) = Registry::with_password().await else { return };
    let Some(target) = Registry::start().await else { return };
    let base = Shelf::new(&source.host, "team/app").large("1", 3_000_000).await;
    let (from, to) = (Proxy::before(&source.host).await, Proxy::before(&target.host).await);
    let slipway = Slipway::known_to(&from.host, Some(&to.host), &[&from.host]);
    let order = order(&slipway.base("team/app:1").await);
    let pushed = slipway.remote.push(&order).await.unwrap();
    assert!(target.stores(&base.layers[0]));
    assert_eq!(sent(&to.asked()), (3, 0));
    assert_eq!(pull(&target.host, REPOSITORY, "3").await.digest, pushed.digest.as_str());
    // Of the base, its layer was read once, and is not kept.
    let read =
        from.asked().iter().filter(|line| line.contains(&base.layers[0]) && line.ends_with(" 200")).count();
    assert_eq!(read, 1);
    let hash = base.layers[0].trim_start_matches("sha256:");
    assert!(!slipway.folder.path().join("images/blobs/sha256").join(hash).exists());

    slipway.remote.push(&order).await.unwrap();
    assert_eq!(sent(&to.asked()), (0, 0));
    assert_eq!(from.asked(), [] as [&str; 0]);
}

#[tokio::test]
async fn s1_36_a_registry_with_a_password_takes_images_of_who_knows_it() {
    let Some(registry) = Registry::with_password().await else { return };
    Shelf::new(&registry.host, "team/app").index("1").await;
    let slipway = Slipway::known_to(&registry.host, Some(&registry.host), &[&registry.host]);
    let order = order(&slipway.base("team/app:1").await);
    let pushed = slipway.remote.push(&order).await.unwrap();
    assert_eq!(pull(&registry.host, REPOSITORY, "3").await.digest, pushed.digest.as_str());
}

/// A registry takes over nothing if it does not know `mount`, or if it refuses it.
#[tokio::test]
async fn s1_36_layers_are_sent_within_a_registry_that_takes_over_none() {
    let Some(registry) = Registry::start().await else { return };
    let base = Shelf::new(&registry.host, "team/app").index("1").await;
    for (tag, refuses) in [("3", false), ("4", true)] {
        let proxy = Proxy::before(&registry.host).await;
        let slipway = Slipway::new(&proxy.host, Some(&proxy.host));
        let mut order = order(&slipway.base("team/app:1").await);
        order.repository = format!("web-shop/bundle-{tag}");
        proxy.asked();
        proxy.forget_mounts(refuses);
        let pushed = slipway.remote.push(&order).await.unwrap();
        assert_eq!(sent(&proxy.asked()), (3 + base.layers.len(), 0));
        let pulled = pull(&registry.host, &format!("slipway/{}", order.repository), "3").await;
        assert_eq!(pulled.digest, pushed.digest.as_str());
    }
}

#[tokio::test]
async fn s1_36_layers_that_are_elsewhere_are_fetched_there_without_the_password() {
    let Some(source) = Registry::with_password().await else { return };
    let Some(target) = Registry::start().await else { return };
    let base = Shelf::new(&source.host, "team/app").single("1").await;
    let proxy = Proxy::before(&source.host).await;
    let store = Store::default();
    let app = Router::new().route("/layer", get(fetched)).with_state(store.clone());
    let elsewhere = format!("http://{}/layer", serve(app).await);
    let layer = base.layers[0].clone();
    let answers = store.clone();
    proxy.spoil(move |method, path, answer| {
        if method == Method::GET && path.contains(&layer) && answer.status == StatusCode::OK {
            *answers.content.lock().unwrap() = std::mem::take(&mut answer.body);
            answer.status = StatusCode::TEMPORARY_REDIRECT;
            answer.headers.insert(header::LOCATION, elsewhere.parse().unwrap());
        }
    });
    let slipway = Slipway::known_to(&proxy.host, Some(&target.host), &[&proxy.host]);
    let order = order(&slipway.base("team/app:1").await);
    slipway.remote.push(&order).await.unwrap();
    assert!(target.stores(&base.layers[0]));
    assert_eq!(*store.shown.lock().unwrap(), [false]);
}

/// Where a registry keeps its blobs.
#[derive(Clone, Default)]
struct Store {
    content: Arc<Mutex<Bytes>>,
    /// Whether those who came showed who they are.
    shown: Arc<Mutex<Vec<bool>>>,
}

async fn fetched(State(store): State<Store>, headers: HeaderMap) -> Bytes {
    store.shown.lock().unwrap().push(headers.contains_key(header::AUTHORIZATION));
    store.content.lock().unwrap().clone()
}
