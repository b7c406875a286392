//! Tokens: what they open, and what they do not.

use reqwest::Method;
use serde_json::{Value, json};

use crate::console::{Console, order, told};

async fn with(console: &Console, token: &str, method: Method, path: &str, body: Value) -> (u16, Value) {
    let request = console.stranger(method, path).bearer_auth(token);
    let request = if body.is_null() { request } else { request.json(&body) };
    told(request.send().await.unwrap()).await
}

#[tokio::test]
async fn s4_33_a_token_does_what_its_scopes_say_and_no_more() {
    let console = Console::open().await;
    let reader = console.token(&["read"]).await;
    let (status, found) = with(&console, &reader, Method::GET, "/api/v1/releases", Value::Null).await;
    assert_eq!((status, found["projects"].is_array()), (200, true));
    for (method, path, scope) in [
        (Method::POST, "/api/v1/applications", "change"),
        (Method::DELETE, "/api/v1/applications/shop", "remove"),
        (Method::GET, "/api/v1/audit", "audit"),
        (Method::GET, "/api/v1/tokens", "tokens"),
    ] {
        let (status, problem) = with(&console, &reader, method, path, order("shop")).await;
        assert_eq!((status, problem["code"].as_str()), (403, Some("SLW_SCOPE")), "{path}");
        assert!(problem["detail"].as_str().unwrap().contains(scope), "{problem}");
    }
    let row = console.rows().await.pop().unwrap();
    assert_eq!((row.via.as_str(), row.outcome.as_str()), ("token ci", "refused: SLW_SCOPE tokens"));
}

#[tokio::test]
async fn s4_33_a_token_acts_in_its_owners_name_and_the_trail_names_both() {
    let console = Console::open().await;
    let token = console.token(&["change"]).await;
    let (status, made) = with(&console, &token, Method::POST, "/api/v1/applications", order("shop")).await;
    assert_eq!((status, made["created_by"].as_str()), (202, Some("admin")), "{made}");
    let row = console.rows().await.pop().unwrap();
    assert_eq!((row.actor.as_str(), row.action.as_str(), row.via.as_str()), ("admin", "deploy", "token ci"));
}

#[tokio::test]
async fn s4_33_a_token_opens_no_page_and_no_form() {
    let console = Console::open().await;
    let token = console.token(&["read", "change", "remove", "audit", "tokens"]).await;
    for path in ["/", "/devops/releases", "/account/tokens"] {
        let answer = console.stranger(Method::GET, path).bearer_auth(&token).send().await.unwrap();
        assert!(answer.headers()["location"].to_str().unwrap().starts_with("/sign-in"), "{path}");
    }
}

#[tokio::test]
async fn s4_33_a_token_cannot_make_one_that_may_do_more() {
    let console = Console::open().await;
    let token = console.token(&["tokens", "read"]).await;
    let wanted = |scopes: &[&str]| json!({"name": "next", "scopes": scopes, "days": 1});
    let make =
        async |scopes: &[&str]| with(&console, &token, Method::POST, "/api/v1/tokens", wanted(scopes)).await;
    let (status, problem) = make(&["read", "remove"]).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("SLW_SCOPE")));
    assert_eq!(make(&["read"]).await.0, 201);
}

#[tokio::test]
async fn s4_33_a_revoked_token_opens_nothing_and_what_is_kept_of_one_is_not_the_token() {
    let console = Console::open().await;
    let token = console.token(&["read"]).await;
    let (_, list) = console.ask(Method::GET, "tokens", Value::Null).await;
    assert!(!list.to_string().contains(&token), "{list}");
    let database = std::fs::read(console.folder.path().join("var/slipway.db")).unwrap();
    let log = std::fs::read(console.folder.path().join("var/slipway.db-wal")).unwrap_or_default();
    let is_in = |bytes: &[u8]| bytes.windows(token.len()).any(|part| part == token.as_bytes());
    assert!(!is_in(&database) && !is_in(&log), "the token is in the database");

    assert_eq!(with(&console, &token, Method::GET, "/api/v1/releases", Value::Null).await.0, 200);
    let id = list["tokens"][0]["id"].as_str().unwrap();
    assert_eq!(console.ask(Method::DELETE, &format!("tokens/{id}"), Value::Null).await.0, 204);
    let (status, problem) = with(&console, &token, Method::GET, "/api/v1/releases", Value::Null).await;
    assert_eq!((status, problem["code"].as_str()), (401, Some("SLW_BAD_TOKEN")));
}

#[tokio::test]
async fn s4_33_the_page_shows_a_new_token_once() {
    let console = Console::open().await;
    let form = [("form[name]", "ci"), ("form[days]", "30"), ("form[read]", "true")];
    let answer = console.post("/actions/make-token", &form).await;
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    let look = async || console.request(Method::GET, &place).send().await.unwrap().text().await.unwrap();
    let page = look().await;
    let (_, after) =
        page.split_once("slw_").unwrap_or_else(|| unreachable!("the token is not shown: {page}"));
    let secret = format!("slw_{}", &after[..32]);
    assert!(!place.contains(&secret) && !look().await.contains(&secret), "it is shown twice");
    assert_eq!(with(&console, &secret, Method::GET, "/api/v1/releases", Value::Null).await.0, 200);
}

#[tokio::test]
async fn s4_33_whoever_guesses_tokens_is_told_to_wait() {
    let console = Console::open().await;
    let guess = async || with(&console, "slw_guess", Method::GET, "/api/v1/releases", Value::Null).await;
    let mut last = 0;
    for _ in 0..61 {
        last = guess().await.0;
    }
    assert_eq!((last, guess().await.1["code"].as_str()), (429, Some("SLW_BUSY")));
    let rows = console.rows().await;
    assert!(rows.iter().filter(|row| row.action == "token").count() <= 60, "the trail is not flooded");
}
