use serde_json::{Value, json};

use super::*;

fn program(namespace: &str, name: &str, labels: Value, available: i32) -> Workload {
    let deployment: Deployment = serde_json::from_value(json!({
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"replicas": 1, "selector": {}, "template": {}}, "status": {"availableReplicas": available},
    }))
    .unwrap();
    of_deployment(&deployment, "ending")
}

fn cluster() -> Controllers {
    let service = |group: &str, down: Option<&str>| Service {
        who: format!("API service v1.{group}"),
        group: group.to_owned(),
        down: down.map(str::to_owned),
    };
    Controllers {
        workloads: vec![
            program("cert-manager", "cert-manager-webhook", json!({}), 0),
            program("cert-manager", "cert-manager", json!({}), 1),
            program("argocd", "argocd-server", json!({"app.kubernetes.io/part-of": "argocd"}), 1),
            program("ending", "backup-operator", json!({}), 1),
            program("istio-system", "istiod", json!({}), 0),
        ],
        services: vec![
            service("metrics.example.org", None),
            service("dead.example.org", Some("no endpoints")),
        ],
        definitions: vec!["widgets.shop.example.com".to_owned()],
        silence: None,
    }
}

fn phrase(finalizer: &str) -> String {
    cluster().of(finalizer, Some("kubectl")).phrase()
}

#[test]
fn d1_the_clusters_own_finalizers_are_left_to_the_cluster() {
    for own in ["foregroundDeletion", "kubernetes.io/pvc-protection", "orphan"] {
        assert_eq!(cluster().of(own, None), Controller::Cluster, "{own}");
    }
}

#[test]
fn d1_the_program_that_is_named_most_clearly_after_the_domain_is_taken() {
    let expected = "Deployment cert-manager/cert-manager is at work and may remove it";
    assert_eq!(phrase("cert-manager.io/hold"), expected);
    assert_eq!(phrase("acme.cert-manager.io/order"), expected);
    assert_eq!(phrase("finalizer.acme.cert-manager.io"), expected);
    assert_eq!(
        phrase("resources-finalizer.argocd.argoproj.io"),
        "Deployment argocd/argocd-server is at work and may remove it"
    );
}

#[test]
fn d1_the_program_that_put_a_finalizer_there_is_taken_before_all_others() {
    let controller = cluster().of("cert-manager.io/hold", Some("istiod"));
    assert_eq!(
        controller.phrase(),
        "Deployment istio-system/istiod would remove it, but none of its copies is available"
    );
}

#[test]
fn d1_a_program_that_does_not_work_is_named_with_the_reason() {
    assert_eq!(
        phrase("backup.example.net/data"),
        "Deployment ending/backup-operator would remove it, but it is being deleted itself"
    );
    assert_eq!(
        phrase("istio.io/gone"),
        "Deployment istio-system/istiod would remove it, but none of its copies is available"
    );
}

#[test]
fn d1_an_api_service_of_the_domain_answers_for_its_program() {
    assert_eq!(
        phrase("metrics.example.org/x"),
        "API service v1.metrics.example.org is at work and may remove it"
    );
    assert_eq!(
        phrase("dead.example.org/x"),
        "API service v1.dead.example.org would remove it, but no endpoints"
    );
}

#[test]
fn d1_nobody_is_made_up_where_nobody_was_found() {
    assert_eq!(
        phrase("shop.example.com/x"),
        "the kind widgets.shop.example.com is known, but no program named after shop.example.com was found"
    );
    assert_eq!(phrase("nobody.example.net/x"), "no program named after nobody.example.net was found");
    assert_eq!(phrase("hold"), "its name does not say who would remove it");
    let driver = "a part of Kubernetes removes it, such as a cloud or storage driver";
    assert_eq!(phrase("service.kubernetes.io/load-balancer-cleanup"), driver);
    let silent = Controllers { silence: Some("forbidden".into()), ..Controllers::default() };
    assert_eq!(silent.of("example.com/x", None).phrase(), "the cluster does not say who is there: forbidden");
}
