//! Who has access to an application that runs, said anew (S1.L03).

use reqwest::Method;
use serde_json::{Value, json};
use slipway_domain::sealed::Sealed;

use crate::console::{Console, order};

async fn told(console: &Console, rest: &str) -> Value {
    let (status, told) = console.ask(Method::GET, &format!("applications/shop{rest}"), Value::Null).await;
    assert_eq!(status, 200, "{told}");
    told
}

/// The names of its tasks, when each was started, and how often again.
async fn tasks(console: &Console) -> Vec<(String, String, u64)> {
    let told = told(console, "/components").await;
    let components = told["components"].as_array().unwrap();
    let tasks = components.iter().flat_map(|component| component["tasks"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    tasks
        .map(|task| (text(&task["id"]), text(&task["started_at"]), task["restarts"].as_u64().unwrap()))
        .collect()
}

#[tokio::test]
async fn s1_l03_access_moves_in_the_cluster_and_nothing_is_started_anew() {
    let console = Console::with(&["--cluster-user-prefix", "oidc:"]).await;
    let mut shop = order("shop");
    (shop["project"], shop["version"]) = (json!("holiday"), json!(2));
    let mail = json!({"EMAIL_HOST": "smtp.example.com", "EMAIL_PORT": 25, "EMAIL_USERNAME": "u", "EMAIL_PASSWORD": "p"});
    shop["components"] = json!({"email-connector": {"variables": mail}});
    assert_eq!(console.ask(Method::POST, "applications", shop).await.0, 202);
    console.until_over("shop").await;
    let before = tasks(&console).await;
    assert!(before.len() > 1, "{before:?}");
    // A workload whose secrets are sealed anew is started anew by its next update, and by nothing else.
    let resealed = console.store.reseal(|_| Some(Sealed::new("another key's".to_owned()))).await.unwrap();
    assert_eq!(resealed.generations, 1);

    let body = json!({"admins": ["zoe"], "users": ["group:hr"]});
    let (status, answer) = console.ask(Method::PUT, "applications/shop/access", body.clone()).await;
    assert_eq!((status, &answer["standing"]["status"]), (202, &json!("Running")), "{answer}");
    console.until_over("shop").await;
    let operation = told(&console, "/operations").await["operations"][0].clone();
    let newest = (&operation["kind"], &operation["generation"], &operation["progress"]["state"]);
    assert_eq!(newest, (&json!("access"), &json!(2), &json!("succeeded")), "{operation}");
    assert_eq!(operation["requested_by"], "admin");

    let path = format!("/operations/{}/plans", operation["id"].as_str().unwrap());
    let plans = told(&console, &path).await;
    let objects = plans["plans"][0]["plan"]["objects"].as_array().unwrap();
    let moved: Vec<_> = objects.iter().filter(|object| object["action"] != "keep").collect();
    assert_eq!(moved.len(), 2, "{moved:?}");
    let is_access = |object: &Value| object["kind"] == "Role" || object["kind"] == "RoleBinding";
    assert!(objects.iter().all(is_access), "{objects:?}");
    assert_eq!(tasks(&console).await, before);

    let access = told(&console, "/access").await;
    assert_eq!(
        (&access["admins"][0]["typed"], &access["users"][0]["typed"]),
        (&json!("zoe"), &json!("group:hr"))
    );
    let standings = told(&console, "/standings").await;
    assert_eq!(standings["standings"][0]["standing"]["status"], "Running");

    let (status, problem) = console.ask(Method::PUT, "applications/shop/access", body).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("SLW_NOT_NOW")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("have access already"), "{problem}");
}

#[tokio::test]
async fn s1_l03_what_is_not_written_stays_and_somebody_must_administer_it() {
    let console = Console::open().await;
    console.deploy("shop").await;
    console.until_over("shop").await;
    let put = async |body: Value| console.ask(Method::PUT, "applications/shop/access", body).await;
    assert_eq!(put(json!({"users": ["ben"]})).await.0, 202);
    console.until_over("shop").await;
    assert_eq!(told(&console, "/access").await["admins"][0]["typed"], "ana");
    let (status, problem) = put(json!({"admins": []})).await;
    assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some("admins")), "{problem}");
}

#[tokio::test]
async fn s1_l03_nobody_undoes_unseen_what_somebody_else_has_chosen() {
    let console = Console::open().await;
    console.deploy("shop").await;
    console.until_over("shop").await;
    let save = async |users: &str| {
        let form = [
            ("form[name]", "shop"),
            ("form[seen]", "1"),
            ("form[admins]", "ana"),
            ("form[users]", users),
            ("form[go]", "save"),
        ];
        let answer = console.post("/actions/access", &form).await;
        answer.headers()["location"].to_str().unwrap().to_owned()
    };
    assert_eq!(save("ben").await, "/devops/instances/shop/access");
    console.until_over("shop").await;
    let place = save("eve").await;
    assert!(place.contains("users=eve") && place.contains("Somebody%20else%20has%20changed%20it"), "{place}");
    assert_eq!(told(&console, "/access").await["users"][0]["typed"], "ben");
}

#[tokio::test]
async fn s1_l03_a_page_on_which_nothing_can_be_changed_says_why_and_has_no_form() {
    let page = async |console: &Console, language: &str| {
        let request = console.request(Method::GET, "/devops/instances/shop/access");
        let request = request.header("accept-language", language);
        request.send().await.unwrap().text().await.unwrap()
    };
    let form = ["action=\"/actions/access\"", "name=\"form[who]\"", "name=\"form[remove]\""];
    let console = Console::open().await;
    console.deploy("shop").await;
    let text = page(&console, "en").await;
    assert!(form.iter().all(|part| text.contains(part)) && !text.contains("cannot be changed"), "{text}");
    assert_eq!(console.ask(Method::DELETE, "applications/shop", Value::Null).await.0, 202);
    let text = page(&console, "en").await;
    assert!(
        text.contains("its access goes with it") && !form.iter().any(|part| text.contains(part)),
        "{text}"
    );

    // Nothing starts here within the time of a test.
    let console = Console::with(&["--sandbox-pace-ms", "600000"]).await;
    assert_eq!(console.ask(Method::POST, "applications", order("shop")).await.0, 202);
    let text = page(&console, "en").await;
    assert!(text.contains("Wait for its end, or cancel it.") && text.contains("id=\"closed\""), "{text}");
    assert!(!form.iter().any(|part| text.contains(part)), "{text}");
    assert_eq!(console.ask(Method::POST, "applications/shop/cancel", Value::Null).await.0, 202);
    let text = page(&console, "de").await;
    assert!(text.contains("kann jetzt nicht geändert werden") && text.contains("Sie lief nie."), "{text}");
    assert!(!form.iter().any(|part| text.contains(part)), "{text}");
}
