//! From what the API server says of a pod to what a person is told.

use serde_json::{Value, json};
use slipway_domain::{cause::cause, observed::Observed};

use super::*;

use slipway_domain::observed::{Health, ObservedComponent, ObservedTask, TaskState, Workload};

use crate::lean::{Deployment, Pod};

fn task(pod: &Pod) -> ObservedTask {
    copy(pod, None).unwrap().task
}

fn pod(status: Value) -> Pod {
    serde_json::from_value(json!({
        "metadata": {"name": "web-1", "labels": {"app.kubernetes.io/name": "web", "app.kubernetes.io/version": "2"}},
        "spec": {"nodeName": "node1", "containers": []},
        "status": status,
    }))
    .unwrap()
}

fn container(state: Value, last: Value, restarts: u32, ready: bool) -> Value {
    let status = json!({
        "name": "web", "image": "web", "imageID": "", "ready": ready, "restartCount": restarts,
        "state": state, "lastState": last,
    });
    json!({"phase": "Running", "containerStatuses": [status]})
}

fn code(task: ObservedTask) -> Option<String> {
    let web = ObservedComponent::new(ComponentName::parse("web").unwrap(), Workload::Deployment);
    let components = vec![ObservedComponent { tasks: vec![task], ..web }];
    cause(&Observed { components, ..Observed::default() }).map(|c| c.code)
}

#[test]
fn s2_32_a_ready_pod_is_running_and_has_no_trouble() {
    let task = task(&pod(container(json!({"running": {}}), json!({}), 0, true)));
    assert_eq!((task.state, task.trouble, task.release.as_str()), (TaskState::Running, None, "2"));
}

#[test]
fn s2_30_a_pod_whose_image_is_being_pulled_is_pending_without_trouble() {
    let task =
        task(&pod(container(json!({"waiting": {"reason": "ContainerCreating"}}), json!({}), 0, false)));
    assert_eq!((task.state, task.trouble), (TaskState::Pending, None));
}

#[test]
fn s2_31_a_started_pod_that_is_not_ready_is_activating() {
    let task = task(&pod(container(json!({"running": {}}), json!({}), 0, false)));
    assert_eq!(task.state, TaskState::Activating);
}

#[test]
fn d2_a_crash_loop_after_too_much_memory_is_told_as_too_much_memory() {
    let waiting = json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}});
    let last = json!({"terminated": {"reason": "OOMKilled", "exitCode": 137}});
    assert_eq!(code(task(&pod(container(waiting, last, 4, false)))).as_deref(), Some("SLW_OOM"));
}

#[test]
fn s3_30_a_crash_loop_keeps_the_exit_code_of_the_last_end() {
    let waiting = json!({"waiting": {"reason": "CrashLoopBackOff"}});
    let last = json!({"terminated": {"reason": "Error", "exitCode": 3}});
    let task = task(&pod(container(waiting, last, 4, false)));
    assert_eq!(task.trouble.as_ref().unwrap().exit_code, Some(3));
    assert_eq!(code(task).as_deref(), Some("DEP_E163"));
}

#[test]
fn a_pod_that_no_node_takes_says_why() {
    let mut refused = pod(json!({"phase": "Pending", "conditions": [{
        "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
        "message": "0/1 nodes are available: 1 Insufficient cpu.",
    }]}));
    refused.spec.as_mut().unwrap().node_name = None;
    let task = task(&refused);
    assert_eq!(task.state, TaskState::Provisioning);
    assert!(task.trouble.unwrap().message.contains("Insufficient cpu"));
}

#[test]
fn counters_of_an_older_configuration_do_not_count() {
    let deployment: Deployment = serde_json::from_value(json!({
        "metadata": {"name": "web", "generation": 2, "labels": {"app.kubernetes.io/name": "web"}},
        "spec": {"replicas": 1, "selector": {}, "template": {}},
        "status": {"observedGeneration": 1, "updatedReplicas": 1, "readyReplicas": 1},
    }))
    .unwrap();
    assert!(!super::deployment(&deployment).unwrap().is_ready());
}

