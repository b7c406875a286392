//! What each trouble is told as. The way from real status documents to a cause is tested where they are read.

use super::*;
use crate::observed::{End, Namespace, ObservedTask, Remark, Trouble};

fn component(name: &str, tasks: Vec<ObservedTask>) -> ObservedComponent {
    let empty = ObservedComponent::new(ComponentName::parse(name).unwrap(), Workload::Deployment);
    ObservedComponent { updated: 1, tasks, ..empty }
}

fn task(reason: &str, message: &str) -> ObservedTask {
    let trouble = Trouble { reason: reason.into(), message: message.into(), ..Trouble::default() };
    ObservedTask {
        id: "web-1".into(),
        state: TaskState::Pending,
        trouble: Some(Trouble { container: "web".into(), ..trouble }),
        ..ObservedTask::default()
    }
}

fn ended(code: i32, message: &str) -> End {
    End { reason: "Error".into(), message: message.into(), exit_code: code, ..End::default() }
}

fn active(components: Vec<ObservedComponent>) -> Observed {
    Observed { namespace: Namespace::Active, components, ..Observed::default() }
}

fn web(task: ObservedTask) -> Observed {
    active(vec![component("web", vec![task])])
}

fn code(observed: &Observed) -> String {
    cause(observed).map(|cause| cause.code).unwrap_or_default()
}

#[test]
fn d2_the_evidence_holds_object_field_and_the_clusters_own_words() {
    let cause = cause(&web(task("ImagePullBackOff", "manifest unknown: x"))).unwrap();
    let line = "Pod web-1, status.containerStatuses[web].state: ImagePullBackOff: manifest unknown: x";
    assert_eq!(cause.evidence, [line]);
    assert!(cause.action.contains("exists"));
}

#[test]
fn d2_a_pull_error_explains_more_than_a_missing_answer() {
    let both = active(vec![
        component("api", vec![task("NotReady", "")]),
        component("web", vec![task("ErrImagePull", "")]),
    ]);
    let codes: Vec<_> = causes(&both).into_iter().map(|cause| cause.code).collect();
    assert_eq!(codes, ["DEP_E153", NOT_READY]);
}

#[test]
fn d2_copies_with_the_same_trouble_are_one_cause() {
    let copies = ["web-1", "web-2"].map(|id| ObservedTask { id: id.into(), ..task("OOMKilled", "") });
    let causes = causes(&active(vec![component("web", copies.into())]));
    assert_eq!((causes.len(), causes[0].evidence.len()), (1, 2));
}

#[test]
fn s3_25_s3_26_s3_30_a_crash_is_told_by_when_and_how_often_it_happens() {
    let crash = |was_ready, recent_restarts, is_pinned| ObservedTask {
        was_ready,
        recent_restarts,
        is_pinned,
        last_end: Some(ended(3, "")),
        ..task("CrashLoopBackOff", "back-off")
    };
    assert_eq!(code(&web(crash(false, 1, false))), "DEP_E154");
    assert_eq!(code(&web(crash(false, 1, true))), "DEP_E152");
    assert_eq!(code(&web(crash(true, 1, false))), "DEP_E155");
    assert_eq!(code(&web(crash(true, CRASH_LOOP_RESTARTS, false))), "DEP_E163");
}

#[test]
fn a_container_that_runs_again_after_a_crash_still_tells_of_it() {
    let again = ObservedTask { last_end: Some(ended(3, "")), ..task("NotReady", "") };
    assert_eq!(code(&web(again)), "DEP_E154");
}

#[test]
fn s3_27_a_component_that_misses_another_is_blocked_by_it() {
    let lost = ObservedTask {
        last_end: Some(ended(1, "dial tcp: lookup db: no such host")),
        ..task("CrashLoopBackOff", "")
    };
    let both = active(vec![
        component("web", vec![lost.clone()]),
        component("db", vec![task("ImagePullBackOff", "db: not found")]),
    ]);
    let causes = causes(&both);
    assert_eq!(causes[0].code, "DEP_E153");
    assert_eq!(
        (causes[1].code.as_str(), causes[1].blocked_by.as_ref().unwrap().as_str()),
        ("DEP_E156", "db")
    );
    // With nobody to blame it is the name that is not found.
    assert_eq!(code(&web(lost)), "SLW_DNS");
}

#[test]
fn an_init_container_that_waits_is_blocked_only_by_what_is_in_trouble() {
    let mut waits = task("Preparing", "");
    waits.trouble.as_mut().unwrap().container = "wait-for-db".into();
    waits.trouble.as_mut().unwrap().is_init = true;
    let with = |db| active(vec![component("web", vec![waits.clone()]), component("db", db)]);
    assert_eq!(code(&with(vec![task("NotReady", "")])), NOT_READY);
    let causes = causes(&with(vec![task("ErrImagePull", "")]));
    assert_eq!(causes[1].blocked_by.as_ref().unwrap().as_str(), "db");
}

