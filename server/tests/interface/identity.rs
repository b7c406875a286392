//! Identity providers that know people: one of our own that can be told to misbehave, and Keycloak where the environment
//! names one. What holds of both is asserted of both.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::SystemTime,
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::{get, post},
};
use base64::{Engine, prelude::*};
use openidconnect::{
    JsonWebKeyId, PkceCodeChallenge, PkceCodeVerifier, PrivateSigningKey,
    core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm},
};
use serde_json::{Value, json};

use crate::console::Console;

pub const CLIENT: &str = "slipway";
const SECRET: &str = "slipway-secret";

/// A name, roles and groups.
type Somebody = (String, Vec<String>, Vec<String>);

/// What our own provider knows, and how it behaves.
pub struct Fake {
    url: String,
    users: Mutex<Vec<Somebody>>,
    key: Mutex<u8>,
    mood: Mutex<Mood>,
    /// What it gave browsers for a sign-in, each good once: the claims, and the challenge.
    codes: Mutex<HashMap<String, (Value, String)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// Slipway's client has no right to look people up.
    Forbids,
    /// It answers nothing but errors.
    Broken,
}

pub enum Identity {
    Fake(Arc<Fake>),
    Keycloak { issuer: String, client: String, secret: String },
}

impl Identity {
    /// Our own, and Keycloak if there is one.
    pub async fn all() -> Vec<Self> {
        let mut all = vec![Self::Fake(Fake::start().await)];
        let named = |name: &str| std::env::var(format!("SLIPWAY_TEST_OIDC_{name}")).ok();
        let found = (named("ISSUER"), named("CLIENT_ID"), named("CLIENT_SECRET"));
        if let (Some(issuer), Some(client), Some(secret)) = found {
            all.push(Self::Keycloak { issuer, client, secret });
        } else {
            assert!(std::env::var("SLIPWAY_TEST_REQUIRE").is_err(), "SLIPWAY_TEST_OIDC_* is not set");
            println!("skipped with Keycloak: SLIPWAY_TEST_OIDC_* is not set");
        }
        all
    }

    /// A console whose people sign in there.
    pub async fn console(&self) -> Console {
        match self {
            Self::Fake(fake) => fake.console(&[]).await,
            Self::Keycloak { issuer, client, secret } => {
                let settings =
                    ["--oidc-issuer", issuer, "--oidc-client-id", client, "--oidc-client-secret", secret];
                Console::closed(&settings).await
            }
        }
    }

    /// Access token and ID token of a person.
    pub async fn tokens(&self, name: &str) -> (String, String) {
        match self {
            Self::Fake(fake) => {
                (fake.sign(&fake.claims(name)), fake.sign(&with(fake.claims(name), json!({"typ": "ID"}))))
            }
            Self::Keycloak { issuer, client, secret } => {
                let form = format!(
                    "grant_type=password&scope=openid&client_id={client}&client_secret={secret}&username={name}&password=password"
                );
                let told = keycloak_token(issuer, form).await;
                let text = |key: &str| told[key].as_str().unwrap().to_owned();
                (text("access_token"), text("id_token"))
            }
        }
    }

    pub async fn token(&self, name: &str) -> String {
        self.tokens(name).await.0
    }
}

pub async fn keycloak_token(issuer: &str, form: String) -> Value {
    let request = reqwest::Client::new().post(format!("{issuer}/protocol/openid-connect/token"));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    request.send().await.unwrap().json().await.unwrap()
}

/// Claims with others in their place; null takes one away.
pub fn with(mut claims: Value, others: Value) -> Value {
    let Value::Object(others) = others else { unreachable!("claims are an object") };
    for (name, value) in others {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(&name);
        } else {
            claims[name] = value;
        }
    }
    claims
}

#[expect(clippy::disallowed_methods, reason = "tokens are made for this moment")]
pub fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

pub fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

