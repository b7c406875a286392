//! What keeps browsers safe: policies, limits, and places that nobody is sent to.

use jiff::Timestamp;
use reqwest::{Method, Response};
use slipway_domain::{names::ApplicationName, observed::Remark, ports::Journal};

use crate::console::Console;

const PAGES: &[&str] = &[
    "/",
    "/sign-in",
    "/audit",
    "/account/tokens",
    "/system",
    "/devops/releases",
    "/devops/releases/holiday",
    "/devops/releases/holiday/deploy",
    "/devops/releases/holiday/deploy/users",
    "/devops/releases/holiday/deploy/connectors",
    "/devops/releases/holiday/deploy/review",
    "/devops/instances",
    "/devops/instances/none",
    "/devops/instances/shop",
    "/devops/instances/shop/components",
    "/devops/instances/shop/logs",
    "/devops/instances/shop/events",
    "/devops/instances/shop/history",
    "/devops/instances/shop/configuration",
    "/devops/instances/shop/update/review",
    "/nothing/here",
];

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

#[tokio::test]
async fn every_page_runs_only_its_own_scripts_and_loads_nothing_from_elsewhere() {
    let console = Console::open().await;
    console.deploy("shop").await;
    let shop = console.store.application(&ApplicationName::parse("shop").unwrap()).await.unwrap().unwrap();
    let warning = Remark { reason: "BackOff".to_owned(), at: Some(shop.created_at), ..Remark::default() };
    console.store.keep_warnings(shop.id, &[warning], Timestamp::UNIX_EPOCH).await.unwrap();
    let mut numbers = std::collections::BTreeSet::new();
    for path in PAGES {
        let answer = console.request(Method::GET, path).send().await.unwrap();
        let policy = header(&answer, "content-security-policy").to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'nonce-"), "{path}: {policy:?}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
        let number = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let page = answer.text().await.unwrap();
        for script in page.split("<script").skip(1) {
            let head = script.split('>').next().unwrap();
            assert!(head.contains(&format!("nonce=\"{number}\"")), "{path}: <script{head}>");
        }
        for forbidden in [" style=\"", " onclick=", " onsubmit=", " onload=", "javascript:"] {
            assert!(!page.contains(forbidden), "{path}: {forbidden}");
        }
        assert!(numbers.insert(number), "{path}: the number was used before");
    }
}

#[tokio::test]
async fn every_answer_says_what_browsers_may_do_with_it() {
    let console = Console::open().await;
    for path in
        ["/", "/docs/api", "/docs/api.js", "/pkg/icon.svg", "/healthz", "/api/v1/releases", "/api/v1/nothing"]
    {
        let answer = console.request(Method::GET, path).send().await.unwrap();
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&answer, "x-frame-options"), "DENY", "{path}");
        assert_eq!(header(&answer, "referrer-policy"), "same-origin", "{path}");
        assert_eq!(header(&answer, "cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(header(&answer, "content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(header(&answer, "strict-transport-security"), "", "{path}: there is no TLS here");
    }
}

#[tokio::test]
async fn behind_tls_browsers_are_told_to_stay_with_it() {
    let console = Console::with(&["--public-url", "https://slipway.example.com"]).await;
    let answer = console.sign_in("correct-horse-battery").await;
    assert!(header(&answer, "strict-transport-security").starts_with("max-age="));
    let cookie = header(&answer, "set-cookie");
    let mut parts = cookie.split("; ");
    // A browser takes that name only with these words, so that no application beside the console can set it.
    assert!(parts.next().unwrap().starts_with("__Host-slipway="), "{cookie}");
    let parts: Vec<_> = parts.collect();
    for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(parts.contains(&part), "{part} is not in {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
}

#[tokio::test]
async fn d7_the_database_of_an_application_is_never_asked_by_the_console_itself() {
    let console = Console::open().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    let mut order = crate::console::order("shop");
    order["project"] = "holiday".into();
    order["version"] = 2.into();
    order["components"] = serde_json::json!({"email-connector": {"variables": {"EMAIL_HOST": "smtp.example.com",
        "EMAIL_PORT": 25, "EMAIL_USERNAME": "u", "EMAIL_PASSWORD": "p"}}});
    for host in [place.to_string(), "169.254.169.254:5432".to_owned()] {
        order["database"] = serde_json::json!(
            {"url": format!("jdbc:postgresql://{host}/app"), "username": "app", "password": "p"});
        let (status, told) = console.ask(Method::POST, "plan", order.clone()).await;
        assert_eq!(status, 200, "{told}");
    }
    order["database"]["url"] = format!("jdbc:postgresql://{place}/app").into();
    let (status, told) = console.ask(Method::POST, "applications", order).await;
    assert_eq!(status, 202, "{told}");
    console.until_over("shop").await;
    let knocked = tokio::time::timeout(std::time::Duration::from_millis(200), listener.accept()).await;
    assert!(knocked.is_err(), "somebody came: {knocked:?}");
}

#[tokio::test]
async fn nobody_is_sent_elsewhere_after_signing_in() {
    let console = Console::open().await;
    for next in ["https://evil.example", "//evil.example", "/%5Cevil.example", "evil.example"] {
        let form = [("name", "admin"), ("password", "correct-horse-battery"), ("next", next)];
        let answer = console.post("/auth/sign-in", &form).await;
        assert_eq!(header(&answer, "location"), "/", "{next}");
    }
}

#[tokio::test]
async fn whoever_guesses_passwords_is_told_to_wait() {
    let console = Console::open().await;
    let mut places = Vec::new();
    for _ in 0..60 {
        let answer = console.post("/auth/sign-in", &[("name", "nobody"), ("password", "x")]).await;
        places.push(header(&answer, "location").to_owned());
    }
    assert!(places.last().unwrap().contains("problem=busy"), "{places:?}");
    assert!(places.first().unwrap().contains("problem=wrong"), "{places:?}");
}

#[tokio::test]
async fn d7_the_address_in_the_trail_is_not_what_a_stranger_says() {
    let stranger = Console::open().await;
    let behind = Console::with(&["--trusted-proxies", "127.0.0.0/8"]).await;
    for (console, address) in [(stranger, "127.0.0.1"), (behind, "198.51.100.9")] {
        let request = console.request(Method::POST, "/api/v1/applications/shop/retry");
        request.header("x-forwarded-for", "203.0.113.1, 198.51.100.9").send().await.unwrap();
        assert_eq!(console.rows().await.pop().unwrap().address, address);
    }
}

#[tokio::test]
async fn a_form_that_is_too_large_or_comes_from_elsewhere_changes_nothing() {
    let console = Console::open().await;
    let before = console.rows().await.len();
    let large = "x".repeat(300 * 1024);
    let answer = console.post("/actions/retry", &[("name", &large)]).await;
    assert_eq!(answer.status(), 413);
    for origin in ["https://evil.example", "null"] {
        let request = console.request(Method::POST, "/actions/retry").header("origin", origin);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body("name=shop");
        assert_eq!(request.send().await.unwrap().status(), 403, "{origin}");
    }
    assert_eq!(console.rows().await.len(), before);
}
