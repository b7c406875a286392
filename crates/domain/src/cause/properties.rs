//! What holds for everything that could be observed, also for what no cluster would say.

use proptest::prelude::*;

use super::*;
use crate::observed::{End, Namespace, ObservedTask, Remark, Trouble};

const REASONS: [&str; 24] = [
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "StartError",
    "CrashLoopBackOff",
    "Error",
    "Completed",
    "OOMKilled",
    "Unschedulable",
    "NotReady",
    "Preparing",
    "Evicted",
    "OutOfcpu",
    "FailedCreate",
    "BackoffLimitExceeded",
    "FailedMount",
    "Unhealthy",
    "ProgressDeadlineExceeded",
    "NoStorageClass",
    "",
    "Strange",
];
const WORDS: [&str; 16] = [
    "lookup db: no such host",
    "configmap \"x\" not found",
    "secret \"",
    "couldn't find key ",
    "exceeded quota",
    "1 Insufficient cpu, 1 Insufficient memory",
    "exec format error",
    "permission denied",
    "401 Unauthorized",
    "preemption:",
    "persistentvolumeclaim \"x\" not found",
    "Liveness probe failed",
    "ä\n\n€",
    "db:5432",
    "web.",
    "\"",
];

fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![prop::sample::select(&WORDS[..]).prop_map(str::to_owned), ".{0,12}"],
        0..4,
    )
    .prop_map(|parts| parts.join(" "))
}

fn reason() -> impl Strategy<Value = String> {
    prop::sample::select(&REASONS[..]).prop_map(str::to_owned)
}

fn state() -> impl Strategy<Value = TaskState> {
    use TaskState::{
        Activating, Deactivating, Deprovisioning, Pending, Provisioning, Running, Stopped, Stopping,
    };
    let all = [Provisioning, Pending, Activating, Running, Deactivating, Stopping, Deprovisioning, Stopped];
    prop::sample::select(all.to_vec())
}

prop_compose! {
    fn remark()(reason in reason(), message in words(), is_event: bool) -> Remark {
        let field = if is_event { "event" } else { "status" }.to_owned();
        Remark { object: "Pod web-1".into(), field, reason, message, at: None }
    }
}

prop_compose! {
    fn end()(reason in reason(), message in words(), exit_code in -1..256, signal in any::<Option<i32>>()) -> End {
        End { reason, message, exit_code, signal, started_at: None, at: None }
    }
}

prop_compose! {
    fn trouble()(
        reason in reason(),
        message in words(),
        exit_code in any::<Option<i32>>(),
        container in prop::sample::select(vec!["", "web", "wait-for-db", "ä"]),
        is_init: bool,
    ) -> Trouble {
        Trouble { reason, message, exit_code, container: container.into(), is_init }
    }
}

prop_compose! {
    fn task()(
        (id, state, restarts, was_ready, is_pinned) in ("[a-c]", state(), any::<u32>(), any::<bool>(), any::<bool>()),
        lost_node in prop::option::weighted(0.1, words()),
        trouble in prop::option::of(trouble()),
        last_end in prop::option::of(end()),
        remarks in prop::collection::vec(remark(), 0..3),
    ) -> ObservedTask {
        let recent_restarts = restarts / 2;
        ObservedTask {
            id, state, restarts, recent_restarts, was_ready, is_pinned, lost_node, trouble, last_end, remarks,
            ..ObservedTask::default()
        }
    }
}

prop_compose! {
    fn component()(
        name in "web|db|api",
        kind in prop::sample::select(vec![Workload::Deployment, Workload::StatefulSet, Workload::Job]),
        (desired, updated, ready) in (0..3_u32, 0..3_u32, 0..3_u32),
        tasks in prop::collection::vec(task(), 0..4),
        remarks in prop::collection::vec(remark(), 0..3),
    ) -> ObservedComponent {
        let name = ComponentName::parse(&name).unwrap();
        ObservedComponent { name, kind, desired, updated, ready, tasks, remarks }
    }
}

fn observed() -> impl Strategy<Value = Observed> {
    prop::collection::vec(component(), 0..4).prop_map(|components| Observed {
        namespace: Namespace::Active,
        components,
        out_of_reach_since: None,
    })
}

proptest! {
    #[test]
    fn the_order_of_components_tasks_and_remarks_makes_no_difference(observed in observed()) {
        let mut turned = observed.clone();
        turned.components.reverse();
        for component in &mut turned.components {
            component.tasks.reverse();
            component.remarks.reverse();
            component.tasks.iter_mut().for_each(|task| task.remarks.reverse());
        }
        prop_assert_eq!(causes(&observed), causes(&turned));
    }

    #[test]
    fn every_cause_has_words_and_little_evidence(observed in observed()) {
        for cause in causes(&observed) {
            prop_assert!(cause.code.starts_with("DEP_E") || cause.code.starts_with("SLW_"));
            prop_assert!(cause.reason.ends_with('.') && !cause.reason.contains("{}"), "{}", cause.reason);
            prop_assert!(cause.action.ends_with('.') && !cause.evidence.is_empty(), "{}", cause.action);
            prop_assert!(cause.evidence.len() <= EVIDENCE);
        }
    }

    #[test]
    fn the_first_cause_is_the_cause(observed in observed()) {
        prop_assert_eq!(cause(&observed), causes(&observed).into_iter().next());
    }

    #[test]
    fn what_is_ready_is_never_blamed(observed in observed()) {
        let mut well = observed;
        for component in &mut well.components {
            (component.ready, component.updated) = (component.desired, component.desired);
        }
        prop_assert_eq!(causes(&well), vec![]);
    }
}
