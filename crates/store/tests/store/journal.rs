//! Leases and records: what makes operations survive crashes, on both databases.

use std::{collections::HashSet, time::Duration};

use crate::support::{ana, at, name, on_both, open, order, record, spec};
use slipway_domain::{
    operation::{Kind, Progress, Step},
    ports::{Journal, Judged, Recorded},
    status::{Standing, Status},
};
use slipway_store::NewApplication;

const BUILD: Progress = Progress::Open { step: Step::Build };

#[tokio::test]
async fn d20_what_is_held_is_not_claimed_until_the_lease_expires() {
    on_both(|url| async move {
        let store = open(&url).await;
        order(&store, "shop").await;
        let job = store.claim("first", at(1), at(20)).await.unwrap().unwrap();
        assert!(store.claim("second", at(19), at(40)).await.unwrap().is_none());
        let again = store.claim("second", at(20), at(40)).await.unwrap().unwrap();
        assert_eq!(again.operation.id, job.operation.id);
    })
    .await;
}

#[tokio::test]
async fn d20_what_a_dead_program_held_is_free_at_once_where_nobody_else_can_hold_it() {
    on_both(|url| async move {
        let store = open(&url).await;
        let killed = store.be_present().await.unwrap();
        order(&store, "shop").await;
        store.claim("killed", at(1), at(3600)).await.unwrap().unwrap();
        let second = open(&url).await;
        let claim = async || second.claim("second", at(2), at(40)).await.unwrap().is_some();
        let neighbour = second.be_present().await.unwrap();
        assert!(!claim().await, "another that works with the database may have it");
        drop(killed);
        let neighbours_friend = second.be_present().await.unwrap();
        assert!(!claim().await, "so may the neighbour");
        drop((neighbour, neighbours_friend));
        let _alone = second.be_present().await.unwrap();
        // Of a server's other programs nobody knows.
        assert_eq!(claim().await, url.starts_with("sqlite:"));
    })
    .await;
}

#[tokio::test]
async fn d20_a_worker_that_lost_its_lease_records_nothing() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        let job = store.claim("first", at(1), at(20)).await.unwrap().unwrap();
        store.claim("second", at(20), at(40)).await.unwrap().unwrap();
        let late = store.advance(job.operation.id, "first", &BUILD, None, at(21), at(21)).await;
        assert!(!late.unwrap());
        let operations = store.operations(shop.id).await.unwrap();
        assert_eq!(operations[0].progress, Progress::Open { step: Step::Accepted });
    })
    .await;
}

#[tokio::test]
async fn d20_two_workers_never_hold_the_same_operation() {
    on_both(|url| async move {
        let store = open(&url).await;
        for number in 0..30 {
            order(&store, &format!("shop-{number}")).await;
        }
        let replica = open(&url).await;
        let workers = (0..6).map(|number| {
            let store = if number % 2 == 0 { store.clone() } else { replica.clone() };
            tokio::spawn(async move {
                let mut held = Vec::new();
                let mut misses = 0;
                // A miss may only mean that another worker was quicker, so it counts as the end when repeated.
                while misses < 10 {
                    match store.claim(&format!("worker-{number}"), at(1), at(99)).await.unwrap() {
                        Some(job) => held.push(job.operation.id),
                        None => misses += 1,
                    }
                }
                held
            })
        });
        let mut held = Vec::new();
        for worker in workers.collect::<Vec<_>>() {
            held.extend(worker.await.unwrap());
        }
        assert_eq!(held.len(), 30);
        assert_eq!(held.iter().collect::<HashSet<_>>().len(), 30);
    })
    .await;
}

#[tokio::test]
async fn a_step_that_waits_keeps_the_time_since_when_it_waits() {
    on_both(|url| async move {
        let store = open(&url).await;
        order(&store, "shop").await;
        let id = store.claim("w", at(1), at(20)).await.unwrap().unwrap().operation.id;
        store.advance(id, "w", &BUILD, None, at(2), at(2)).await.unwrap();
        store.claim("w", at(3), at(20)).await.unwrap().unwrap();
        store.advance(id, "w", &BUILD, Some("registry is down"), at(9), at(4)).await.unwrap();
        assert!(store.claim("w", at(8), at(20)).await.unwrap().is_none());
        let job = store.claim("w", at(9), at(20)).await.unwrap().unwrap();
        assert_eq!(job.step_since, at(2));
    })
    .await;
}

#[tokio::test]
async fn a_touched_application_makes_its_operation_due_now() {
    on_both(|url| async move {
        let store = open(&url).await;
        order(&store, "shop").await;
        let id = store.claim("w", at(1), at(20)).await.unwrap().unwrap().operation.id;
        store.advance(id, "w", &BUILD, None, at(60), at(2)).await.unwrap();
        assert!(store.claim("w", at(3), at(20)).await.unwrap().is_none());
        store.hurry(&[name("shop")], at(3)).await.unwrap();
        assert!(store.claim("w", at(3), at(20)).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn s3_11_a_finished_removal_leaves_history_and_frees_the_name() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        store.remove(&shop.name, Kind::ForceUndeploy, &ana(1)).await.unwrap();
        let id = store.claim("w", at(2), at(20)).await.unwrap().unwrap().operation.id;
        let done = Progress::Succeeded { at: at(3) };
        assert!(store.advance(id, "w", &done, None, at(3), at(3)).await.unwrap());
        assert!(store.applications().await.unwrap().is_empty());
        let gone = store.gone_applications(9).await.unwrap();
        assert_eq!(gone[0].standing.status, Status::Undeployed);
        assert!(store.subjects(std::slice::from_ref(&shop.name)).await.unwrap().is_empty());
        let next = spec("shop");
        let new = NewApplication { spec: &next, idempotency_key: "" };
        store.accept(&new, &ana(4)).await.unwrap();
        assert_eq!(store.application(&shop.name).await.unwrap().unwrap().id, next.id);
    })
    .await;
}

#[tokio::test]
async fn an_unchanged_standing_writes_nothing() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        let pending = Standing { status: Status::Pending, reason: Some("web 0 of 1".into()), cause: None };
        assert_eq!(record(&store, &shop, &pending, at(1)).await, Recorded::Written);
        let before = store.application(&shop.name).await.unwrap().unwrap();
        assert_eq!(record(&store, &shop, &pending, at(2)).await, Recorded::Unchanged);
        assert_eq!(store.application(&shop.name).await.unwrap().unwrap(), before);
    })
    .await;
}

