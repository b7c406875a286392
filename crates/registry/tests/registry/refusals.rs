//! What each refusal of a registry is told as: S1.35 where an image is asked for, S1.37 where one is pushed. Always with
//! the registry's own words.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use axum::{
    body::Bytes,
    http::{Method, StatusCode, header},
};
use slipway_domain::ports::Images as _;
use slipway_registry::{Mirror, Remote};

use crate::{
    base::Shelf,
    proxy::{Answer, Proxy},
    server::{Registry, program},
    support::{Slipway, hopeless, http, image_ref, order, passing},
};

/// A refusal as the registries of this world word it.
#[derive(Clone, Copy)]
struct Case {
    status: StatusCode,
    body: &'static str,
    /// The code of the cause; none for what is tried again.
    code: Option<&'static str>,
    told: &'static str,
}

const fn case(
    status: StatusCode,
    body: &'static str,
    code: Option<&'static str>,
    told: &'static str,
) -> Case {
    Case { status, body, code, told }
}

impl Case {
    fn spoil(&self, answer: &mut Answer) {
        answer.status = self.status;
        answer.headers.remove(header::WWW_AUTHENTICATE);
        answer.body = Bytes::from_static(self.body.as_bytes());
    }
}

const DENIED: &str = "SLW_REGISTRY_DENIED";
const QUOTA: &str = "SLW_REGISTRY_QUOTA";

#[tokio::test]
async fn s1_35_each_refusal_of_an_image_fails_the_build_in_the_registrys_words() {
    let Some(registry) = Registry::start().await else { return };
    Shelf::new(&registry.host, "team/app").single("1").await;
    let proxy = Proxy::before(&registry.host).await;
    let slipway = Slipway::new(&proxy.host, None);
    for case in [
        case(
            StatusCode::NOT_FOUND,
            r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"1"}}]}"#,
            Some("DEP_E161"),
            "MANIFEST_UNKNOWN: manifest unknown",
        ),
        case(
            StatusCode::UNAUTHORIZED,
            r#"{"errors":[{"code":"UNAUTHORIZED","message":"access to the requested resource is not authorized"}]}"#,
            Some(DENIED),
            "UNAUTHORIZED: access to the requested resource is not authorized",
        ),
        case(
            StatusCode::FORBIDDEN,
            r#"{"errors":[{"code":"DENIED","message":"permission_denied: read_package"}]}"#,
            Some(DENIED),
            "DENIED: permission_denied: read_package",
        ),
        case(
            StatusCode::TOO_MANY_REQUESTS,
            r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}"#,
            None,
            "You have reached your pull rate limit.",
        ),
        case(StatusCode::BAD_GATEWAY, "<html>502</html>", None, "the registry answered 502 Bad Gateway"),
    ] {
        let (status, body) = (case.status, case.body);
        proxy.spoil(move |_, _, answer| case.spoil(answer));
        let result = slipway.remote.resolve(&image_ref("team/app:1")).await;
        let told = match case.code {
            Some(code) => {
                let cause = hopeless(result);
                assert_eq!(cause.code, code, "{status} {body}");
                assert!(cause.evidence[0].contains(status.as_str()), "{cause:?}");
                cause.evidence.join("\n")
            }
            None => passing(result).chain(),
        };
        assert!(told.contains(case.told), "{status}: {told:?} should contain {:?}", case.told);
    }
}

