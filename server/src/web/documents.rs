//! Lists as they were sent last: whoever asks for the same again before anything has changed is sent the same bytes, and
//! if they ask several times at once it is made once. People do not share them, because their names are on them; what
//! they share is the list itself ([`slipway_app::kept`]).

use std::sync::Arc;

use axum::{
    Extension,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, response::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use slipway_app::{kept::age, language::Language, look::Look};
use slipway_domain::actor::Actor;
use tokio::sync::OnceCell;

use super::{
    pack, pages,
    shelf::{Label, Shelf},
};
use crate::desk::Office;

/// The page that everybody looks at, and that is made of nothing but what the board knows.
const LIST: &str = "/devops/instances";
/// No page is larger.
const LARGEST: usize = 16 * 1024 * 1024;

/// All that are kept.
pub type Documents = Shelf<Asked, OnceCell<Document>>;

/// Everything that such a page depends on.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    revision: i64,
    age: i64,
    /// The address, with what is asked for.
    place: String,
    /// Their name is on it, and it shows what they may do.
    actor: Actor,
    look: Look,
    language: Language,
    stale_since: Option<Timestamp>,
    is_reading: bool,
}

impl Label for Asked {
    fn moment(&self) -> (i64, i64) {
        (self.revision, self.age)
    }
}

impl Asked {
    /// None for what is not kept.
    fn of(request: &Request, office: &Office, actor: Actor) -> Option<Self> {
        let is_kept = request.method() == Method::GET && request.uri().path() == LIST;
        let headers = request.headers();
        (is_kept && pack::is_wanted(headers)).then(|| Self {
            revision: office.board.read().revision(),
            age: age(office.clock.now()),
            place: request.uri().to_string(),
            actor,
            look: pages::look(headers),
            language: pages::language(headers),
            stale_since: office.cluster.out_of_reach_since(),
            is_reading: !office.cluster.has_been_read(),
        })
    }
}

/// A page as it is sent.
#[derive(Debug)]
pub struct Document {
    headers: HeaderMap,
    body: Bytes,
}

/// Sends what is kept, and keeps what was made.
pub async fn keep(
    State(documents): State<Arc<Documents>>,
    Extension(office): Extension<Arc<Office>>,
    actor: Option<Extension<Actor>>,
    request: Request,
    next: Next,
) -> Response {
    let asked = actor.and_then(|Extension(actor)| Asked::of(&request, &office, actor));
    match asked {
        Some(asked) => kept(&documents.place(asked), next.run(request)).await,
        None => next.run(request).await,
    }
}

/// What is in the cell; if there is nothing, what is made. Whoever asks meanwhile waits for it.
async fn kept(cell: &OnceCell<Document>, making: impl Future<Output = Response>) -> Response {
    let mut other = None;
    let document = cell.get_or_try_init(|| async {
        Document::of(making.await).await.map_err(|response| other = Some(response))
    });
    match document.await {
        Ok(document) => (document.headers.clone(), document.body.clone()).into_response(),
        // A page that says what went wrong is for whoever asked then.
        Err(()) => other.unwrap_or_default(),
    }
}

impl Document {
    /// The answer, packed; or as it is, if it is not such a page.
    async fn of(response: Response) -> Result<Self, Response> {
        let headers = response.headers();
        let is_page = response.status() == StatusCode::OK && !headers.contains_key(header::SET_COOKIE);
        let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
        match policy.map(ToOwned::to_owned).filter(|_| is_page) {
            Some(policy) => Self::packed(response, &policy).await.map_err(|error| {
                tracing::error!(error = &*error as &dyn std::error::Error, "A page was not made to its end");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }),
            None => Err(response),
        }
    }

    async fn packed(response: Response, policy: &str) -> anyhow::Result<Self> {
        let (Parts { mut headers, .. }, body) = response.into_parts();
        let page = String::from_utf8(to_bytes(body, LARGEST).await?.into())?;
        let (page, policy) = same_for_all(&page, policy);
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::try_from(policy)?);
        pack::mark(&mut headers);
        Ok(Self { headers, body: pack::whole(page.as_bytes())? })
    }
}

