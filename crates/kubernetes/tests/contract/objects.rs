//! Objects: the verbs, their refusals, and who owns which field.

use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{ConfigMap, Namespace, Service},
};
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, ListParams, ObjectList, Patch, PatchParams, PostParams, Preconditions},
};
use serde_json::{Value, json};

use crate::target::{Target, deployment, on_both, refusal};

on_both! {
    what_exists_cannot_be_created_again;
    what_does_not_exist_is_not_found;
    a_name_that_is_no_dns_name_is_invalid;
    an_object_needs_its_namespace;
    a_list_shows_what_its_selector_means;
    a_stale_replacement_is_a_conflict;
    a_merge_patch_deletes_with_null;
    applying_twice_changes_nothing;
    a_field_of_somebody_else_is_a_conflict_that_names_them;
    force_takes_the_field;
    a_field_that_is_left_out_goes_away;
    an_item_of_a_keyed_list_belongs_to_whoever_applied_it;
    a_conflict_with_a_plain_write_names_its_version;
    a_status_is_written_apart_from_the_rest;
    a_strategic_patch_merges_containers_by_name;
    a_container_without_an_image_is_invalid;
    an_object_for_another_name_is_refused;
    a_long_list_is_read_in_pages;
    a_namespace_begins_with_an_account_and_certificates;
    a_dry_run_answers_and_changes_nothing;
    a_selector_that_does_not_match_its_template_is_invalid;
    a_selector_cannot_change;
    a_finalizer_holds_an_object_until_it_is_taken_away;
    a_delete_of_another_uid_is_a_conflict;
    a_service_gets_an_address;
    a_namespace_that_is_being_deleted_takes_nothing_new_and_says_what_holds_it;
}

fn config_map(name: &str, data: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data})
}

async fn what_exists_cannot_be_created_again(target: &Target) {
    target.create::<ConfigMap>(config_map("one", &json!({}))).await.unwrap();
    let again = target.create::<ConfigMap>(config_map("one", &json!({}))).await;
    assert_eq!(refusal(again), (409, "AlreadyExists".into()));
}

async fn what_does_not_exist_is_not_found(target: &Target) {
    let api: Api<ConfigMap> = target.api();
    assert_eq!(refusal(api.get("nobody").await), (404, "NotFound".into()));
    assert_eq!(
        refusal(api.delete("nobody", &DeleteParams::default()).await.map(|_| ())),
        (404, "NotFound".into())
    );
}

async fn a_name_that_is_no_dns_name_is_invalid(target: &Target) {
    let answer = target.create::<ConfigMap>(config_map("Not_A_Name", &json!({}))).await;
    assert_eq!(refusal(answer), (422, "Invalid".into()));
}

async fn an_object_needs_its_namespace(target: &Target) {
    let api: Api<ConfigMap> = Api::namespaced(target.client.clone(), "there-is-no-such-namespace");
    let object = serde_json::from_value(config_map("one", &json!({}))).unwrap();
    assert_eq!(refusal(api.create(&PostParams::default(), &object).await), (404, "NotFound".into()));
}

async fn a_list_shows_what_its_selector_means(target: &Target) {
    for (name, tier) in [("a", "web"), ("b", "web"), ("c", "db")] {
        let mut object = config_map(name, &json!({}));
        object["metadata"]["labels"] = json!({"tier": tier});
        target.create::<ConfigMap>(object).await.unwrap();
    }
    let api: Api<ConfigMap> = target.api();
    let names = async |selector: &str| {
        let list = api.list(&ListParams::default().labels(selector)).await.unwrap();
        list.items.iter().map(ResourceExt::name_any).collect::<Vec<_>>()
    };
    assert_eq!(names("tier=web").await, ["a", "b"]);
    assert_eq!(names("tier,tier!=web").await, ["c"]);
    assert_eq!(names("tier in (db, none)").await, ["c"]);
    assert_eq!(names("tier notin (db),tier").await, ["a", "b"]);
}

async fn a_stale_replacement_is_a_conflict(target: &Target) {
    let first = target.create::<ConfigMap>(config_map("one", &json!({"a": "1"}))).await.unwrap();
    let api: Api<ConfigMap> = target.api();
    let mut changed = first.clone();
    changed.data = Some([("a".to_owned(), "2".to_owned())].into());
    api.replace("one", &PostParams::default(), &changed).await.unwrap();
    let stale = api.replace("one", &PostParams::default(), &first).await;
    assert_eq!(refusal(stale), (409, "Conflict".into()));
}

