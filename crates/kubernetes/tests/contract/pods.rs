//! Workloads and their pods: what a person will be told about them rests on these fields.

use futures::{AsyncBufReadExt, StreamExt};
use k8s_openapi::api::{
    apps::v1::{Deployment, StatefulSet},
    batch::v1::Job,
    core::v1::{ContainerStatus, Pod, ResourceQuota},
};
use kube::{
    Api,
    api::{ListParams, LogParams},
};
use serde_json::{Value, json};

use crate::target::{Target, deployment, on_both};

on_both! {
    a_deployment_makes_ready_pods needs node;
    a_roll_out_keeps_what_serves_until_the_new_one_does needs node;
    a_pod_that_is_deleted_is_made_again needs node;
    an_image_that_is_missing_is_said needs node;
    a_container_that_crashes_is_started_again_with_its_exit_code_kept needs node;
    a_container_that_uses_too_much_memory_is_killed_for_it needs node;
    a_pod_that_never_answers_is_running_and_not_ready needs node;
    a_pod_that_no_node_has_room_for_says_so;
    a_quota_that_is_used_up_is_the_deployments_complaint;
    a_stateful_set_numbers_its_pods needs node;
    a_job_that_succeeds_is_complete needs node;
    a_container_has_a_log needs node;
    a_log_is_followed_from_its_tail_and_the_run_before_is_asked_for_by_name needs node;
}

fn ready(replicas: i32) -> impl Fn(&Deployment) -> bool {
    move |deployment| {
        let status = deployment.status.clone().unwrap_or_default();
        status.observed_generation == deployment.metadata.generation
            && status.ready_replicas.unwrap_or(0) == replicas
            && status.updated_replicas.unwrap_or(0) == replicas
            && status.replicas.unwrap_or(0) == replicas
    }
}

async fn pods(target: &Target, app: &str) -> Vec<Pod> {
    let api: Api<Pod> = target.api();
    api.list(&ListParams::default().labels(&format!("app={app}"))).await.unwrap().items
}

/// Waits until some pod's first container is as the test says.
async fn until_container(
    target: &Target,
    app: &str,
    test: impl Fn(&ContainerStatus) -> bool,
) -> ContainerStatus {
    let found = std::cell::RefCell::new(None);
    target
        .eventually("the container's state", async || {
            let pods = pods(target, app).await;
            let statuses =
                pods.into_iter().filter_map(|pod| pod.status?.container_statuses?.into_iter().next());
            *found.borrow_mut() = statuses.into_iter().find(|status| test(status));
            found.borrow().is_some()
        })
        .await;
    found.into_inner().unwrap()
}

fn waiting_for(status: &ContainerStatus) -> String {
    let waiting = status.state.as_ref().and_then(|state| state.waiting.as_ref());
    waiting.and_then(|waiting| waiting.reason.clone()).unwrap_or_default()
}

async fn a_deployment_makes_ready_pods(target: &Target) {
    target.create::<Deployment>(deployment(target, "web", 2, |_| {})).await.unwrap();
    target.until("web", ready(2)).await;
    let pods = pods(target, "web").await;
    assert_eq!(pods.len(), 2);
    assert!(pods.iter().all(|pod| pod.metadata.owner_references.as_ref().unwrap()[0].kind == "ReplicaSet"));
}

async fn a_roll_out_keeps_what_serves_until_the_new_one_does(target: &Target) {
    let first = deployment(target, "web", 1, |_| {});
    target.apply::<Deployment>("one", false, first).await.unwrap();
    target.until("web", ready(1)).await;
    let bad = deployment(target, "web", 1, |container| {
        container["image"] = json!(format!("{}/slipway/missing:1", target.registry));
    });
    target.apply::<Deployment>("one", false, bad).await.unwrap();
    until_container(target, "web", |status| waiting_for(status).contains("ImagePull")).await;
    let status = target.until::<Deployment>("web", |_| true).await.status.unwrap();
    assert_eq!(status.ready_replicas, Some(1));
    let good = deployment(target, "web", 1, |container| {
        container["env"] = json!([{"name": "GREETING", "value": "2"}]);
    });
    target.apply::<Deployment>("one", false, good).await.unwrap();
    target.until("web", ready(1)).await;
}