/// The page and its policy without the number that only the first of these answers may have: the policy names the
/// scripts that bore it by what they say, and no others that may have come into the page.
fn same_for_all(page: &str, policy: &str) -> (String, String) {
    let Some((nonce, _)) = policy.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\'')) else {
        return (page.to_owned(), policy.to_owned());
    };
    let mark = format!(" nonce=\"{nonce}\"");
    let scripts = page.split("<script").skip(1).filter_map(|rest| rest.split_once('>'));
    let own =
        scripts.filter(|(head, _)| head.contains(&mark)).filter_map(|(_, rest)| rest.split_once("</script>"));
    let hash = |said: &str| BASE64_STANDARD.encode(Sha256::digest(said.replace(nonce, "")));
    let hashes: Vec<_> = own.map(|(said, _)| format!("'sha256-{}'", hash(said))).collect();
    let page = page.replace(&mark, "").replace(nonce, "");
    (page, policy.replace(&format!("'nonce-{nonce}'"), &hashes.join(" ")))
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use super::*;

    #[test]
    fn d14_a_page_that_is_sent_again_names_its_scripts_by_what_they_say() {
        let page = "<script>evil()</script><script nonce=\"n1\">let a=1</script><link crossorigin=\"n1\"><script type=\"module\" nonce=\"n1\">b()</script>";
        let (page, policy) =
            same_for_all(page, "script-src 'self' 'nonce-n1' 'wasm-unsafe-eval'; style-src 'self'");
        assert_eq!(
            page,
            "<script>evil()</script><script>let a=1</script><link crossorigin=\"\"><script type=\"module\">b()</script>"
        );
        let hash = |said: &str| BASE64_STANDARD.encode(Sha256::digest(said));
        let (first, second) = (hash("let a=1"), hash("b()"));
        assert_eq!(
            policy,
            format!(
                "script-src 'self' 'sha256-{first}' 'sha256-{second}' 'wasm-unsafe-eval'; style-src 'self'"
            )
        );
    }

    fn page(text: &'static str) -> Response {
        ([(header::CONTENT_SECURITY_POLICY, "script-src 'nonce-n1'")], text).into_response()
    }

    async fn body(response: Response) -> Bytes {
        to_bytes(response.into_body(), LARGEST).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn d14_what_is_asked_for_several_times_at_once_is_made_once() {
        let (cell, made) = (OnceCell::new(), AtomicUsize::new(0));
        let ask = || {
            kept(&cell, async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                made.fetch_add(1, Ordering::SeqCst);
                page("<p>all</p>")
            })
        };
        // The first one does not wait for it.
        assert!(tokio::time::timeout(Duration::from_millis(500), ask()).await.is_err());
        let (one, other) = tokio::join!(ask(), ask());
        assert_eq!(body(one).await, body(other).await);
        assert_eq!(body(ask().await).await, pack::whole(b"<p>all</p>").unwrap());
        assert_eq!(made.into_inner(), 1);
    }

    #[tokio::test]
    async fn d14_whoever_is_refused_keeps_nobody_from_being_answered() {
        let cell = OnceCell::new();
        let refused = kept(&cell, async { StatusCode::FORBIDDEN.into_response() }).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        assert_eq!(kept(&cell, async { page("all") }).await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn d14_what_went_wrong_is_not_kept() {
        let page = || page("<p>all</p>");
        assert!(Document::of(page()).await.is_ok());
        assert!(Document::of((StatusCode::SERVICE_UNAVAILABLE, page()).into_response()).await.is_err());
        assert!(Document::of(([(header::SET_COOKIE, "a=b")], page()).into_response()).await.is_err());
        assert!(Document::of("<p>all</p>".into_response()).await.is_err());
    }
}