#[test]
fn s1_l04_an_update_is_not_through_as_long_as_only_the_copies_before_answer() {
    let is_ready = |replicas, updated, ready| {
        let deployment: Deployment = serde_json::from_value(json!({
            "metadata": {"name": "web", "generation": 2, "labels": {"app.kubernetes.io/name": "web"}},
            "spec": {"replicas": 2, "selector": {}, "template": {}},
            "status": {"observedGeneration": 2, "replicas": replicas, "updatedReplicas": updated,
                "readyReplicas": ready},
        }))
        .unwrap();
        super::deployment(&deployment).unwrap().is_ready()
    };
    assert!(!is_ready(3, 1, 2), "one of the new and nothing but the old answers");
    assert!(!is_ready(4, 2, 2), "none of the new answers");
    assert!(!is_ready(3, 2, 2), "one of the new answers");
    assert!(is_ready(2, 2, 2));
}

/// A pod with a check, that is being deleted.
fn leaving(status: Value) -> TaskState {
    let mut pod = pod(status);
    pod.metadata.deletion_timestamp = Some(serde_json::from_value(json!("2026-11-21T08:00:00Z")).unwrap());
    task(&pod).state
}

#[test]
fn s2_33_to_s2_36_a_task_that_leaves_says_how_far_it_is() {
    let running = |ready| container(json!({"running": {}}), json!({}), 0, ready);
    let ended = json!({"terminated": {"exitCode": 0, "finishedAt": "2026-11-21T08:00:05Z"}});
    assert_eq!(leaving(running(true)), TaskState::Deactivating);
    assert_eq!(leaving(running(false)), TaskState::Stopping);
    assert_eq!(leaving(container(ended.clone(), json!({}), 0, false)), TaskState::Deprovisioning);
    let mut over = container(ended, json!({}), 0, false);
    over["phase"] = json!("Succeeded");
    let over = task(&pod(over));
    assert_eq!(over.state, TaskState::Stopped);
    assert_eq!(over.stopped_at, Some("2026-11-21T08:00:05Z".parse().unwrap()));
}

#[test]
fn s2_29_a_task_without_volumes_or_network_is_provisioning() {
    let mut status = container(json!({"waiting": {"reason": "ContainerCreating"}}), json!({}), 0, false);
    status["phase"] = json!("Pending");
    status["conditions"] = json!([{"type": "PodReadyToStartContainers", "status": "False"}]);
    assert_eq!(task(&pod(status)).state, TaskState::Provisioning);
}

#[test]
fn s2_37_to_s2_39_health_is_known_only_where_it_is_checked() {
    let checked = |ready, before: Option<&Copy>| {
        let mut pod = pod(container(json!({"running": {}}), json!({}), 0, ready));
        let container = json!({"name": "web", "readinessProbe": {"tcpSocket": {"port": 80}}});
        pod.spec.as_mut().unwrap().containers = serde_json::from_value(json!([container])).unwrap();
        copy(&pod, before).unwrap()
    };
    let well = checked(true, None);
    assert_eq!(well.task.health, Health::Healthy);
    assert_eq!(checked(false, None).task.health, Health::Unknown);
    assert_eq!(checked(false, Some(&well)).task.health, Health::Unhealthy);
    let unchecked = task(&pod(container(json!({"running": {}}), json!({}), 0, true)));
    assert_eq!(unchecked.health, Health::Unknown);
}

#[test]
fn s3_30_restarts_after_a_long_run_are_counted_anew() {
    let crashed = |restarts, began: &str, before: Option<&Copy>| {
        let end =
            json!({"terminated": {"exitCode": 1, "startedAt": began, "finishedAt": "2026-11-21T08:00:00Z"}});
        copy(&pod(container(json!({"running": {}}), end, restarts, false)), before).unwrap()
    };
    let quick = crashed(5, "2026-11-21T07:59:59Z", None);
    assert_eq!(quick.task.recent_restarts, 5);
    let long = crashed(6, "2026-11-21T07:00:00Z", Some(&quick));
    assert_eq!(long.task.recent_restarts, 1);
    assert_eq!(crashed(7, "2026-11-21T07:59:59Z", Some(&long)).task.recent_restarts, 2);
}

#[test]
fn an_init_container_that_stays_is_no_preparation() {
    let mut status = container(json!({"running": {}}), json!({}), 0, true);
    status["initContainerStatuses"] = json!([{
        "name": "proxy", "image": "proxy", "imageID": "", "ready": true, "restartCount": 0, "state": {"running": {}},
    }]);
    let mut pod = pod(status);
    assert_eq!(task(&pod).trouble.unwrap().reason, "Preparing");
    let stays = json!([{"name": "proxy", "restartPolicy": "Always"}]);
    pod.spec.as_mut().unwrap().init_containers = serde_json::from_value(stays).unwrap();
    assert_eq!(task(&pod).trouble, None);
}
