//! What browsers keep, and how it comes to them.

use axum::http::header;
use reqwest::Method;

use crate::console::Console;

/// A header of the answer to a request for that file.
async fn told(console: &Console, path: &str, name: header::HeaderName) -> String {
    let request = console.stranger(Method::GET, path).header(header::ACCEPT_ENCODING, "br");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.headers().get(name).map(|told| told.to_str().unwrap().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn d15_assets_are_kept_for_ever_under_a_name_that_changes_with_them() {
    let console = Console::open().await;
    let page = console.request(Method::GET, "/devops/releases").send().await.unwrap().text().await.unwrap();
    let named: Vec<_> = page.split('"').filter(|part| part.starts_with("/pkg/")).collect();
    let folder = named[0].rsplit_once('/').unwrap().0;
    assert!(named.iter().all(|name| name.starts_with(folder)) && folder.len() > "/pkg/".len(), "{named:?}");
    for name in ["slipway.css", "slipway.js", "slipway_bg.wasm", "icon.svg"] {
        let file = format!("{folder}/{name}");
        assert!(page.contains(&file), "{file} is not in {named:?}");
        assert!(told(&console, &file, header::CACHE_CONTROL).await.contains("immutable"), "{file}");
        assert_eq!(told(&console, &file, header::CONTENT_ENCODING).await, "br", "{file}");
        // A page of another version asks for it while one takes the place of the other.
        for other in [format!("/pkg/0123456789abcdef/{name}"), format!("/pkg/{name}")] {
            assert_eq!(told(&console, &other, header::CACHE_CONTROL).await, "no-cache", "{other}");
        }
    }
    let nothing = console.stranger(Method::GET, &format!("{folder}/nothing.js")).send().await.unwrap();
    assert_eq!(nothing.status(), 404);
}
