//! What is known about images: what the registries said, what was rolled back from, what is in use; on both databases.

use slipway_domain::{
    image::{Digest, ImageRef, Resolved},
    moved::{CheckedImage, ImageCheck, Tag},
    operation::{Kind, Progress},
    ports::Journal,
    release::ReleaseVersion,
    spec::ApplicationSpec,
};
use slipway_store::{Change, ChangeError, Store};

use crate::support::{ana, at, name, on_both, open, order};

fn digest(letter: char) -> Digest {
    Digest::parse(&format!("sha256:{}", letter.to_string().repeat(64))).unwrap()
}

fn resolved(letter: char) -> Resolved {
    let image = ImageRef::parse("example.com/web:1").unwrap();
    Resolved { image, digest: digest(letter), platforms: Vec::new() }
}

/// Ends the open operation well, with the image that the build step found.
async fn run(store: &Store, mut spec: ApplicationSpec, letter: char, second: i64) -> ApplicationSpec {
    let job = store.claim("w", at(second), at(second + 20)).await.unwrap().unwrap();
    spec.components[0].resolved = Some(resolved(letter));
    store.save_spec(&spec).await.unwrap();
    let done = Progress::Succeeded { at: at(second) };
    assert!(store.advance(job.operation.id, "w", &done, None, at(second), at(second)).await.unwrap());
    spec
}

async fn change(
    store: &Store,
    spec: &ApplicationSpec,
    kind: Kind,
    even_quarantined: bool,
    second: i64,
) -> Result<(), ChangeError> {
    let change = Change { spec, kind, even_quarantined, idempotency_key: "" };
    store.change(&change, &ana(second)).await
}

#[tokio::test]
async fn d11_what_the_registries_said_is_about_one_generation() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        let web = &shop.components[0];
        let tag = Tag::Moved { runs: digest('a'), now: digest('b'), quarantined: true };
        let image = CheckedImage { component: web.name.clone(), image: web.image.clone(), tag };
        let check = ImageCheck { at: at(5), generation: 1, images: vec![image] };
        assert_eq!(store.image_check(shop.id, 1).await.unwrap(), None);
        store.keep_image_check(shop.id, &ImageCheck { images: Vec::new(), ..check.clone() }).await.unwrap();
        store.keep_image_check(shop.id, &check).await.unwrap();
        assert_eq!(store.image_check(shop.id, 1).await.unwrap(), Some(check));
        assert_eq!(
            store.image_check(shop.id, 2).await.unwrap(),
            None,
            "the next generation was not asked about"
        );
    })
    .await;
}

#[tokio::test]
async fn d10_the_image_that_is_left_is_quarantined_also_if_the_release_stays() {
    on_both(|url| async move {
        let store = open(&url).await;
        let first = run(&store, order(&store, "shop").await, 'a', 1).await;
        let second = first.again(2);
        change(&store, &second, Kind::Update, false, 2).await.unwrap();
        run(&store, second, 'b', 3).await;
        assert!(store.quarantined_images(first.id).await.unwrap().is_empty());
        change(&store, &first.again(3), Kind::Rollback, false, 4).await.unwrap();
        let left: Vec<_> = store.quarantined_images(first.id).await.unwrap().into_iter().collect();
        assert_eq!(left, [digest('b')], "what goes on running is not in quarantine");
        assert!(store.quarantined(first.id).await.unwrap().is_empty(), "nor is the release");
    })
    .await;
}

#[tokio::test]
async fn d10_a_rollback_to_a_release_that_was_left_needs_an_explicit_word() {
    on_both(|url| async move {
        let store = open(&url).await;
        let first = run(&store, order(&store, "shop").await, 'a', 1).await;
        let second = ApplicationSpec { version: ReleaseVersion::new(2).unwrap(), ..first.again(2) };
        change(&store, &second, Kind::Update, false, 2).await.unwrap();
        let second = run(&store, second, 'b', 3).await;
        change(&store, &first.again(3), Kind::Rollback, false, 4).await.unwrap();
        run(&store, first.again(3), 'a', 5).await;
        let again = second.again(4);
        let refused = change(&store, &again, Kind::Rollback, false, 6).await;
        assert!(matches!(refused, Err(ChangeError::Quarantined(2))), "{refused:?}");
        change(&store, &again, Kind::Rollback, true, 7).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn s1_34_images_of_every_generation_of_live_applications_are_in_use() {
    on_both(|url| async move {
        let store = open(&url).await;
        let mut shop = order(&store, "shop").await;
        shop.components[0].base = Some(resolved('d'));
        let shop = run(&store, shop, 'a', 1).await;
        change(&store, &shop.again(2), Kind::Update, false, 2).await.unwrap();
        run(&store, shop.again(2), 'b', 3).await;
        run(&store, order(&store, "gone").await, 'c', 4).await;
        store.remove(&name("gone"), Kind::ForceUndeploy, &ana(5)).await.unwrap();
        let used: Vec<_> = store.images_in_use().await.unwrap().into_iter().collect();
        assert_eq!(used, ['a', 'b', 'c', 'd'].map(digest), "what is being removed may still run");
        let job = store.claim("w", at(6), at(26)).await.unwrap().unwrap();
        let done = Progress::Succeeded { at: at(7) };
        store.advance(job.operation.id, "w", &done, None, at(7), at(7)).await.unwrap();
        let used: Vec<_> = store.images_in_use().await.unwrap().into_iter().collect();
        assert_eq!(used, ['a', 'b', 'd'].map(digest));
    })
    .await;
}
