//! Whatever goes wrong with a page, people see a page: what happened, why, what to do, and the number under which the
//! log has it. Programs get a problem instead (`api/problem.rs`).

use std::any::Any;

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use slipway_app::pages::fault::Fault;
use slipway_store::Origin;

use super::{assets::FOLDER, pages};

/// What a layer says about a refusal is a line.
const LINE: usize = 2048;
/// Such a page shows itself and nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
);

/// What a handler that broke answers. What it broke over is in the log.
pub fn broken(cause: Box<dyn Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    let text = text.or(cause.downcast_ref::<&str>().copied()).unwrap_or("no word of why");
    tracing::error!(panic = text, "A request broke");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Tells the log of what went wrong, and a browser in a page.
pub async fn tell(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let number = request.extensions().get::<Origin>().map(|origin| origin.request.clone());
    let (look, language) = (pages::look(request.headers()), pages::language(request.headers()));
    let wants_page = wants_page(&path, request.headers());
    let response = next.run(request).await;
    let status = response.status();
    if status.as_u16() < 400 {
        return response;
    }
    if status.is_server_error() {
        tracing::error!(%method, path, status = status.as_u16(), "A request was not answered");
    } else {
        tracing::info!(%method, path, status = status.as_u16(), "A request was refused");
    }
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    if !wants_page || kind.starts_with(b"text/html") {
        return response;
    }
    let is_line = kind.starts_with(b"text/plain");
    let (mut head, body) = response.into_parts();
    let line = if is_line { to_bytes(body, LINE).await.ok() } else { None };
    let line = line.and_then(|line| String::from_utf8(line.to_vec()).ok()).filter(|line| !line.is_empty());
    let fault = Fault { status: status.as_u16(), line, request: number.unwrap_or_default() };
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    head.headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    Response::from_parts(head, Body::from(fault.document(look, language, &FOLDER)))
}

/// A browser that shows what it gets; not a script, not a program, not a part of a page.
fn wants_page(path: &str, headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok()).unwrap_or_default();
    !path.starts_with("/api/") && !path.starts_with("/pkg/") && accepts.contains("text/html")
}

#[cfg(test)]
mod tests {
    use axum::{Router, middleware, routing::get};
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    async fn ask(path: &str, accept: &str) -> (StatusCode, String) {
        async fn slip() -> &'static str {
            panic!("a secret slip")
        }
        let origin = Origin { request: "01ARZ".to_owned(), ..Origin::default() };
        let router = Router::new()
            .route("/slip", get(slip))
            .route("/api/slip", get(slip))
            .route(
                "/away",
                get(|| async { (StatusCode::SERVICE_UNAVAILABLE, "The database does not answer.") }),
            )
            .layer(CatchPanicLayer::custom(broken))
            .layer(middleware::from_fn(tell))
            .layer(axum::Extension(origin));
        let request = Request::get(path).header(header::ACCEPT, accept).body(Body::empty()).unwrap();
        let answer = router.oneshot(request).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 100_000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn d15_a_handler_that_breaks_is_a_page_that_names_the_request_and_hides_the_slip() {
        let (status, page) = ask("/slip", "text/html").await;
        assert_eq!(status, 500);
        assert!(
            page.contains("Something broke") && page.contains("01ARZ") && !page.contains("secret"),
            "{page}"
        );
    }

    #[tokio::test]
    async fn d15_what_a_layer_says_is_told_in_the_page() {
        let (status, page) = ask("/away", "text/html,*/*").await;
        assert_eq!(status, 503);
        assert!(page.contains("The database does not answer.") && page.contains("<html"), "{page}");
    }

    #[tokio::test]
    async fn d15_programs_get_no_page() {
        for (path, accept) in [("/api/slip", "text/html"), ("/slip", "application/json"), ("/slip", "*/*")] {
            assert_eq!(ask(path, accept).await, (StatusCode::INTERNAL_SERVER_ERROR, String::new()), "{path}");
        }
    }
}
