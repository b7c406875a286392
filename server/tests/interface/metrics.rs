//! What Prometheus reads.

use std::{collections::BTreeSet, net::TcpListener};

use crate::console::Console;

/// Words of a text that may be names of metrics.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_');
    let ours = words.filter(|word| word.starts_with("slipway_") && *word != "slipway_session");
    // A histogram is told in three parts.
    let whole = ours.map(|word| {
        ["_bucket", "_count", "_sum"].iter().fold(word, |word, part| word.trim_end_matches(part))
    });
    whole.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_manual_and_the_dashboard_name_is_told_and_no_application_is_named() {
    let addr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let console = Console::with(&["--metrics-addr", &addr]).await;
    console.deploy("confidential").await;
    let _following = console.request(reqwest::Method::GET, "/api/v1/events").send().await.unwrap();
    let answer = reqwest::get(format!("http://{addr}/metrics")).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = answer.text().await.unwrap();
    let has = |line: &str| assert!(text.lines().any(|told| told.starts_with(line)), "no {line} in\n{text}");
    has("slipway_operations_total{kind=\"Deploy\",outcome=\"Succeeded\"} ");
    has("slipway_applications{status=\"Running\"} 1");
    has("slipway_operations_open 0");
    has("slipway_http_requests_total{method=\"POST\",route=\"/api/v1/applications\",status=\"202\"} ");
    has("slipway_cluster_requests_total{verb=\"apply\",code=\"201\"} ");
    has("process_resident_memory_bytes ");
    assert!(!text.contains("confidential") && !text.contains("admin"), "{text}");

    let told = names(&text);
    for place in ["operations.md", "grafana.json"] {
        let text =
            std::fs::read_to_string(format!("{}/../docs/{place}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let named = names(&text);
        assert!(named.len() > 8, "{place} names {named:?}");
        assert_eq!(named.difference(&told).collect::<Vec<_>>(), [""; 0], "{place} names what is not told");
    }
}
