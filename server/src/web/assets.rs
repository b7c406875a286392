//! Stylesheet, script and wasm, from inside the binary.

use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

/// What the build has put there; a debug build reads the folder at run time instead.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site/pkg"]
#[allow_missing = true]
struct Pkg;

/// One file. Browsers keep it and ask whether it changed.
pub async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = Pkg::get(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let tag = tag(&file);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    if known.is_some_and(|known| known.contains(tag.trim_matches('"'))) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let kind = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let head = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::ETAG, tag),
        (header::VARY, "accept-encoding".to_owned()),
    ];
    // The build has compressed it better than there is time for while somebody waits.
    let small = Pkg::get(&format!("{path}.br")).filter(|_| takes_brotli(&headers));
    match small.filter(|small| small.metadata.last_modified() >= file.metadata.last_modified()) {
        Some(small) => (head, [(header::CONTENT_ENCODING, "br")], small.data.into_owned()).into_response(),
        None => (head, file.data.into_owned()).into_response(),
    }
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|kinds| kinds.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|kind| kind.trim() == "br")
}

fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let start = hash.first_chunk().map_or(0, |start| u64::from_be_bytes(*start));
    format!("\"{start:016x}\"")
}
