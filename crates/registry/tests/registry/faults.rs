//! Registries that refuse, break and lie (S1.37).

use axum::{
    body::Bytes,
    http::{Method, StatusCode, header},
};
use slipway_domain::ports::Images as _;

use crate::{
    base::Shelf,
    proxy::Proxy,
    pull::pull,
    server::Registry,
    support::{REPOSITORY, Slipway, hopeless, image_ref, order, passing},
};

#[tokio::test]
async fn s1_37_who_may_not_push_is_told_so() {
    let Some(source) = Registry::start().await else { return };
    let Some(target) = Registry::with_password().await else { return };
    Shelf::new(&source.host, "team/app").single("1").await;
    let slipway = Slipway::new(&source.host, Some(&target.host));
    let order = order(&slipway.base("team/app:1").await);
    let cause = hopeless(slipway.remote.push(&order).await);
    assert_eq!(cause.code, "SLW_REGISTRY_DENIED");
    assert!(cause.reason.contains(REPOSITORY), "{cause:?}");
    assert!(cause.evidence[0].contains("401") && cause.evidence[1].contains("UNAUTHORIZED"), "{cause:?}");
}

#[tokio::test]
async fn s1_37_a_quota_is_told_in_the_registrys_words() {
    let Some(registry) = Registry::start().await else { return };
    Shelf::new(&registry.host, "team/app").single("1").await;
    let proxy = Proxy::before(&registry.host).await;
    let slipway = Slipway::new(&proxy.host, Some(&proxy.host));
    let order = order(&slipway.base("team/app:1").await);
    proxy.spoil(|method, _, answer| {
        if method == Method::PUT {
            answer.status = StatusCode::FORBIDDEN;
            answer.body =
                Bytes::from(r#"{"errors":[{"code":"DENIED","message":"quota of 1 GiB is used up"}]}"#);
        }
    });
    let cause = hopeless(slipway.remote.push(&order).await);
    assert_eq!(cause.code, "SLW_REGISTRY_QUOTA");
    assert_eq!(cause.evidence, ["the registry answered 403 Forbidden", "DENIED: quota of 1 GiB is used up"]);
}

#[tokio::test]
async fn s1_37_a_push_that_broke_off_goes_on_where_it_was() {
    let Some(mut source) = Registry::start().await else { return };
    let Some(target) = Registry::start().await else { return };
    Shelf::new(&source.host, "team/app").index("1").await;
    let proxy = Proxy::before(&target.host).await;
    let slipway = Slipway::new(&source.host, Some(&proxy.host));
    let order = order(&slipway.base("team/app:1").await);
    let mut puts = 0;
    proxy.spoil(move |method, _, answer| {
        puts += usize::from(method == Method::PUT);
        if puts > 2 {
            answer.status = StatusCode::SERVICE_UNAVAILABLE;
            answer.headers.insert(header::RETRY_AFTER, "7".parse().unwrap());
            answer.body = Bytes::new();
        }
    });
    let error = passing(slipway.remote.push(&order).await);
    assert!(error.chain().contains("503"), "{}", error.chain());
    assert!(error.chain().contains("after 7 seconds"), "{}", error.chain());

    // Then the registry that holds the base is away, which matters if a layer is still missing; and comes back.
    proxy.mend();
    source.stop();
    let pushed = match slipway.remote.push(&order).await {
        Ok(pushed) => pushed,
        problem => {
            passing(problem);
            source.run().await;
            slipway.remote.push(&order).await.unwrap()
        }
    };
    assert_eq!(pull(&target.host, REPOSITORY, "3").await.digest, pushed.digest.as_str());
}

#[tokio::test]
async fn s1_37_a_registry_that_is_away_is_tried_again_later() {
    let Some(source) = Registry::start().await else { return };
    let Some(mut target) = Registry::start().await else { return };
    Shelf::new(&source.host, "team/app").index("1").await;
    let slipway = Slipway::new(&source.host, Some(&target.host));
    let order = order(&slipway.base("team/app:1").await);
    target.stop();
    let error = passing(slipway.remote.push(&order).await);
    assert!(error.chain().contains("pushing"), "{}", error.chain());
    target.run().await;
    slipway.remote.push(&order).await.unwrap();
    pull(&target.host, REPOSITORY, "3").await;
}

#[tokio::test]
async fn d11_a_manifest_that_is_not_what_its_digest_says_is_refused() {
    let Some(registry) = Registry::start().await else { return };
    Shelf::new(&registry.host, "team/app").single("1").await;
    let proxy = Proxy::before(&registry.host).await;
    let slipway = Slipway::new(&proxy.host, None);
    proxy.spoil(|method, path, answer| {
        if method == Method::GET && path.contains("/manifests/") {
            let text =
                String::from_utf8_lossy(&answer.body).replace("schemaVersion\":2", "schemaVersion\": 2");
            answer.body = Bytes::from(text);
        }
    });
    let cause = hopeless(slipway.remote.resolve(&image_ref("team/app:1")).await);
    assert_eq!(cause.code, "SLW_REGISTRY_CORRUPT", "{cause:?}");
    proxy.mend();
    slipway.base("team/app:1").await;
}

#[tokio::test]
async fn d11_a_layer_that_is_not_what_its_digest_says_is_not_passed_on() {
    let Some(source) = Registry::start().await else { return };
    let Some(target) = Registry::start().await else { return };
    let base = Shelf::new(&source.host, "team/app").large("1", 1_000_000).await;
    let proxy = Proxy::before(&source.host).await;
    let slipway = Slipway::new(&proxy.host, Some(&target.host));
    let order = order(&slipway.base("team/app:1").await);
    let changes: [fn(&mut Vec<u8>); 3] =
        [|bytes| bytes[700] ^= 1, |bytes| bytes.truncate(500), |bytes| bytes.push(0)];
    for change in changes {
        let layer = base.layers[0].clone();
        proxy.spoil(move |method, path, answer| {
            if method == Method::GET && path.contains(&layer) {
                let mut bytes = answer.body.to_vec();
                change(&mut bytes);
                answer.body = Bytes::from(bytes);
            }
        });
        let cause = hopeless(slipway.remote.push(&order).await);
        assert_eq!(cause.code, "SLW_REGISTRY_CORRUPT", "{cause:?}");
        assert!(!target.stores(&base.layers[0]));
    }
    proxy.mend();
    slipway.remote.push(&order).await.unwrap();
}

#[tokio::test]
async fn s1_22_a_manifest_without_end_is_not_read() {
    let Some(registry) = Registry::start().await else { return };
    Shelf::new(&registry.host, "team/app").single("1").await;
    let proxy = Proxy::before(&registry.host).await;
    let slipway = Slipway::new(&proxy.host, None);
    proxy.spoil(|method, _, answer| {
        if method == Method::GET {
            answer.body = Bytes::from(vec![b' '; 5 * 1024 * 1024]);
        }
    });
    let cause = hopeless(slipway.remote.resolve(&image_ref("team/app:1")).await);
    assert_eq!(cause.code, "DEP_E162");
    assert!(cause.evidence[0].contains("4194304"), "{cause:?}");
}

#[tokio::test]
async fn s1_22_a_registry_that_is_busy_is_asked_again_later() {
    let Some(registry) = Registry::start().await else { return };
    let proxy = Proxy::before(&registry.host).await;
    let slipway = Slipway::new(&proxy.host, None);
    proxy.spoil(|_, _, answer| {
        answer.status = StatusCode::TOO_MANY_REQUESTS;
        answer.headers.insert(header::RETRY_AFTER, "120".parse().unwrap());
        answer.body = Bytes::from(r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"pull rate limit"}]}"#);
    });
    let line = passing(slipway.remote.resolve(&image_ref("team/app:1")).await).chain();
    assert!(
        line.contains("429") && line.contains("after 120 seconds") && line.contains("pull rate limit"),
        "{line}"
    );
}
