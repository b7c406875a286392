//! Counts requests, under the name of their route: names of applications are too many for it.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use metrics::{counter, gauge, histogram};
use tokio::time::Instant;

/// Counts a request, and how long its answer took to begin.
pub async fn measure(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none".to_owned(), |path| path.as_str().to_owned());
    let (method, began) = (request.method().to_string(), Instant::now());
    let answer = next.run(request).await;
    let status = answer.status().as_u16().to_string();
    histogram!("slipway_http_request_seconds", "route" => route.clone()).record(began.elapsed());
    counter!("slipway_http_requests_total", "method" => method, "route" => route, "status" => status)
        .increment(1);
    answer
}

/// Somebody who watches, as long as this is kept.
pub struct Viewer;

impl Viewer {
    /// One more.
    pub fn comes() -> Self {
        gauge!("slipway_viewers").increment(1.0);
        Self
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        gauge!("slipway_viewers").decrement(1.0);
    }
}