async fn a_merge_patch_deletes_with_null(target: &Target) {
    target.create::<ConfigMap>(config_map("one", &json!({"a": "1", "b": "2"}))).await.unwrap();
    let api: Api<ConfigMap> = target.api();
    let patch = Patch::Merge(json!({"data": {"a": null, "c": "3"}}));
    let patched = api.patch("one", &PatchParams::default(), &patch).await.unwrap();
    assert_eq!(patched.data.unwrap().into_keys().collect::<Vec<_>>(), ["b", "c"]);
}

async fn applying_twice_changes_nothing(target: &Target) {
    let object = || deployment(target, "web", 0, |_| {});
    let first = target.apply::<Deployment>("one", false, object()).await.unwrap();
    target
        .until::<Deployment>("web", |d| d.status.as_ref().is_some_and(|s| s.observed_generation.is_some()))
        .await;
    let before = target.until::<Deployment>("web", |_| true).await;
    let second = target.apply::<Deployment>("one", false, object()).await.unwrap();
    assert_eq!(second.metadata.generation, first.metadata.generation);
    assert_eq!(second.metadata.resource_version, before.metadata.resource_version);
}

async fn a_field_of_somebody_else_is_a_conflict_that_names_them(target: &Target) {
    target.apply::<ConfigMap>("one", false, config_map("shared", &json!({"a": "1"}))).await.unwrap();
    let clash = target.apply::<ConfigMap>("two", false, config_map("shared", &json!({"a": "2"}))).await;
    let Err(kube::Error::Api(status)) = clash else { panic!("expected a conflict") };
    assert_eq!((status.code, status.reason.as_str()), (409, "Conflict"));
    assert!(status.message.contains("conflict with \"one\""), "{}", status.message);
    assert!(status.message.contains(".data.a"), "{}", status.message);
}

async fn force_takes_the_field(target: &Target) {
    target.apply::<ConfigMap>("one", false, config_map("shared", &json!({"a": "1"}))).await.unwrap();
    let forced =
        target.apply::<ConfigMap>("two", true, config_map("shared", &json!({"a": "2"}))).await.unwrap();
    assert_eq!(forced.data.unwrap()["a"], "2");
    let clash = target.apply::<ConfigMap>("one", false, config_map("shared", &json!({"a": "1"}))).await;
    assert_eq!(refusal(clash), (409, "Conflict".into()));
}

async fn a_field_that_is_left_out_goes_away(target: &Target) {
    target.apply::<ConfigMap>("one", false, config_map("mine", &json!({"a": "1", "b": "2"}))).await.unwrap();
    let left = target.apply::<ConfigMap>("one", false, config_map("mine", &json!({"b": "2"}))).await.unwrap();
    assert_eq!(left.data.unwrap().into_keys().collect::<Vec<_>>(), ["b"]);
}

async fn an_item_of_a_keyed_list_belongs_to_whoever_applied_it(target: &Target) {
    let service = |port: u16, name: &str| {
        json!({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
            "spec": {"ports": [{"name": name, "port": port, "protocol": "TCP"}]},
        })
    };
    target.apply::<Service>("one", false, service(80, "http")).await.unwrap();
    let both = target.apply::<Service>("two", false, service(443, "https")).await.unwrap();
    assert_eq!(both.spec.unwrap().ports.unwrap().len(), 2);
}

async fn a_dry_run_answers_and_changes_nothing(target: &Target) {
    let params = PatchParams { dry_run: true, ..PatchParams::apply("one") };
    let api: Api<ConfigMap> = target.api();
    let object = Patch::Apply(config_map("dry", &json!({"a": "1"})));
    let answer = api.patch("dry", &params, &object).await.unwrap();
    assert_eq!(answer.data.unwrap()["a"], "1");
    assert!(api.get_opt("dry").await.unwrap().is_none());
    target.apply::<ConfigMap>("one", false, config_map("kept", &json!({"a": "1"}))).await.unwrap();
    let dry = DeleteParams { dry_run: true, ..DeleteParams::default() };
    api.delete("kept", &dry).await.unwrap();
    api.delete_collection(&dry, &ListParams::default()).await.unwrap();
    assert!(api.get_opt("kept").await.unwrap().is_some());
}