#[tokio::test]
async fn g11_many_are_read_and_recorded_together_each_by_what_it_is() {
    on_both(|url| async move {
        let store = open(&url).await;
        let mut names = Vec::new();
        for number in 0..103 {
            names.push(order(&store, &format!("shop{number:03}")).await.name);
        }
        names.push(name("nobody"));
        let mut subjects = store.subjects(&names).await.unwrap();
        subjects.sort_by(|one, other| one.application.name.cmp(&other.application.name));
        assert_eq!(subjects.len(), 103);
        assert!(subjects.iter().all(|subject| subject.spec.name == subject.application.name));
        assert!(subjects.iter().all(|subject| subject.operation.kind == Kind::Deploy));
        let running = Standing { status: Status::Running, reason: None, cause: None };
        // Somebody else was faster with the third, and the second stands as it did.
        record(&store, &subjects[2].spec, &running, at(1)).await;
        let same = subjects[1].application.standing.clone();
        let judged: Vec<_> = subjects
            .iter()
            .enumerate()
            .map(|(at, subject)| Judged {
                application: &subject.application,
                standing: if at == 1 { &same } else { &running },
            })
            .collect();
        let recorded = store.record(&judged, at(2)).await.unwrap();
        assert_eq!(
            recorded[..4],
            [Recorded::Written, Recorded::Unchanged, Recorded::Stale, Recorded::Written]
        );
        let changed = store.changed_since(subjects[102].application.revision).await.unwrap();
        assert_eq!(changed.iter().filter(|changed| changed.standing == running).count(), 102);
    })
    .await;
}

#[tokio::test]
async fn what_was_judged_by_an_older_state_overwrites_nothing() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        let judged = store.application(&shop.name).await.unwrap().unwrap();
        let running = Standing { status: Status::Running, reason: None, cause: None };
        assert_eq!(record(&store, &shop, &running, at(1)).await, Recorded::Written);
        let pending = Standing { status: Status::Pending, ..running.clone() };
        let late = Judged { application: &judged, standing: &pending };
        assert_eq!(store.record(&[late], at(2)).await.unwrap(), [Recorded::Stale]);
        assert_eq!(store.application(&shop.name).await.unwrap().unwrap().standing, running);
    })
    .await;
}

#[tokio::test]
async fn revisions_tell_in_order_what_changed() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        order(&store, "bank").await;
        let seen = store.changed_since(0).await.unwrap().last().unwrap().revision;
        assert!(store.changed_since(seen).await.unwrap().is_empty());
        let running = Standing { status: Status::Running, reason: None, cause: None };
        record(&store, &shop, &running, at(1)).await;
        let changed = store.changed_since(seen).await.unwrap();
        assert_eq!(changed.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["shop"]);
        assert!(changed[0].revision > seen);
    })
    .await;
}

#[tokio::test]
async fn s1_32_a_step_of_an_operation_is_told_although_the_badge_stays() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        let before = store.application(&shop.name).await.unwrap().unwrap();
        let mut ways = vec![BUILD, BUILD, Progress::Succeeded { at: at(4) }].into_iter();
        let mut revisions = vec![before.revision];
        for moment in 1..=3 {
            let job = store.claim("first", at(moment), at(20)).await.unwrap().unwrap();
            let (now, progress) = (at(moment), ways.next().unwrap());
            assert!(store.advance(job.operation.id, "first", &progress, None, now, now).await.unwrap());
            revisions.push(store.application(&shop.name).await.unwrap().unwrap().revision);
        }
        assert!(revisions[1] > revisions[0], "a step");
        assert_eq!(revisions[2], revisions[1], "the same step again");
        assert!(revisions[3] > revisions[2], "the end");
        let after = store.application(&shop.name).await.unwrap().unwrap();
        assert_eq!(after.standing, before.standing);
    })
    .await;
}

#[tokio::test]
async fn a_commit_wakes_whoever_listens() {
    on_both(|url| async move {
        let store = open(&url).await;
        let mut heard = store.subscribe();
        heard.mark_unchanged();
        order(&store, "shop").await;
        assert!(heard.has_changed().unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_commit_of_another_process_is_heard_within_a_moment() {
    on_both(|url| async move {
        if url.starts_with("sqlite:") {
            return;
        }
        let (here, there) = (open(&url).await, open(&url).await);
        let mut heard = here.subscribe();
        // It listens soon after it was opened: whoever is not heard speaks again.
        for attempt in 0..20 {
            order(&there, &format!("shop-{attempt}")).await;
            if tokio::time::timeout(Duration::from_millis(300), heard.changed()).await.is_ok() {
                return;
            }
        }
        unreachable!("nothing was heard of twenty commits");
    })
    .await;
}
