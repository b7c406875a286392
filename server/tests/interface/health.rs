//! Whether it is well, part by part: what an orchestrator asks without signing in.

use reqwest::Method;
use serde_json::{Value, json};

use crate::console::Console;

async fn ask(console: &Console, path: &str) -> (u16, String) {
    let answer = console.request(Method::GET, path).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn d24_each_part_is_told_by_name_and_a_part_that_is_away_takes_the_readiness_but_not_the_life() {
    let folder = tempfile::tempdir().unwrap();
    let releases = folder.path().join("releases");
    std::fs::create_dir(&releases).unwrap();
    let console = Console::closed(&["--releases-dir", &releases.display().to_string()]).await;
    let parts = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let (status, told) = ask(&console, "/readyz").await;
    assert_eq!((status, parts(&told)), (200, json!({"database": "ok", "cluster": "ok", "releases": "ok"})));
    assert_eq!(ask(&console, "/healthz").await, (200, "ok".to_owned()));

    std::fs::rename(&releases, folder.path().join("elsewhere")).unwrap();
    let (status, told) = ask(&console, "/readyz").await;
    assert_eq!(
        (status, parts(&told)),
        (503, json!({"database": "ok", "cluster": "ok", "releases": "out of reach"}))
    );
    // To be started again would not bring it back.
    assert_eq!(ask(&console, "/healthz").await, (200, "ok".to_owned()));
    std::fs::rename(folder.path().join("elsewhere"), &releases).unwrap();
    assert_eq!(ask(&console, "/readyz").await.0, 200);
}
