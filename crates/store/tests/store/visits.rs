//! Who is signed in where.

use crate::support::{at, on_both, open};
use slipway_domain::sealed::Sealed;
use slipway_store::{Of, Store, Visit};

async fn begin(store: &Store, id: &str, actor: &str, provider: &str) {
    assert!(store.create_session(&format!("session of {id}"), "{}", at(1000)).await.unwrap());
    let visit = Visit {
        id: id.into(),
        session_id: format!("session of {id}"),
        actor_id: actor.into(),
        provider_session: Some(provider.into()),
        tokens: None,
        agent: "a browser".into(),
        began_at: at(1).as_millisecond(),
        seen_at: at(1).as_millisecond(),
        check_at: at(10).as_millisecond(),
    };
    store.begin_visit(&visit).await.unwrap();
}

async fn left(store: &Store) -> Vec<String> {
    let mut left = Vec::new();
    for id in ["a1", "a2", "b1"] {
        let visit = store.visit(id).await.unwrap();
        let session = store.session(&format!("session of {id}"), at(2)).await.unwrap();
        assert_eq!(visit.is_some(), session.is_some(), "{id}: a visit ends with its session");
        left.extend(visit.map(|visit| visit.id));
    }
    left
}

async fn three(url: &str) -> Store {
    let store = open(url).await;
    for (id, actor, provider) in [("a1", "ana", "x"), ("a2", "ana", "y"), ("b1", "ben", "z")] {
        begin(&store, id, actor, provider).await;
    }
    store
}

#[tokio::test]
async fn a_visit_is_ended_by_its_person_and_by_nobody_else() {
    on_both(|url| async move {
        let store = three(&url).await;
        assert_eq!(store.end_visits(Of::One { id: "a1", actor_id: "ben" }).await.unwrap(), 0);
        assert_eq!(left(&store).await, ["a1", "a2", "b1"]);
        assert_eq!(store.end_visits(Of::One { id: "a1", actor_id: "ana" }).await.unwrap(), 1);
        assert_eq!(left(&store).await, ["a2", "b1"]);
    })
    .await;
}

#[tokio::test]
async fn all_others_of_a_person_end_and_this_one_goes_on() {
    on_both(|url| async move {
        let store = three(&url).await;
        assert_eq!(store.end_visits(Of::Others { actor_id: "ana", but: "a2" }).await.unwrap(), 1);
        assert_eq!(left(&store).await, ["a2", "b1"]);
        assert_eq!(store.visits_of("ana").await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_identity_provider_ends_what_it_knows_and_all_of_a_person() {
    on_both(|url| async move {
        let store = three(&url).await;
        assert_eq!(store.end_visits(Of::Provider("y")).await.unwrap(), 1);
        assert_eq!(left(&store).await, ["a1", "b1"]);
        assert_eq!(store.end_visits(Of::Person("ana")).await.unwrap(), 1);
        assert_eq!(left(&store).await, ["b1"]);
    })
    .await;
}

#[tokio::test]
async fn of_several_that_want_to_ask_the_provider_one_does() {
    on_both(|url| async move {
        let store = three(&url).await;
        let claim = async |now, next| store.claim_check("a1", at(now), at(next)).await.unwrap();
        assert!(!claim(9, 19).await, "it is not time yet");
        assert!(claim(10, 20).await);
        assert!(!claim(10, 20).await, "somebody does already");
        store.renew_visit("a1", &Sealed::new("sealed".into())).await.unwrap();
        assert_eq!(store.visit("a1").await.unwrap().unwrap().tokens.as_deref(), Some("sealed"));
        store.check_soon("a1").await.unwrap();
        assert!(claim(11, 21).await);
    })
    .await;
}

#[tokio::test]
async fn a_visit_whose_session_has_ended_by_itself_is_forgotten() {
    on_both(|url| async move {
        let store = three(&url).await;
        store.delete_session("session of a1").await.unwrap();
        assert_eq!(store.visits_of("ana").await.unwrap().len(), 1);
        begin(&store, "c1", "cem", "v").await;
        assert_eq!(store.visit("a1").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn refused_passwords_are_counted_for_a_day_or_until_the_right_one_comes() {
    on_both(|url| async move {
        let store = open(&url).await;
        assert_eq!(store.refuse_password("ana", at(1)).await.unwrap(), 1);
        assert_eq!(store.refuse_password("ana", at(2)).await.unwrap(), 2);
        store.close_password("ana", at(9)).await.unwrap();
        assert_eq!(store.password_open_at("ana").await.unwrap(), at(9).as_millisecond());
        assert_eq!(store.password_open_at("ben").await.unwrap(), 0);
        store.accept_password("ana").await.unwrap();
        assert_eq!(store.refuse_password("ana", at(3)).await.unwrap(), 1);
        assert_eq!(store.refuse_password("ana", at(4 + 24 * 3600)).await.unwrap(), 1);
    })
    .await;
}
