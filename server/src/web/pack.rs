//! Packs answers for whoever can unpack brotli.

use std::{convert::Infallible, future::ready};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use tower::{ServiceExt, service_fn};
use tower_http::{CompressionLevel, compression::Compression};

/// A little more work than usual for a little less to fetch.
const LEVEL: i32 = 5;
/// What is packed as a whole is packed with a window of so many bits, which holds a usual page; a larger one would be
/// made and cleared for nothing.
const WINDOW: i32 = 18;

/// Packs what is worth it. Live events are not even looked at: what decides that takes five kilobytes of each, for as
/// long as there is a connection.
pub async fn pack(request: Request, next: Next) -> Response {
    let mut asked = Request::new(Body::empty());
    for accepted in request.headers().get_all(header::ACCEPT_ENCODING) {
        asked.headers_mut().append(header::ACCEPT_ENCODING, accepted.clone());
    }
    let response = next.run(request).await;
    if is_live(response.headers()) {
        return response;
    }
    let mut response = Some(response);
    let answer = service_fn(|_| ready(Ok::<_, Infallible>(response.take().unwrap_or_default())));
    let packer = Compression::new(answer).quality(CompressionLevel::Precise(LEVEL));
    packer.oneshot(asked).await.into_response()
}

fn is_live(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream")
}

/// Can they unpack it?
pub fn is_wanted(headers: &HeaderMap) -> bool {
    let all = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|all| all.to_str().ok());
    let mut all = all.flat_map(|all| all.split(',')).map(|one| one.trim().to_ascii_lowercase());
    all.any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is_brotli = parts.next() == Some("br");
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        is_brotli && weight.is_none_or(|weight| weight.parse().is_ok_and(|weight: f32| weight > 0.0))
    })
}

/// Packs something as a whole.
pub fn whole(text: &[u8]) -> std::io::Result<Bytes> {
    let how =
        BrotliEncoderParams { quality: LEVEL, lgwin: WINDOW, size_hint: text.len(), ..Default::default() };
    let mut packed = Vec::with_capacity(text.len() / 8);
    brotli::BrotliCompress(&mut &*text, &mut packed, &how)?;
    packed.shrink_to_fit();
    Ok(packed.into())
}

/// Says that it is packed.
pub fn mark(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.remove(header::CONTENT_LENGTH);
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::to_bytes, middleware, routing::get};

    use super::*;

    async fn ask(path: &str, accepted: &str) -> (Option<HeaderValue>, Bytes) {
        let events = || async { ([(header::CONTENT_TYPE, "text/event-stream")], "data: a\n\n".repeat(100)) };
        let router = Router::new()
            .route("/text", get(|| async { "again and ".repeat(100) }))
            .route("/events", get(events))
            .layer(middleware::from_fn(pack));
        // One after the other is as good as together.
        let one_by_one = accepted
            .split(", ")
            .fold(Request::get(path), |request, one| request.header(header::ACCEPT_ENCODING, one));
        let request = one_by_one.body(Body::empty());
        let response = router.oneshot(request.unwrap()).await.unwrap();
        let encoding = response.headers().get(header::CONTENT_ENCODING).cloned();
        (encoding, to_bytes(response.into_body(), 100_000).await.unwrap())
    }

    fn unpacked(packed: &[u8]) -> String {
        let mut text = Vec::new();
        brotli::BrotliDecompress(&mut &*packed, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[tokio::test]
    async fn d14_what_is_sent_is_packed_for_those_who_can_unpack_it() {
        let (encoding, body) = ask("/text", "gzip, br").await;
        assert!(encoding.is_some_and(|encoding| encoding == "br") && body.len() < 100, "{}", body.len());
        assert_eq!(unpacked(&body), "again and ".repeat(100));
        assert_eq!(ask("/text", "gzip").await, (None, "again and ".repeat(100).into()));
    }

    #[tokio::test]
    async fn d14_live_events_are_sent_as_they_are() {
        assert_eq!(ask("/events", "br").await, (None, "data: a\n\n".repeat(100).into()));
    }

    #[test]
    fn d14_a_whole_page_is_packed_at_once() {
        let page = "<tr><td>shop</td></tr>".repeat(5_000);
        let packed = whole(page.as_bytes()).unwrap();
        assert!(packed.len() < 200, "{}", packed.len());
        assert_eq!(unpacked(&packed), page);
        for (accepted, is) in [
            ("br", true),
            ("gzip, deflate, br, zstd", true),
            ("br;q=0.5", true),
            ("gzip, br;Q=0.0", false),
            ("BR", true),
            ("br;x=1;q=0", false),
            ("br;q=0", false),
            ("brother", false),
            ("", false),
        ] {
            let headers =
                HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
            assert_eq!(is_wanted(&headers), is, "{accepted}");
        }
    }
}
