//! Plans that were applied: what was done can be read afterwards, on both databases.

use crate::support::{at, on_both, open, order};
use slipway_domain::{
    cause::Cause,
    plan::{Action, Finding, Plan, Planned},
    ports::Journal,
};

fn plan(names: &[&str]) -> Plan {
    let objects = names.iter().map(|name| Planned::new("Deployment", name, Action::Create)).collect();
    Plan { generation: 1, is_new: true, objects, findings: Vec::new() }
}

#[tokio::test]
async fn d6_what_was_planned_is_kept_with_its_operation_and_the_same_plan_once() {
    on_both(|url| async move {
        let store = open(&url).await;
        order(&store, "shop").await;
        let id = store.claim("w", at(1), at(20)).await.unwrap().unwrap().operation.id;
        let first = plan(&["web"]).with([Finding::warns(Cause::new("A", "It may be slow.", "Wait."))]);
        store.keep_plan(id, "w", &first, None, at(2)).await.unwrap();
        store.keep_plan(id, "w", &first, None, at(3)).await.unwrap();
        store
            .keep_plan(id, "w", &plan(&["web", "api"]), Some("Deployment web changed."), at(4))
            .await
            .unwrap();
        store.keep_plan(id, "w", &first, Some("Again."), at(5)).await.unwrap();
        let kept = store.plans(id).await.unwrap();
        assert_eq!(kept.iter().map(|kept| kept.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!((kept[0].at, &kept[0].plan, &kept[0].hash), (at(2), &first, &first.hash()));
        assert_eq!(kept[1].because.as_deref(), Some("Deployment web changed."));
    })
    .await;
}

#[tokio::test]
async fn d6_a_worker_that_lost_its_lease_keeps_no_plan() {
    on_both(|url| async move {
        let store = open(&url).await;
        order(&store, "shop").await;
        let id = store.claim("first", at(1), at(20)).await.unwrap().unwrap().operation.id;
        store.claim("second", at(20), at(40)).await.unwrap().unwrap();
        store.keep_plan(id, "first", &plan(&["web"]), None, at(21)).await.unwrap();
        assert_eq!(store.plans(id).await.unwrap(), []);
    })
    .await;
}