impl Fake {
    pub async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let user = |name: &str, roles: &[&str], groups: &[&str]| {
            let texts = |all: &[&str]| all.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
            (name.to_owned(), texts(roles), texts(groups))
        };
        let mut users = vec![
            user("devopsuser", &["APS_DEVOPS"], &[]),
            user("hruser", &[], &["/hr"]),
            user("hradmin", &[], &["/hr"]),
            user("salesuser", &[], &["/sales"]),
        ];
        users.extend((1..=25).map(|number| user(&format!("crowd{number:02}"), &[], &[])));
        let fake = Arc::new(Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            users: Mutex::new(users),
            key: Mutex::new(1),
            mood: Mutex::new(Mood::Well),
            codes: Mutex::default(),
        });
        let realm = Router::new()
            .route("/realms/test/.well-known/openid-configuration", get(discovery))
            .route("/realms/test/keys", get(keys))
            .route("/realms/test/protocol/openid-connect/token", post(token))
            .route("/admin/realms/test/users", get(users_like))
            .route("/admin/realms/test/users/{id}", get(user_of))
            .route("/admin/realms/test/groups", get(groups_like))
            .route("/admin/realms/test/groups/{id}", get(group_of))
            .route("/admin/realms/test/group-by-path/{*path}", get(group_at))
            .with_state(Arc::clone(&fake));
        tokio::spawn(async move { axum::serve(listener, realm).await });
        fake
    }

    pub fn issuer(&self) -> String {
        format!("{}/realms/test", self.url)
    }

    pub async fn console(&self, more: &[&str]) -> Console {
        let issuer = self.issuer();
        let settings = ["--oidc-issuer", &issuer, "--oidc-client-id", CLIENT, "--oidc-client-secret", SECRET];
        Console::closed(&[&settings, more].concat()).await
    }

    pub fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Somebody leaves.
    pub fn dismiss(&self, name: &str) {
        self.users.lock().unwrap().retain(|(known, ..)| known != name);
    }

    /// Somebody has signed in there: the code that the browser takes back, bound to what was asked with.
    pub fn grant(&self, code: &str, name: &str, nonce: &str, challenge: &str) {
        self.grant_with(code, name, nonce, challenge, json!({}));
    }

    /// The same with claims in the place of what it would say.
    pub fn grant_with(&self, code: &str, name: &str, nonce: &str, challenge: &str, others: Value) {
        let claims =
            with(self.claims(name), json!({"aud": [CLIENT], "azp": CLIENT, "typ": "ID", "nonce": nonce}));
        let claims = with(claims, others);
        self.codes.lock().unwrap().insert(code.to_owned(), (claims, challenge.to_owned()));
    }

    /// Trades a code for tokens, once.
    fn trade(&self, body: &str) -> Option<Value> {
        let form: HashMap<_, _> = body.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let (claims, challenge) = self.codes.lock().unwrap().remove(*form.get("code")?)?;
        let challenged = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(
            (*form.get("code_verifier")?).to_owned(),
        ));
        (challenged.as_str() == challenge).then(|| {
            json!({"access_token": "not-used", "token_type": "Bearer", "expires_in": 60, "id_token": self.sign(&claims)})
        })
    }

    /// From now on it signs with another key, and knows the one before no more.
    pub fn rotate(&self) {
        *self.key.lock().unwrap() += 1;
    }

    /// What an access token of that person says.
    pub fn claims(&self, name: &str) -> Value {
        let users = self.users.lock().unwrap();
        let (_, roles, groups) = users.iter().find(|(known, ..)| known == name).unwrap();
        json!({
            "iss": self.issuer(), "aud": [CLIENT, "account"], "sub": format!("id-{name}"), "typ": "Bearer",
            "azp": "some-program", "iat": now(), "exp": now() + 60, "preferred_username": name,
            "realm_access": {"roles": roles}, "groups": groups,
        })
    }

    /// A token that says that.
    pub fn sign(&self, claims: &Value) -> String {
        let number = *self.key.lock().unwrap();
        signed(&key(number), &json!({"alg": "EdDSA", "typ": "JWT", "kid": number.to_string()}), claims)
    }

    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap()
    }

    fn may_look(&self) -> Result<(), StatusCode> {
        match self.mood() {
            Mood::Well => Ok(()),
            Mood::Forbids => Err(StatusCode::FORBIDDEN),
            Mood::Broken => Err(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

/// A key of that number, the same each time.
pub fn key(number: u8) -> CoreEdDsaPrivateSigningKey {
    let head = hex::decode("302e020100300506032b657004220420").unwrap();
    let body = BASE64_STANDARD.encode([head, vec![number; 32]].concat());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(number.to_string()))).unwrap()
}

pub fn signed(key: &CoreEdDsaPrivateSigningKey, header: &Value, claims: &Value) -> String {
    let text = format!("{}.{}", part(header), part(claims));
    let signature = key.sign(&CoreJwsSigningAlgorithm::EdDsa, text.as_bytes()).unwrap();
    format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

type Told = Result<Json<Value>, StatusCode>;
type Asked = Query<HashMap<String, String>>;

async fn discovery(State(fake): State<Arc<Fake>>) -> Told {
    if fake.mood() == Mood::Broken {
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    }
    let issuer = fake.issuer();
    Ok(Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"),
        "token_endpoint": format!("{issuer}/protocol/openid-connect/token"), "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256"],
    })))
}

