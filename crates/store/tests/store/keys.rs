//! Everything that is sealed can be sealed anew (D18).

use slipway_domain::{names::ComponentName, sealed::Sealed};
use slipway_store::{NewApplication, Resealed};

use crate::support::{ana, at, on_both, open, spec};

fn sealed(text: &str) -> Sealed {
    Sealed::new(text.to_owned())
}

/// A vault whose new key writes `new` where the old one wrote `old`.
fn again(before: &Sealed) -> Option<Sealed> {
    match before.as_str().split_once(' ')? {
        ("new", _) => Some(before.clone()),
        ("old", rest) => Some(sealed(&format!("new {rest}"))),
        _ => None,
    }
}

#[tokio::test]
async fn d18_everything_that_is_sealed_is_sealed_anew_once() {
    on_both(|url| async move {
        let store = open(&url).await;
        let mut shop = spec("shop");
        for (variable, secret) in [("TOKEN", "old token"), ("SAME", "old token")] {
            shop.components[0].secrets.insert(variable.to_owned(), sealed(secret));
        }
        shop.database_password = Some(sealed("old password"));
        store.accept(&NewApplication { spec: &shop, idempotency_key: "" }, &ana(0)).await.unwrap();
        store.accept(&NewApplication { spec: &spec("plain"), idempotency_key: "" }, &ana(1)).await.unwrap();
        store.keep_draft("typed", "ana", &sealed("old draft"), at(0)).await.unwrap();
        store.keep_draft("lost", "ana", &sealed("another key's"), at(1)).await.unwrap();

        let done = store.reseal(again).await.unwrap();
        assert_eq!(done, Resealed { open: 2, generations: 1, others: 1 });
        let kept = store.generation(shop.id, 1).await.unwrap().unwrap();
        let web = kept.component(&ComponentName::parse("web").unwrap()).unwrap();
        assert_eq!(web.secrets["TOKEN"], sealed("new token"));
        assert_eq!(web.secrets["SAME"], web.secrets["TOKEN"]);
        assert_eq!(kept.database_password, Some(sealed("new password")));
        assert_eq!(store.draft("typed", "ana").await.unwrap().unwrap().1, sealed("new draft"));
        assert_eq!(store.draft("lost", "ana").await.unwrap().unwrap().1, sealed("another key's"));

        let done = store.reseal(again).await.unwrap();
        assert_eq!(done, Resealed { open: 2, generations: 0, others: 0 });
    })
    .await;
}

#[tokio::test]
async fn d18_a_secret_that_no_key_opens_leaves_everything_as_it_was() {
    on_both(|url| async move {
        let store = open(&url).await;
        let (mut good, mut lost) = (spec("good"), spec("lost"));
        for (spec, secret) in [(&mut good, "old token"), (&mut lost, "another key's")] {
            spec.components[0].secrets.insert("TOKEN".to_owned(), sealed(secret));
            store.accept(&NewApplication { spec, idempotency_key: "" }, &ana(0)).await.unwrap();
        }
        let error = store.reseal(again).await.unwrap_err();
        assert!(
            error.chain().contains("no key opens the secrets of generation 1 of lost"),
            "{}",
            error.chain()
        );
        let kept = store.generation(good.id, 1).await.unwrap().unwrap();
        assert_eq!(kept.components[0].secrets["TOKEN"], sealed("old token"));
    })
    .await;
}
