//! A console of one's own in a simulated cluster, and ways to use it.

use std::time::Duration;

use clap::Parser;
use reqwest::{Method, Response, header};
use serde_json::{Value, json};
use slipway_server::{
    Portal,
    config::{Cli, Command},
};
use slipway_store::{Account, AuditRow, Store};
use tempfile::TempDir;

const PASSWORD: &str = "correct-horse-battery";
/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(2);

pub struct Console {
    pub folder: TempDir,
    pub url: String,
    pub store: Store,
    _portal: Portal,
    browser: reqwest::Client,
    cookie: String,
}

impl Console {
    /// One in which admin is signed in.
    pub async fn open() -> Self {
        Self::with(&[]).await
    }

    /// One with more settings.
    pub async fn with(more: &[&str]) -> Self {
        let mut console = Self::closed(more).await;
        let answer = console.sign_in(PASSWORD).await;
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut console.cookie);
        console
    }

    /// One with more settings, in which nobody is signed in.
    pub async fn closed(more: &[&str]) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        // What the console says belongs to a test that fails.
        let log = tracing_subscriber::fmt().with_test_writer().with_max_level(tracing::Level::WARN);
        let _ = log.try_init();
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("var").display().to_string();
        let releases = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/releases");
        let mut arguments = vec![
            "slipway",
            "serve",
            "--addr",
            "127.0.0.1:0",
            "--data-dir",
            &data,
            "--admin-password",
            PASSWORD,
        ];
        if !more.contains(&"--cluster") {
            arguments.extend(["--cluster", "sandbox"]);
        }
        if !more.contains(&"--sandbox-pace-ms") {
            arguments.extend(["--sandbox-pace-ms", "5"]);
        }
        if !more.contains(&"--releases-dir") {
            arguments.extend(["--releases-dir", releases]);
        }
        arguments.extend(more);
        let Some(Command::Serve(settings)) = Cli::try_parse_from(arguments).unwrap().command else {
            unreachable!("serve was asked for")
        };
        let portal = Portal::start(&settings).await.unwrap();
        let store = Store::open(&settings.database()).await.unwrap();
        let redirects = reqwest::redirect::Policy::none();
        let browser = reqwest::Client::builder().redirect(redirects).build().unwrap();
        let url = portal.url();
        Self { folder, url, store, _portal: portal, browser, cookie: String::new() }
    }

    pub async fn sign_in(&self, password: &str) -> Response {
        self.post("/auth/sign-in", &[("name", "admin"), ("password", password)]).await
    }

    /// Makes an account with the password of admin; the answer is the cookie of the browser in which it is signed in.
    pub async fn visitor(&self, name: &str, roles: &[&str]) -> String {
        let admin = self.store.account("admin").await.unwrap().unwrap();
        let roles = roles.iter().map(|&role| role.to_owned()).collect();
        let account = Account { name: name.to_owned(), password_hash: admin.password_hash, roles };
        assert!(self.store.create_account(&account, jiff::Timestamp::UNIX_EPOCH).await.unwrap());
        let form = [("name", name), ("password", PASSWORD)];
        let answer = self.post_as("", "/auth/sign-in", &form).await;
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Posts a form, as a browser does.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Response {
        self.post_as(&self.cookie, path, form).await
    }

    /// Posts a form from the browser with that cookie.
    pub async fn post_as(&self, cookie: &str, path: &str, form: &[(&str, &str)]) -> Response {
        let body: Vec<_> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.browser.post(format!("{}{path}", self.url)).header(header::COOKIE, cookie);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.header(header::ACCEPT, "text/html").body(body.join("&")).send().await.unwrap()
    }

    /// A request of the person who is signed in.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.stranger(method, path).header(header::COOKIE, &self.cookie)
    }

    /// A request of nobody in particular.
    pub fn stranger(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.browser.request(method, format!("{}{path}", self.url))
    }

    /// Asks the REST interface: status and document.
    pub async fn ask(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.request(method, &format!("/api/v1/{path}"));
        let request = if body.is_null() { request } else { request.json(&body) };
        told(request.send().await.unwrap()).await
    }

    /// The same with a token.
    pub async fn ask_with(&self, token: &str, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.stranger(method, &format!("/api/v1/{path}")).bearer_auth(token);
        let request = if body.is_null() { request } else { request.json(&body) };
        told(request.send().await.unwrap()).await
    }

    /// Makes a token with these scopes.
    pub async fn token(&self, scopes: &[&str]) -> String {
        let body = json!({"name": "ci", "scopes": scopes, "days": 30});
        let (status, made) = self.ask(Method::POST, "tokens", body).await;
        assert_eq!(status, 201, "{made}");
        made["secret"].as_str().unwrap().to_owned()
    }

    /// Deploys, and waits until it runs.
    pub async fn deploy(&self, name: &str) {
        let (status, told) = self.ask(Method::POST, "applications", order(name)).await;
        assert_eq!(status, 202, "{told}");
        self.until_over(name).await;
    }

    /// Waits until nothing is under way.
    pub async fn until_over(&self, name: &str) {
        let path = format!("applications/{name}");
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                let (_, told) = self.ask(Method::GET, &path, Value::Null).await;
                let status = &told["standing"]["status"];
                if told["operation"]["progress"]["state"] != "open"
                    && (status == "Running" || status == "Undeployed")
                {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        waited.await.unwrap();
    }

    /// The rows of people, oldest first: what the engine did by itself is left out.
    pub async fn rows(&self) -> Vec<AuditRow> {
        let mut rows = self.store.audit(10_000).await.unwrap();
        rows.retain(|row| row.actor != "slipway");
        rows.reverse();
        rows
    }
}

/// Status and document of an answer.
pub async fn told(answer: Response) -> (u16, Value) {
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

/// An order of the smallest example.
pub fn order(name: &str) -> Value {
    json!({"name": name, "project": "welcome", "version": 1, "admins": ["ana"]})
}
