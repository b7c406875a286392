//! What is left in the audit trail, request by request.

use std::{collections::BTreeSet, process::Command};

use reqwest::Method;
use serde_json::{Value, json};
use slipway_store::AuditRow;
use sqlx::{Connection, Executor};

use crate::console::{Console, order};

fn last(rows: &[AuditRow]) -> (&str, &str, &str, &str) {
    let row = rows.last().unwrap();
    (&row.actor, &row.action, &row.object, &row.outcome)
}

/// Each operation of the document that is no look is here, so that a new one cannot be forgotten.
#[tokio::test]
async fn d7_each_mutating_route_writes_exactly_one_row() {
    let console = Console::open().await;
    console.deploy("shop").await;
    let mut seen = BTreeSet::from(["deploy".to_owned()]);
    assert_eq!(last(&console.rows().await), ("admin", "deploy", "shop", "accepted"));
    let update = json!({"version": 2});
    let finalizer = json!({"uid": "1", "finalizer": "x", "confirmation": "x"});
    let token = json!({"name": "ci", "scopes": ["read"], "days": 1});
    for (operation, method, path, body, action, outcome) in [
        ("plan", Method::POST, "plan", order("other"), "plan", "accepted"),
        ("planUpdate", Method::POST, "applications/shop/plan", update.clone(), "plan", "accepted"),
        ("retry", Method::POST, "applications/shop/retry", Value::Null, "retry", "refused: SLW_NOT_NOW"),
        ("cancel", Method::POST, "applications/shop/cancel", Value::Null, "cancel", "refused: SLW_NOT_NOW"),
        (
            "strip",
            Method::POST,
            "applications/shop/strip",
            finalizer,
            "strip-finalizer",
            "refused: SLW_NOT_HELD",
        ),
        ("makeToken", Method::POST, "tokens", token, "make-token", "accepted: read"),
        ("revokeToken", Method::DELETE, "tokens/none", Value::Null, "revoke-token", "refused: SLW_NOT_FOUND"),
        ("deploy", Method::POST, "applications", order("shop"), "deploy", "refused: SLW_INVALID name"),
        ("update", Method::PUT, "applications/shop", update, "update", "accepted"),
        (
            "rollback",
            Method::POST,
            "applications/shop/rollback",
            json!({"generation": 1}),
            "rollback",
            "accepted",
        ),
        (
            "setAccess",
            Method::PUT,
            "applications/shop/access",
            json!({"users": ["ben"]}),
            "access",
            "accepted",
        ),
        ("checkImages", Method::POST, "applications/shop/images", Value::Null, "check-images", "accepted"),
        (
            "takeNewImages",
            Method::POST,
            "applications/shop/images/update",
            json!({}),
            "take-new-images",
            "refused: SLW_",
        ),
        ("undeploy", Method::DELETE, "applications/shop", Value::Null, "undeploy", "accepted"),
    ] {
        console.until_over("shop").await;
        let before = console.rows().await.len();
        let (status, told) = console.ask(method, path, body).await;
        let rows = console.rows().await;
        assert_eq!(rows.len(), before + 1, "{operation}: {status} {told}");
        let row = rows.last().unwrap();
        assert_eq!((row.actor.as_str(), row.action.as_str()), ("admin", action), "{operation}");
        assert!(row.outcome.starts_with(outcome), "{operation}: {}", row.outcome);
        assert_eq!((row.address.as_str(), row.via.as_str()), ("127.0.0.1", "browser"), "{operation}");
        assert_eq!(row.request.len(), 26, "{operation}: {}", row.request);
        seen.insert(operation.to_owned());
    }
    let document = slipway_server::openapi();
    let changes = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap());
    let changes = changes.filter(|(method, _)| *method != "get");
    let known: BTreeSet<_> =
        changes.map(|(_, operation)| operation["operationId"].as_str().unwrap().to_owned()).collect();
    assert_eq!(seen, known);
    assert_eq!(console.store.verify_audit().await.unwrap().broken, None);
}

