//! What is kept, and when it is forgotten.

use serde_json::json;

use k8s_openapi::api::core::v1::{Namespace, Pod};
use slipway_domain::observed;

use super::*;

const ID: &str = "01JZZZZZZZZZZZZZZZZZZZZZZZ";

fn namespace(name: &str) -> Namespace {
    let labels = json!({"slipway.internal/application-id": ID});
    serde_json::from_value(json!({"metadata": {"name": name, "labels": labels}})).unwrap()
}

fn pod(name: &str) -> Pod {
    serde_json::from_value(json!({
        "metadata": {"name": name, "namespace": "shop", "labels": {"app.kubernetes.io/name": "web"}},
    }))
    .unwrap()
}

#[test]
fn what_vanished_while_nobody_watched_is_forgotten_when_the_listing_ends() {
    let (cache, mut seen) = (Cache::default(), Seen::default());
    for name in ["shop", "bank"] {
        cache.take(Event::Apply(namespace(name)), &mut seen);
    }
    cache.take(Event::<Namespace>::Init, &mut seen);
    cache.take(Event::InitApply(namespace("shop")), &mut seen);
    assert_eq!(cache.take(Event::<Namespace>::InitDone, &mut seen), ["bank"]);
    let phase = |name| cache.observe(name, ID.parse().unwrap()).namespace;
    assert_eq!(phase("shop"), observed::Namespace::Active);
    assert_eq!(phase("bank"), observed::Namespace::Absent);
}

#[test]
fn a_listing_of_pods_does_not_forget_the_namespace() {
    let (cache, mut seen) = (Cache::default(), Seen::default());
    cache.take(Event::Apply(namespace("shop")), &mut Seen::default());
    cache.take(Event::Apply(pod("web-1")), &mut seen);
    cache.take(Event::<Pod>::Init, &mut seen);
    assert_eq!(cache.take(Event::<Pod>::InitDone, &mut seen), ["shop"]);
    assert_eq!(cache.observe("shop", ID.parse().unwrap()).namespace, observed::Namespace::Active);
}

#[test]
fn s1_09_a_namespace_of_another_application_counts_as_absent() {
    let cache = Cache::default();
    cache.take(Event::Apply(namespace("shop")), &mut Seen::default());
    let other = "01JZZZZZZZZZZZZZZZZZZZZZZ0".parse().unwrap();
    assert_eq!(cache.observe("shop", other), Observed::default());
}
