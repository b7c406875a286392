//! What the pages say, read as the document that the server sends: without a script, a style or a browser.

#[path = "../examples/gallery/desk.rs"]
mod desk;
#[path = "../examples/gallery/stage.rs"]
mod stage;

use axum::body::Body;
use http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use slipway_domain::status::Status;
use tower::ServiceExt;

/// A page in a scene: its HTTP status, its document, and what is on it in words.
struct Page {
    status: StatusCode,
    html: String,
    text: String,
}

async fn visit(scene: &str, path: &str) -> Page {
    let request = Request::get(path).header(header::HOST, format!("{scene}.localhost"));
    let pages = stage::pages(|| Status::Pending);
    let response = pages.oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
    let status = response.status();
    let body = response.into_body().collect().await.expect("a whole page").to_bytes();
    let html = String::from_utf8_lossy(&body).into_owned();
    let text = words(&html);
    Page { status, html, text }
}

/// The document without its tags; what follows the body's end is the framework's.
fn words(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        let (tag, rest) = part.split_once('>').unwrap_or_default();
        let is_script = tag.starts_with("script") || tag.starts_with("style");
        if !is_script {
            // Inline parts of a sentence stay together.
            let is_inline =
                ["span", "/span", "strong", "/strong", "code", "/code", "time", "/time", "!", "a ", "/a"];
            if !is_inline.iter().any(|inline| tag.starts_with(inline)) {
                text.push(' ');
            }
            text.push_str(rest);
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn s1_03_released_projects_are_listed_with_their_latest_version() {
    let page = visit("full", "/devops/releases").await;
    assert!(page.text.contains("Application releases"), "{}", page.text);
    assert!(page.html.contains("href=\"/devops/releases/web-shop/deploy\""));
    assert!(page.text.contains("One release cannot be read"));
    assert!(page.text.contains("payroll/4/payroll.json"));
}

#[tokio::test]
async fn s1_02_without_the_role_the_page_names_it_and_answers_403() {
    let page = visit("forbidden", "/devops/instances").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("APS_DEVOPS"), "{}", page.text);
    assert!(!page.html.contains("aria-label=\"Devops\""));
}

#[tokio::test]
async fn s1_18_versions_can_be_chosen_newest_first() {
    let page = visit("full", "/devops/releases/web-shop/deploy").await;
    let place = |version: &str| page.html.find(&format!("<option value=\"{version}\"")).unwrap();
    assert!(place("7") < place("6") && place("6") < place("5"));
}

#[tokio::test]
async fn s1_22_what_was_typed_is_kept_and_each_mistake_stands_beside_its_field() {
    let page = visit("full", "/devops/releases/web-shop/deploy?check=1&name=My%20Shop&users=sales").await;
    for part in
        ["value=\"My Shop\"", "value=\"sales\"", "id=\"name-error\"", "id=\"admins-error\"", "href=\"#name\""]
    {
        assert!(page.html.contains(part), "{part}");
    }
    assert!(page.html.contains("aria-describedby=\"name-error name-help\""));
    assert!(page.text.contains("Use only lowercase letters, digits and hyphens."));
}

#[tokio::test]
async fn a_form_that_was_not_sent_yet_complains_about_nothing() {
    let page = visit("full", "/devops/releases/web-shop/deploy").await;
    assert!(!page.html.contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn s1_32_a_status_is_told_by_word_and_icon() {
    let page = visit("full", "/devops/instances").await;
    for status in
        ["Pending", "ImageBuild", "Running", "ImageBuildFailed", "Unknown", "Undeploying", "Undeployed"]
    {
        assert!(page.html.contains(&format!("</svg>{status}")), "{status}");
    }
}

#[tokio::test]
async fn s1_43_undeploy_is_offered_only_when_running() {
    let page = visit("full", "/devops/instances").await;
    assert!(page.html.contains("href=\"/devops/instances/harbour/undeploy\""));
    assert!(!page.html.contains("href=\"/devops/instances/webshop/undeploy\""));
    assert!(page.html.contains("Only a running application can be undeployed. Use Force Undeploy instead."));
}

#[tokio::test]
async fn s1_44_force_undeploy_is_offered_while_deploying_or_when_failed() {
    let page = visit("full", "/devops/instances").await;
    for name in ["webshop", "intranet", "expenses", "webshop-staging"] {
        assert!(
            page.html.contains(&format!("href=\"/devops/instances/{name}/undeploy?force=true\"")),
            "{name}"
        );
    }
    assert!(!page.html.contains("href=\"/devops/instances/harbour/undeploy?force=true\""));
}

#[tokio::test]
async fn s1_43_a_removal_that_does_not_apply_cannot_be_confirmed() {
    let page = visit("full", "/devops/instances/webshop/undeploy").await;
    assert!(page.text.contains("Only a running application can be undeployed."));
    assert!(!page.html.contains("action=\"/actions/undeploy\""));
}

#[tokio::test]
async fn s1_45_the_gateway_is_a_link_only_when_something_runs_behind_it() {
    let page = visit("stale", "/devops/instances").await;
    assert!(page.html.contains("href=\"http://gateway.example.com/harbour\""));
    assert!(!page.html.contains("href=\"http://gateway.example.com/webshop\""));
}

#[tokio::test]
async fn s1_48_a_call_of_the_api_can_be_copied() {
    let page = visit("stale", "/devops/instances/harbour").await;
    assert!(page.text.contains("curl http://gateway.example.com/harbour"), "{}", page.text);
}

#[tokio::test]
async fn d2_a_failure_shows_its_code_its_sentence_its_evidence_and_what_to_do() {
    let page = visit("full", "/devops/instances/expenses").await;
    for part in ["DEP_E163", "crashes again and again", "exit code 3", "Read its log"] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
}

#[tokio::test]
async fn a_deployment_under_way_shows_how_far_it_is() {
    let page = visit("full", "/devops/instances/webshop").await;
    assert!(page.text.contains("Create resources: done"), "{}", page.text);
    assert!(page.text.contains("Start workloads: under way"));
}

#[tokio::test]
async fn every_page_says_that_the_cluster_is_simulated_or_out_of_reach() {
    for path in ["/", "/devops/releases", "/devops/instances", "/devops/instances/harbour"] {
        assert!(visit("full", path).await.text.contains("Sandbox"), "{path}");
        let page = visit("stale", path).await;
        assert!(
            page.text.contains("The cluster has been out of reach since 09:25 UTC (4 min ago)."),
            "{}",
            page.text
        );
        assert!(!page.text.contains("Sandbox"), "{path}");
    }
}

#[tokio::test]
async fn what_a_silent_cluster_does_not_tell_is_not_made_up() {
    let page = visit("stale", "/devops/instances/harbour").await;
    assert!(page.text.contains("Not known"), "{}", page.text);
    assert!(!page.text.contains("0 of 1"));
}

#[tokio::test]
async fn nothing_yet_looks_different_from_something_broken() {
    assert!(visit("empty", "/devops/instances").await.text.contains("Nothing is deployed"));
    let page = visit("outage", "/devops/instances").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.text.contains("Try again in a moment."));
}

#[tokio::test]
async fn an_address_that_means_nothing_is_answered_with_404_and_a_way_on() {
    for path in ["/nothing", "/devops/instances/nobody", "/devops/releases/nothing/deploy"] {
        let page = visit("full", path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text.contains("Go to the start page"), "{path}");
    }
}

#[tokio::test]
async fn the_way_in_is_the_one_that_is_configured() {
    let provider = visit("full", "/sign-in?next=/devops/instances").await;
    assert!(provider.html.contains("href=\"/auth/login?next=%2Fdevops%2Finstances\""));
    let local = visit("empty", "/sign-in?problem=wrong").await;
    assert!(local.html.contains("action=\"/auth/sign-in\""));
    assert!(local.text.contains("do not go together"));
}

#[tokio::test]
async fn what_is_swapped_by_live_news_has_an_id_of_its_own() {
    for path in ["/", "/devops/instances", "/devops/instances/webshop"] {
        let page = visit("full", path).await;
        let ids: Vec<_> = page
            .html
            .split('<')
            .filter(|tag| tag.contains("data-live"))
            .map(|tag| tag.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned())
            .collect();
        let distinct: std::collections::HashSet<_> = ids.iter().collect();
        assert!(!ids.is_empty() && distinct.len() == ids.len(), "{path}: {ids:?}");
    }
}
