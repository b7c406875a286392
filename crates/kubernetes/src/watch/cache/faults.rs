//! Every fault as a cluster shows it, from status documents through what is kept to the cause that is told (D2).

mod fixtures;
mod table;

use serde_json::{Value, json};
use slipway_domain::cause::{Cause, causes};

use self::fixtures::{container, ended, event, namespace, pod, running, waiting};
use super::*;

const ID: &str = "01JZZZZZZZZZZZZZZZZZZZZZZZ";

/// Tells the cache of the objects, as watches would.
fn tell(cache: &Cache, objects: impl IntoIterator<Item = Value>) {
    fn apply<K: Fact + serde::de::DeserializeOwned>(cache: &Cache, object: Value) {
        cache.take(Event::Apply(serde_json::from_value::<K>(object).unwrap()), &mut Unseen::default());
    }
    use crate::lean;
    for object in objects {
        match object["kind"].as_str().unwrap() {
            "Namespace" => apply::<lean::Namespace>(cache, object),
            "Deployment" => apply::<lean::Deployment>(cache, object),
            "StatefulSet" => apply::<lean::StatefulSet>(cache, object),
            "ReplicaSet" => apply::<lean::ReplicaSet>(cache, object),
            "Job" => apply::<lean::Job>(cache, object),
            "Pod" => apply::<lean::Pod>(cache, object),
            "Event" => apply::<lean::Event>(cache, object),
            "Node" => apply::<lean::Node>(cache, object),
            "PersistentVolumeClaim" => apply::<lean::PersistentVolumeClaim>(cache, object),
            other => unreachable!("{other}"),
        }
    }
}

fn causes_now(cache: &Cache) -> Vec<Cause> {
    causes(&cache.observe("shop", ID.parse().unwrap()))
}

fn told(objects: &[Value]) -> Vec<Cause> {
    let cache = Cache::default();
    tell(&cache, objects.iter().cloned());
    causes_now(&cache)
}

#[test]
fn d2_every_fault_has_its_code_its_words_and_the_clusters_own() {
    let mut wrong = vec![];
    for fault in table::faults() {
        let causes = told(&fault.objects);
        let right = causes.first().is_some_and(|cause| {
            let said = cause.evidence.join("\n");
            cause.code == fault.code && cause.reason.contains(fault.says) && said.contains(fault.evidence)
        });
        if !right {
            wrong.push(format!(
                "{}: expected {} {:?}, was told {causes:#?}",
                fault.name, fault.code, fault.says
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn d2_different_faults_are_told_in_different_words() {
    let mut words = std::collections::BTreeMap::new();
    for fault in table::faults() {
        let cause = told(&fault.objects).remove(0);
        let words_of = (cause.code, cause.reason, cause.action);
        if let Some((name, says)) = words.insert(words_of, (fault.name, fault.says)) {
            // One fault may show itself in two ways.
            assert_eq!(says, fault.says, "{} and {name} are told in the same words", fault.name);
        }
    }
    assert!(words.len() >= 40, "{}", words.len());
}

#[test]
fn d2_the_order_in_which_watches_tell_makes_no_difference() {
    for fault in table::faults() {
        let mut turned = fault.objects.clone();
        turned.reverse();
        assert_eq!(told(&fault.objects), told(&turned), "{}", fault.name);
    }
}

#[test]
fn d2_an_image_that_can_be_pulled_after_all_has_no_cause() {
    let cache = Cache::default();
    let failed = container(
        waiting("ImagePullBackOff", "Back-off pulling image \"x\": ErrImagePull: not found"),
        json!({}),
    );
    tell(&cache, [namespace(), fixtures::deployment(0), pod(json!({"containerStatuses": [failed]}))]);
    tell(&cache, [event("Pod", "web-1", "Failed", "Failed to pull image \"x\": not found")]);
    assert_eq!(causes_now(&cache)[0].code, "DEP_E153");
    let mut good = container(running(), json!({}));
    good["ready"] = json!(true);
    tell(&cache, [pod(json!({"phase": "Running", "containerStatuses": [good]}))]);
    assert_eq!(causes_now(&cache), vec![]);
}

#[test]
fn s3_26_that_a_task_was_ready_is_known_while_it_crashes() {
    let cache = Cache::default();
    let mut good = container(running(), json!({}));
    good["ready"] = json!(true);
    tell(
        &cache,
        [namespace(), fixtures::deployment(0), pod(json!({"phase": "Running", "containerStatuses": [good]}))],
    );
    let crashed = container(ended("Error", 3), json!({}));
    tell(&cache, [pod(json!({"phase": "Running", "containerStatuses": [crashed]}))]);
    assert_eq!(causes_now(&cache)[0].code, "DEP_E155");
}