async fn keys(State(fake): State<Arc<Fake>>) -> Json<Value> {
    let number = *fake.key.lock().unwrap();
    Json(json!({"keys": [key(number).as_verification_key()]}))
}

async fn token(State(fake): State<Arc<Fake>>, body: String) -> Told {
    let is_ours =
        body.contains("grant_type=client_credentials") && body.contains(&format!("client_secret={SECRET}"));
    match fake.mood() {
        Mood::Broken => Err(StatusCode::INTERNAL_SERVER_ERROR),
        _ if body.contains("grant_type=authorization_code") => {
            fake.trade(&body).map(Json).ok_or(StatusCode::BAD_REQUEST)
        }
        _ if !is_ours => Err(StatusCode::UNAUTHORIZED),
        _ => Ok(Json(json!({"access_token": "of-the-service-account", "expires_in": 60}))),
    }
}

fn user(name: &str) -> Value {
    json!({"id": format!("id-{name}"), "username": name, "firstName": "Somebody", "lastName": name, "enabled": true})
}

fn group(name: &str) -> Value {
    json!({"id": format!("group-{name}"), "name": name, "path": format!("/{name}"), "subGroups": []})
}

async fn users_like(State(fake): State<Arc<Fake>>, Query(asked): Asked) -> Told {
    fake.may_look()?;
    let text = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let number = |name: &str| text(name).parse::<usize>().unwrap_or_default();
    let users = fake.users.lock().unwrap();
    let names = users.iter().map(|(name, ..)| name.as_str());
    let is_like = |name: &&str| match asked.get("username") {
        Some(wanted) => *name == wanted,
        None => name.contains(text("search").trim_matches('*')),
    };
    let page = names.filter(is_like).skip(number("first")).take(number("max")).map(user);
    Ok(Json(page.collect()))
}

async fn user_of(State(fake): State<Arc<Fake>>, Path(id): Path<String>) -> Told {
    fake.may_look()?;
    let users = fake.users.lock().unwrap();
    let found = users.iter().find(|(name, ..)| format!("id-{name}") == id);
    found.map(|(name, ..)| Json(user(name))).ok_or(StatusCode::NOT_FOUND)
}

async fn groups_like(State(fake): State<Arc<Fake>>, Query(asked): Asked) -> Told {
    fake.may_look()?;
    let text = asked.get("search").cloned().unwrap_or_default();
    Ok(Json(["hr", "sales"].into_iter().filter(|name| name.contains(&text)).map(group).collect()))
}

async fn group_of(State(fake): State<Arc<Fake>>, Path(id): Path<String>) -> Told {
    group_at(State(fake), Path(id.replace("group-", ""))).await
}

async fn group_at(State(fake): State<Arc<Fake>>, Path(path): Path<String>) -> Told {
    fake.may_look()?;
    if ["hr", "sales"].contains(&path.as_str()) { Ok(Json(group(&path))) } else { Err(StatusCode::NOT_FOUND) }
}
