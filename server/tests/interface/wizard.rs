//! An order through the steps of its form, as a browser without JavaScript sends them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::console::Console;

/// Posts a step; the answer is where it leads.
async fn post(console: &Console, form: &str, fields: &[(&str, &str)]) -> String {
    let answer = console.post(&format!("/actions/{form}"), fields).await;
    answer.headers()["location"].to_str().unwrap().to_owned()
}

async fn look(console: &Console, place: &str) -> String {
    console.request(Method::GET, place).send().await.unwrap().text().await.unwrap()
}

/// The draft that an address names.
fn draft(place: &str) -> &str {
    let (_, rest) = place.split_once("draft=").unwrap_or_else(|| unreachable!("no draft in {place}"));
    rest.split('&').next().unwrap()
}

/// What a hidden field of a page holds.
fn field<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| unreachable!("no {name} in {page}"));
    rest.split('"').next().unwrap()
}

/// The hash of the plan that the newest operation applied.
async fn applied(console: &Console, name: &str) -> Value {
    let (_, told) = console.ask(Method::GET, &format!("applications/{name}/operations"), Value::Null).await;
    let id = told["operations"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("applications/{name}/operations/{id}/plans");
    console.ask(Method::GET, &path, Value::Null).await.1["plans"][0]["hash"].clone()
}

#[tokio::test]
async fn s1_16_an_order_is_placed_from_its_review_with_the_plan_that_was_shown_there() {
    let console = Console::open().await;
    let first = [("place[project]", "welcome"), ("step", "name"), ("go", "next"), ("form[name]", "fresh")];
    let place = post(&console, "draft", &[&first[..], &[("form[version]", "1")]].concat()).await;
    assert!(place.starts_with("/devops/releases/welcome/deploy/admins?draft="), "{place}");
    let id = draft(&place).to_owned();
    let here = [("place[project]", "welcome"), ("place[draft]", id.as_str()), ("go", "next")];
    for (step, more, leads_to) in [
        ("admins", vec![("form[admins]", "ana")], "users"),
        ("users", vec![], "infrastructure"),
        ("infrastructure", vec![], "review"),
    ] {
        let place = post(&console, "draft", &[&here[..], &[("step", step)], &more].concat()).await;
        assert_eq!(place, format!("/devops/releases/welcome/deploy/{leads_to}?draft={id}"));
    }
    assert!(look(&console, "/devops/releases").await.contains("Deploy welcome as fresh"));

    let page = look(&console, &format!("/devops/releases/welcome/deploy/review?draft={id}")).await;
    assert!(page.contains("Deploy does what the plan above says, or nothing."), "{page}");
    let (hash, key) = (field(&page, "form[plan]"), field(&page, "form[idempotency_key]"));
    let order = [
        ("draft", id.as_str()),
        ("form[plan]", hash),
        ("form[idempotency_key]", key),
        ("form[project]", "welcome"),
        ("form[name]", "fresh"),
    ];
    // Pressed more than once, also after the first press was answered.
    for _ in 0..2 {
        assert_eq!(post(&console, "deploy", &order).await, "/devops/instances/fresh");
    }
    console.until_over("fresh").await;
    assert_eq!(applied(&console, "fresh").await, hash);
    let (_, told) = console.ask(Method::GET, "applications/fresh/operations", Value::Null).await;
    assert_eq!(told["operations"].as_array().unwrap().len(), 1);
    assert!(!look(&console, "/devops/releases").await.contains("Begun and not placed"));
}

#[tokio::test]
async fn d6_an_update_whose_plan_is_stale_comes_back_to_its_review_with_a_new_one() {
    let console = Console::open().await;
    console.deploy("shop").await;
    let fields = [
        ("place[application]", "shop"),
        ("place[project]", "welcome"),
        ("step", "name"),
        ("go", "review"),
        ("form[name]", "shop"),
        ("form[version]", "2"),
    ];
    let place = post(&console, "draft", &fields).await;
    let review = format!("/devops/instances/shop/update/review?draft={}", draft(&place));
    assert_eq!(place, review);
    let page = look(&console, &review).await;
    let stale = field(&page, "form[plan]").to_owned();
    let send = async |page: &str| {
        let key = field(page, "form[idempotency_key]");
        let order = [
            ("draft", draft(&review)),
            ("form[plan]", field(page, "form[plan]")),
            ("form[idempotency_key]", key),
            ("form[project]", "welcome"),
            ("form[name]", "shop"),
        ];
        post(&console, "update", &order).await
    };

    // Somebody else is quicker.
    let (status, told) = console.ask(Method::PUT, "applications/shop", json!({"version": 2})).await;
    assert_eq!(status, 202, "{told}");
    console.until_over("shop").await;
    let back = send(&page).await;
    assert!(back.starts_with(&review) && back.contains("code=SLW_PLAN_STALE"), "{back}");
    let (_, told) = console.ask(Method::GET, "applications/shop", Value::Null).await;
    assert_eq!(told["generation"], 2, "the order was not taken");

    let page = look(&console, &back).await;
    assert!(
        page.contains("not any more what the plan says") && page.contains("The plan above is new."),
        "{page}"
    );
    assert!(page.contains("Nothing would change."), "{page}");
    assert_ne!(field(&page, "form[plan]"), stale);
    assert_eq!(send(&page).await, "/devops/instances/shop");
    console.until_over("shop").await;
    let (_, told) = console.ask(Method::GET, "applications/shop", Value::Null).await;
    assert_eq!(told["generation"], 3);
    assert_eq!(applied(&console, "shop").await, field(&page, "form[plan]"));
}
