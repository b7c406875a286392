//! What clusters tell about workloads besides their status: events, logs, and what conditions say.

use k8s_openapi::api::{
    apps::v1::Deployment,
    batch::v1::Job,
    core::v1::{Event, Pod, ResourceQuota},
};
use kube::{
    Api,
    api::{ListParams, LogParams},
};
use serde_json::json;

use crate::target::{Target, deployment, on_both};

on_both! {
    events_tell_how_a_pod_was_started needs node;
    events_tell_of_an_image_that_cannot_be_pulled needs node;
    an_event_tells_of_a_quota_that_is_used_up;
    a_log_is_cut_to_its_last_lines needs node;
    a_log_of_the_run_before_tells_of_its_crash needs node;
    a_pod_that_waits_for_its_image_has_no_log needs node;
    a_roll_out_that_takes_too_long_says_so needs node;
    a_job_that_fails_too_often_is_failed needs node;
}

/// Waits until each of the reasons was given for an object of the kind; the answer is the last one's message.
async fn until_told(target: &Target, kind: &str, reasons: &[&str]) -> String {
    let api: Api<Event> = target.api();
    let message = std::cell::RefCell::new(None);
    target
        .eventually(&format!("events {reasons:?}"), async || {
            let events = api.list(&ListParams::default()).await.unwrap().items;
            let told = |reason: &&str| {
                let event = events.iter().find(|event| {
                    event.involved_object.kind.as_deref() == Some(kind)
                        && event.reason.as_deref() == Some(*reason)
                });
                event.and_then(|event| event.message.clone())
            };
            let messages: Vec<_> = reasons.iter().map(told).collect();
            *message.borrow_mut() = messages.last().cloned().flatten();
            messages.iter().all(Option::is_some)
        })
        .await;
    message.into_inner().unwrap()
}

async fn only_pod(target: &Target, test: impl Fn(&Pod) -> bool) -> String {
    let api: Api<Pod> = target.api();
    let name = std::cell::RefCell::new(None);
    target
        .eventually("the pod is as expected", async || {
            let pods = api.list(&ListParams::default()).await.unwrap().items;
            *name.borrow_mut() = pods.into_iter().find(&test).and_then(|pod| pod.metadata.name);
            name.borrow().is_some()
        })
        .await;
    name.into_inner().unwrap()
}

fn waiting_for(pod: &Pod, reason: &str) -> bool {
    let statuses = pod.status.as_ref().and_then(|status| status.container_statuses.as_ref());
    statuses.into_iter().flatten().any(|status| {
        let waiting = status.state.as_ref().and_then(|state| state.waiting.as_ref());
        waiting.is_some_and(|waiting| waiting.reason.as_deref() == Some(reason))
    })
}

async fn events_tell_how_a_pod_was_started(target: &Target) {
    target.create::<Deployment>(deployment(target, "web", 1, |_| {})).await.unwrap();
    let last = until_told(target, "Pod", &["Scheduled", "Pulled", "Created", "Started"]).await;
    assert_eq!(last, "Started container web");
    until_told(target, "ReplicaSet", &["SuccessfulCreate"]).await;
    let scaled = until_told(target, "Deployment", &["ScalingReplicaSet"]).await;
    assert!(scaled.starts_with("Scaled up replica set web-") && scaled.ends_with("from 0 to 1"), "{scaled}");
}

async fn events_tell_of_an_image_that_cannot_be_pulled(target: &Target) {
    let image = format!("{}/slipway/missing:1", target.registry);
    let object = deployment(target, "web", 1, |container| container["image"] = json!(image));
    target.create::<Deployment>(object).await.unwrap();
    let last = until_told(target, "Pod", &["Pulling", "Failed", "BackOff"]).await;
    assert_eq!(last, format!("Back-off pulling image \"{image}\""));
}

