//! Whatever goes wrong, a person sees a page with the number of the request, and so do the header and the log (D15).

use reqwest::{Method, Response, header};
use sqlx::Connection;

use crate::console::Console;

/// A browser asks.
async fn ask(console: &Console, path: &str) -> Response {
    console.request(Method::GET, path).header(header::ACCEPT, "text/html,*/*;q=0.8").send().await.unwrap()
}

/// The status, and the page, which must name the number that the header names.
async fn seen(answer: Response) -> (u16, String) {
    let number = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(number.len(), 26, "{number}");
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("style-src 'self'"), "it is not bare: {policy}");
    let (status, page) = (answer.status().as_u16(), answer.text().await.unwrap());
    assert!(page.contains(&number), "{number} is not in {page}");
    assert!(page.contains("slipway.css") && page.contains("<h1"), "{page}");
    assert!(page.contains("Go to the start page"), "{page}");
    (status, page)
}

#[tokio::test]
async fn d15_a_page_that_breaks_says_so_and_takes_nothing_else_down() {
    let console = Console::with(&["--development"]).await;
    let (status, page) = seen(ask(&console, "/ui?fault=slip-of-the-pen").await).await;
    assert_eq!(status, 500);
    assert!(page.contains("Something broke") && !page.contains("slip-of-the-pen"), "{page}");
    assert_eq!(ask(&console, "/").await.status(), 200);
}

#[tokio::test]
async fn d15_what_is_missing_forbidden_or_away_is_a_page_with_the_number() {
    let console = Console::with(&["--development"]).await;
    for (path, expected, heading) in [
        ("/nothing/here", 404, "Not found"),
        ("/devops/instances/none", 404, "Not found"),
        ("/ui?fault=forbidden", 403, "You may not see this"),
        ("/ui?fault=unavailable", 503, "cannot be shown right now"),
    ] {
        let (status, page) = seen(ask(&console, path).await).await;
        assert_eq!(status, expected, "{path}");
        assert!(page.contains(heading), "{path}: {page}");
    }
}

#[tokio::test]
async fn d15_what_a_layer_refuses_is_a_page_too() {
    let console = Console::open().await;
    let request =
        console.request(Method::POST, "/actions/retry").header(header::ORIGIN, "https://evil.example");
    let request = request.header(header::ACCEPT, "text/html").header(header::COOKIE, "slipway_look=dark");
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body("name=shop");
    let (status, page) = seen(request.send().await.unwrap()).await;
    assert_eq!(status, 403);
    assert!(page.contains("It was sent from another site") && page.contains("data-theme=\"dark\""), "{page}");
    let (status, page) =
        seen(console.post("/actions/retry", &[("name", &"x".repeat(300 * 1024))]).await).await;
    assert_eq!(status, 413);
    assert!(page.contains("256 KiB"), "{page}");
}

#[tokio::test]
async fn d15_without_a_database_that_is_said_and_not_that_somebody_is_a_stranger() {
    let console = Console::open().await;
    let file = console.folder.path().join("var/slipway.db");
    let mut database = sqlx::SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    sqlx::query("ALTER TABLE sessions RENAME TO lost").execute(&mut database).await.unwrap();
    let (status, page) = seen(ask(&console, "/devops/instances").await).await;
    assert_eq!(status, 503);
    assert!(page.contains("The database does not answer, so Slipway cannot tell who you are."), "{page}");
}

#[tokio::test]
async fn d15_the_kit_is_there_only_for_those_who_work_on_it() {
    assert_eq!(ask(&Console::open().await, "/ui").await.status(), 404);
    assert_eq!(ask(&Console::with(&["--development"]).await, "/ui").await.status(), 200);
}
