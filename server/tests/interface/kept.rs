//! The list of instances as it is sent again: the same bytes for who asks for the same, and never somebody else's or old ones.

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{Method, header};
use sha2::{Digest, Sha256};

use crate::console::Console;

const LIST: &str = "/devops/instances";

/// The page as a browser gets it, and what it may do.
async fn page(request: reqwest::RequestBuilder) -> (String, String) {
    let answer = request.header(header::ACCEPT_ENCODING, "gzip, br").send().await.unwrap();
    assert_eq!(answer.headers()[header::CONTENT_ENCODING], "br");
    assert_eq!(answer.headers()[header::VARY], "accept-encoding");
    let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    let (packed, mut page) = (answer.bytes().await.unwrap(), Vec::new());
    brotli::BrotliDecompress(&mut &*packed, &mut page).unwrap();
    (String::from_utf8(page).unwrap(), policy)
}

#[tokio::test]
async fn d14_a_list_that_is_sent_again_names_its_scripts_by_what_they_say() {
    let console = Console::open().await;
    let (list, policy) = page(console.request(Method::GET, LIST)).await;
    assert!(
        !policy.contains("nonce") && !policy.contains("unsafe-inline") && !list.contains("nonce"),
        "{policy}"
    );
    let scripts: Vec<_> = list.split("<script").skip(1).filter_map(|rest| rest.split_once('>')).collect();
    assert!(!scripts.is_empty());
    for (_, rest) in scripts {
        let said = rest.split_once("</script>").unwrap().0;
        let hash = BASE64_STANDARD.encode(Sha256::digest(said));
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{said}");
    }
}

#[tokio::test]
async fn d14_nobody_is_sent_what_was_made_for_somebody_else_or_before_something_changed() {
    let console = Console::open().await;
    let eve = console.visitor("eve", &["APS_DEVOPS"]).await;
    let own = || console.request(Method::GET, LIST);
    let hers = || console.stranger(Method::GET, LIST).header(header::COOKIE, &eve);
    assert!(page(own()).await.0.contains(">admin<"));
    let (list, _) = page(hers()).await;
    assert!(list.contains(">eve<") && !list.contains(">admin<"));
    let german = own().header(header::ACCEPT_LANGUAGE, "de");
    assert!(page(german).await.0.contains("<html lang=\"de\""));
    assert!(page(own()).await.0.contains("<html lang=\"en\""));
    let dark = own().header(header::COOKIE, "slipway_look=dark");
    assert!(page(dark).await.0.contains("data-theme=\"dark\""));
    console.deploy("shop").await;
    for list in [page(own()).await.0, page(hers()).await.0] {
        assert!(list.contains("/devops/instances/shop\""), "{list}");
    }
}
