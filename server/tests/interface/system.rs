//! Slipway about itself: its parts, its settings, and what it keeps to itself.

use std::{collections::BTreeSet, fs, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{Method, header};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::console::Console;

const MARK: &str = "canary-of-settings";
/// 32 bytes.
const KEY: &[u8] = b"canary-key-canary-key-canary-key";

async fn system(console: &Console) -> Value {
    let (status, told) = console.ask(Method::GET, "system", Value::Null).await;
    assert_eq!(status, 200, "{told}");
    told
}

async fn page(console: &Console, language: &str) -> String {
    let request = console.request(Method::GET, "/system").header(header::ACCEPT_LANGUAGE, language);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

/// What the command prints.
async fn command(console: &Console, more: &[&str]) -> String {
    let token = console.token(&["read"]).await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_slipway"));
    command.arg("system").args(more).env_clear();
    let printed =
        command.env("SLIPWAY_URL", &console.url).env("SLIPWAY_TOKEN", token).output().await.unwrap();
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    String::from_utf8(printed.stdout).unwrap()
}

fn part<'a>(told: &'a Value, name: &str) -> &'a Value {
    let mut parts = told["parts"].as_array().unwrap().iter();
    parts.find(|part| part["name"] == name).unwrap_or_else(|| unreachable!("no {name}: {told}"))
}

fn setting<'a>(told: &'a Value, name: &str) -> &'a Value {
    let mut settings = told["settings"].as_array().unwrap().iter();
    settings.find(|setting| setting["name"] == name).unwrap_or_else(|| unreachable!("no {name}: {told}"))
}

#[tokio::test]
async fn d24_the_parts_and_the_settings_are_told_at_every_door() {
    let console = Console::with(&["--session-hours", "7"]).await;
    let told = system(&console).await;
    assert_eq!(told["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(told["replica"], Value::Null, "a file is one server's");
    let names: Vec<_> =
        told["parts"].as_array().unwrap().iter().map(|part| part["name"].as_str().unwrap()).collect();
    let expected =
        ["database", "cluster", "releases", "registry", "image-mirror", "identity-provider", "people"];
    assert_eq!(names, expected);
    for name in ["database", "cluster", "releases", "people"] {
        let part = part(&told, name);
        assert_eq!((&part["state"], &part["trouble"]), (&json!("works"), &Value::Null), "{part}");
        assert!(part["asked_at"].is_string() && part["since"].is_string(), "{part}");
    }
    for name in ["registry", "image-mirror", "identity-provider"] {
        let part = part(&told, name);
        assert_eq!(part["state"], "not-set-up");
        assert!(part["note"].as_str().unwrap().ends_with('.'), "{part}");
    }
    let facts = part(&told, "database")["facts"].as_array().unwrap();
    assert_eq!(facts[0], json!({"about": "kind", "value": "SQLite"}));
    let facts = part(&told, "releases")["facts"].to_string();
    assert!(facts.contains(r#"{"about":"broken","value":"1"}"#), "{facts}");
    let hours = setting(&told, "SLIPWAY_SESSION_HOURS");
    assert_eq!((&hours["value"], &hours["source"]), (&json!("7"), &json!("flag")));
    assert_eq!(setting(&told, "SLIPWAY_OIDC_GROUPS_CLAIM")["source"], "default");

    let (english, german) = (page(&console, "en").await, page(&console, "de").await);
    assert!(english.contains("Everything works") && english.contains("SQLite · 3."), "{english}");
    assert!(german.contains("Alles funktioniert") && german.contains("Angemeldet wird mit lokalen Konten."));
    for name in told["settings"].as_array().unwrap().iter().map(|setting| setting["name"].as_str().unwrap()) {
        assert!(english.contains(&format!(">{name}<")), "{name} is not on the page");
    }

    let printed = command(&console, &["--settings"]).await;
    assert!(printed.starts_with("Slipway ") && printed.contains("\nPART "), "{printed}");
    assert!(printed.contains("SLIPWAY_SESSION_HOURS ") && printed.contains("SQLite, "), "{printed}");
    assert!(!command(&console, &[]).await.contains("SLIPWAY_"));
    let printed: Value = serde_json::from_str(&command(&console, &["-o", "json"]).await).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(&printed), keys(&told));
}

#[tokio::test]
async fn d18_no_value_of_a_secret_is_told_at_any_door() {
    let key = BASE64_STANDARD.encode(KEY);
    let issuer = format!("http://slipway:{MARK}@127.0.0.1:1/realms/a");
    let secrets = [
        "--oidc-client-secret",
        MARK,
        "--app-identity-secret",
        MARK,
        "--secret-key",
        &key,
        "--app-identity-url",
    ];
    let console = Console::with(&[&secrets[..], &[issuer.as_str()]].concat()).await;
    let told = system(&console).await;
    for name in ["OIDC_CLIENT_SECRET", "APP_IDENTITY_SECRET", "SECRET_KEY", "ADMIN_PASSWORD"] {
        let setting = setting(&told, &format!("SLIPWAY_{name}"));
        assert_eq!((&setting["is_set"], &setting["value"]), (&json!(true), &Value::Null), "{setting}");
    }
    let url = &setting(&told, "SLIPWAY_APP_IDENTITY_URL")["value"];
    assert_eq!(url, "http://slipway:••••••@127.0.0.1:1/realms/a");
    let ready = console.stranger(Method::GET, "/readyz").send().await.unwrap().text().await.unwrap();
    let printed = command(&console, &["--settings", "-o", "yaml"]).await;
    for text in [told.to_string(), page(&console, "en").await, ready, printed] {
        for secret in [MARK, &key, "correct-horse-battery"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}

#[tokio::test]
async fn d24_a_part_that_is_away_says_what_happened_why_and_what_to_do_and_nothing_raw() {
    let folder = tempfile::tempdir().unwrap();
    let (releases, elsewhere) = (folder.path().join("releases"), folder.path().join("elsewhere"));
    fs::create_dir(&releases).unwrap();
    let console = Console::with(&["--releases-dir", &releases.display().to_string()]).await;
    assert_eq!(part(&system(&console).await, "releases")["state"], "works");
    fs::rename(&releases, &elsewhere).unwrap();
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        while part(&system(&console).await, "releases")["state"] != "away" {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    waited.await.unwrap();
    let told = system(&console).await;
    let trouble = &part(&told, "releases")["trouble"];
    assert_eq!(trouble["happened"], "The releases directory cannot be read.");
    assert_eq!(trouble["why"], "It is not there.");
    assert!(trouble["action"].as_str().unwrap().contains("SLIPWAY_RELEASES_DIR"), "{trouble}");
    let (english, german) = (page(&console, "en").await, page(&console, "de").await);
    assert!(english.contains("1 part is away") && english.contains("The releases directory cannot be read."));
    assert!(german.contains("Das Verzeichnis der Releases kann nicht gelesen werden. Es ist nicht da."));
    assert!(!german.contains("cannot be read"));
    let printed = command(&console, &[]).await;
    assert!(printed.contains("The releases directory cannot be read. It is not there."), "{printed}");
    for text in [told.to_string(), english, printed] {
        assert!(!text.contains("os error") && !text.contains("No such file"), "{text}");
    }
}
