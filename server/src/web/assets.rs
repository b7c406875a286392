//! Stylesheet, script and wasm, from inside the binary.

use std::{borrow::Cow, sync::LazyLock};

use axum::{
    body::Bytes,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::pack;
use crate::hash::sha256;

const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// What the build has put there; a debug build reads the folder at run time instead.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site/pkg"]
#[allow_missing = true]
struct Pkg;

/// The folder that pages name. It is another one when any of the files is another, so that browsers may keep what they have.
pub static FOLDER: LazyLock<String> = LazyLock::new(|| {
    let files = Pkg::iter().filter_map(|name| Pkg::get(&name));
    let hashes: Vec<u8> = files.flat_map(|file| file.metadata.sha256_hash()).collect();
    format!("pkg/{}", &sha256(hashes)[..16])
});

/// One file. In the folder of this version it will never change; anywhere else browsers ask whether it has, which is for
/// pages of another version while one takes the place of the other.
pub async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let (version, name) = path.split_once('/').unwrap_or(("", &path));
    let Some(file) = Pkg::get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let is_current = FOLDER.strip_prefix("pkg/") == Some(version);
    let tag = tag(&file);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    if known.is_some_and(|known| known.contains(tag.trim_matches('"'))) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let head = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CACHE_CONTROL, if is_current { FOR_EVER } else { "no-cache" }.to_owned()),
        (header::ETAG, tag),
        (header::VARY, "accept-encoding".to_owned()),
    ];
    // The build has compressed it better than there is time for while somebody waits.
    let small = Pkg::get(&format!("{name}.br")).filter(|_| pack::is_wanted(&headers));
    match small.filter(|small| small.metadata.last_modified() >= file.metadata.last_modified()) {
        Some(small) => (head, [(header::CONTENT_ENCODING, "br")], body(small)).into_response(),
        None => (head, body(file)).into_response(),
    }
}

/// As it lies in the program; only a debug build has read it.
fn body(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    }
}

fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let start = hash.first_chunk().map_or(0, |start| u64::from_be_bytes(*start));
    format!("\"{start:016x}\"")
}
