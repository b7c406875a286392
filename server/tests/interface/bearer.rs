//! Access tokens of the identity provider: whose they are, and which of them are worth nothing.

use std::time::{Duration, Instant};

use base64::{Engine, prelude::*};
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::{
    console::Console,
    identity::{Fake, Identity, Mood, key, keycloak_token, now, part, signed, with},
};

async fn status(console: &Console, token: &str) -> u16 {
    console.ask_with(token, Method::GET, "releases", Value::Null).await.0
}

/// It opens nothing: the right status, code and header, and a row in the trail.
async fn assert_worthless(console: &Console, token: &str, what: &str) {
    let before = console.rows().await.len();
    let answer = console.stranger(Method::GET, "/api/v1/releases").bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 401, "{what}");
    assert_eq!(answer.headers()[header::WWW_AUTHENTICATE], "Bearer error=\"invalid_token\"", "{what}");
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "SLW_BAD_TOKEN", "{what}");
    let rows = console.rows().await;
    assert_eq!(rows.len(), before + 1, "{what}");
    assert_eq!(rows.last().unwrap().outcome, "refused: SLW_BAD_TOKEN", "{what}");
}

#[tokio::test]
async fn s4_33_an_access_token_of_the_provider_opens_what_its_owner_may() {
    for identity in Identity::all().await {
        let console = identity.console().await;
        let (devops, hr) = (identity.token("devopsuser").await, identity.token("hruser").await);
        assert_eq!(status(&console, &devops).await, 200);
        let (code, problem) = console.ask_with(&hr, Method::GET, "releases", Value::Null).await;
        assert_eq!((code, problem["code"].as_str()), (403, Some("SLW_FORBIDDEN")));
        let order = json!({"name": "shop", "project": "welcome", "version": 1, "admins": ["hradmin"]});
        let (code, made) = console.ask_with(&devops, Method::POST, "applications", order).await;
        assert_eq!((code, made["created_by"].as_str()), (202, Some("devopsuser")), "{made}");
        let row = console.rows().await.pop().unwrap();
        assert_eq!((row.actor.as_str(), row.via.as_str()), ("devopsuser", "access token"));
        let page =
            console.stranger(Method::GET, "/devops/releases").bearer_auth(&devops).send().await.unwrap();
        assert!(page.headers()["location"].to_str().unwrap().starts_with("/sign-in"), "it opens no page");
    }
}

#[tokio::test]
async fn s4_33_an_id_token_and_a_token_that_was_touched_open_nothing() {
    for identity in Identity::all().await {
        let console = identity.console().await;
        let (access, id) = identity.tokens("devopsuser").await;
        assert_worthless(&console, &id, "an ID token").await;
        let parts: Vec<_> = access.split('.').collect();
        let payload = BASE64_URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
        let mut claims: Value = serde_json::from_slice(&payload).unwrap();
        claims["preferred_username"] = json!("superadminuser");
        let touched = format!("{}.{}.{}", parts[0], part(&claims), parts[2]);
        assert_worthless(&console, &touched, "a payload that was changed").await;
        let unsigned = format!("{}.{}.", part(&json!({"alg": "none"})), parts[1]);
        assert_worthless(&console, &unsigned, "alg none").await;
        if let Identity::Keycloak { issuer, .. } = &identity {
            let form = "grant_type=client_credentials&client_id=activiti-service&client_secret=activiti-service-secret";
            let told = keycloak_token(issuer, form.to_owned()).await;
            assert_worthless(&console, told["access_token"].as_str().unwrap(), "another audience").await;
        }
    }
}

