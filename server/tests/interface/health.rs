//! Whether it is well, part by part: what an orchestrator asks without signing in.

use std::{fs, path::Path, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use crate::console::Console;

/// Parts are asked once in a few seconds.
const SOON: Duration = Duration::from_secs(20);

async fn ask(console: &Console, path: &str) -> (u16, String) {
    let answer = console.stranger(Method::GET, path).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn ready(console: &Console) -> (u16, Value) {
    let (status, told) = ask(console, "/readyz").await;
    (status, serde_json::from_str(&told).unwrap())
}

/// Asks until it is told so.
async fn becomes(console: &Console, expected: (u16, Value)) {
    let waited = tokio::time::timeout(SOON, async {
        while ready(console).await != expected {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    assert!(waited.await.is_ok(), "{expected:?} is not {:?}", ready(console).await);
}

fn told(database: &str, releases: &str) -> Value {
    json!({"database": database, "cluster": "ok", "releases": releases, "needed": ["database", "releases"]})
}

fn swap(one: &Path, other: &Path) {
    fs::rename(one, other).unwrap();
}

#[tokio::test]
async fn d24_each_part_is_told_by_name_and_a_part_that_is_away_takes_the_readiness_but_not_the_life() {
    let folder = tempfile::tempdir().unwrap();
    let (releases, elsewhere) = (folder.path().join("releases"), folder.path().join("elsewhere"));
    fs::create_dir(&releases).unwrap();
    let console = Console::closed(&["--releases-dir", &releases.display().to_string()]).await;
    assert_eq!(ready(&console).await, (200, told("ok", "ok")));
    assert_eq!(ask(&console, "/healthz").await, (200, "ok".to_owned()));

    swap(&releases, &elsewhere);
    becomes(&console, (503, told("ok", "out of reach"))).await;
    // To be started again would not bring it back.
    assert_eq!(ask(&console, "/healthz").await, (200, "ok".to_owned()));
    swap(&elsewhere, &releases);
    becomes(&console, (200, told("ok", "ok"))).await;
}

#[tokio::test]
async fn d24_a_database_file_that_was_moved_away_is_noticed() {
    let console = Console::closed(&[]).await;
    let file = console.folder.path().join("var/slipway.db");
    let elsewhere = console.folder.path().join("elsewhere.db");
    swap(&file, &elsewhere);
    becomes(&console, (503, told("out of reach", "ok"))).await;
    swap(&elsewhere, &file);
    becomes(&console, (200, told("ok", "ok"))).await;
}

#[tokio::test]
async fn d24_an_identity_provider_that_is_away_is_told_of_and_in_nobodys_way() {
    let issuer = ["--oidc-issuer", "http://127.0.0.1:1/realms/hidden", "--oidc-client-id", "slipway"];
    let console = Console::closed(&issuer).await;
    let (status, told) = ready(&console).await;
    assert_eq!((status, &told["identity-provider"]), (200, &json!("out of reach")));
    assert_eq!(told["needed"], json!(["database", "releases"]));
    // Names of parts, and nothing about where they are.
    let text = told.to_string();
    assert!(!text.contains("127.0.0.1") && !text.contains("hidden") && !text.contains('/'), "{text}");
}
