//! The program as a process of its own, with what it writes at hand.

use std::{fs, net::TcpListener, process::Stdio, time::Duration};

use reqwest::{Method, header};
use serde_json::Value;
use tokio::process::{Child, Command};

pub const ADMIN: &str = "canary-admin-hunter2";

/// A console that serves.
pub struct Program {
    pub folder: tempfile::TempDir,
    url: String,
    browser: reqwest::Client,
    cookie: String,
    process: Child,
}

impl Program {
    /// Serves, with more settings, and admin is signed in.
    pub async fn start(more: &[(&str, &str)]) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let addr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let log = || Stdio::from(fs::File::create(folder.path().join("log")).unwrap());
        let process = Command::new(env!("CARGO_BIN_EXE_slipway"))
            .arg("serve")
            .env_clear()
            .current_dir(folder.path())
            .envs([
                ("SLIPWAY_ADDR", addr.as_str()),
                ("SLIPWAY_DATA_DIR", "var"),
                ("SLIPWAY_RELEASES_DIR", concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/releases")),
                ("SLIPWAY_ADMIN_PASSWORD", ADMIN),
                ("SLIPWAY_SANDBOX_PACE_MS", "5"),
                ("SLIPWAY_DEVELOPMENT", "true"),
                ("RUST_LOG", "debug"),
                ("RUST_BACKTRACE", "1"),
            ])
            .envs(more.iter().copied())
            .stdout(Stdio::null())
            .stderr(log())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let redirects = reqwest::redirect::Policy::none();
        let browser = reqwest::Client::builder().redirect(redirects).build().unwrap();
        let mut program =
            Self { folder, url: format!("http://{addr}"), browser, cookie: String::new(), process };
        while program.ask(Method::GET, "/healthz").send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        program.form("/auth/sign-in", "name=canary-typed-name&password=canary-wrong-password").await;
        let answer = program.form("/auth/sign-in", &format!("name=admin&password={ADMIN}")).await;
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        cookie.split(';').next().unwrap().clone_into(&mut program.cookie);
        program
    }

    /// A request of admin.
    pub fn ask(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.browser.request(method, format!("{}{path}", self.url)).header(header::COOKIE, &self.cookie)
    }

    /// Posts a form, as a browser does.
    pub async fn form(&self, path: &str, body: &str) -> reqwest::Response {
        let request = self.ask(Method::POST, path).header(header::ACCEPT, "text/html");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.body(body.to_owned()).send().await.unwrap()
    }

    /// Asks the REST interface.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> (u16, String) {
        let answer = self.ask(method, &format!("/api/v1/{path}")).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Waits until nothing is under way with the application.
    pub async fn until_over(&self) {
        for _ in 0..1200 {
            let answer = self.ask(Method::GET, "/api/v1/applications/leave").send().await.unwrap();
            let told: Value = answer.json().await.unwrap();
            if told["operation"]["progress"]["state"] != "open" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        unreachable!("the operation does not end");
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Tells it to end, and waits until it has.
    pub async fn end(&mut self) {
        let id = self.process.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        assert!(self.process.wait().await.unwrap().success());
    }
}