async fn a_pod_that_is_deleted_is_made_again(target: &Target) {
    target.create::<Deployment>(deployment(target, "web", 1, |_| {})).await.unwrap();
    target.until("web", ready(1)).await;
    let name = pods(target, "web").await[0].metadata.name.clone().unwrap();
    let api: Api<Pod> = target.api();
    api.delete(&name, &kube::api::DeleteParams::default()).await.unwrap();
    target
        .eventually("another pod is ready", async || {
            let pods = pods(target, "web").await;
            pods.len() == 1 && pods[0].metadata.name.as_deref() != Some(name.as_str())
        })
        .await;
    target.until("web", ready(1)).await;
}

async fn an_image_that_is_missing_is_said(target: &Target) {
    let object = deployment(target, "web", 1, |container| {
        container["image"] = json!(format!("{}/slipway/missing:1", target.registry));
    });
    target.create::<Deployment>(object).await.unwrap();
    let status = until_container(target, "web", |status| waiting_for(status).contains("ImagePull")).await;
    let waiting = status.state.unwrap().waiting.unwrap();
    assert!(waiting.message.unwrap().contains("not found"));
    assert!(!status.ready);
}

async fn a_container_that_crashes_is_started_again_with_its_exit_code_kept(target: &Target) {
    let object = deployment(target, "web", 1, |container| {
        container["env"] =
            json!([{"name": "CRASH_AFTER", "value": "50ms"}, {"name": "CRASH_CODE", "value": "3"}]);
    });
    target.create::<Deployment>(object).await.unwrap();
    let status = until_container(target, "web", |status| waiting_for(status) == "CrashLoopBackOff").await;
    assert!(status.restart_count >= 1);
    assert_eq!(status.last_state.unwrap().terminated.unwrap().exit_code, 3);
}

async fn a_container_that_uses_too_much_memory_is_killed_for_it(target: &Target) {
    let object = deployment(target, "web", 1, |container| {
        container["env"] = json!([{"name": "LEAK_MIB_PER_SECOND", "value": "200"}]);
        container["resources"] = json!({"limits": {"memory": "48Mi"}});
    });
    target.create::<Deployment>(object).await.unwrap();
    let killed = |status: &ContainerStatus| {
        let ends = [&status.state, &status.last_state];
        let mut ends = ends.into_iter().flatten().filter_map(|state| state.terminated.as_ref());
        ends.any(|end| end.reason.as_deref() == Some("OOMKilled") && end.exit_code == 137)
    };
    until_container(target, "web", killed).await;
}

async fn a_pod_that_never_answers_is_running_and_not_ready(target: &Target) {
    let object = deployment(target, "web", 1, |container| {
        container["env"] = json!([{"name": "FAIL_HEALTH", "value": "1"}]);
    });
    target.create::<Deployment>(object).await.unwrap();
    let running =
        |status: &ContainerStatus| status.state.as_ref().is_some_and(|state| state.running.is_some());
    assert!(!until_container(target, "web", running).await.ready);
}

async fn a_pod_that_no_node_has_room_for_says_so(target: &Target) {
    let object = deployment(target, "web", 1, |container| {
        container["resources"] = json!({"requests": {"cpu": "64"}});
    });
    target.create::<Deployment>(object).await.unwrap();
    target
        .eventually("the pod is unschedulable", async || {
            let pods = pods(target, "web").await;
            let conditions = pods.into_iter().filter_map(|pod| pod.status?.conditions).flatten();
            conditions.into_iter().any(|condition| {
                condition.reason.as_deref() == Some("Unschedulable")
                    && condition.message.is_some_and(|text| text.contains("Insufficient cpu"))
            })
        })
        .await;
}

