//! What is kept for people: warnings for a day, orders that were begun, what was done lately.

use crate::support::{at, on_both, open, order};
use slipway_domain::{observed::Remark, ports::Journal, sealed::Sealed};

fn said(reason: &str, second: i64) -> Remark {
    let text = |text: &str| text.to_owned();
    Remark {
        object: text("Pod web-1"),
        field: text("event"),
        reason: text(reason),
        message: text("again"),
        at: Some(at(second)),
    }
}

#[tokio::test]
async fn s3_56_a_warning_counts_each_time_that_it_was_said_and_not_twice_for_being_seen_twice() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        store.keep_warnings(shop.id, &[said("BackOff", 10), said("Failed", 10)], at(0)).await.unwrap();
        store.keep_warnings(shop.id, &[said("BackOff", 10), said("BackOff", 20)], at(0)).await.unwrap();
        let kept = store.warnings(shop.id, at(0), 10).await.unwrap();
        assert_eq!(kept.iter().map(|warning| warning.at).collect::<Vec<_>>(), [at(20), at(10), at(10)]);
        assert_eq!(store.warnings(shop.id, at(11), 10).await.unwrap().len(), 1);
        store.keep_warnings(shop.id, &[said("BackOff", 30)], at(20)).await.unwrap();
        assert_eq!(store.warnings(shop.id, at(0), 10).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn s1_16_an_order_that_was_begun_belongs_to_whoever_began_it() {
    on_both(|url| async move {
        let store = open(&url).await;
        let sealed = |text: &str| Sealed::new(text.to_owned());
        store.keep_draft("1", "ana", &sealed("first"), at(1)).await.unwrap();
        store.keep_draft("1", "ana", &sealed("second"), at(2)).await.unwrap();
        store.keep_draft("1", "ben", &sealed("his"), at(3)).await.unwrap();
        assert_eq!(store.draft("1", "ana").await.unwrap(), Some((at(2), sealed("second"))));
        assert!(store.draft("1", "ben").await.unwrap().is_none());
        store.keep_draft("2", "ana", &sealed("other"), at(4)).await.unwrap();
        let ids = |drafts: Vec<(String, _, _)>| drafts.into_iter().map(|(id, _, _)| id).collect::<Vec<_>>();
        assert_eq!(ids(store.drafts("ana", 10).await.unwrap()), ["2", "1"]);
        store.discard_draft("2", "ben").await.unwrap();
        store.discard_draft("1", "ana").await.unwrap();
        assert_eq!(ids(store.drafts("ana", 10).await.unwrap()), ["2"]);
    })
    .await;
}

#[tokio::test]
async fn what_was_done_lately_is_told_with_the_name_of_its_application() {
    on_both(|url| async move {
        let store = open(&url).await;
        for name in ["one", "two", "three"] {
            order(&store, name).await;
        }
        let recent = store.recent_operations(2).await.unwrap();
        assert_eq!(recent.len(), 2);
        assert!(recent.iter().all(|(name, ..)| ["one", "two", "three"].contains(&name.as_str())));
    })
    .await;
}
