//! The first pages after a start: right, though the cluster has not said yet what there is.

use axum::{Json, Router, body::Body, routing::any};
use futures::stream;
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;

use crate::console::Console;

/// An API server that says who it is, begins to answer everything else, and never ends.
async fn silent(folder: &std::path::Path) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    let version = json!({"major": "1", "minor": "33", "gitVersion": "v1.33.0", "gitCommit": "",
        "gitTreeState": "clean", "buildDate": "", "goVersion": "", "compiler": "gc", "platform": ""});
    let silence = || async { Body::from_stream(stream::pending::<std::io::Result<Vec<u8>>>()) };
    let router = Router::new().route("/version", any(move || async { Json(version) })).fallback(any(silence));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let file = folder.join("kubeconfig");
    let config = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
         clusters: [{{name: c, cluster: {{server: 'http://{place}'}}}}]\n\
         users: [{{name: c, user: {{}}}}]\ncontexts: [{{name: c, context: {{cluster: c, user: c}}}}]\n"
    );
    std::fs::write(&file, config).unwrap();
    format!("kubeconfig:{}", file.display())
}

#[tokio::test]
async fn d14_pages_say_that_the_cluster_is_being_read_until_it_has_been() {
    const MARK: &str = "Reading the cluster. What you see is its last known state.";
    let folder = tempfile::tempdir().unwrap();
    for (cluster, is_marked) in [(silent(folder.path()).await, true), ("sandbox".to_owned(), false)] {
        let console = Console::with(&["--cluster", &cluster]).await;
        for path in ["/devops/instances", "/devops/releases", "/"] {
            let mut page = String::new();
            // The simulated one is read in a moment.
            for _ in 0..100 {
                page = console.request(Method::GET, path).send().await.unwrap().text().await.unwrap();
                if page.contains(MARK) == is_marked {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            assert_eq!(page.contains(MARK), is_marked, "{path} with {cluster}");
        }
    }
}
