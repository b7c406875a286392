use super::*;

fn refusal(status: u16, body: &str) -> Refusal {
    Refusal {
        status: StatusCode::from_u16(status).unwrap(),
        retry_after: None,
        words: words(body.as_bytes()),
    }
}

fn error(code: &str, message: &str) -> String {
    serde_json::json!({ "errors": [{ "code": code, "message": message, "detail": null }] }).to_string()
}

fn code(refusal: Refusal, wish: Wish) -> String {
    match refusal.problem(&ImageRef::parse("registry.example.com/shop/bundle:3").unwrap(), wish) {
        ImageProblem::Hopeless(cause) => cause.code,
        ImageProblem::Passing(_) => "passing".to_owned(),
    }
}

#[test]
fn s1_35_s1_37_every_refusal_has_a_stable_code() {
    let cases = [
        (404, error("MANIFEST_UNKNOWN", "manifest unknown"), Wish::Look, "DEP_E161"),
        (404, error("NAME_UNKNOWN", "no such repository"), Wish::Push, "SLW_REGISTRY_DENIED"),
        (401, error("UNAUTHORIZED", "authentication required"), Wish::Look, "SLW_REGISTRY_DENIED"),
        (403, error("DENIED", "requested access is denied"), Wish::Push, "SLW_REGISTRY_DENIED"),
        (403, error("DENIED", "The storage Quota is exceeded"), Wish::Push, "SLW_REGISTRY_QUOTA"),
        (
            412,
            error("PRECONDITION", "will exceed the configured upper limit"),
            Wish::Push,
            "SLW_REGISTRY_QUOTA",
        ),
        (413, "<html>413</html>".to_owned(), Wish::Push, "SLW_REGISTRY_QUOTA"),
        (507, String::new(), Wish::Push, "SLW_REGISTRY_QUOTA"),
        (400, error("DIGEST_INVALID", "provided digest did not match"), Wish::Push, "SLW_REGISTRY_CORRUPT"),
        (400, error("MANIFEST_INVALID", "manifest invalid"), Wish::Push, "SLW_REGISTRY_REFUSED"),
        (405, error("UNSUPPORTED", "the operation is unsupported"), Wish::Push, "SLW_REGISTRY_REFUSED"),
        (404, error("MANIFEST_BLOB_UNKNOWN", "blob unknown"), Wish::Push, "passing"),
        (404, error("BLOB_UPLOAD_UNKNOWN", "upload unknown"), Wish::Push, "passing"),
        (429, error("TOOMANYREQUESTS", "pull rate limit, not a quota"), Wish::Look, "passing"),
        (503, String::new(), Wish::Look, "passing"),
    ];
    for (status, body, wish, expected) in cases {
        assert_eq!(code(refusal(status, &body), wish), expected, "{status} {body}");
    }
}

#[test]
fn s1_37_the_registrys_own_words_are_the_evidence() {
    let body = error("DENIED", "quota\n of 5 GiB   is used up");
    let image = ImageRef::parse("registry.example.com/shop/bundle:3").unwrap();
    let ImageProblem::Hopeless(cause) = refusal(403, &body).problem(&image, Wish::Push) else {
        panic!("a quota does not pass");
    };
    assert_eq!(cause.evidence, ["the registry answered 403 Forbidden", "DENIED: quota of 5 GiB is used up"]);
}

#[test]
fn when_to_try_again_is_told() {
    let mut busy = refusal(429, &error("TOOMANYREQUESTS", "slow down"));
    busy.retry_after = Some("30".to_owned());
    assert_eq!(
        busy.line(),
        "the registry answered 429 Too Many Requests and asks to try again after 30 seconds: \
         TOOMANYREQUESTS: slow down"
    );
}

#[test]
fn pages_of_proxies_are_left_out_and_long_texts_are_cut() {
    assert!(words(b"<!doctype html><title>nginx</title>").is_empty());
    assert_eq!(words("x".repeat(5000).as_bytes())[0].len(), 300);
    assert_eq!(words(b"404 page not found\n"), ["404 page not found"]);
    assert!(words(br#"{"errors": [{}]}"#).is_empty());
}
