//! A secret is planted in every input that takes one, and then looked for wherever something is kept or shown (D18).

use std::{fs, path::Path, time::Duration};

use futures::StreamExt;
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::{
    program::{ADMIN, Program},
    telling::Collector,
};

/// What each input was given. No text of the program contains any of it.
const PLANTED: &[&str] = &[
    ADMIN,
    "canary-typed-name",
    "canary-wrong-password",
    "canary-variable",
    "canary-field",
    "canary-database",
    "canary-draft",
];

const PAGES: &[&str] = &[
    "/",
    "/audit",
    "/account/tokens",
    "/system",
    "/devops/releases",
    "/devops/releases/holiday",
    "/devops/releases/holiday/deploy",
    "/devops/instances",
    "/devops/instances/leave",
    "/devops/instances/leave/components",
    "/devops/instances/leave/logs",
    "/devops/instances/leave/events",
    "/devops/instances/leave/history",
    "/devops/instances/leave/configuration",
    "/devops/instances/leave/update",
    "/devops/instances/leave/update/connectors",
    "/devops/instances/leave/update/review",
    "/devops/instances/leave/undeploy",
];

fn order(name: &str) -> Value {
    json!({
        "name": name, "project": "holiday", "version": 2, "admins": ["ana"],
        "components": {"email-connector": {"variables": {
            "EMAIL_HOST": "smtp.example.com", "EMAIL_PORT": 25, "EMAIL_USERNAME": "u",
            "EMAIL_PASSWORD": "canary-variable",
        }}},
        "database": {"url": "jdbc:postgresql://db.example.com:5432/app", "username": "app", "password": "canary-database"},
    })
}

fn assert_clean(place: &str, bytes: &[u8], secrets: &[String]) {
    for secret in secrets {
        let found = bytes.windows(secret.len()).position(|part| part == secret.as_bytes());
        if let Some(at) = found {
            let around = &bytes[at.saturating_sub(200)..(at + 60).min(bytes.len())];
            unreachable!("{secret} is in {place}: {}", String::from_utf8_lossy(around));
        }
    }
}

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // What stands in for the cluster holds what the cluster holds: Secret objects.
        if path.is_dir() {
            files(&path, found);
        } else if path.file_name().is_some_and(|name| name != "sandbox.json") {
            found.push(path);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d18_a_planted_secret_is_found_nowhere() {
    let collector = Collector::listen().await;
    let traced = [("SLIPWAY_TRACES_URL", collector.url.as_str()), ("SLIPWAY_LOG_FORMAT", "json")];
    let mut program = Program::start(&traced).await;
    let mut told = Vec::new();
    let token = json!({"name": "ci", "scopes": ["read"], "days": 1});
    let (_, made) = program.send(Method::POST, "tokens", &token).await;
    let made: Value = serde_json::from_str(&made).unwrap();
    let mut secrets: Vec<String> = PLANTED.iter().map(|secret| (*secret).to_owned()).collect();
    secrets.push(made["secret"].as_str().unwrap().to_owned());

    for (method, path, body, status) in [
        (Method::POST, "plan", order("leave"), 200),
        (Method::POST, "applications", order("leave"), 202),
        (Method::POST, "applications", order("leave"), 422),
        (Method::POST, "applications", order("Not A Name"), 422),
    ] {
        let (found, text) = program.send(method, path, &body).await;
        assert_eq!(found, status, "{path}: {text}");
        told.push((path.to_owned(), text));
    }
    program.until_over().await;
    let change =
        json!({"components": {"email-connector": {"variables": {"EMAIL_PASSWORD": "canary-field"}}}});
    told.push(("update".into(), program.send(Method::PUT, "applications/leave", &change).await.1));
    program.until_over().await;
    let typed = "form[project]=holiday&form[version]=2&form[name]=Wrong+Name&form[admins]=ana\
         &form[components][email-connector][secrets][EMAIL_PASSWORD]=canary-draft\
         &form[database][url]=jdbc:postgresql://db.example.com:5432/app&form[database][username]=app\
         &form[database][password]=canary-draft";
    let mut pages: Vec<String> = PAGES.iter().map(|page| (*page).to_owned()).collect();
    for (action, more) in [
        ("deploy", ""),
        ("draft", "place[project]=holiday&step=connectors&go=next&"),
        ("draft", "place[project]=holiday&step=infrastructure&go=next&"),
    ] {
        let answer = program.form(&format!("/actions/{action}"), &format!("{more}{typed}")).await;
        let place = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
        assert_clean("an address", place.as_bytes(), &secrets);
        let (_, draft) = place.split_once("draft=").unwrap_or_else(|| unreachable!("no draft in {place}"));
        let draft = draft.split('&').next().unwrap();
        for step in ["connectors", "infrastructure", "review"] {
            pages.push(format!("/devops/releases/holiday/deploy/{step}?draft={draft}"));
        }
        pages.push(place);
    }

    let document = slipway_server::openapi();
    for (path, methods) in document["paths"].as_object().unwrap() {
        if methods["get"].is_object() && path != "/api/v1/events" {
            let path = path.replace("{name}", "leave").replace("{project}", "holiday");
            let text = program.ask(Method::GET, &path).send().await.unwrap().text().await.unwrap();
            told.push((path, text));
        }
    }
    for page in pages {
        let text = program.ask(Method::GET, &page).send().await.unwrap().text().await.unwrap();
        told.push((page, text));
    }
    let mut events = program.ask(Method::GET, "/api/v1/events").send().await.unwrap().bytes_stream();
    let first = tokio::time::timeout(Duration::from_secs(10), events.next()).await.unwrap().unwrap().unwrap();
    told.push(("the live stream".into(), String::from_utf8_lossy(&first).into_owned()));

    // It breaks while it has both, a cookie and a token, in its hands.
    let slip = program.ask(Method::GET, "/ui?fault=slip-of-the-pen").bearer_auth(&secrets[PLANTED.len()]);
    assert_eq!(slip.send().await.unwrap().status(), 500);
    let log = program.log();
    assert!(log.contains("slip-of-the-pen") && log.contains("stack backtrace"), "it tells where it broke");

    program.end().await;
    told.push(("the traces".into(), collector.told()));
    for (place, text) in &told {
        assert!(!text.is_empty(), "{place} says nothing");
        assert_clean(place, text.as_bytes(), &secrets);
    }
    let mut kept = Vec::new();
    files(program.folder.path(), &mut kept);
    assert!(
        kept.iter().any(|path| path.ends_with("slipway.db")) && kept.iter().any(|path| path.ends_with("log"))
    );
    for path in kept {
        assert_clean(&path.display().to_string(), &fs::read(&path).unwrap(), &secrets);
    }
}
