//! Who has access to an application, beside the application itself.

use slipway_domain::{
    operation::{Kind, Progress},
    people::{Kind as Of, Member},
    ports::Journal,
};
use slipway_store::Change;
use sqlx::{AnyConnection, Connection, Executor};

use crate::support::{ana, at, name, on_both, open, order};

#[tokio::test]
async fn s1_l03_who_has_access_is_what_the_newest_generation_says() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        let people = async || store.application(&name("shop")).await.unwrap().unwrap().people;
        assert_eq!(*people().await, shop.people());

        let job = store.claim("w", at(1), at(9)).await.unwrap().unwrap();
        let done = Progress::Succeeded { at: at(1) };
        assert!(store.advance(job.operation.id, "w", &done, None, at(1), at(1)).await.unwrap());
        let mut next = shop.again(2);
        next.users = vec![Member { name: "hr".into(), kind: Some(Of::Group), id: Some("7".into()) }];
        let change = Change { spec: &next, kind: Kind::Update, even_quarantined: false, idempotency_key: "" };
        store.change(&change, &ana(2)).await.unwrap();
        assert_eq!(*people().await, next.people());
        assert_eq!(*store.recent_operations(1).await.unwrap()[0].1, next.people());
    })
    .await;
}

#[tokio::test]
async fn applications_that_were_made_before_it_was_kept_get_it_once() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        let mut database = AnyConnection::connect(&url).await.unwrap();
        database.execute("UPDATE applications SET people = ''").await.unwrap();
        let people = async || store.application(&shop.name).await.unwrap().unwrap().people;
        assert!(people().await.admins.is_empty(), "as long as it is not known, it is nobody");
        store.complete_people().await.unwrap();
        assert_eq!(*people().await, shop.people());
        store.complete_people().await.unwrap();
    })
    .await;
}
