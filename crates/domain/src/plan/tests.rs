use serde_json::json;

use super::*;

fn deployment(replicas: u32, greeting: &str) -> Value {
    json!({
        "kind": "Deployment",
        "metadata": {"name": "web", "uid": "1", "resourceVersion": replicas.to_string(),
            "labels": {"slipway.internal/generation": replicas.to_string()}},
        "spec": {"replicas": replicas, "template": {"containers": [
            {"name": "web", "env": [{"name": "GREETING", "value": greeting}]}]}},
        "status": {"replicas": replicas},
    })
}

#[test]
fn d6_a_change_names_the_field_and_both_values() {
    let planned = Planned::compare("Deployment", "web", Some(&deployment(1, "a")), &deployment(2, "b"));
    assert_eq!(planned.action, Action::Change);
    let told: Vec<_> =
        planned.changes.iter().map(|c| (c.path.as_str(), c.before.clone(), c.after.clone())).collect();
    assert_eq!(
        told,
        [
            ("spec.replicas", Some(json!(1)), Some(json!(2))),
            ("spec.template.containers[web].env[GREETING].value", Some(json!("a")), Some(json!("b"))),
        ]
    );
}

#[test]
fn d6_what_the_cluster_writes_by_itself_is_no_change() {
    let mut later = deployment(1, "a");
    later["metadata"]["resourceVersion"] = json!("99");
    later["status"] = json!({"replicas": 7});
    let planned = Planned::compare("Deployment", "web", Some(&deployment(1, "a")), &later);
    assert_eq!((planned.action, planned.changes), (Action::Keep, vec![]));
}

#[test]
fn d18_a_plan_shows_that_a_secret_changes_and_not_how() {
    let secret = |value: &str| json!({"kind": "Secret", "metadata": {"name": "web"}, "data": {"A": value}});
    let planned = Planned::compare("Secret", "web", Some(&secret("aHVudGVy")), &secret("c2VjcmV0"));
    assert_eq!(planned.changes[0].path, "data.A");
    let text = serde_json::to_string(&planned).unwrap();
    assert!(!text.contains("aHVudGVy") && !text.contains("c2VjcmV0"), "{text}");
    let created = Planned::compare("Secret", "web", None, &secret("c2VjcmV0"));
    let text = serde_json::to_string(&created).unwrap();
    assert!(!text.contains("c2VjcmV0") && text.contains("\"A\""), "{text}");
}

fn plan(objects: Vec<Planned>) -> Plan {
    Plan { generation: 2, is_new: false, objects, findings: vec![] }
}

#[test]
fn d4_the_same_plan_has_the_same_hash_and_another_one_another() {
    let of = |replicas| plan(vec![Planned::compare("Deployment", "web", None, &deployment(replicas, "a"))]);
    assert_eq!(of(1).hash(), of(1).hash());
    assert_ne!(of(1).hash(), of(2).hash());
    assert_ne!(of(1).hash(), Plan { generation: 3, ..of(1) }.hash());
}

#[test]
fn d4_what_is_made_up_for_each_plan_of_a_new_application_is_not_in_the_hash() {
    let of = |id: &str, sealed: &str| {
        let object = json!({
            "metadata": {"name": "web", "labels": {"slipway.internal/application-id": id}},
            "spec": {"template": {"metadata": {
                "labels": {"slipway.internal/application-id": id},
                "annotations": {"slipway.internal/secrets": sealed}}}},
        });
        plan(vec![Planned::compare("Deployment", "web", None, &object)]).hash()
    };
    assert_eq!(of("01A", "aa"), of("01B", "bb"));
}

#[test]
fn d4_what_may_stand_in_the_way_is_not_in_the_hash_and_what_stops_comes_first() {
    let warned = plan(vec![]).with([
        Finding::warns(Cause::new("A", "It may be slow.", "Wait.")),
        Finding::stops(Cause::new("B", "It is too large.", "Make it smaller.")),
    ]);
    assert_eq!(warned.hash(), plan(vec![]).hash());
    assert_eq!(warned.findings[0].cause.code, "B");
    assert_eq!(warned.stopped_by().map(|cause| cause.code.as_str()), Some("B"));
    let only_warned = plan(vec![]).with([Finding::warns(Cause::new("A", "It may be slow.", "Wait."))]);
    assert_eq!(only_warned.stopped_by(), None);
}

#[test]
fn d18_that_secrets_change_is_in_the_plan_of_their_workload_and_how_is_not() {
    let sealed = |hash: &str| json!({"spec": {"template": {"metadata": {"annotations": {"slipway.internal/secrets": hash}}}}});
    let planned = Planned::compare("Deployment", "web", Some(&sealed("aa")), &sealed("bb"));
    assert_eq!(planned.action, Action::Change);
    assert_eq!(planned.changes[0].after, Some(json!(MASK)));
    assert_eq!(planned, Planned::compare("Deployment", "web", Some(&sealed("aa")), &sealed("cc")));
}

#[test]
fn d6_an_object_is_as_it_was_as_long_as_only_the_cluster_wrote_to_it() {
    let found = Planned::compare("Deployment", "web", Some(&deployment(1, "a")), &deployment(2, "a")).found;
    let found = found.unwrap();
    let mut later = deployment(1, "a");
    later["metadata"]["resourceVersion"] = json!("99");
    later["status"] = json!({"replicas": 7});
    assert!(found.is_like(&later));
    assert!(!found.is_like(&deployment(3, "a")));
    later["metadata"]["uid"] = json!("2");
    assert!(!found.is_like(&later), "another object of the same name");
}

#[test]
fn d6_a_kept_plan_reads_back_without_what_was_found() {
    let before = deployment(1, "a");
    let made = plan(vec![Planned::compare("Deployment", "web", Some(&before), &deployment(2, "a"))])
        .with([Finding::warns(Cause::new("A", "It may be slow.", "Wait."))]);
    let text = serde_json::to_string(&made).unwrap();
    assert!(!text.contains("resourceVersion"), "{text}");
    let read: Plan = serde_json::from_str(&text).unwrap();
    assert_eq!(read.hash(), made.hash());
    assert_eq!(read.findings, made.findings);
}
