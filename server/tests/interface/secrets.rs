//! Secrets: how old they are and what uses them, and never what they are (D18). And whom the cluster is asked for (D21).

use reqwest::{Method, header};
use serde_json::{Value, json};
use sqlx::{Connection, Executor};
use tokio::process::Command;

use crate::console::{Console, order};

const PASSWORDS: [&str; 3] = ["first-of-the-mail", "second-of-the-mail", "of-the-database"];

fn with_secrets(password: &str) -> Value {
    json!({
        "name": "leave", "project": "holiday", "version": 2, "admins": ["ana"],
        "components": {"email-connector": {"variables": {
            "EMAIL_HOST": "smtp.example.com", "EMAIL_PORT": 25, "EMAIL_USERNAME": "u", "EMAIL_PASSWORD": password,
        }}},
        "database": {"url": "jdbc:postgresql://db.example.com:5432/app", "username": "app", "password": PASSWORDS[2]},
    })
}

async fn secrets(console: &Console) -> Vec<Value> {
    let (status, told) = console.ask(Method::GET, "applications/leave/secrets", Value::Null).await;
    assert_eq!(status, 200, "{told}");
    told["secrets"].as_array().unwrap().clone()
}

fn named<'a>(secrets: &'a [Value], name: &str) -> &'a Value {
    secrets
        .iter()
        .find(|secret| secret["name"] == name)
        .unwrap_or_else(|| unreachable!("no {name}: {secrets:?}"))
}

#[tokio::test]
async fn d18_each_secret_says_how_old_it_is_and_what_uses_it_and_not_what_it_is() {
    let console = Console::open().await;
    assert_eq!(console.ask(Method::POST, "applications", with_secrets(PASSWORDS[0])).await.0, 202);
    console.until_over("leave").await;
    let change = json!({"components": {"email-connector": {"variables": {"EMAIL_PASSWORD": PASSWORDS[1]}}}});
    assert_eq!(console.ask(Method::PUT, "applications/leave", change).await.0, 202);
    console.until_over("leave").await;

    let told = secrets(&console).await;
    let mail = named(&told, "EMAIL_PASSWORD");
    assert_eq!(
        (&mail["generation"], &mail["set_by"], &mail["origin"]),
        (&json!(2), &json!("admin"), &json!("entered"))
    );
    assert_eq!(mail["used_by"], json!([{"component": "email-connector", "variable": "EMAIL_PASSWORD"}]));
    let database = named(&told, "Database password");
    assert_eq!(database["generation"], 1, "entered once, it stays as old as it is: {database}");
    assert!(database["used_by"].as_array().unwrap().len() >= 2, "{database}");
    let broker = told.iter().find(|secret| secret["origin"] == "made-up").unwrap();
    assert!(broker["used_by"].as_array().unwrap().len() >= 2, "{broker}");
    assert!(told.iter().all(|secret| secret["days"] == 0 && secret["advice"].is_null()), "{told:?}");

    let file = console.folder.path().join("var/slipway.db");
    let mut sqlite = sqlx::SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    sqlite
        .execute("UPDATE generations SET created_at = created_at - 7948800000 WHERE number = 1")
        .await
        .unwrap();
    let told = secrets(&console).await;
    assert!(named(&told, "EMAIL_PASSWORD")["advice"].is_null());
    let database = named(&told, "Database password");
    assert_eq!(database["days"], 92);
    assert!(database["advice"].as_str().unwrap().contains("enter a new one"), "{database}");

    let place = "/devops/instances/leave/configuration";
    let page = console.request(Method::GET, place).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Some are older than 90 days.") && page.contains("Database password"), "{page}");
    let token = console.token(&["read"]).await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_slipway"));
    command.args(["secrets", "list", "leave"]).env_clear();
    let listed = command.env("SLIPWAY_URL", &console.url).env("SLIPWAY_TOKEN", token).output().await.unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(
        listed.starts_with("SECRET") && listed.contains("Database password is 92 days old. "),
        "{listed}"
    );

    let (_, generations) = console.ask(Method::GET, "applications/leave/generations", Value::Null).await;
    let sealed = generations.to_string();
    for password in PASSWORDS {
        assert!([&page, &listed, &sealed, &format!("{told:?}")].iter().all(|text| !text.contains(password)));
    }
    let components = generations["generations"][0]["spec"]["components"].as_array().unwrap().iter();
    let stand_ins = components.flat_map(|component| component["secrets"].as_object().unwrap().values());
    for stand_in in stand_ins {
        assert!(stand_in.as_str().unwrap().parse::<u32>().is_ok(), "as long as what it hides: {stand_in}");
    }
}

#[tokio::test]
async fn d21_the_cluster_is_asked_in_the_name_of_whoever_wants_to_know() {
    let console = Console::with(&["--cluster-user-prefix", "oidc:", "--impersonate"]).await;
    let mut shop = order("shop");
    (shop["admins"], shop["users"]) = (json!(["ana"]), json!(["ben"]));
    assert_eq!(console.ask(Method::POST, "applications", shop).await.0, 202);
    console.until_over("shop").await;
    let (_, told) = console.ask(Method::GET, "applications/shop/components", Value::Null).await;
    let task = told["components"][0]["tasks"][0]["id"].as_str().unwrap();
    let container = told["components"][0]["name"].as_str().unwrap();
    let log = format!("/api/v1/applications/shop/logs?task={task}&container={container}");
    let (ana, ben) = (console.visitor("ana", &[]).await, console.visitor("ben", &[]).await);
    let ask = async |cookie: &str, path: &str| {
        let answer = console.stranger(Method::GET, path).header(header::COOKIE, cookie).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, lines) = ask(&ana, &log).await;
    assert!(status == 200 && lines.contains("listening on"), "{status} {lines}");
    let (status, events) = ask(&ben, "/api/v1/applications/shop/events").await;
    assert!(
        status == 200 && events.contains("\"refusal\":null") && !events.contains("\"told\":null"),
        "{events}"
    );

    // Slipway lets admin do everything; the cluster knows nobody of that name.
    let (status, problem) = console.ask(Method::GET, &log["/api/v1/".len()..], Value::Null).await;
    let told = problem["detail"].as_str().unwrap();
    assert_eq!((status, &problem["code"]), (403, &json!("SLW_FORBIDDEN")));
    assert!(
        told.contains("oidc:admin")
            && told.contains("the right get on pods/log in the namespace shop is missing"),
        "{told}"
    );
    assert!(told.contains("Whoever administers the cluster can grant it"), "{told}");
    let request = console.request(Method::GET, "/devops/instances/shop/events");
    let page = request.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("the right list on events in the namespace shop is missing"), "{page}");
    let refused = console.rows().await.into_iter().rfind(|row| row.action == "read-log").unwrap();
    assert!(refused.actor == "admin" && refused.outcome.starts_with("refused"), "{refused:?}");
}