async fn a_quota_that_is_used_up_is_the_deployments_complaint(target: &Target) {
    let quota = json!({"metadata": {"name": "small"}, "spec": {"hard": {"pods": "0"}}});
    target.create::<ResourceQuota>(quota).await.unwrap();
    target.create::<Deployment>(deployment(target, "web", 1, |_| {})).await.unwrap();
    let complains = |deployment: &Deployment| {
        let conditions =
            deployment.status.as_ref().and_then(|status| status.conditions.clone()).unwrap_or_default();
        conditions.into_iter().any(|condition| {
            condition.type_ == "ReplicaFailure"
                && condition.message.is_some_and(|text| text.contains("exceeded quota: small"))
        })
    };
    target.until("web", complains).await;
}

async fn a_stateful_set_numbers_its_pods(target: &Target) {
    let mut object = deployment(target, "db", 2, |_| {});
    object["kind"] = json!("StatefulSet");
    object["spec"]["serviceName"] = json!("db");
    target.create::<StatefulSet>(object).await.unwrap();
    target
        .until::<StatefulSet>("db", |set| set.status.as_ref().is_some_and(|s| s.ready_replicas == Some(2)))
        .await;
    let mut names: Vec<_> =
        pods(target, "db").await.into_iter().filter_map(|pod| pod.metadata.name).collect();
    names.sort();
    assert_eq!(names, ["db-0", "db-1"]);
}

async fn a_job_that_succeeds_is_complete(target: &Target) {
    let container =
        json!({"name": "job", "image": target.image(), "args": ["run", "--exit", "0", "--sleep", "100ms"]});
    let template = json!({"spec": {"restartPolicy": "Never", "containers": [container]}});
    let object = json!({"metadata": {"name": "migrate"}, "spec": {"backoffLimit": 0, "template": template}});
    target.create::<Job>(object).await.unwrap();
    let complete = |job: &Job| {
        let conditions = job.status.as_ref().and_then(|status| status.conditions.clone()).unwrap_or_default();
        conditions.iter().any(|condition| condition.type_ == "Complete" && condition.status == "True")
    };
    let job = target.until("migrate", complete).await;
    assert_eq!(job.status.unwrap().succeeded, Some(1));
}

async fn a_container_has_a_log(target: &Target) {
    target.create::<Deployment>(deployment(target, "web", 1, |_| {})).await.unwrap();
    target.until("web", ready(1)).await;
    let name = pods(target, "web").await[0].metadata.name.clone().unwrap();
    let api: Api<Pod> = target.api();
    let log = api.logs(&name, &LogParams::default()).await.unwrap();
    assert!(log.contains("listening"), "{log}");
}

async fn a_log_is_followed_from_its_tail_and_the_run_before_is_asked_for_by_name(target: &Target) {
    // The test image tells of every page that is asked for, but for its health.
    let talks = |container: &mut Value| container["readinessProbe"]["httpGet"]["path"] = json!("/");
    target.create::<Deployment>(deployment(target, "web", 1, talks)).await.unwrap();
    target.until("web", ready(1)).await;
    let name = pods(target, "web").await[0].metadata.name.clone().unwrap();
    let api: Api<Pod> = target.api();
    let wanted = LogParams {
        container: Some("web".to_owned()),
        timestamps: true,
        tail_lines: Some(1),
        since_seconds: Some(600),
        follow: true,
        ..LogParams::default()
    };
    // What is asked all the time is told all the time, so there is always a next line.
    let lines = api.log_stream(&name, &wanted).await.unwrap().lines();
    let waiting = lines.take(2).collect::<Vec<_>>();
    let lines = tokio::time::timeout(crate::target::PATIENCE, waiting).await.unwrap();
    for line in lines {
        let line = line.unwrap();
        let (time, _) = line.split_once(' ').unwrap();
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "{line}");
    }
    let before = LogParams { previous: true, container: Some("web".to_owned()), ..LogParams::default() };
    let (code, reason) = crate::target::refusal(api.logs(&name, &before).await);
    assert_eq!((code, reason.as_str()), (400, "BadRequest"));
    let other = LogParams { container: Some("other".to_owned()), ..LogParams::default() };
    assert_eq!(crate::target::refusal(api.logs(&name, &other).await).0, 400);
    assert_eq!(crate::target::refusal(api.logs("nobody", &LogParams::default()).await).0, 404);
}
