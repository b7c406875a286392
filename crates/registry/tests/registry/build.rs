//! An image is built of a base and the files of a release (S1.34, S1.35).

use std::sync::Arc;

use slipway_domain::{image::Digest, ports::Images as _};
use slipway_registry::Credentials;

use crate::{
    base::Shelf,
    proxy::Proxy,
    server::Registry,
    support::{Slipway, hopeless, order, remote},
};

#[tokio::test]
async fn s1_34_the_same_order_gives_the_same_digest_anywhere() {
    let Some(registry) = Registry::start().await else { return };
    let shelf = Shelf::new(&registry.host, "team/app");
    shelf.single("1").await;
    shelf.index("2").await;
    let (here, there) = (Slipway::new(&registry.host, None), Slipway::new(&registry.host, None));
    for tag in ["1", "2"] {
        let base = here.base(&format!("team/app:{tag}")).await;
        let mut mixed = order(&base);
        mixed.files = mixed.files.iter().rev().cloned().collect();
        let built = here.remote.build(&order(&base)).await.unwrap();
        assert_eq!(built, there.remote.build(&mixed).await.unwrap());
        assert_ne!(built.digest, base.digest);

        let mut changed = order(&base);
        let mut files = changed.files.to_vec();
        files[0].content.push(b' ');
        changed.files = Arc::from(files);
        assert_ne!(here.remote.build(&changed).await.unwrap().digest, built.digest);
    }
}

#[tokio::test]
async fn s1_34_building_reads_no_layer_and_building_again_asks_nothing() {
    let Some(mut registry) = Registry::start().await else { return };
    let base = Shelf::new(&registry.host, "team/app").index("1").await;
    let proxy = Proxy::before(&registry.host).await;
    let slipway = Slipway::new(&proxy.host, None);
    let order = order(&slipway.base("team/app:1").await);
    let built = slipway.remote.build(&order).await.unwrap();
    assert_eq!(built.platforms, ["linux/amd64", "linux/arm64"]);
    let asked = proxy.asked();
    assert!(
        base.layers.iter().all(|layer| !asked.iter().any(|line| line.contains(layer.as_str()))),
        "{asked:?}"
    );

    registry.stop();
    assert_eq!(slipway.remote.build(&order).await.unwrap(), built);
    // Another process with the same folder finds it too.
    let other = remote(&proxy.host, None, Credentials::default(), slipway.folder.path());
    assert_eq!(other.build(&order).await.unwrap(), built);
    assert_eq!(proxy.asked(), [] as [&str; 0]);
}

#[tokio::test]
async fn s1_34_without_a_registry_images_are_built_and_not_pushed() {
    let Some(registry) = Registry::start().await else { return };
    Shelf::new(&registry.host, "team/app").single("1").await;
    let slipway = Slipway::new(&registry.host, None);
    let order = order(&slipway.base("team/app:1").await);
    slipway.remote.build(&order).await.unwrap();
    let cause = hopeless(slipway.remote.push(&order).await);
    assert_eq!(cause.code, "SLW_NO_REGISTRY");
    assert!(cause.action.contains("SLIPWAY_REGISTRY"), "{cause:?}");
}

#[tokio::test]
async fn s1_34_many_builds_at_once_agree() {
    let Some(registry) = Registry::start().await else { return };
    Shelf::new(&registry.host, "team/app").index("1").await;
    let slipway = Slipway::new(&registry.host, None);
    let order = order(&slipway.base("team/app:1").await);
    let other = remote(&registry.host, None, Credentials::default(), slipway.folder.path());
    let [a, b, c, d] = [&slipway.remote, &other, &slipway.remote, &other].map(|remote| remote.build(&order));
    let (a, b, c, d) = tokio::join!(a, b, c, d);
    let a = a.unwrap();
    assert!([b, c, d].into_iter().all(|built| built.unwrap() == a));
}

#[tokio::test]
async fn s1_34_what_is_damaged_at_hand_is_made_again() {
    let Some(registry) = Registry::start().await else { return };
    Shelf::new(&registry.host, "team/app").index("1").await;
    let slipway = Slipway::new(&registry.host, None);
    let order = order(&slipway.base("team/app:1").await);
    let built = slipway.remote.build(&order).await.unwrap();
    let blobs = slipway.folder.path().join("images/blobs/sha256");
    for blob in std::fs::read_dir(&blobs).unwrap() {
        std::fs::write(blob.unwrap().path(), "cut").unwrap();
    }
    assert_eq!(slipway.remote.build(&order).await.unwrap(), built);
    let whole = blobs.join(built.digest.as_str().trim_start_matches("sha256:"));
    assert_ne!(std::fs::read(whole).unwrap(), b"cut");
}

#[tokio::test]
async fn s1_35_a_base_that_is_gone_or_of_another_system_fails_the_build() {
    let Some(registry) = Registry::start().await else { return };
    let shelf = Shelf::new(&registry.host, "team/app");
    let windows = shelf.of_platform("windows", "windows", "amd64").await;
    shelf.single("1").await;
    let slipway = Slipway::new(&registry.host, None);
    let mut order = order(&slipway.base("team/app:1").await);

    order.base.digest = digest(&windows.digest);
    let cause = hopeless(slipway.remote.build(&order).await);
    assert_eq!(cause.code, "DEP_E162");
    assert_eq!(cause.evidence, ["it runs on windows/amd64 only"]);

    order.base.digest = digest(&format!("sha256:{}", "0".repeat(64)));
    assert_eq!(hopeless(slipway.remote.build(&order).await).code, "DEP_E161");
}

#[tokio::test]
async fn s1_35_files_that_would_remove_others_fail_the_build() {
    let Some(registry) = Registry::start().await else { return };
    Shelf::new(&registry.host, "team/app").single("1").await;
    let slipway = Slipway::new(&registry.host, None);
    let mut order = order(&slipway.base("team/app:1").await);
    let mut files = order.files.to_vec();
    files[0].path = ".wh.bin".to_owned();
    order.files = Arc::from(files);
    let cause = hopeless(slipway.remote.build(&order).await);
    assert_eq!(cause.code, "SLW_LAYER");
    assert!(cause.evidence[0].contains(".wh.bin"), "{cause:?}");
}

fn digest(text: &str) -> Digest {
    Digest::parse(text).unwrap()
}
