//! Tags that move while an application runs (D11), against a registry whose tags can be moved, and what is built on one.

use std::{
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    extract::{Request, State},
    http::{Method as HttpMethod, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

use crate::{database::Database, life::Life, world::World};

/// A registry with one image under each tag; `move_tags` puts another one in its place.
struct Registry {
    host: String,
    state: Arc<Tags>,
}

#[derive(Default)]
struct Tags {
    label: Mutex<String>,
    /// What every request is answered with instead.
    broken: Mutex<Option<(StatusCode, &'static str)>>,
    asked: AtomicUsize,
}

impl Registry {
    async fn start() -> Self {
        let state = Arc::new(Tags::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let router = Router::new().fallback(any(answer)).with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { host, state }
    }

    fn move_tags(&self, label: &str) {
        label.clone_into(&mut self.state.label.lock().unwrap());
    }

    fn answer_only(&self, with: Option<(StatusCode, &'static str)>) {
        *self.state.broken.lock().unwrap() = with;
    }

    fn asked(&self) -> usize {
        self.state.asked.load(Ordering::SeqCst)
    }

    /// What the tags mean now.
    fn digest(&self) -> String {
        digest(&manifest(&self.state.label.lock().unwrap()))
    }
}

fn config(label: &str) -> String {
    json!({"architecture": "amd64", "os": "linux", "config": {"Labels": {"is": label}},
        "rootfs": {"type": "layers", "diff_ids": []}})
    .to_string()
}

fn manifest(label: &str) -> String {
    let config = config(label);
    json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": [],
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(&config), "size": config.len()},
    })
    .to_string()
}

fn digest(text: &str) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

async fn answer(State(tags): State<Arc<Tags>>, request: Request) -> Response {
    tags.asked.fetch_add(1, Ordering::SeqCst);
    if let Some(broken) = *tags.broken.lock().unwrap() {
        return broken.into_response();
    }
    let label = tags.label.lock().unwrap().clone();
    let (path, method) = (request.uri().path().to_owned(), request.method().clone());
    let text = if path.contains("/manifests/") { manifest(&label) } else { config(&label) };
    let wanted = path.rsplit('/').next().unwrap_or_default();
    if wanted.starts_with("sha256:") && wanted != digest(&text) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let head = [
        (header::CONTENT_TYPE, "application/vnd.oci.image.manifest.v1+json".to_owned()),
        (header::HeaderName::from_static("docker-content-digest"), digest(&text)),
    ];
    let body = if method == HttpMethod::HEAD { String::new() } else { text };
    (head, body).into_response()
}

/// A console over one release of two components, deployed and running; the registry's tags mean `old`.
async fn console() -> (Registry, World, Life, Database) {
    let registry = Registry::start().await;
    registry.move_tags("old");
    let mut world = World::new().await;
    world.registry.clone_from(&registry.host);
    let component =
        |name: &str| json!({"name": name, "image": format!("example.com/{name}:1.0"), "port": 8080});
    world.release("shop", 1, &json!([component("web"), component("api")]));
    let database = Database::Sqlite(tempfile::tempdir().unwrap());
    let life = Life::begin(&world, &database.fresh().await).await;
    let order = json!({"name": "shop", "project": "shop", "version": 1, "admins": ["ana"]});
    let (status, told) = life.ask(Method::POST, "applications", order).await;
    assert_eq!(status, 202, "{told}");
    life.until("shop", "Running").await;
    (registry, world, life, database)
}

async fn check(life: &Life) -> Vec<Value> {
    let (status, told) = life.ask(Method::POST, "applications/shop/images", Value::Null).await;
    assert_eq!(status, 200, "{told}");
    told["check"]["images"].as_array().unwrap().clone()
}

fn image(world: &World, component: &str) -> String {
    let deployment = world.object("shop", "Deployment", component).unwrap();
    deployment["spec"]["template"]["spec"]["containers"][0]["image"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn d11_a_tag_that_moved_is_shown_with_both_digests_and_taken_on_request() {
    let (registry, world, life, _database) = console().await;
    let old = registry.digest();
    let (_, told) = life.ask(Method::GET, "applications/shop/images", Value::Null).await;
    assert_eq!(told, json!({"check": null}), "nobody asked yet");
    assert!(check(&life).await.iter().all(|image| image["tag"] == "same" && image["runs"] == old));

    registry.move_tags("new");
    let new = registry.digest();
    let found = check(&life).await;
    assert_eq!(
        found[0],
        json!({"component": "web", "image": "example.com/web:1.0", "tag": "moved", "runs": old, "now": new,
            "quarantined": false})
    );
    let (_, told) = life.ask(Method::GET, "applications/shop/images", Value::Null).await;
    assert_eq!(told["check"]["images"][1]["tag"], "moved", "what they said is kept");

    let only_web = json!({"components": ["web"]});
    let (status, told) = life.ask(Method::POST, "applications/shop/images/update", only_web.clone()).await;
    assert_eq!(status, 202, "{told}");
    let updated = life.until("shop", "Running").await;
    assert_eq!(updated["generation"], 2);
    assert!(image(&world, "web").ends_with(&new), "{}", image(&world, "web"));
    assert!(image(&world, "api").ends_with(&old), "{}", image(&world, "api"));
    let (status, told) = life.ask(Method::POST, "applications/shop/images/update", only_web).await;
    assert_eq!((status, &told["code"]), (409, &json!("SLW_NOT_NOW")), "there is nothing new to take");

    // All that is left, without naming it.
    let (status, _) = life.ask(Method::POST, "applications/shop/images/update", json!({})).await;
    assert_eq!(status, 202);
    life.until("shop", "Running").await;
    assert!(image(&world, "api").ends_with(&new));
    let unknown = json!({"components": ["nobody"]});
    let (status, told) = life.ask(Method::POST, "applications/shop/images/update", unknown).await;
    assert_eq!((status, &told["code"]), (422, &json!("SLW_INVALID")));
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d10_an_image_that_was_rolled_back_from_is_taken_again_only_with_an_explicit_word() {
    let (registry, world, life, _database) = console().await;
    let old = registry.digest();
    registry.move_tags("bad");
    let bad = registry.digest();
    life.ask(Method::POST, "applications/shop/images/update", json!({})).await;
    life.until("shop", "Running").await;
    assert!(image(&world, "web").ends_with(&bad));
    life.ask(Method::POST, "applications/shop/rollback", json!({"generation": 1})).await;
    life.until("shop", "Running").await;
    assert!(image(&world, "web").ends_with(&old));

    let found = check(&life).await;
    assert_eq!((&found[0]["tag"], &found[0]["quarantined"]), (&json!("moved"), &json!(true)));
    let (status, told) = life.ask(Method::POST, "applications/shop/images/update", json!({})).await;
    assert_eq!((status, &told["code"]), (409, &json!("SLW_QUARANTINED")));
    assert!(image(&world, "web").ends_with(&old));

    // A tag that has moved on is no longer what was left.
    registry.move_tags("mended");
    assert_eq!(check(&life).await[0]["quarantined"], false);
    registry.move_tags("bad");
    let wish = json!({"components": ["web"], "even_quarantined": true});
    let (status, told) = life.ask(Method::POST, "applications/shop/images/update", wish).await;
    assert_eq!(status, 202, "{told}");
    life.until("shop", "Running").await;
    assert!(image(&world, "web").ends_with(&bad));
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d11_a_registry_that_refuses_is_told_in_its_words_and_asked_only_on_request() {
    let (registry, world, life, _database) = console().await;
    let before = (registry.asked(), image(&world, "web"));
    registry.answer_only(Some((
        StatusCode::FORBIDDEN,
        r#"{"errors":[{"code":"DENIED","message":"not for you"}]}"#,
    )));
    life.ask(Method::GET, "applications/shop", Value::Null).await;
    life.ask(Method::GET, "applications/shop/images", Value::Null).await;
    assert_eq!(registry.asked(), before.0, "nobody pressed the button");
    let found = check(&life).await;
    assert_eq!(found[0]["tag"], "not-known");
    assert!(found[0]["why"].as_str().unwrap().contains("DENIED: not for you"), "{found:?}");
    let (status, told) =
        life.ask(Method::POST, "applications/shop/images/update", json!({"components": ["web"]})).await;
    assert_eq!(status, 409, "{told}");
    assert!(told["detail"].as_str().unwrap().contains("not known"), "{told}");
    assert_eq!(image(&world, "web"), before.1);
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d11_the_page_shows_what_moved_and_its_button_takes_it() {
    let (registry, world, life, _database) = console().await;
    let page = "/devops/instances/shop/components";
    assert!(life.page(page).await.contains("Check images"));
    life.post("/actions/check-images", &[("name", "shop")]).await;
    assert!(life.page(page).await.contains("Every tag means what runs"));
    registry.move_tags("new");
    let new = registry.digest();
    life.post("/actions/check-images", &[("name", "shop")]).await;
    let told = life.page(page).await;
    for words in ["Tag moved", "Update web to the new image", &new] {
        assert!(told.contains(words), "{words} is not on the page");
    }
    let form = [("form[name]", "shop"), ("form[components][0]", "web"), ("form[idempotency_key]", "pressed")];
    let answer = life.post("/actions/new-images", &form).await;
    assert_eq!(answer.headers()["location"], page);
    // Twice is once.
    life.post("/actions/new-images", &form).await;
    let updated = life.until("shop", "Running").await;
    assert_eq!(updated["generation"], 2);
    assert!(image(&world, "web").ends_with(&new));
    assert!(!life.page(page).await.contains("Tag moved"), "the next generation was not asked about yet");
    life.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d10_a_rollback_to_a_generation_that_was_left_needs_an_explicit_word() {
    let (registry, world, life, _database) = console().await;
    let old = registry.digest();
    let folder = world.folder.path().join("releases/shop/2");
    fs::create_dir_all(&folder).unwrap();
    let first = fs::read_to_string(world.folder.path().join("releases/shop/1/shop.json")).unwrap();
    fs::write(folder.join("shop.json"), first.replace(r#""version":"1""#, r#""version":"2""#)).unwrap();
    let (status, told) = life.ask(Method::PUT, "applications/shop", json!({"version": 2})).await;
    assert_eq!(status, 202, "{told}");
    life.until("shop", "Running").await;
    life.ask(Method::POST, "applications/shop/rollback", json!({"generation": 1})).await;
    life.until("shop", "Running").await;
    let (status, told) = life.ask(Method::POST, "applications/shop/rollback", json!({"generation": 2})).await;
    assert_eq!((status, &told["code"]), (409, &json!("SLW_QUARANTINED")));
    assert!(life.page("/devops/instances/shop/history").await.contains("Rolled back from"));
    let wish = json!({"generation": 2, "even_quarantined": true});
    let (status, told) = life.ask(Method::POST, "applications/shop/rollback", wish).await;
    assert_eq!(status, 202, "{told}");
    let back = life.until("shop", "Running").await;
    assert_eq!((&back["version"], &back["generation"]), (&json!(2), &json!(4)));
    assert!(image(&world, "web").ends_with(&old));
    life.end().await;
}