async fn an_event_tells_of_a_quota_that_is_used_up(target: &Target) {
    let quota = json!({"metadata": {"name": "small"}, "spec": {"hard": {"pods": "0"}}});
    target.create::<ResourceQuota>(quota).await.unwrap();
    target
        .until::<ResourceQuota>("small", |quota| quota.status.as_ref().is_some_and(|s| s.used.is_some()))
        .await;
    target.create::<Deployment>(deployment(target, "web", 1, |_| {})).await.unwrap();
    let told = until_told(target, "ReplicaSet", &["FailedCreate"]).await;
    assert!(told.starts_with("Error creating: pods \"web-"), "{told}");
    let reason = "is forbidden: exceeded quota: small, requested: pods=1, used: pods=0, limited: pods=0";
    assert!(told.ends_with(reason), "{told}");
}

async fn a_log_is_cut_to_its_last_lines(target: &Target) {
    target.create::<Deployment>(deployment(target, "web", 1, |_| {})).await.unwrap();
    let running = |pod: &Pod| pod.status.as_ref().is_some_and(|s| s.phase.as_deref() == Some("Running"));
    let name = only_pod(target, running).await;
    let api: Api<Pod> = target.api();
    let params = LogParams { tail_lines: Some(1), ..LogParams::default() };
    target
        .eventually("one line", async || api.logs(&name, &params).await.unwrap().lines().count() == 1)
        .await;
}

async fn a_log_of_the_run_before_tells_of_its_crash(target: &Target) {
    let object = deployment(target, "web", 1, |container| {
        container["env"] =
            json!([{"name": "CRASH_AFTER", "value": "50ms"}, {"name": "CRASH_CODE", "value": "3"}]);
    });
    target.create::<Deployment>(object).await.unwrap();
    let name = only_pod(target, |pod| waiting_for(pod, "CrashLoopBackOff")).await;
    let api: Api<Pod> = target.api();
    let params = LogParams { previous: true, ..LogParams::default() };
    let told = async || api.logs(&name, &params).await.is_ok_and(|log| log.contains("crashes with 3"));
    target.eventually("the run before tells", told).await;
}

async fn a_pod_that_waits_for_its_image_has_no_log(target: &Target) {
    let image = format!("{}/slipway/missing:1", target.registry);
    let object = deployment(target, "web", 1, |container| container["image"] = json!(image));
    target.create::<Deployment>(object).await.unwrap();
    let name = only_pod(target, |pod| waiting_for(pod, "ImagePullBackOff")).await;
    let api: Api<Pod> = target.api();
    let answer = api.logs(&name, &LogParams::default()).await;
    let Err(kube::Error::Api(status)) = answer else { panic!("expected a refusal") };
    assert_eq!((status.code, status.reason.as_str()), (400, "BadRequest"));
    assert!(status.message.contains("is waiting to start: trying and failing to pull image"), "{status:?}");
}

async fn a_roll_out_that_takes_too_long_says_so(target: &Target) {
    let mut object = deployment(target, "web", 1, |container| {
        container["env"] = json!([{"name": "FAIL_HEALTH", "value": "1"}]);
    });
    object["spec"]["progressDeadlineSeconds"] = json!(2);
    target.create::<Deployment>(object).await.unwrap();
    let late = |deployment: &Deployment| {
        let conditions = deployment.status.as_ref().and_then(|status| status.conditions.clone());
        conditions.unwrap_or_default().into_iter().any(|condition| {
            condition.type_ == "Progressing"
                && condition.status == "False"
                && condition.reason.as_deref() == Some("ProgressDeadlineExceeded")
                && condition.message.is_some_and(|text| text.ends_with("has timed out progressing."))
        })
    };
    target.until("web", late).await;
}

async fn a_job_that_fails_too_often_is_failed(target: &Target) {
    let container = json!({"name": "job", "image": target.image(), "args": ["run", "--exit", "4"]});
    let template = json!({"spec": {"restartPolicy": "Never", "containers": [container]}});
    let object = json!({"metadata": {"name": "migrate"}, "spec": {"backoffLimit": 0, "template": template}});
    target.create::<Job>(object).await.unwrap();
    let failed = |job: &Job| {
        let conditions = job.status.as_ref().and_then(|status| status.conditions.clone()).unwrap_or_default();
        conditions.iter().any(|condition| {
            condition.type_ == "Failed" && condition.reason.as_deref() == Some("BackoffLimitExceeded")
        })
    };
    target.until("migrate", failed).await;
}
