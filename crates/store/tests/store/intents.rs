//! What people ask for: one transaction each, on both databases.

use std::time::Duration;

use crate::support::{ana, at, name, on_both, open, order, record, spec};
use slipway_domain::{
    operation::{Kind, Progress, Step},
    ports::Journal,
    sealed::Sealed,
    status::{Standing, Status},
};
use slipway_store::{AcceptError, Accepted, Asked, NewApplication, RemoveError};

fn running() -> Standing {
    Standing { status: Status::Running, reason: None, cause: None }
}

#[tokio::test]
async fn s1_31_the_row_exists_as_soon_as_the_order_is_accepted() {
    on_both(|url| async move {
        let store = open(&url).await;
        order(&store, "shop").await;
        let application = store.application(&name("shop")).await.unwrap().unwrap();
        assert_eq!(application.standing.status, Status::CreateApp);
        assert_eq!(application.gateway_path.as_deref(), Some("/shop"));
        let operations = store.operations(application.id).await.unwrap();
        assert_eq!(operations[0].progress, Progress::Open { step: Step::Accepted });
    })
    .await;
}

#[tokio::test]
async fn s1_29_a_key_is_its_owners_whatever_they_are_called() {
    on_both(|url| async move {
        let store = open(&url).await;
        let (one, two) = (spec("shop"), spec("other"));
        let order = |spec| NewApplication { spec, idempotency_key: "pressed" };
        store.accept(&order(&one), &ana(0)).await.unwrap();
        let renamed = Asked { actor: "ana.maria", ..ana(1) };
        let again = store.accept(&order(&one), &renamed).await.unwrap();
        assert_eq!(again, Accepted::Again(name("shop")), "the same person under another name");
        let namesake = Asked { actor_id: "id-of-another-ana", ..ana(2) };
        assert_eq!(store.ordered_before("id-of-another-ana", "pressed").await.unwrap(), None);
        let theirs = store.accept(&order(&two), &namesake).await.unwrap();
        assert_eq!(theirs, Accepted::New, "somebody else of the same name");
    })
    .await;
}

