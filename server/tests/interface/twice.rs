//! What is pressed twice is done once, also when the first time is over by then.

use reqwest::Method;
use serde_json::{Value, json};

use crate::console::Console;

/// Posts a form twice, each time to its end; says how many generations there are then.
async fn twice(console: &Console, action: &str, form: &[(&str, &str)], place: &str) -> usize {
    for _ in 0..2 {
        let answer = console.post(&format!("/actions/{action}"), form).await;
        assert_eq!(answer.headers()["location"], place);
        console.until_over("shop").await;
    }
    let (_, told) = console.ask(Method::GET, "applications/shop/generations", Value::Null).await;
    told["generations"].as_array().unwrap().len()
}

#[tokio::test]
async fn s1_l03_pressing_save_twice_is_one_change_of_access() {
    let console = Console::open().await;
    console.deploy("shop").await;
    let form = [
        ("form[name]", "shop"),
        ("form[seen]", "1"),
        ("form[admins]", "ana"),
        ("form[users]", "ben"),
        ("form[go]", "save"),
        ("form[idempotency_key]", "pressed"),
    ];
    assert_eq!(twice(&console, "access", &form, "/devops/instances/shop/access").await, 2);
}

#[tokio::test]
async fn d10_pressing_roll_back_twice_is_one_rollback() {
    let console = Console::open().await;
    console.deploy("shop").await;
    let (status, told) = console.ask(Method::PUT, "applications/shop", json!({"version": 2})).await;
    assert_eq!(status, 202, "{told}");
    console.until_over("shop").await;
    let form = [("name", "shop"), ("generation", "1"), ("idempotency_key", "pressed")];
    assert_eq!(twice(&console, "rollback", &form, "/devops/instances/shop").await, 3);
}