#[test]
fn what_was_said_before_a_task_went_on_does_not_count() {
    let said = Remark {
        reason: "FailedMount".into(),
        message: "secret \"x\" not found".into(),
        ..Remark::default()
    };
    let mut task = ObservedTask { remarks: vec![said], ..ObservedTask::default() };
    assert_eq!(code(&web(task.clone())), "SLW_SECRET_MISSING");
    task.state = TaskState::Running;
    assert_eq!(code(&web(task)), "");
}

#[test]
fn what_leaves_is_not_asked_and_what_is_over_explains_little() {
    let leaving = ObservedTask { state: TaskState::Stopping, ..task("OOMKilled", "") };
    assert_eq!(code(&web(leaving)), "");
    let over = ObservedTask { state: TaskState::Stopped, ..task("OOMKilled", "") };
    let now = task("Unschedulable", "0/1 nodes are available: 1 Insufficient cpu.");
    assert_eq!(code(&active(vec![component("web", vec![over, now])])), "SLW_UNSCHEDULABLE_CPU");
}

#[test]
fn s3_22_a_cluster_that_does_not_answer_comes_first() {
    let since = Some("2026-11-21T08:00:00Z".parse().unwrap());
    let observed = Observed { out_of_reach_since: since, ..web(task("OOMKilled", "")) };
    assert_eq!(code(&observed), "DEP_E151");
}

#[test]
fn what_is_well_has_no_cause() {
    let mut well = web(task("CrashLoopBackOff", ""));
    well.components[0].ready = 1;
    assert_eq!(cause(&well), None);
}

#[test]
fn a_job_that_failed_says_what_its_task_died_of() {
    let over = ObservedTask { state: TaskState::Stopped, ..task("OOMKilled", "") };
    let mut job = component("web", vec![over]);
    job.kind = Workload::Job;
    job.remarks = vec![Remark { reason: "BackoffLimitExceeded".into(), ..Remark::default() }];
    let codes: Vec<_> = causes(&active(vec![job])).into_iter().map(|cause| cause.code).collect();
    assert_eq!(codes, ["SLW_OOM", "SLW_JOB_FAILED"]);
}

#[test]
fn the_taint_of_control_planes_explains_nothing_where_there_are_other_nodes() {
    let words = |others: &str| {
        let plane = "1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }";
        code(&web(task("Unschedulable", &format!("0/3 nodes are available: {others}{plane}."))))
    };
    assert_eq!(words("2 node(s) didn't match Pod's node affinity/selector, "), "SLW_NODE_SELECTOR");
    assert_eq!(words("2 node(s) had untolerated taint {only: gpu}, "), "SLW_TAINT");
    assert_eq!(words("2 Insufficient cpu, "), "SLW_UNSCHEDULABLE_CPU");
    assert_eq!(words(""), "SLW_TAINT");
}

#[test]
fn s1_28_a_database_that_refuses_is_told_in_an_administrators_words() {
    let crash = |words: &str| {
        let task = ObservedTask { last_end: Some(ended(1, words)), ..task("CrashLoopBackOff", "back-off") };
        cause(&web(task)).unwrap()
    };
    for (words, code, part) in [
        (
            "Caused by: org.postgresql.util.PSQLException: FATAL: password authentication failed for user \"app\"",
            "SLW_DATABASE_LOGIN",
            "its user app or the password",
        ),
        ("psql: error: FATAL:  role \"ap\" does not exist", "SLW_DATABASE_LOGIN", "no user ap"),
        (
            "org.postgresql.util.PSQLException: FATAL: database \"ap\" does not exist",
            "SLW_DATABASE_MISSING",
            "no database ap",
        ),
        (
            "FATAL: no pg_hba.conf entry for host \"10.1.2.3\", user \"app\", database \"app\"",
            "SLW_DATABASE_DENIED",
            "does not serve",
        ),
        (
            "Connection to 10.9.9.9:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.",
            "SLW_DATABASE_UNREACHABLE",
            "no database answers",
        ),
    ] {
        let cause = crash(words);
        assert_eq!(cause.code, code, "{words}");
        assert!(cause.reason.contains(part) && !cause.action.is_empty(), "{}", cause.reason);
    }
    assert_eq!(crash("the role \"x\" does not exist in the plan").code, "DEP_E154");
}

#[test]
fn s1_40_a_runtime_bundle_that_crashes_for_its_own_database_waits_for_that() {
    let words = "Connection to db:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.";
    let crash = ObservedTask { last_end: Some(ended(1, words)), ..task("CrashLoopBackOff", "back-off") };
    let both = active(vec![component("db", vec![task("NotReady", "")]), component("web", vec![crash])]);
    assert!(causes(&both).iter().any(|cause| cause.code == "DEP_E156"));
}
