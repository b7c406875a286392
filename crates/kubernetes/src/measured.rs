//! Counts what is asked of the API server, and how long it takes to answer.

use std::task::{Context, Poll};

use futures::{FutureExt, future::BoxFuture};
use http::{Method, Request, Response};
use metrics::{counter, histogram};
use tokio::time::Instant;
use tower::Service;
use tracing::{Instrument, Span, field};

/// A way to the API server that is counted.
#[derive(Clone)]
pub struct Measured<S>(pub S);

impl<S, A, B> Service<Request<A>> for Measured<S>
where
    S: Service<Request<A>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    B: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let (verb, began) = (verb(&request), Instant::now());
        // A watch is asked for by nobody, and lasts for minutes.
        let span = if verb == "watch" {
            Span::none()
        } else {
            tracing::info_span!("cluster", verb, path = request.uri().path(), code = field::Empty)
        };
        let told = span.clone();
        let answered = self.0.call(request);
        async move {
            let answer = answered.await;
            let code =
                answer.as_ref().map_or("none".to_owned(), |answer| answer.status().as_u16().to_string());
            told.record("code", &code);
            counter!("slipway_cluster_requests_total", "verb" => verb, "code" => code).increment(1);
            histogram!("slipway_cluster_request_seconds", "verb" => verb).record(began.elapsed());
            answer
        }
        .instrument(span)
        .boxed()
    }
}

/// As the API server's own numbers call it.
fn verb<A>(request: &Request<A>) -> &'static str {
    let query = request.uri().query().unwrap_or_default();
    let has = |part: &str| query.split('&').any(|one| one == part);
    match *request.method() {
        Method::GET if has("watch=true") => "watch",
        Method::GET => "get",
        Method::POST => "create",
        Method::PUT => "update",
        // What is only tried out.
        Method::PATCH if has("dryRun=All") => "try",
        Method::PATCH => "apply",
        Method::DELETE => "delete",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_the_verb_of_what_it_does() {
        let verb =
            |method: &str, uri: &str| verb(&Request::builder().method(method).uri(uri).body(()).unwrap());
        assert_eq!(verb("GET", "/api/v1/pods?watch=true&resourceVersion=1"), "watch");
        assert_eq!(verb("GET", "/api/v1/pods?limit=500"), "get");
        assert_eq!(verb("PATCH", "/api/v1/namespaces/shop?fieldManager=slipway&dryRun=All"), "try");
        assert_eq!(verb("PATCH", "/api/v1/namespaces/shop?fieldManager=slipway"), "apply");
    }
}
