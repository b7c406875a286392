//! Tokens and kept answers, on both databases.

use crate::support::{at, on_both, open};
use jiff::SignedDuration;
use slipway_domain::{
    actor::Actor,
    sealed::Sealed,
    token::{Scope, Token},
};
use slipway_store::{Before, FORGET_ANSWERS, KeptToken};
use sqlx::{AssertSqlSafe, Connection, sqlite::SqliteConnection};

fn kept(id: &str) -> KeptToken {
    KeptToken {
        token: Token {
            id: id.into(),
            name: "ci".into(),
            scopes: vec![Scope::Read],
            created_at: at(0),
            expires_at: at(100),
            last_used_at: None,
            last_used_from: String::new(),
        },
        owner: Actor {
            id: "local:ana".into(),
            name: "ana".into(),
            roles: vec!["APS_DEVOPS".into()],
            groups: vec!["hr".into()],
            is_reader: false,
        },
    }
}

#[tokio::test]
async fn s4_33_a_token_is_known_by_its_hash_until_it_ends_or_is_revoked() {
    on_both(|url| async move {
        let store = open(&url).await;
        store.keep_token(&kept("1"), "hash-1").await.unwrap();
        assert_eq!(store.token("hash-1", at(99)).await.unwrap(), Some(kept("1")));
        assert_eq!(store.token("hash-1", at(100)).await.unwrap(), None);
        assert_eq!(store.token("1", at(1)).await.unwrap(), None, "the identity is worth nothing");
        assert_eq!(store.revoke_token("1", "local:eve", at(2)).await.unwrap(), None, "not hers");
        assert_eq!(store.revoke_token("1", "local:ana", at(2)).await.unwrap().as_deref(), Some("ci"));
        assert_eq!(store.token("hash-1", at(3)).await.unwrap(), None);
        assert_eq!(store.tokens_of("local:ana").await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn s4_33_the_last_use_is_remembered_with_its_place() {
    on_both(|url| async move {
        let store = open(&url).await;
        store.keep_token(&kept("1"), "hash-1").await.unwrap();
        for (second, from) in [(1, "192.0.2.1"), (2, "192.0.2.1"), (3, "192.0.2.2")] {
            store.token_used("1", from, at(second)).await.unwrap();
        }
        let token = store.tokens_of("local:ana").await.unwrap().remove(0);
        assert_eq!((token.last_used_at, token.last_used_from.as_str()), (Some(at(3)), "192.0.2.2"));
    })
    .await;
}

#[tokio::test]
async fn d14_a_request_with_a_key_does_not_look_through_the_answers_of_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("slipway.db").display());
    drop(open(&url).await);
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let query = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {FORGET_ANSWERS}"));
    let plan: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(query).bind(1).bind(2).fetch_all(&mut database).await.unwrap();
    let looks: Vec<_> = plan.iter().map(|(.., step)| step).filter(|step| step.contains("answers")).collect();
    assert!(looks.iter().all(|step| step.starts_with("SEARCH") && step.contains("(at<?)")), "{looks:?}");
    assert!(looks.iter().any(|step| step.contains("answers_under_way")), "{looks:?}");
}

#[tokio::test]
async fn the_same_request_with_the_same_key_is_answered_once() {
    on_both(|url| async move {
        let store = open(&url).await;
        let begin = async |actor: &str, request: &str, second| {
            let lease = SignedDuration::from_secs(15);
            store.begin_answer(actor, "key", request, at(second), lease).await.unwrap()
        };
        assert_eq!(begin("ana", "POST a", 1).await, Before::Nothing);
        assert_eq!(begin("ana", "POST a", 2).await, Before::UnderWay);
        assert_eq!(begin("ana", "POST b", 2).await, Before::Other);
        assert_eq!(begin("eve", "POST b", 2).await, Before::Nothing, "keys are one's own");
        let answer = Sealed::new("answer".into());
        store.end_answer("ana", "key", Some(&answer)).await.unwrap();
        assert_eq!(begin("ana", "POST a", 3).await, Before::Answered(answer));
        store.end_answer("eve", "key", None).await.unwrap();
        assert_eq!(begin("eve", "POST b", 4).await, Before::Nothing, "what failed may be tried again");
        store.hold_answer("eve", "key", at(10)).await.unwrap();
        assert_eq!(begin("eve", "POST b", 20).await, Before::UnderWay, "it is held on to");
        assert_eq!(begin("eve", "POST b", 26).await, Before::Nothing, "and what was lost may be tried again");
    })
    .await;
}