#[tokio::test]
async fn s1_37_each_refusal_of_a_push_is_told_in_the_registrys_words() {
    let Some(registry) = Registry::start().await else { return };
    Shelf::new(&registry.host, "team/app").single("1").await;
    let proxy = Proxy::before(&registry.host).await;
    let slipway = Slipway::new(&proxy.host, Some(&proxy.host));
    let order = order(&slipway.base("team/app:1").await);
    slipway.remote.build(&order).await.unwrap();
    for case in [
        case(
            StatusCode::NOT_FOUND,
            r#"{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry"}]}"#,
            Some(DENIED),
            "NAME_UNKNOWN: repository name not known to registry",
        ),
        case(
            StatusCode::UNAUTHORIZED,
            r#"{"errors":[{"code":"UNAUTHORIZED","message":"unauthorized to access repository: shop, action: push"}]}"#,
            Some(DENIED),
            "unauthorized to access repository: shop, action: push",
        ),
        case(
            StatusCode::FORBIDDEN,
            r#"{"errors":[{"code":"DENIED","message":"installation not allowed to Create organization package"}]}"#,
            Some(DENIED),
            "DENIED: installation not allowed to Create organization package",
        ),
        case(
            StatusCode::FORBIDDEN,
            r#"{"errors":[{"code":"DENIED","message":"adding 29.5 MiB of storage resource, which when updated to current usage of 1.0 GiB will exceed the configured upper limit of 1.0 GiB: quota exceeded"}]}"#,
            Some(QUOTA),
            "will exceed the configured upper limit of 1.0 GiB",
        ),
        case(
            StatusCode::PAYLOAD_TOO_LARGE,
            "<html><head><title>413 Request Entity Too Large</title></head></html>",
            Some(QUOTA),
            "the registry answered 413 Payload Too Large",
        ),
        case(
            StatusCode::INSUFFICIENT_STORAGE,
            "",
            Some(QUOTA),
            "the registry answered 507 Insufficient Storage",
        ),
        case(
            StatusCode::TOO_MANY_REQUESTS,
            r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"request rate too high"}]}"#,
            None,
            "TOOMANYREQUESTS: request rate too high",
        ),
        case(
            StatusCode::BAD_REQUEST,
            r#"{"errors":[{"code":"UNSUPPORTED","message":"this registry is read-only"}]}"#,
            Some("SLW_REGISTRY_REFUSED"),
            "UNSUPPORTED: this registry is read-only",
        ),
    ] {
        let (status, body) = (case.status, case.body);
        // Looking is allowed to everybody.
        proxy.spoil(move |method, _, answer| {
            if *method == Method::POST || *method == Method::PUT {
                case.spoil(answer);
            }
        });
        let result = slipway.remote.push(&order).await;
        let told = match case.code {
            Some(code) => {
                let cause = hopeless(result);
                assert_eq!(cause.code, code, "{status} {body}: {cause:?}");
                cause.evidence.join("\n")
            }
            None => passing(result).chain(),
        };
        assert!(told.contains(case.told), "{status}: {told:?} should contain {:?}", case.told);
    }
    proxy.mend();
    slipway.remote.push(&order).await.unwrap();
}

/// Somebody whose certificate nobody has signed.
struct Impostor {
    host: String,
    process: Child,
    _folder: tempfile::TempDir,
}

impl Impostor {
    fn start() -> Option<Self> {
        let openssl = program("openssl")?;
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new(&openssl)
            .args("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split(' '))
            .args(
                "-keyout key.pem -out cert.pem -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
                    .split(' '),
            )
            .current_dir(&folder)
            .stderr(Stdio::null())
            .status();
        assert!(made.unwrap().success());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let host = format!("127.0.0.1:{port}");
        let process = Command::new(&openssl)
            .args(["s_server", "-accept", &host, "-key", "key.pem", "-cert", "cert.pem", "-www", "-quiet"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self { host, process, _folder: folder })
    }
}

impl Drop for Impostor {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

#[tokio::test]
async fn s1_35_a_certificate_that_nobody_trusts_is_named_and_not_tried_again_for_ever() {
    let Some(impostor) = Impostor::start() else { return };
    let remote = Remote::new(http(), Some(Mirror::parse(&impostor.host).unwrap()));
    // Until it listens, nobody is there, which passes.
    let cause = loop {
        match remote.resolve(&image_ref("team/app:1")).await {
            Err(slipway_domain::ports::ImageProblem::Hopeless(cause)) => break cause,
            other => passing(other),
        };
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(cause.code, "SLW_REGISTRY_TLS");
    assert!(cause.reason.contains(&impostor.host), "{cause:?}");
    assert!(cause.evidence[0].contains("certificate"), "{cause:?}");
}

#[tokio::test]
async fn s1_35_a_registry_without_tls_that_was_not_written_so_is_named() {
    let Some(registry) = Registry::start().await else { return };
    Shelf::new(&registry.host, "team/app").single("1").await;
    let remote = Remote::new(http(), Some(Mirror::parse(&registry.host).unwrap()));
    let cause = hopeless(remote.resolve(&image_ref("team/app:1")).await);
    assert_eq!(cause.code, "SLW_REGISTRY_TLS");
    assert!(cause.action.contains("http://"), "{cause:?}");
}