#[tokio::test]
async fn s1_29_the_same_key_twice_is_one_operation() {
    on_both(|url| async move {
        let store = open(&url).await;
        let (first, second) = (spec("shop"), spec("shop"));
        let order = |spec| NewApplication { spec, idempotency_key: "pressed" };
        assert_eq!(store.accept(&order(&first), &ana(0)).await.unwrap(), Accepted::New);
        let again = store.accept(&order(&second), &ana(1)).await.unwrap();
        assert_eq!(again, Accepted::Again(name("shop")));
        assert_eq!(store.operations(first.id).await.unwrap().len(), 1);
        assert_eq!(store.audit(9).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn s1_29_two_presses_at_the_same_moment_are_one_operation() {
    on_both(|url| async move {
        let store = open(&url).await;
        let presses = (0..8).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let spec = spec("shop");
                let new = NewApplication { spec: &spec, idempotency_key: "pressed" };
                store.accept(&new, &ana(0)).await
            })
        });
        let mut new = 0;
        for press in presses.collect::<Vec<_>>() {
            match press.await.unwrap() {
                Ok(Accepted::New) => new += 1,
                Ok(Accepted::Again(_)) | Err(AcceptError::NameTaken) => {}
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(new, 1);
        assert_eq!(store.applications().await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn s1_09_a_name_belongs_to_one_live_application() {
    on_both(|url| async move {
        let store = open(&url).await;
        order(&store, "shop").await;
        let other = spec("shop");
        let new = NewApplication { spec: &other, idempotency_key: "" };
        assert!(matches!(store.accept(&new, &ana(1)).await, Err(AcceptError::NameTaken)));
    })
    .await;
}

#[tokio::test]
async fn s1_43_undeploy_is_refused_unless_it_runs() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        let asked = store.remove(&shop.name, Kind::Undeploy, &ana(1)).await;
        assert!(matches!(asked, Err(RemoveError::Refused(_))));
        record(&store, &shop, &running(), at(1)).await;
        store.remove(&shop.name, Kind::Undeploy, &ana(2)).await.unwrap();
        let application = store.application(&shop.name).await.unwrap().unwrap();
        assert_eq!(application.standing.status, Status::Undeploying);
    })
    .await;
}

#[tokio::test]
async fn s1_44_force_undeploy_cancels_the_running_operation() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        let job = store.claim("worker", at(1), at(20)).await.unwrap().unwrap();
        store.remove(&shop.name, Kind::ForceUndeploy, &ana(2)).await.unwrap();
        let operations = store.operations(shop.id).await.unwrap();
        assert_eq!(operations[1].progress, Progress::Cancelled { step: Step::Accepted, at: at(2) });
        assert_eq!(operations[0].kind, Kind::ForceUndeploy);
        store.remove(&shop.name, Kind::ForceUndeploy, &ana(3)).await.unwrap();
        assert_eq!(store.operations(shop.id).await.unwrap(), operations, "asked for twice is meant once");
        assert!(!store.extend(job.operation.id, "worker", at(30)).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn s1_44_a_removal_begins_only_when_the_cancelled_step_has_ended() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        let job = store.claim("worker", at(1), at(20)).await.unwrap().unwrap();
        store.remove(&shop.name, Kind::ForceUndeploy, &ana(2)).await.unwrap();
        assert!(store.claim("other", at(3), at(20)).await.unwrap().is_none());
        store.release(job.operation.id, "worker").await.unwrap();
        let removal = store.claim("other", at(4), at(20)).await.unwrap().unwrap();
        assert_eq!(removal.operation.kind, Kind::ForceUndeploy);
    })
    .await;
}

#[tokio::test]
async fn what_does_not_exist_cannot_be_removed() {
    on_both(|url| async move {
        let store = open(&url).await;
        let asked = store.remove(&name("shop"), Kind::ForceUndeploy, &ana(1)).await;
        assert!(matches!(asked, Err(RemoveError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn d7_every_accepted_change_has_one_audit_row() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        store.remove(&shop.name, Kind::ForceUndeploy, &ana(2)).await.unwrap();
        let rows = store.audit(9).await.unwrap();
        let told: Vec<_> = rows.iter().rev().map(|r| (r.seq, r.action.as_str(), r.object.as_str())).collect();
        assert_eq!(told, [(1, "deploy", "shop"), (2, "force-undeploy", "shop")]);
    })
    .await;
}

/// More of them than the pool has connections: one that holds the lock must not wait for another connection.
#[tokio::test(flavor = "multi_thread")]
async fn s1_43_many_who_ask_at_the_same_moment_do_not_wait_for_each_other_s_connections() {
    on_both(|url| async move {
        let store = open(&url).await;
        let names: Vec<_> = (0..24).map(|number| format!("shop-{number}")).collect();
        for name in &names {
            order(&store, name).await;
        }
        let asked = names.iter().map(|text| {
            let (store, name) = (store.clone(), name(text));
            tokio::spawn(async move { store.remove(&name, Kind::ForceUndeploy, &ana(1)).await })
        });
        let asked = asked.collect::<Vec<_>>();
        let all = async {
            for asked in asked {
                asked.await.unwrap().unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(8), all).await.unwrap();
        let job = |second| store.claim("worker", at(second), at(second + 60));
        let mut jobs = Vec::new();
        while let Some(job) = job(2).await.unwrap() {
            jobs.push(job.operation.id);
        }
        let step = |step| Progress::Open { step };
        for id in &jobs {
            assert!(store.advance(*id, "worker", &step(Step::Apply), None, at(3), at(3)).await.unwrap());
        }
        let mut steps = Vec::new();
        while let Some(job) = job(4).await.unwrap() {
            let store = store.clone();
            steps.push(tokio::spawn(async move {
                store.advance(job.operation.id, "worker", &step(Step::Remove), None, at(5), at(5)).await
            }));
        }
        assert_eq!(steps.len(), names.len());
        let all = async {
            for step in steps {
                assert!(step.await.unwrap().unwrap());
            }
        };
        tokio::time::timeout(Duration::from_secs(8), all).await.unwrap();
    })
    .await;
}

/// A browser that goes away takes its request with it, wherever that stands.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_off_in_the_middle_leaves_no_transaction_open() {
    on_both(|url| async move {
        let (store, other) = (open(&url).await, open(&url).await);
        order(&store, "shop").await;
        let shop = name("shop");
        for looks in 1..8 {
            let asked: Vec<_> = (0..10).map(|_| ana(1)).collect();
            let mut changes: Vec<_> =
                asked.iter().map(|asked| Some(Box::pin(store.cancel(&shop, asked)))).collect();
            for _ in 0..looks {
                for change in &mut changes {
                    let is_over = match change {
                        Some(change) => futures::poll!(change).is_ready(),
                        None => false,
                    };
                    if is_over {
                        *change = None;
                    }
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            drop(changes);
            let draft = |number| format!("{looks}-{number}");
            let kept = (0..10).map(|number| {
                let (store, draft) = (store.clone(), draft(number));
                let sealed = Sealed::new("sealed".to_owned());
                tokio::spawn(async move { store.keep_draft(&draft, "ana", &sealed, at(1)).await })
            });
            for kept in kept.collect::<Vec<_>>() {
                kept.await.unwrap().unwrap();
            }
            for number in 0..10 {
                let found = other.draft(&draft(number), "ana").await.unwrap();
                assert!(found.is_some(), "after {looks} looks draft {number} was not committed");
            }
        }
    })
    .await;
}
