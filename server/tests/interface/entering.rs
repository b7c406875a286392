//! Ways in that are none: codes that were used, cookies that nobody was given, sessions that are over.

use std::time::Duration;

use reqwest::{Method, Response, header};
use serde_json::{Value, json};
use sqlx::{Connection, Executor};

use crate::{
    console::Console,
    identity::{Fake, now, signed},
};

fn text(answer: &Response, name: header::HeaderName) -> &str {
    answer.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

fn cookie(answer: &Response) -> String {
    text(answer, header::SET_COOKIE).split(';').next().unwrap().to_owned()
}

async fn get(console: &Console, cookie: &str, path: &str) -> Response {
    console.stranger(Method::GET, path).header(header::COOKIE, cookie).send().await.unwrap()
}

async fn is_known(console: &Console, cookie: &str) -> bool {
    let answer = get(console, cookie, "/api/v1/tokens").await;
    assert!([200, 401].contains(&answer.status().as_u16()), "{}", answer.status());
    answer.status() == 200
}

/// An attempt to sign in: the browser's cookie, and what the provider was asked with.
struct Attempt {
    cookie: String,
    state: String,
    nonce: String,
    challenge: String,
}

async fn begin(console: &Console, next: &str) -> Attempt {
    let answer = get(console, "", &format!("/auth/login?next={next}")).await;
    let place = text(&answer, header::LOCATION);
    let asked = |name: &str| {
        let (_, rest) = place.split_once(&format!("{name}=")).unwrap();
        rest.split('&').next().unwrap().to_owned()
    };
    assert_eq!((asked("code_challenge_method"), asked("response_type")), ("S256".into(), "code".into()));
    Attempt {
        cookie: cookie(&answer),
        state: asked("state"),
        nonce: asked("nonce"),
        challenge: asked("code_challenge"),
    }
}

async fn back(console: &Console, cookie: &str, state: &str, code: &str) -> Response {
    get(console, cookie, &format!("/auth/callback?state={state}&code={code}")).await
}

#[tokio::test]
async fn s1_13_a_code_lets_in_once_and_only_the_browser_that_asked() {
    let fake = Fake::start().await;
    let console = fake.console(&[]).await;
    let attempt = begin(&console, "//evil.example").await;
    fake.grant("one", "devopsuser", &attempt.nonce, &attempt.challenge);
    let elsewhere = back(&console, "", &attempt.state, "one").await;
    assert!(text(&elsewhere, header::LOCATION).contains("problem=expired"), "another browser did not ask");

    let entered = back(&console, &attempt.cookie, &attempt.state, "one").await;
    assert_eq!(text(&entered, header::LOCATION), "/", "and not where a stranger wants");
    let inside = cookie(&entered);
    assert!(inside != attempt.cookie && is_known(&console, &inside).await);
    assert!(!is_known(&console, &attempt.cookie).await, "what was known before is worth nothing");

    for cookie in [&attempt.cookie, &inside] {
        let again = back(&console, cookie, &attempt.state, "one").await;
        assert!(text(&again, header::LOCATION).contains("problem=expired"), "a code is good once");
    }
}

#[tokio::test]
async fn s1_13_an_answer_that_is_not_to_what_was_asked_lets_nobody_in() {
    let fake = Fake::start().await;
    let console = fake.console(&[]).await;
    for (what, state, nonce, challenge) in [
        ("another state", Some("other"), None, None),
        ("the nonce of another attempt", None, Some("other"), None),
        ("a code that was made for another verifier", None, None, Some("other")),
    ] {
        let attempt = begin(&console, "/").await;
        let (state, nonce) = (state.unwrap_or(&attempt.state), nonce.unwrap_or(&attempt.nonce));
        fake.grant("one", "devopsuser", nonce, challenge.unwrap_or(&attempt.challenge));
        let answer = back(&console, &attempt.cookie, state, "one").await;
        assert!(text(&answer, header::LOCATION).contains("problem=refused"), "{what}");
        assert!(!is_known(&console, &attempt.cookie).await, "{what}");
        let again = back(&console, &attempt.cookie, &attempt.state, "one").await;
        assert!(text(&again, header::LOCATION).contains("problem=expired"), "{what}: the attempt is over");
    }
    assert!(console.rows().await.iter().all(|row| row.action != "sign-in" || row.outcome != "accepted"));
}

#[tokio::test]
async fn s1_13_clocks_may_be_a_minute_apart_and_no_more() {
    let fake = Fake::start().await;
    let console = fake.console(&[]).await;
    for (what, issued, over, is_let_in) in [
        ("the provider is a little ahead", 40, 100, true),
        ("the provider is a little behind", -80, -20, true),
        ("the provider lives in the future", 150, 210, false),
        ("the token was over long ago", -150, -90, false),
    ] {
        let attempt = begin(&console, "/").await;
        let at = |seconds: i64| now().checked_add_signed(seconds).unwrap();
        let times = json!({"iat": at(issued), "exp": at(over)});
        fake.grant_with("one", "devopsuser", &attempt.nonce, &attempt.challenge, times);
        let answer = back(&console, &attempt.cookie, &attempt.state, "one").await;
        let place = text(&answer, header::LOCATION);
        assert_eq!(
            (place == "/", place.contains("problem=refused")),
            (is_let_in, !is_let_in),
            "{what}: {place}"
        );
    }
    let rows = console.rows().await;
    let told: Vec<_> = rows.iter().filter(|row| row.action == "sign-in").map(|row| &*row.outcome).collect();
    assert_eq!(told, ["accepted", "accepted", "refused: refused", "refused: refused"]);
}

#[tokio::test]
async fn d7_cookies_that_nobody_was_given_open_nothing_and_change_nothing() {
    let console = Console::open().await;
    console.deploy("shop").await;
    let before = console.rows().await.len();
    let token = signed(&crate::identity::key(1), &json!({"alg": "EdDSA"}), &Value::Null);
    let long = "A".repeat(4000);
    for value in ["", "x", "AAAAAAAAAAAAAAAAAAAAAA", "' OR 1=1 --", "%00", &token, &long] {
        let cookie = format!("slipway_session={value}");
        assert!(!is_known(&console, &cookie).await, "{value:?}");
        let page = get(&console, &cookie, "/devops/instances").await;
        assert_eq!(text(&page, header::LOCATION), "/sign-in?next=%2Fdevops%2Finstances", "{value:?}");
        let form = [("name", "shop"), ("confirmation", "shop")];
        let answer = console.post_as(&cookie, "/actions/undeploy", &form).await;
        assert!(text(&answer, header::LOCATION).starts_with("/sign-in"), "{value:?}: {}", answer.status());
    }
    assert_eq!(console.rows().await.len(), before);
    let (_, shop) = console.ask(Method::GET, "applications/shop", Value::Null).await;
    assert_eq!(shop["standing"]["status"], "Running");
}

#[tokio::test]
async fn s1_13_a_session_that_is_over_opens_nothing() {
    let console = Console::open().await;
    let file = console.folder.path().join("var/slipway.db");
    let mut database = sqlx::SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let theirs = "id IN (SELECT session_id FROM visits WHERE actor_id = 'local:{name}')";
    for (name, change) in [
        ("idle", "UPDATE visits SET seen_at = 0 WHERE actor_id = 'local:{name}'".to_owned()),
        (
            "long",
            format!(
                r#"UPDATE sessions SET data = replace(data, '"since":"20', '"since":"19') WHERE {theirs}"#
            ),
        ),
        ("over", format!("UPDATE sessions SET expires_at = 1 WHERE {theirs}")),
    ] {
        let cookie = console.visitor(name, &["APS_DEVOPS"]).await;
        assert!(is_known(&console, &cookie).await, "{name}");
        let change = sqlx::AssertSqlSafe(change.replace("{name}", name));
        assert_eq!(database.execute(change).await.unwrap().rows_affected(), 1, "{name}");
        // Somebody who was let in a moment ago is not looked at again with each request.
        let shown_out = async {
            while is_known(&console, &cookie).await {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        assert!(tokio::time::timeout(Duration::from_mins(1), shown_out).await.is_ok(), "{name}");
    }
    assert!(console.ask(Method::GET, "tokens", Value::Null).await.0 == 200, "the others are not meant");
}