#[tokio::test]
async fn s4_33_hostile_tokens_open_nothing() {
    let fake = Fake::start().await;
    let console = fake.console(&[]).await;
    let good = fake.claims("devopsuser");
    assert_eq!(status(&console, &fake.sign(&good)).await, 200);
    for (what, others) in [
        ("another issuer", json!({"iss": "https://elsewhere.example"})),
        ("another audience", json!({"aud": "somebody-else"})),
        ("no audience", json!({"aud": []})),
        ("over", json!({"exp": now() - 120})),
        ("from the future", json!({"iat": now() + 600, "exp": now() + 900})),
        ("made for a sign-in", json!({"nonce": "n"})),
        ("a logout token", json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}})),
        ("a refresh token", json!({"typ": "Refresh"})),
        ("no issuer", json!({"iss": null})),
        ("no end", json!({"exp": null})),
        ("nobody", json!({"sub": null})),
    ] {
        assert_worthless(&console, &fake.sign(&with(good.clone(), others)), what).await;
    }
    let header = |alg: &str, kid: &str| json!({"alg": alg, "typ": "JWT", "kid": kid});
    for (what, token) in [
        ("another key", signed(&key(9), &header("EdDSA", "1"), &good)),
        ("a key that is not known", signed(&key(9), &header("EdDSA", "9"), &good)),
        ("another algorithm", signed(&key(1), &header("RS256", "1"), &good)),
        ("a secret for a key", signed(&key(1), &header("HS256", "1"), &good)),
        ("another kind", signed(&key(1), &json!({"alg": "EdDSA", "typ": "logout+jwt", "kid": "1"}), &good)),
        ("no signature", format!("{}.{}.", part(&header("none", "1")), part(&good))),
        ("nothing", "..".to_owned()),
        ("no JSON", "e.e.e".to_owned()),
    ] {
        assert_worthless(&console, &token, what).await;
    }
}

#[tokio::test]
async fn s4_33_whom_access_tokens_are_meant_for_is_a_setting() {
    let fake = Fake::start().await;
    let console = fake.console(&["--oidc-audience", "https://slipway.example.com"]).await;
    let meant_for = |audience: &str| fake.sign(&with(fake.claims("devopsuser"), json!({"aud": audience})));
    assert_eq!(status(&console, &meant_for("https://slipway.example.com")).await, 200);
    assert_worthless(&console, &meant_for("slipway"), "the client, which it is not meant for now").await;
}

#[tokio::test]
async fn s4_33_a_provider_that_changes_its_keys_goes_on_being_believed_and_the_old_key_is_not() {
    let fake = Fake::start().await;
    let console = fake.console(&[]).await;
    let old = fake.sign(&fake.claims("devopsuser"));
    assert_eq!(status(&console, &old).await, 200);
    fake.rotate();
    let new = fake.sign(&fake.claims("devopsuser"));
    let began = Instant::now();
    // Keys are not fetched at every token that arrives.
    while status(&console, &new).await != 200 {
        assert!(began.elapsed() < Duration::from_secs(20), "the new key is not taken up");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_worthless(&console, &old, "a key that is not used any more").await;
}

#[tokio::test]
async fn s4_33_a_provider_that_is_down_is_no_reason_to_say_that_a_token_is_wrong() {
    let fake = Fake::start().await;
    let console = fake.console(&[]).await;
    fake.is(Mood::Broken);
    let token = fake.sign(&fake.claims("devopsuser"));
    let (code, problem) = console.ask_with(&token, Method::GET, "releases", Value::Null).await;
    assert_eq!((code, problem["code"].as_str()), (503, Some("SLW_UNAVAILABLE")));
    fake.is(Mood::Well);
    assert_eq!(status(&console, &token).await, 200);
}

#[tokio::test]
async fn s4_33_a_stream_ends_with_the_token_that_opened_it() {
    let fake = Fake::start().await;
    let console = fake.console(&[]).await;
    let token = fake.sign(&with(fake.claims("devopsuser"), json!({"exp": now() + 3})));
    let stream = console.stranger(Method::GET, "/api/v1/events").bearer_auth(&token).send().await.unwrap();
    assert_eq!(stream.status().as_u16(), 200);
    let text = tokio::time::timeout(Duration::from_secs(20), stream.text()).await.unwrap().unwrap();
    assert!(text.starts_with("event: snapshot"), "{text}");
}