#[tokio::test]
async fn d7_each_form_writes_one_row_for_each_application_and_a_draft_none() {
    let console = Console::open().await;
    for (form, fields, rows) in [
        ("deploy", vec![("form[name]", "shop")], 1),
        ("update", vec![("form[name]", "shop")], 1),
        (
            "draft",
            vec![("place[project]", "welcome"), ("step", "name"), ("go", "next"), ("form[name]", "shop")],
            0,
        ),
        ("discard", vec![("draft", "1")], 0),
        ("rollback", vec![("name", "shop"), ("generation", "1")], 1),
        ("retry", vec![("name", "shop")], 1),
        ("cancel", vec![("name", "shop")], 1),
        ("undeploy-together", vec![("form[plain]", "one,+two"), ("form[confirmation]", "2")], 2),
        ("undeploy-together", vec![("form[plain]", "one,+two"), ("form[confirmation]", "1")], 0),
        ("access", vec![("form[name]", "shop"), ("form[go]", "save")], 1),
        ("access", vec![("form[name]", "shop"), ("form[go]", "add"), ("form[who]", "ana")], 0),
        ("undeploy", vec![("name", "shop"), ("confirmation", "shop")], 1),
        ("strip", vec![("name", "shop"), ("uid", "1"), ("finalizer", "x"), ("confirmation", "x")], 1),
        ("make-token", vec![("form[name]", "ci"), ("form[days]", "1"), ("form[read]", "true")], 1),
        ("revoke-token", vec![("id", "1")], 1),
    ] {
        let before = console.rows().await.len();
        let answer = console.post(&format!("/actions/{form}"), &fields).await;
        assert!(answer.status().is_redirection(), "{form}: {}", answer.status());
        assert_eq!(console.rows().await.len(), before + rows, "{form}");
    }
}

#[tokio::test]
async fn d7_who_comes_in_goes_and_is_turned_away_stands_in_the_trail_without_what_was_typed() {
    let console = Console::open().await;
    assert_eq!(last(&console.rows().await), ("admin", "sign-in", "", "accepted"));
    console.post("/auth/sign-in", &[("name", "hunter2"), ("password", "hunter3")]).await;
    assert_eq!(last(&console.rows().await), ("unknown", "sign-in", "", "refused: wrong"));
    let answer = console.stranger(Method::GET, "/api/v1/releases").bearer_auth("slw_nonsense").send().await;
    assert_eq!(answer.unwrap().status(), 401);
    assert_eq!(last(&console.rows().await), ("unknown", "token", "", "refused: SLW_BAD_TOKEN"));
    console.post("/auth/sign-out", &[]).await;
    assert_eq!(last(&console.rows().await), ("admin", "sign-out", "", "accepted"));
    let all = format!("{:?}", console.rows().await);
    assert!(!all.contains("hunter") && !all.contains("nonsense"), "{all}");
}

#[tokio::test]
async fn d7_a_row_that_was_altered_is_named_on_the_page_by_the_interface_and_by_the_command() {
    let console = Console::open().await;
    let verify = || {
        Command::new(env!("CARGO_BIN_EXE_slipway"))
            .args(["audit", "verify", "--data-dir", "var"])
            .current_dir(console.folder.path())
            .env_clear()
            .output()
            .unwrap()
    };
    for _ in 0..3 {
        console.ask(Method::POST, "applications/shop/retry", Value::Null).await;
    }
    let whole = verify();
    let text = String::from_utf8(whole.stdout).unwrap();
    assert!(
        whole.status.success() && text.starts_with("The audit trail is whole: 4 rows. Head 4:"),
        "{text}"
    );

    let file = console.folder.path().join("var/slipway.db");
    let mut database = sqlx::SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    database.execute("UPDATE audit SET actor = 'eve' WHERE seq = 3").await.unwrap();
    let broken = verify();
    let text = String::from_utf8(broken.stderr).unwrap();
    assert_eq!(broken.status.code(), Some(1));
    assert!(text.contains("row 3 of the audit trail is not what was written"), "{text}");
    let (_, verdict) = console.ask(Method::GET, "audit/verify", Value::Null).await;
    assert_eq!(verdict["broken"], json!([3, "altered"]));
    let page = console.request(Method::GET, "/audit?verify=1").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Row 3 is not what was written"), "{page}");
}

#[tokio::test]
async fn d7_the_trail_is_searched_page_by_page_and_exported_as_json_lines() {
    let console = Console::open().await;
    for _ in 0..120 {
        console.ask(Method::POST, "applications/shop/retry", Value::Null).await;
    }
    let (_, page) = console.ask(Method::GET, "audit?object=shop", Value::Null).await;
    assert_eq!(page["entries"].as_array().unwrap().len(), 100);
    let path = format!("audit?object=shop&cursor={}", page["next"]);
    let (_, page) = console.ask(Method::GET, &path, Value::Null).await;
    assert_eq!((page["entries"].as_array().unwrap().len(), &page["next"]), (20, &Value::Null));

    let answer = console.request(Method::GET, "/api/v1/audit/export?object=shop").send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/jsonl; charset=utf-8");
    let text = answer.text().await.unwrap();
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 120);
    assert!(rows.iter().all(|row| row["object"] == "shop" && row["action"] == "retry"));
}
