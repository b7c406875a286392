//! What the console tells of itself: a log that programs read, and traces.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use reqwest::Method;
use serde_json::{Value, json};

use crate::program::Program;

/// Takes traces, as collectors do.
pub struct Collector {
    pub url: String,
    told: Arc<Mutex<Vec<u8>>>,
}

impl Collector {
    pub async fn listen() -> Self {
        let told = Arc::<Mutex<Vec<u8>>>::default();
        let taken = Arc::clone(&told);
        let take = async move |headers: HeaderMap, body: Bytes| {
            assert_eq!(headers["content-type"], "application/x-protobuf");
            taken.lock().unwrap().extend_from_slice(&body);
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1/traces", listener.local_addr().unwrap());
        let router = Router::new().route("/v1/traces", post(take));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, told }
    }

    /// Everything that was sent, as far as it is text; names and values stand in it as they are.
    pub fn told(&self) -> String {
        String::from_utf8_lossy(&self.told.lock().unwrap()).into_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d24_a_request_and_each_step_of_an_operation_can_be_traced() {
    let collector = Collector::listen().await;
    let mut program = Program::start(&[("SLIPWAY_TRACES_URL", &collector.url), ("RUST_LOG", "info")]).await;
    let order = json!({"name": "leave", "project": "welcome", "version": 1, "admins": ["ana"]});
    let answer = program.ask(Method::POST, "/api/v1/applications").json(&order).send().await.unwrap();
    let request = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(answer.status(), 202);
    program.until_over().await;
    let application = program.ask(Method::GET, "/api/v1/applications/leave").send().await.unwrap();
    let application: Value = application.json().await.unwrap();
    let operation = application["operation"]["id"].as_str().unwrap();
    program.end().await;
    let told = collector.told();
    for part in [
        "slipway",
        "request",
        &request,
        "/api/v1/applications",
        "step",
        operation,
        "Deploy",
        "cluster",
        "apply",
    ] {
        assert!(told.contains(part), "the traces say nothing of {part}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d24_nobody_who_takes_traces_is_no_reason_not_to_serve_or_to_end() {
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{nowhere}/v1/traces");
    let mut program = Program::start(&[("SLIPWAY_TRACES_URL", &url)]).await;
    assert_eq!(program.ask(Method::GET, "/").send().await.unwrap().status(), 200);
    tokio::time::timeout(std::time::Duration::from_mins(1), program.end()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn d24_a_line_of_the_log_names_the_request_or_the_operation_that_it_is_about() {
    let mut program = Program::start(&[("SLIPWAY_LOG_FORMAT", "json"), ("RUST_LOG", "info")]).await;
    let order = json!({"name": "leave", "project": "welcome", "version": 1, "admins": ["ana"]});
    assert_eq!(program.send(Method::POST, "applications", &order).await.0, 202);
    program.until_over().await;
    let fault = program.ask(Method::GET, "/ui?fault=slip-of-the-pen").send().await.unwrap();
    let request = fault.headers()["x-request-id"].to_str().unwrap().to_owned();
    program.end().await;
    let log = program.log();
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let of = |name: &'static str| lines.iter().filter(move |line| line["span"]["name"] == name);
    let done = of("step").find(|line| line["message"] == "leave: Deploy succeeded").unwrap();
    assert_eq!(done["span"]["application"], "leave");
    assert_eq!(done["span"]["operation"].as_str().map(str::len), Some(26), "{done}");
    assert!(of("request").any(|line| line["span"]["id"] == request.as_str()), "{log}");
}