async fn a_selector_that_does_not_match_its_template_is_invalid(target: &Target) {
    let mut object = deployment(target, "web", 1, |_| {});
    object["spec"]["selector"]["matchLabels"]["app"] = json!("other");
    assert_eq!(refusal(target.create::<Deployment>(object).await), (422, "Invalid".into()));
}

async fn a_selector_cannot_change(target: &Target) {
    target.apply::<Deployment>("one", false, deployment(target, "web", 0, |_| {})).await.unwrap();
    let mut object = deployment(target, "web", 0, |_| {});
    object["spec"]["selector"]["matchLabels"]["app"] = json!("other");
    object["spec"]["template"]["metadata"]["labels"]["app"] = json!("other");
    let answer = target.apply::<Deployment>("one", true, object).await;
    assert_eq!(refusal(answer), (422, "Invalid".into()));
}

async fn a_finalizer_holds_an_object_until_it_is_taken_away(target: &Target) {
    let mut object = config_map("held", &json!({}));
    object["metadata"]["finalizers"] = json!(["example.com/hold"]);
    target.create::<ConfigMap>(object).await.unwrap();
    let api: Api<ConfigMap> = target.api();
    api.delete("held", &DeleteParams::default()).await.unwrap();
    assert!(api.get("held").await.unwrap().metadata.deletion_timestamp.is_some());
    let patch = Patch::Merge(json!({"metadata": {"finalizers": null}}));
    api.patch("held", &PatchParams::default(), &patch).await.unwrap();
    assert!(api.get_opt("held").await.unwrap().is_none());
}

async fn a_delete_of_another_uid_is_a_conflict(target: &Target) {
    target.create::<ConfigMap>(config_map("one", &json!({}))).await.unwrap();
    let other =
        Preconditions { uid: Some("11111111-1111-4111-8111-111111111111".into()), resource_version: None };
    let api: Api<ConfigMap> = target.api();
    let answer = api.delete("one", &DeleteParams::default().preconditions(other)).await.map(|_| ());
    assert_eq!(refusal(answer), (409, "Conflict".into()));
}

