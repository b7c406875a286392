//! What is kept and what is forgotten, on both databases (D3).

use jiff::Timestamp;
use slipway_domain::{
    black_box::Ended,
    names::ComponentName,
    observed::End,
    operation::{Kind, Progress},
    ports::Journal,
    sealed::Sealed,
    spec::ApplicationSpec,
};
use slipway_store::{Cleaned, Kept, Store};

use crate::support::{ana, at, name, on_both, open, order};

/// Nothing is too old, and there is room for everything.
fn everything() -> Kept {
    let always = Timestamp::UNIX_EPOCH;
    Kept { ends_since: always, ends_bytes: i64::MAX, history_since: always, drafts_since: always }
}

async fn end(store: &Store, spec: &ApplicationSpec, task: &str, second: i64, log: &str) {
    let ended = Ended {
        component: ComponentName::parse("web").unwrap(),
        task: task.to_owned(),
        release: "1".to_owned(),
        end: End::default(),
        remarks: Vec::new(),
        log: Some(log.to_owned()),
    };
    store.keep_end(spec.id, &ended, at(second)).await.unwrap();
}

async fn tasks(store: &Store, spec: &ApplicationSpec) -> Vec<String> {
    store.ends(spec.id, 99).await.unwrap().into_iter().map(|(_, ended)| ended.task).collect()
}

/// Removes an application; it is gone at that second.
async fn undeploy(store: &Store, spec: &ApplicationSpec, second: i64) {
    store.remove(&spec.name, Kind::ForceUndeploy, &ana(second)).await.unwrap();
    let job = store.claim("w", at(second), at(second + 20)).await.unwrap().unwrap();
    let done = Progress::Succeeded { at: at(second) };
    assert!(store.advance(job.operation.id, "w", &done, None, at(second), at(second)).await.unwrap());
}

#[tokio::test]
async fn d3_the_last_words_of_containers_are_kept_for_their_time_and_no_longer() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        for second in [10, 20, 30] {
            end(&store, &shop, &format!("web-{second}"), second, "bye").await;
        }
        assert_eq!(store.clean(&everything()).await.unwrap(), Cleaned::default());
        let cleaned = store.clean(&Kept { ends_since: at(20), ..everything() }).await.unwrap();
        assert_eq!(cleaned, Cleaned { ends: 1, ..Cleaned::default() });
        assert_eq!(tasks(&store, &shop).await, ["web-30", "web-20"]);
    })
    .await;
}

#[tokio::test]
async fn d3_of_too_many_last_words_the_newest_stay_whoever_said_them() {
    on_both(|url| async move {
        let store = open(&url).await;
        let (shop, bank) = (order(&store, "shop").await, order(&store, "bank").await);
        let long = "ü".repeat(5_000);
        end(&store, &shop, "old", 10, &long).await;
        end(&store, &bank, "middle", 20, &long).await;
        end(&store, &shop, "new", 30, &long).await;
        // Each has ten thousand bytes and a little more.
        let cleaned = store.clean(&Kept { ends_bytes: 21_000, ..everything() }).await.unwrap();
        assert_eq!(cleaned.ends, 1);
        assert_eq!(
            (tasks(&store, &shop).await, tasks(&store, &bank).await),
            (vec!["new".into()], vec!["middle".into()])
        );
        store.clean(&Kept { ends_bytes: 1, ..everything() }).await.unwrap();
        assert!(tasks(&store, &shop).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn d3_a_removed_application_is_forgotten_after_its_time_and_a_live_one_never() {
    on_both(|url| async move {
        let store = open(&url).await;
        let early = order(&store, "early").await;
        undeploy(&store, &early, 10).await;
        let late = order(&store, "late").await;
        undeploy(&store, &late, 30).await;
        let live = order(&store, "live").await;
        let kept = Kept { history_since: at(20), ..everything() };
        assert_eq!(store.clean(&kept).await.unwrap(), Cleaned { applications: 1, ..Cleaned::default() });

        assert_eq!(store.application(&name("early")).await.unwrap(), None);
        assert!(store.operations(early.id).await.unwrap().is_empty());
        assert!(store.generations(early.id).await.unwrap().is_empty());
        assert!(store.standings(early.id, 9).await.unwrap().is_empty());
        assert_eq!(store.gone_applications(9).await.unwrap()[0].name, name("late"));
        assert_eq!(store.operations(late.id).await.unwrap().len(), 2);

        // As if a hundred years had passed.
        let none = at(3_000_000_000);
        let kept = Kept { ends_since: none, ends_bytes: 1, history_since: none, drafts_since: none };
        store.clean(&kept).await.unwrap();
        assert!(store.gone_applications(9).await.unwrap().is_empty());
        assert_eq!(store.applications().await.unwrap().len(), 1);
        assert_eq!(store.operations(live.id).await.unwrap().len(), 1);
        assert_eq!(store.generations(live.id).await.unwrap().len(), 1);
        assert_eq!(store.standings(live.id, 9).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn d3_a_removed_application_waits_for_the_last_words_of_its_containers() {
    on_both(|url| async move {
        let store = open(&url).await;
        let shop = order(&store, "shop").await;
        end(&store, &shop, "web", 9, "bye").await;
        undeploy(&store, &shop, 10).await;
        let kept = Kept { history_since: at(20), ..everything() };
        store.clean(&kept).await.unwrap();
        assert_eq!(tasks(&store, &shop).await, ["web"], "still readable");
        assert!(store.application(&name("shop")).await.unwrap().is_some());
        let cleaned = store.clean(&Kept { ends_since: at(20), ..kept }).await.unwrap();
        assert_eq!(cleaned, Cleaned { ends: 1, applications: 1, drafts: 0 });
        assert!(store.application(&name("shop")).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_and_not_sent_is_forgotten_after_its_time() {
    on_both(|url| async move {
        let store = open(&url).await;
        let sealed = Sealed::new("sealed".to_owned());
        store.keep_draft("old", "ana", &sealed, at(10)).await.unwrap();
        store.keep_draft("new", "ana", &sealed, at(20)).await.unwrap();
        store.clean(&Kept { drafts_since: at(20), ..everything() }).await.unwrap();
        assert_eq!(store.draft("old", "ana").await.unwrap(), None);
        assert_eq!(store.draft("new", "ana").await.unwrap(), Some(sealed));
    })
    .await;
}

#[tokio::test]
async fn d3_of_several_processes_one_does_the_chore_and_the_next_time_comes_an_hour_later() {
    on_both(|url| async move {
        let stores = [open(&url).await, open(&url).await, open(&url).await];
        let hour = 3600;
        let mut taken = 0;
        let asked = stores.iter().map(|store| store.take_chore("retention", at(1), at(1 + hour)));
        for answer in futures::future::join_all(asked).await {
            taken += usize::from(answer.unwrap());
        }
        assert_eq!(taken, 1);
        assert!(!stores[0].take_chore("retention", at(hour), at(2 * hour)).await.unwrap());
        assert!(stores[1].take_chore("retention", at(hour + 1), at(2 * hour)).await.unwrap());
        assert!(!stores[0].take_chore("another", at(hour + 1), at(2 * hour)).await.unwrap());
    })
    .await;
}
