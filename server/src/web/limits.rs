//! How large a request may be, and how long it may take.

use std::time::Duration;

use axum::{Router, http::StatusCode};
use tower_http::{limit::RequestBodyLimitLayer, timeout::TimeoutLayer};

/// A form is small; whatever is larger is not one.
pub const MAX_BODY: usize = 256 * 1024;
/// A request that is not answered by then never will be: longer than whatever a plan asks of registries and the
/// cluster may take. What it sends must have come by then as well; an answer that has begun may go on for ever.
const PATIENCE: Duration = Duration::from_mins(1);

/// Refuses what is too large, and ends what takes too long.
pub fn limited(router: Router) -> Router {
    router
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::{
        body::{Body, Bytes},
        extract::Request,
        routing::post,
    };
    use futures::{StreamExt, stream};
    use tokio::time::Instant;
    use tower::ServiceExt;

    use super::*;

    /// The status of a request with that body, and how long it took.
    async fn ask(body: Body) -> (StatusCode, Duration) {
        let router = limited(Router::new().route("/", post(|body: Bytes| async move { body })));
        let began = Instant::now();
        let answer = router.oneshot(Request::post("/").body(body).unwrap()).await.unwrap();
        (answer.status(), began.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn d7_a_request_that_does_not_come_to_its_end_is_ended() {
        let begin = stream::iter([Ok::<_, Infallible>(Bytes::from("name="))]);
        let slow = Body::from_stream(begin.chain(stream::pending()));
        assert_eq!(ask(slow).await, (StatusCode::SERVICE_UNAVAILABLE, PATIENCE));
        assert_eq!(ask(Body::from("name=shop")).await, (StatusCode::OK, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn d7_a_request_that_never_says_how_large_it_is_is_refused_when_it_is_too_large() {
        let endless = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from(vec![b'x'; 4096])));
        assert_eq!(ask(Body::from_stream(endless)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
