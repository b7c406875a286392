//! The manners of the REST interface: problems, tags, conditions, keys, pages, and the document that describes it.

use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::console::{Console, order, told};

/// Where the document is committed. Run with SLIPWAY_TEST_WRITE=1 to write it anew.
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");

#[test]
fn s4_32_the_committed_document_is_the_one_that_the_program_serves() {
    let text = serde_json::to_string_pretty(&slipway_server::openapi()).unwrap() + "\n";
    if std::env::var("SLIPWAY_TEST_WRITE").is_ok() {
        std::fs::write(DOCUMENT, &text).unwrap();
    }
    let committed = std::fs::read_to_string(DOCUMENT).unwrap_or_default();
    assert!(committed == text, "docs/openapi.json is not the document of this program; write it anew");
}

#[tokio::test]
async fn s4_32_the_document_is_openapi_3_1_and_served() {
    let console = Console::open().await;
    let (status, document) = console.ask(Method::GET, "openapi.json", Value::Null).await;
    assert_eq!((status, document.clone()), (200, slipway_server::openapi()));
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let schemas = &document["components"]["schemas"];
    let mut references = Vec::new();
    collect(&document, &mut references);
    for reference in references {
        let name = reference.strip_prefix("#/components/schemas/").unwrap();
        assert!(schemas[name].is_object(), "{reference} leads nowhere");
    }
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| collect(value, found));
        }
        Value::Array(parts) => parts.iter().for_each(|part| collect(part, found)),
        _ => {}
    }
}

#[tokio::test]
async fn s4_33_whatever_refuses_a_request_programs_get_a_problem_with_a_code() {
    let console = Console::open().await;
    let post = || console.request(Method::POST, "/api/v1/applications");
    let json_kind =
        |request: reqwest::RequestBuilder| request.header(header::CONTENT_TYPE, "application/json");
    let large = "x".repeat(300 * 1024);
    for (request, status, code) in [
        (console.stranger(Method::GET, "/api/v1/releases"), 401, "SLW_SIGNED_OUT"),
        (console.request(Method::GET, "/api/v1/nothing"), 404, "SLW_NOT_FOUND"),
        (console.request(Method::GET, "/api/v1/applications/Not%20A%20Name"), 404, "SLW_NOT_FOUND"),
        (console.request(Method::PATCH, "/api/v1/applications"), 405, "SLW_METHOD"),
        (post().body("{}"), 415, "SLW_MEDIA_TYPE"),
        (json_kind(post()).body("{"), 400, "SLW_BAD_REQUEST"),
        (json_kind(post()).body("{\"surprise\": 1}"), 422, "SLW_INVALID"),
        (post().json(&json!({})), 422, "SLW_INVALID"),
        (json_kind(post()).body(large), 413, "SLW_TOO_LARGE"),
        (post().header(header::ORIGIN, "https://evil.example").json(&order("shop")), 403, "SLW_FORBIDDEN"),
        (console.request(Method::GET, "/api/v1/applications?sort=luck"), 400, "SLW_BAD_REQUEST"),
        (console.request(Method::GET, "/api/v1/applications?cursor=luck"), 400, "SLW_BAD_REQUEST"),
        (console.request(Method::GET, "/api/v1/applications?limit=much"), 400, "SLW_BAD_REQUEST"),
    ] {
        let told_of = format!("{request:?}");
        let answer = request.send().await.unwrap();
        let kind = answer.headers().get(header::CONTENT_TYPE).cloned();
        assert_eq!(kind.unwrap(), "application/problem+json", "{told_of}");
        assert!(answer.headers().contains_key("x-request-id") || status == 405 || status == 404, "{told_of}");
        let (found, problem) = told(answer).await;
        assert_eq!((found, problem["code"].as_str()), (status, Some(code)), "{told_of}: {problem}");
        assert_eq!(problem["status"], status, "{told_of}");
    }
    assert!(console.store.applications().await.unwrap().is_empty(), "nothing was changed");
}

