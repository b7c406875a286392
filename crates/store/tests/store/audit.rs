//! The audit trail: added to, never changed, and found out when somebody does.

use crate::support::{ana, at, name, on_both, open, order};
use slipway_domain::{
    audit::{Filter, Flaw},
    cause::Cause,
    operation::{Kind, Progress, Step},
    ports::Journal,
    sealed::Sealed,
};
use slipway_store::{Deed, NewApplication, Origin, Store};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};

fn deed<'a>(actor: &'a str, object: &'a str, origin: &'a Origin) -> Deed<'a> {
    Deed { at: at(7), actor, action: "sign-in", object, outcome: "accepted", origin }
}

async fn told(store: &Store) -> Vec<(String, String, String)> {
    let rows = store.audit(99).await.unwrap();
    rows.into_iter().rev().map(|row| (row.actor, row.action, row.outcome)).collect()
}

#[tokio::test]
async fn d7_writers_on_two_replicas_form_one_chain() {
    on_both(|url| async move {
        let stores = [open(&url).await, open(&url).await];
        let writers = (0..8).map(|writer| {
            let store = stores[writer % 2].clone();
            tokio::spawn(async move {
                for number in 0..10 {
                    if writer < 2 {
                        // Orders take another lock first.
                        order(&store, &format!("shop-{writer}-{number}")).await;
                    } else {
                        store.note(&deed("ana", &number.to_string(), Origin::NONE)).await.unwrap();
                    }
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let verdict = stores[0].verify_audit().await.unwrap();
        assert_eq!((verdict.rows, verdict.broken), (80, None));
    })
    .await;
}

#[tokio::test]
async fn d7_orders_updates_and_removals_at_once_do_not_wait_for_each_other_for_ever() {
    on_both(|url| async move {
        let store = open(&url).await;
        let specs = [order(&store, "one").await, order(&store, "two").await, order(&store, "three").await];
        let tasks = specs.map(|spec| {
            let store = store.clone();
            tokio::spawn(async move {
                for second in 1..8 {
                    // Each takes both counters; whether a rule refuses it does not matter here.
                    let cancelled = store.cancel(&spec.name, &ana(second)).await;
                    let retried = store.retry(&spec.name, &ana(second)).await;
                    assert!(cancelled.is_ok() && retried.is_ok(), "{cancelled:?} {retried:?}");
                }
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(store.verify_audit().await.unwrap().broken, None);
    })
    .await;
}

#[tokio::test]
async fn d7_a_row_that_was_altered_or_taken_out_in_the_database_is_named() {
    on_both(|url| async move {
        let store = open(&url).await;
        for object in ["a", "b", "c", "d", "e"] {
            store.note(&deed("ana", object, Origin::NONE)).await.unwrap();
        }
        let mut database = AnyConnection::connect(&url).await.unwrap();
        for (tampering, restoring, flaw) in [
            (
                "UPDATE audit SET actor = 'eve' WHERE seq = 3",
                "UPDATE audit SET actor = 'ana' WHERE seq = 3",
                (3, Flaw::Altered),
            ),
            (
                "UPDATE audit SET seq = 9 WHERE seq = 2",
                "UPDATE audit SET seq = 2 WHERE seq = 9",
                (2, Flaw::Missing),
            ),
            (
                "UPDATE audit SET seq = 6 WHERE seq = 5",
                "UPDATE audit SET seq = 5 WHERE seq = 6",
                (5, Flaw::Missing),
            ),
            ("DELETE FROM audit WHERE seq > 3", "SELECT 1", (4, Flaw::Missing)),
        ] {
            assert_eq!(store.verify_audit().await.unwrap().broken, None, "before {tampering}");
            database.execute(tampering).await.unwrap();
            assert_eq!(store.verify_audit().await.unwrap().broken, Some(flaw), "{tampering}");
            database.execute(restoring).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn d7_rows_are_found_by_what_they_say_page_by_page() {
    on_both(|url| async move {
        let store = open(&url).await;
        let origin = Origin { request: "r-1".into(), address: "192.0.2.7".into(), via: "token ci".into() };
        for number in 0..5 {
            store.note(&deed("ana", &format!("shop-{number}"), &origin)).await.unwrap();
        }
        store.note(&deed("100%_b", "Büro", Origin::NONE)).await.unwrap();
        let found = async |filter: Filter, below: i64, limit: u32| {
            let rows = store.search_audit(&filter, below, limit).await.unwrap();
            rows.into_iter().map(|row| row.seq).collect::<Vec<_>>()
        };
        let actor = |actor: &str| Filter { actor: actor.into(), ..Filter::default() };
        let q = |q: &str| Filter { q: q.into(), ..Filter::default() };
        assert_eq!(found(actor("ana"), i64::MAX, 2).await, [5, 4]);
        assert_eq!(found(actor("ana"), 4, 9).await, [3, 2, 1]);
        assert_eq!(found(q("TOKEN CI"), i64::MAX, 1).await, [5]);
        assert_eq!(found(q("192.0.2.7"), i64::MAX, 9).await.len(), 5);
        assert_eq!(found(q("%"), i64::MAX, 9).await, [6], "a sign that means itself");
        assert_eq!(found(q("0%_B"), i64::MAX, 9).await, [6]);
        assert_eq!(found(Filter { object: "shop-2".into(), ..Filter::default() }, 99, 9).await, [3]);
        assert_eq!(found(Filter { outcome: "refused".into(), ..Filter::default() }, 99, 9).await, [0_i64; 0]);
        assert_eq!(found(Filter { from: Some(at(8)), ..Filter::default() }, 99, 9).await, [0_i64; 0]);
        assert_eq!(found(Filter { until: Some(at(8)), ..Filter::default() }, 99, 9).await.len(), 6);
    })
    .await;
}

#[tokio::test]
async fn d7_what_nobody_asked_for_at_that_moment_is_told_too() {
    on_both(|url| async move {
        let store = open(&url).await;
        let mut spec = crate::support::spec("shop");
        spec.components[0].secrets.insert("PASSWORD".into(), Sealed::new("sealed".into()));
        store.accept(&NewApplication { spec: &spec, idempotency_key: "" }, &ana(0)).await.unwrap();
        let steps = [
            Progress::Open { step: Step::Build },
            Progress::Open { step: Step::Apply },
            Progress::Open { step: Step::Apply },
            Progress::Open { step: Step::Settle },
            Progress::Failed { step: Step::Settle, cause: Cause::new("SLW_X", "It broke.", ""), at: at(9) },
        ];
        for step in steps {
            let job = store.claim("me", at(9), at(10)).await.unwrap().unwrap();
            assert!(store.advance(job.operation.id, "me", &step, None, at(9), at(9)).await.unwrap());
        }
        store.remove(&name("shop"), Kind::ForceUndeploy, &ana(2)).await.unwrap();
        let row = |actor: &str, action: &str, outcome: &str| (actor.into(), action.into(), outcome.into());
        let expected = [
            row("ana", "deploy", "accepted"),
            row("slipway", "use-secrets", "used: 1 secrets for generation 1"),
            row("slipway", "deploy", "failed: SLW_X It broke."),
            row("ana", "force-undeploy", "accepted"),
        ];
        assert_eq!(told(&store).await, expected);
    })
    .await;
}

#[tokio::test]
async fn d7_a_text_of_any_length_and_any_characters_can_be_told() {
    on_both(|url| async move {
        let store = open(&url).await;
        store.note(&deed("a\0b", &"ü".repeat(9000), Origin::NONE)).await.unwrap();
        let row = store.audit(1).await.unwrap().remove(0);
        assert_eq!((row.actor.as_str(), row.object.chars().count()), ("ab", 500));
        assert_eq!(store.verify_audit().await.unwrap().broken, None);
    })
    .await;
}

/// docs/postgresql.md: the role that the program uses adds to the trail and cannot change what is there.
#[tokio::test]
async fn d7_the_role_of_the_manual_can_do_everything_but_change_the_trail() {
    on_both(|url| async move {
        if url.starts_with("sqlite:") {
            return;
        }
        let owner = open(&url).await;
        let role = url.rsplit_once('/').unwrap().1.replace("slipway_", "user_");
        let mut admin = AnyConnection::connect(&url).await.unwrap();
        // Made of letters, digits and a line.
        admin.execute(AssertSqlSafe(format!("CREATE ROLE {role} LOGIN"))).await.unwrap();
        owner.grant_to(&role).await.unwrap();

        let theirs = url.replace("//slipway@", &format!("//{role}@"));
        let store = Store::open(&theirs).await.unwrap();
        order(&store, "shop").await;
        let job = store.claim("me", at(1), at(9)).await.unwrap().unwrap();
        let done = Progress::Succeeded { at: at(2) };
        assert!(store.advance(job.operation.id, "me", &done, None, at(2), at(2)).await.unwrap());
        store.remove(&name("shop"), Kind::Undeploy, &ana(3)).await.unwrap_err();
        store.create_session("s", "{}", at(99)).await.unwrap();
        store.delete_session("s").await.unwrap();
        assert_eq!(store.verify_audit().await.unwrap().rows, 2);

        let mut database = AnyConnection::connect(&theirs).await.unwrap();
        for tampering in [
            "UPDATE audit SET actor = 'eve'",
            "DELETE FROM audit",
            "TRUNCATE audit",
            "ALTER TABLE audit ADD COLUMN x TEXT",
            "DROP TABLE audit",
            "UPDATE _sqlx_migrations SET version = 1",
        ] {
            let refused = database.execute(tampering).await.unwrap_err().to_string();
            let words = ["permission denied", "must be owner"];
            assert!(words.iter().any(|word| refused.contains(word)), "{tampering}: {refused}");
        }
        drop(database);
        store.close().await;
        admin.execute(AssertSqlSafe(format!("DROP OWNED BY {role}"))).await.unwrap();
        admin.execute(AssertSqlSafe(format!("DROP ROLE {role}"))).await.unwrap();
    })
    .await;
}