async fn a_service_gets_an_address(target: &Target) {
    let object =
        json!({"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}});
    let service = target.create::<Service>(object).await.unwrap();
    assert!(service.spec.unwrap().cluster_ip.unwrap().parse::<std::net::IpAddr>().is_ok());
}

async fn a_namespace_that_is_being_deleted_takes_nothing_new_and_says_what_holds_it(target: &Target) {
    let mut object = config_map("held", &json!({}));
    object["metadata"]["finalizers"] = json!(["example.com/hold"]);
    target.create::<ConfigMap>(object).await.unwrap();
    let namespaces: Api<Namespace> = Api::all(target.client.clone());
    namespaces.delete(&target.namespace, &DeleteParams::default()).await.unwrap();
    assert_eq!(
        namespaces.get(&target.namespace).await.unwrap().status.unwrap().phase.as_deref(),
        Some("Terminating")
    );
    let late = target.create::<ConfigMap>(config_map("late", &json!({}))).await;
    assert_eq!(refusal(late), (403, "Forbidden".into()));
    target
        .eventually("the namespace names the finalizer", async || {
            let namespace = namespaces.get(&target.namespace).await.unwrap();
            let conditions = namespace.status.and_then(|status| status.conditions).unwrap_or_default();
            conditions.iter().any(|condition| {
                condition.type_ == "NamespaceFinalizersRemaining"
                    && condition.status == "True"
                    && condition
                        .message
                        .as_ref()
                        .is_some_and(|text| text.contains("example.com/hold in 1 resource"))
            })
        })
        .await;
    let api: Api<ConfigMap> = target.api();
    let patch = Patch::Merge(json!({"metadata": {"finalizers": null}}));
    api.patch("held", &PatchParams::default(), &patch).await.unwrap();
    target
        .eventually("the namespace goes", async || {
            namespaces.get_opt(&target.namespace).await.unwrap().is_none()
        })
        .await;
}

async fn a_conflict_with_a_plain_write_names_its_version(target: &Target) {
    target.apply::<ConfigMap>("one", false, config_map("shared", &json!({"a": "1"}))).await.unwrap();
    let api: Api<ConfigMap> = target.api();
    let patch = Patch::Merge(json!({"data": {"a": "2"}}));
    let params = PatchParams { field_manager: Some("somebody".into()), ..PatchParams::default() };
    api.patch("shared", &params, &patch).await.unwrap();
    let clash = target.apply::<ConfigMap>("one", false, config_map("shared", &json!({"a": "1"}))).await;
    let Err(kube::Error::Api(status)) = clash else { panic!("expected a conflict") };
    assert_eq!(status.message, "Apply failed with 1 conflict: conflict with \"somebody\" using v1: .data.a");
    let causes = status.details.clone().unwrap().causes;
    assert_eq!((causes[0].reason.as_str(), causes[0].field.as_str()), ("FieldManagerConflict", ".data.a"));
}

async fn a_status_is_written_apart_from_the_rest(target: &Target) {
    let service =
        json!({"metadata": {"name": "web"}, "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}});
    target.create::<Service>(service).await.unwrap();
    let api: Api<Service> = target.api();
    let status = json!({"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}});
    let both = Patch::Merge(json!({"status": status, "spec": {"externalIPs": ["192.0.2.2"]}}));
    let written = api.patch_status("web", &PatchParams::default(), &both).await.unwrap();
    assert!(written.status.unwrap().load_balancer.unwrap().ingress.is_some());
    assert_eq!(written.spec.unwrap().external_ips, None);
    let nothing = Patch::Merge(json!({"status": {"loadBalancer": null}}));
    let kept = api.patch("web", &PatchParams::default(), &nothing).await.unwrap();
    assert!(kept.status.unwrap().load_balancer.unwrap().ingress.is_some());
}

async fn a_strategic_patch_merges_containers_by_name(target: &Target) {
    target.create::<Deployment>(deployment(target, "web", 0, |_| {})).await.unwrap();
    let api: Api<Deployment> = target.api();
    let side = json!({"name": "side", "image": target.image()});
    let patch = Patch::Strategic(json!({"spec": {"template": {"spec": {"containers": [side]}}}}));
    let patched = api.patch("web", &PatchParams::default(), &patch).await.unwrap();
    let containers = patched.spec.unwrap().template.spec.unwrap().containers;
    let mut names: Vec<_> = containers.into_iter().map(|container| container.name).collect();
    names.sort();
    assert_eq!(names, ["side", "web"]);
}

async fn a_container_without_an_image_is_invalid(target: &Target) {
    let object = deployment(target, "web", 0, |container| container["image"] = json!(""));
    let answer = target.create::<Deployment>(object).await;
    let Err(kube::Error::Api(status)) = answer else { panic!("expected a refusal") };
    assert_eq!((status.code, status.reason.as_str()), (422, "Invalid"));
    assert!(
        status.message.contains("spec.template.spec.containers[0].image: Required value"),
        "{}",
        status.message
    );
}

async fn an_object_for_another_name_is_refused(target: &Target) {
    let params = PatchParams::apply("one");
    let api: Api<ConfigMap> = target.api();
    let answer = api.patch("this", &params, &Patch::Apply(config_map("that", &json!({})))).await;
    assert_eq!(refusal(answer), (400, "BadRequest".into()));
}

async fn a_long_list_is_read_in_pages(target: &Target) {
    for name in ["a", "b", "c"] {
        let mut object = config_map(name, &json!({}));
        object["metadata"]["labels"] = json!({"listed": target.namespace});
        target.create::<ConfigMap>(object).await.unwrap();
    }
    let names = |list: &ObjectList<ConfigMap>| list.iter().map(ResourceExt::name_any).collect::<Vec<_>>();
    for api in [target.api(), Api::<ConfigMap>::all(target.client.clone())] {
        let mut params = ListParams::default().labels(&format!("listed={}", target.namespace)).limit(2);
        let first = api.list(&params).await.unwrap();
        assert_eq!(names(&first), ["a", "b"]);
        target.create::<ConfigMap>(json!({"metadata": {"generateName": "meanwhile-"}})).await.unwrap();
        params.continue_token = first.metadata.continue_;
        let second = api.list(&params).await.unwrap();
        assert_eq!(names(&second), ["c"]);
        assert_eq!(second.metadata.resource_version, first.metadata.resource_version);
        assert_eq!(second.metadata.continue_.unwrap_or_default(), "");
    }
}

async fn a_namespace_begins_with_an_account_and_certificates(target: &Target) {
    target.until::<k8s_openapi::api::core::v1::ServiceAccount>("default", |_| true).await;
    let certificates = target.until::<ConfigMap>("kube-root-ca.crt", |_| true).await;
    assert!(certificates.data.unwrap()["ca.crt"].contains("BEGIN CERTIFICATE"));
}
