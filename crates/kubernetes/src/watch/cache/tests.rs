//! What is kept, and when it is forgotten.

use serde_json::json;

use slipway_domain::observed;

use super::*;
use crate::lean::{Event as Warning, Namespace, Node, Pod};

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
    let (cache, mut unseen) = (Cache::default(), Unseen::default());
    for name in ["shop", "bank"] {
        cache.take(Event::Apply(namespace(name)), &mut unseen);
    }
    cache.take(Event::<Namespace>::Init, &mut unseen);
    cache.take(Event::InitApply(namespace("shop")), &mut unseen);
    assert_eq!(cache.take(Event::<Namespace>::InitDone, &mut unseen), ["bank"]);
    let phase = |name| cache.observe(name, ID.parse().unwrap()).namespace;
    assert_eq!(phase("shop"), observed::Namespace::Active);
    assert_eq!(phase("bank"), observed::Namespace::Absent);
}

#[test]
fn a_listing_that_begins_anew_forgets_what_only_the_one_before_has_shown() {
    let (cache, mut unseen) = (Cache::default(), Unseen::default());
    cache.take(Event::<Namespace>::Init, &mut unseen);
    cache.take(Event::InitApply(namespace("bank")), &mut unseen);
    cache.take(Event::<Namespace>::Init, &mut unseen);
    cache.take(Event::InitApply(namespace("shop")), &mut unseen);
    assert_eq!(cache.take(Event::<Namespace>::InitDone, &mut unseen), ["bank"]);
    assert!(cache.is_free("bank") && !cache.is_free("shop"));
}

#[test]
fn a_listing_of_pods_does_not_forget_the_namespace() {
    let (cache, mut unseen) = (Cache::default(), Unseen::default());
    cache.take(Event::Apply(namespace("shop")), &mut Unseen::default());
    cache.take(Event::Apply(pod("web-1")), &mut unseen);
    cache.take(Event::<Pod>::Init, &mut unseen);
    assert_eq!(cache.take(Event::<Pod>::InitDone, &mut unseen), ["shop"]);
    assert_eq!(cache.observe("shop", ID.parse().unwrap()).namespace, observed::Namespace::Active);
}

#[test]
fn s1_09_a_namespace_of_another_application_counts_as_absent() {
    let cache = Cache::default();
    cache.take(Event::Apply(namespace("shop")), &mut Unseen::default());
    let other = "01JZZZZZZZZZZZZZZZZZZZZZZ0".parse().unwrap();
    assert_eq!(cache.observe("shop", other), Observed::default());
}

#[test]
fn s1_09_the_name_of_any_namespace_is_known_to_be_taken() {
    let (cache, mut unseen) = (Cache::default(), Unseen::default());
    let foreign: Namespace = serde_json::from_value(json!({"metadata": {"name": "kube-system"}})).unwrap();
    cache.take(Event::Apply(namespace("shop")), &mut unseen);
    assert_eq!(cache.take(Event::Apply(foreign.clone()), &mut unseen), Vec::<String>::new());
    assert!(!cache.is_free("shop") && !cache.is_free("kube-system") && cache.is_free("bank"));
    // Whoever takes our label off a namespace has taken it away.
    let mut taken = namespace("shop");
    taken.metadata.labels = None;
    assert_eq!(cache.take(Event::Apply(taken), &mut unseen), ["shop"]);
    assert_eq!(cache.observe("shop", ID.parse().unwrap()).namespace, observed::Namespace::Absent);
    assert!(!cache.is_free("shop"));
    assert_eq!(cache.take(Event::Delete(foreign), &mut unseen), Vec::<String>::new());
    assert!(cache.is_free("kube-system"));
    // A listing forgets the foreign ones that it does not show.
    cache.take(Event::<Namespace>::Init, &mut unseen);
    cache.take(Event::<Namespace>::InitDone, &mut unseen);
    assert!(cache.is_free("shop"));
}

fn warning(namespace: &str, about: &str, message: &str) -> Warning {
    serde_json::from_value(json!({
        "metadata": {"name": format!("{about}.{message}"), "namespace": namespace},
        "involvedObject": {"kind": "Pod", "name": about, "namespace": namespace},
        "type": "Warning", "reason": "Failed", "message": message,
    }))
    .unwrap()
}

fn node(ready: &str) -> Node {
    let conditions = json!([{"type": "Ready", "status": ready}]);
    serde_json::from_value(json!({"metadata": {"name": "node1"}, "status": {"conditions": conditions}}))
        .unwrap()
}

fn kept(cache: &Cache) -> usize {
    cache.0.read().unwrap().places.values().map(|place| place.warnings.events().count()).sum()
}

#[test]
fn a_warning_of_a_namespace_that_is_not_ours_is_not_kept() {
    let cache = Cache::default();
    assert!(cache.take(Event::Apply(warning("other", "x", "bad")), &mut Unseen::default()).is_empty());
    assert_eq!((kept(&cache), cache.0.read().unwrap().places.len()), (0, 0));
}

#[test]
fn a_warning_that_comes_before_its_namespace_is_not_lost() {
    let cache = Cache::default();
    cache.take(Event::Apply(warning("shop", "web-1", "bad")), &mut Unseen::default());
    cache.take(Event::Apply(namespace("shop")), &mut Unseen::default());
    assert_eq!(kept(&cache), 1);
}

#[test]
fn the_warnings_of_an_application_are_bounded_and_the_same_one_touches_once() {
    let cache = Cache::default();
    cache.take(Event::Apply(namespace("shop")), &mut Unseen::default());
    assert_eq!(cache.take(Event::Apply(warning("shop", "web-1", "bad")), &mut Unseen::default()), ["shop"]);
    assert!(cache.take(Event::Apply(warning("shop", "web-1", "bad")), &mut Unseen::default()).is_empty());
    for number in 0..500 {
        cache.take(Event::Apply(warning("shop", &format!("web-{number}"), "bad")), &mut Unseen::default());
    }
    assert_eq!(kept(&cache), 64);
    cache.take(Event::Delete(namespace("shop")), &mut Unseen::default());
    assert_eq!(kept(&cache), 0);
}

#[test]
fn a_node_touches_whoever_runs_there_only_when_it_is_lost_or_found() {
    let cache = Cache::default();
    let mut pod = pod("web-1");
    pod.spec = serde_json::from_value(json!({"nodeName": "node1", "containers": []})).unwrap();
    cache.take(Event::Apply(pod), &mut Unseen::default());
    let touched = |ready| cache.take(Event::Apply(node(ready)), &mut Unseen::default());
    assert!(touched("True").is_empty());
    assert_eq!(touched("Unknown"), ["shop"]);
    assert!(touched("False").is_empty());
    assert_eq!(touched("True"), ["shop"]);
}
