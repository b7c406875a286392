//! Tags, digests and platforms (S1.22, S2.07).

use slipway_domain::ports::Images as _;

use crate::{
    base::Shelf,
    server::Registry,
    support::{Slipway, credentials, hopeless, image_ref, passing},
};

#[tokio::test]
async fn s1_22_a_tag_resolves_to_its_digest_and_what_it_runs_on() {
    let Some(registry) = Registry::start().await else { return };
    let shelf = Shelf::new(&registry.host, "team/app");
    let (single, index) = (shelf.single("1").await, shelf.index("2").await);
    let slipway = Slipway::new(&registry.host, None);

    let resolved = slipway.base("docker.io/team/app:1").await;
    assert_eq!(resolved.image.to_string(), format!("{}/team/app:1", registry.host));
    assert_eq!(resolved.digest.as_str(), single.digest);
    assert_eq!(resolved.platforms, ["linux/amd64"]);

    let resolved = slipway.base("docker.io/team/app:2").await;
    assert_eq!(resolved.digest.as_str(), index.digest);
    assert_eq!(resolved.platforms, ["linux/amd64", "linux/arm64", "windows/amd64"]);
    let by_digest = slipway.base(&format!("team/app@{}", index.digest)).await;
    assert_eq!(by_digest.platforms, resolved.platforms);
}

#[tokio::test]
async fn d11_a_tag_that_moved_resolves_to_what_it_means_now() {
    let Some(registry) = Registry::start().await else { return };
    let shelf = Shelf::new(&registry.host, "team/app");
    let slipway = Slipway::new(&registry.host, None);
    let old = shelf.single("latest").await;
    assert_eq!(slipway.base("team/app").await.digest.as_str(), old.digest);
    let new = shelf.index("latest").await;
    assert_eq!(slipway.base("team/app").await.digest.as_str(), new.digest);
    // What was pinned to the old one still finds it.
    let pinned = slipway.base(&format!("team/app@{}", old.digest)).await;
    assert_eq!(pinned.digest.as_str(), old.digest);
}

#[tokio::test]
async fn s1_22_what_is_not_there_is_told_in_the_registrys_words() {
    let Some(registry) = Registry::start().await else { return };
    Shelf::new(&registry.host, "team/app").single("1").await;
    let slipway = Slipway::new(&registry.host, None);
    for image in ["team/app:2", "team/other:1"] {
        let cause = hopeless(slipway.remote.resolve(&image_ref(image)).await);
        assert_eq!(cause.code, "DEP_E161", "{cause:?}");
        assert!(cause.reason.contains(image), "{cause:?}");
        assert!(cause.evidence.iter().any(|line| line.contains("MANIFEST_UNKNOWN")), "{cause:?}");
    }
}

#[tokio::test]
async fn s1_22_a_registry_with_a_password_lets_in_who_knows_it() {
    let Some(registry) = Registry::with_password().await else { return };
    let base = Shelf::new(&registry.host, "team/app").single("1").await;
    let known = Slipway::known_to(&registry.host, None, &[&registry.host]);
    assert_eq!(known.base("team/app:1").await.digest.as_str(), base.digest);

    let stranger = Slipway::new(&registry.host, None);
    let impostor = Slipway::with(&registry.host, None, credentials(&[&registry.host], "wrong-word"));
    for slipway in [stranger, impostor] {
        let cause = hopeless(slipway.remote.resolve(&image_ref("team/app:1")).await);
        assert_eq!(cause.code, "SLW_REGISTRY_DENIED");
        assert!(cause.evidence.iter().any(|line| line.contains("UNAUTHORIZED")), "{cause:?}");
        assert!(!format!("{cause:?} {:?}", slipway.remote).contains("wrong-word"));
    }
}

#[tokio::test]
async fn s1_35_what_cannot_run_on_linux_nodes_is_refused() {
    let Some(registry) = Registry::start().await else { return };
    let shelf = Shelf::new(&registry.host, "team/app");
    shelf.of_platform("windows", "windows", "amd64").await;
    shelf.chart("chart").await;
    let slipway = Slipway::new(&registry.host, None);
    for (tag, evidence) in [("windows", "windows/amd64"), ("chart", "helm")] {
        let cause = hopeless(slipway.remote.resolve(&image_ref(&format!("team/app:{tag}"))).await);
        assert_eq!(cause.code, "DEP_E162");
        assert!(cause.evidence[0].contains(evidence), "{cause:?}");
    }
}

#[tokio::test]
async fn s1_22_a_registry_that_is_down_is_asked_again_later() {
    let Some(mut registry) = Registry::start().await else { return };
    Shelf::new(&registry.host, "team/app").single("1").await;
    let slipway = Slipway::new(&registry.host, None);
    registry.stop();
    let error = passing(slipway.remote.resolve(&image_ref("team/app:1")).await);
    assert!(error.chain().contains("asking for"), "{}", error.chain());
    registry.run().await;
    slipway.base("team/app:1").await;
}