#[tokio::test]
async fn a_document_that_is_known_is_not_sent_again() {
    let console = Console::open().await;
    console.deploy("shop").await;
    for path in ["releases", "releases/welcome", "applications", "applications/shop", "openapi.json"] {
        let look = || console.request(Method::GET, &format!("/api/v1/{path}"));
        let tag = look().send().await.unwrap().headers()[header::ETAG].clone();
        let again = look().header(header::IF_NONE_MATCH, tag).send().await.unwrap();
        assert_eq!(again.status(), 304, "{path}");
    }
}

#[tokio::test]
async fn a_change_of_what_somebody_else_has_changed_meanwhile_is_refused() {
    let console = Console::open().await;
    console.deploy("shop").await;
    let look = console.request(Method::GET, "/api/v1/applications/shop").send().await.unwrap();
    let tag = look.headers()[header::ETAG].clone();
    let update = |version: u32| {
        let request = console.request(Method::PUT, "/api/v1/applications/shop");
        request.header(header::IF_MATCH, &tag).json(&json!({"version": version}))
    };
    assert_eq!(update(2).send().await.unwrap().status(), 202);
    console.until_over("shop").await;
    let (status, problem) = told(update(1).send().await.unwrap()).await;
    assert_eq!((status, problem["code"].as_str()), (412, Some("SLW_CHANGED")), "{problem}");
    let remove = console.request(Method::DELETE, "/api/v1/applications/shop").header(header::IF_MATCH, &tag);
    assert_eq!(remove.send().await.unwrap().status(), 412);
}

#[tokio::test]
async fn the_same_request_under_the_same_key_is_done_once_and_answered_the_same() {
    let console = Console::open().await;
    let send = async |key: &str, path: &str, body: Value| {
        let request = console.request(Method::POST, &format!("/api/v1/{path}"));
        told(request.header("idempotency-key", key).json(&body).send().await.unwrap()).await
    };
    let token = json!({"name": "ci", "scopes": ["read"], "days": 1});
    let (first, again) = (send("a", "tokens", token.clone()).await, send("a", "tokens", token.clone()).await);
    assert_eq!((first.0, &first), (201, &again));
    assert_eq!(console.store.tokens_of("local:admin").await.unwrap().len(), 1);
    let (status, problem) = send("a", "applications", order("shop")).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("SLW_KEY_USED")));
    assert_eq!(send("b", "applications", order("Not A Name")).await.0, 422);
    assert_eq!(send("c", "applications", order("shop")).await.0, 202);
    assert_eq!(send("c", "applications", order("shop")).await.0, 202);
    assert_eq!(console.store.applications().await.unwrap().len(), 1);
    let (status, problem) = send("", "tokens", token).await;
    assert_eq!((status, problem["code"].as_str()), (400, Some("SLW_BAD_KEY")));
}

#[tokio::test]
async fn a_long_list_is_read_page_by_page_without_a_gap() {
    let console = Console::open().await;
    let names: Vec<_> = (0..7).map(|number| format!("shop-{number}")).collect();
    for name in &names {
        let (status, told) = console.ask(Method::POST, "applications", order(name)).await;
        assert_eq!(status, 202, "{told}");
    }
    for sort in ["name", "-name", "created", "-updated"] {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("applications?sort={sort}&limit=3&project=welcome&q=shop&cursor={cursor}");
            let (_, page) = console.ask(Method::GET, &path, Value::Null).await;
            let page_names = page["applications"].as_array().unwrap().iter();
            found.extend(page_names.map(|application| application["name"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        if sort == "name" {
            assert_eq!(found, names);
        }
        found.sort();
        // What moves while it is read may be seen twice or not at all when it is sorted by its last change.
        assert!(found == names || sort == "-updated", "{sort}: {found:?}");
    }
    let (_, none) = console.ask(Method::GET, "applications?status=Undeployed", Value::Null).await;
    assert_eq!(none["applications"], json!([]));
}
