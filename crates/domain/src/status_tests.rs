//! The rules of the badge, one sentence each.

use ulid::Ulid;

use super::*;
use crate::{
    ids::{ApplicationId, OperationId},
    image::ImageRef,
    names::{ApplicationName, ComponentName, ProjectName},
    observed::{ObservedComponent, Workload},
    release::ReleaseVersion,
    spec::ComponentSpec,
};

const START: Timestamp = Timestamp::UNIX_EPOCH;

fn deploy(progress: Progress) -> Operation {
    Operation {
        id: OperationId(Ulid::nil()),
        kind: Kind::Deploy,
        generation: 1,
        progress,
        note: None,
        proof: None,
        requested_by: "ana".into(),
        requested_at: START,
    }
}

fn at(step: Step) -> Operation {
    deploy(Progress::Open { step })
}

fn failed(step: Step) -> Operation {
    deploy(Progress::Failed { step, cause: Cause::new("X", "It broke.", "Mend it."), at: START })
}

fn with_ready(ready: u32) -> Observed {
    let web = ObservedComponent::new(ComponentName::parse("web").unwrap(), Workload::Deployment);
    let component = ObservedComponent { desired: 2, updated: 2, ready, ..web };
    Observed { namespace: Namespace::Active, components: vec![component], ..Observed::default() }
}

fn shop() -> ApplicationSpec {
    let image = ImageRef::parse("web").unwrap();
    let web =
        ComponentSpec { replicas: 2, ..ComponentSpec::new(ComponentName::parse("web").unwrap(), image) };
    ApplicationSpec {
        id: ApplicationId(Ulid::nil()),
        name: ApplicationName::parse("shop").unwrap(),
        generation: 1,
        project: ProjectName::parse("shop").unwrap(),
        version: ReleaseVersion::new(1).unwrap(),
        release: String::new(),
        admins: vec![],
        users: vec![],
        wishes: std::collections::BTreeMap::new(),
        database: None,
        database_password: None,
        components: vec![web],
    }
}

fn judge(operation: &Operation, observed: &Observed) -> Standing {
    standing(operation, &shop(), observed, Before { status: Status::Running, since: START }, START)
}

fn status(operation: &Operation, observed: &Observed) -> Status {
    judge(operation, observed).status
}

#[test]
fn s1_33_to_s1_40_each_step_has_its_status() {
    let nothing = Observed::default();
    for (step, expected) in [
        (Step::Accepted, Status::CreateApp),
        (Step::Build, Status::ImageBuild),
        (Step::Push, Status::ImagePush),
        (Step::Apply, Status::DeployStarted),
        (Step::Settle, Status::Pending),
    ] {
        assert_eq!(status(&at(step), &nothing), expected);
    }
}

#[test]
fn s1_35_s1_37_s1_39_each_failed_step_has_its_status_and_keeps_its_cause() {
    let nothing = Observed::default();
    for (step, expected) in [
        (Step::Build, Status::ImageBuildFailed),
        (Step::Push, Status::ImagePushFailed),
        (Step::Apply, Status::DeployStartedFailed),
    ] {
        let standing = judge(&failed(step), &nothing);
        assert_eq!((standing.status, standing.cause.unwrap().code.as_str()), (expected, "X"));
    }
}

#[test]
fn s1_41_running_means_that_every_copy_of_every_component_is_ready() {
    assert_eq!(status(&at(Step::Settle), &with_ready(1)), Status::Pending);
    assert_eq!(status(&at(Step::Settle), &with_ready(2)), Status::Running);
}

#[test]
fn s1_40_pending_names_what_it_waits_for() {
    let standing = judge(&at(Step::Settle), &with_ready(1));
    assert_eq!(standing.reason.as_deref(), Some("Waiting for web 1 of 2."));
}

#[test]
fn s1_42_what_did_not_start_in_time_is_unknown_until_it_does() {
    assert_eq!(status(&failed(Step::Settle), &with_ready(0)), Status::Unknown);
    assert_eq!(status(&failed(Step::Settle), &with_ready(2)), Status::Running);
}

#[test]
fn a_restart_within_a_running_application_shows_as_pending() {
    let done = deploy(Progress::Succeeded { at: START });
    assert_eq!(status(&done, &with_ready(2)), Status::Running);
    assert_eq!(status(&done, &with_ready(1)), Status::Pending);
}

#[test]
fn a_namespace_that_somebody_else_deleted_is_said() {
    let done = deploy(Progress::Succeeded { at: START });
    let standing = judge(&done, &Observed::default());
    assert_eq!(standing.reason.as_deref(), Some("The namespace is gone."));
    assert!(standing.lacks_namespace() && !judge(&done, &with_ready(2)).lacks_namespace());
}

#[test]
fn s1_43_undeploy_is_offered_only_when_running() {
    for status in Status::ALL {
        assert_eq!(status.may_undeploy().is_ok(), status == Status::Running, "{status:?}");
    }
}

#[test]
fn s1_44_force_undeploy_is_offered_while_deploying_or_when_failed() {
    for status in Status::ALL {
        let expected = !matches!(status, Status::Running | Status::Undeployed);
        assert_eq!(status.may_force_undeploy().is_ok(), expected, "{status:?}");
    }
}

#[test]
fn a_removal_shows_what_still_holds_the_namespace() {
    let operation = Operation { kind: Kind::Undeploy, ..at(Step::Remove) };
    let held = Namespace::Terminating { remaining: vec!["pods: 1".into()] };
    let observed = Observed { namespace: held, ..Observed::default() };
    let standing = judge(&operation, &observed);
    assert_eq!((standing.status, standing.reason.as_deref()), (Status::Undeploying, Some("pods: 1")));
}

#[test]
fn labels_are_read_back() {
    for status in Status::ALL {
        assert_eq!(Status::parse(status.label()), Some(status));
    }
}

#[test]
fn not_answering_yet_is_a_cause_only_when_the_time_is_over() {
    use crate::observed::{ObservedTask, TaskState, Trouble};
    let trouble = Trouble { reason: "NotReady".into(), ..Trouble::default() };
    let task = ObservedTask {
        id: "web-1".into(),
        release: "1".into(),
        state: TaskState::Activating,
        trouble: Some(trouble),
        ..ObservedTask::default()
    };
    let mut observed = with_ready(0);
    observed.components[0].tasks.push(task);
    assert_eq!(judge(&at(Step::Settle), &observed).cause, None);
    assert_eq!(judge(&failed(Step::Settle), &observed).cause.unwrap().code, NOT_READY);
}

#[test]
fn a_component_that_somebody_deleted_is_missed() {
    let done = deploy(Progress::Succeeded { at: START });
    let observed = Observed { namespace: Namespace::Active, ..Observed::default() };
    let standing = judge(&done, &observed);
    assert_eq!(
        (standing.status, standing.reason.as_deref()),
        (Status::Pending, Some("Waiting for web 0 of 2."))
    );
}

#[test]
fn s3_17_a_restart_is_pending_and_unknown_when_it_takes_too_long() {
    let done = deploy(Progress::Succeeded { at: START });
    let after = |status, seconds| {
        let now = START + SignedDuration::from_secs(seconds);
        standing(&done, &shop(), &with_ready(1), Before { status, since: START }, now).status
    };
    assert_eq!(after(Status::Running, 9_999), Status::Pending);
    assert_eq!(after(Status::Pending, 299), Status::Pending);
    assert_eq!(after(Status::Pending, 301), Status::Unknown);
    assert_eq!(after(Status::Unknown, 1), Status::Unknown);
}

#[test]
fn s3_12_a_failed_update_says_that_what_ran_before_still_serves() {
    let update = Operation { kind: Kind::Update, generation: 2, ..failed(Step::Settle) };
    let mut observed = with_ready(2);
    observed.components[0].updated = 1;
    let standing = judge(&update, &observed);
    assert_eq!(standing.status, Status::Unknown);
    assert!(standing.reason.unwrap().contains("What ran before still serves"));
}

#[test]
fn s1_l03_a_change_of_access_leaves_the_badge_to_the_workloads() {
    let failed = failed(Step::Apply).progress;
    for progress in [Progress::Open { step: Step::Apply }, Progress::Succeeded { at: START }, failed] {
        let access = Operation { kind: Kind::Access, generation: 2, ..deploy(progress) };
        assert_eq!(judge(&access, &with_ready(2)).status, Status::Running);
        assert_eq!(judge(&access, &with_ready(1)).status, Status::Pending);
    }
}

#[test]
fn s1_38_while_resources_are_created_the_reason_counts_them() {
    let operation = Operation { note: Some("3 of 12 objects".into()), ..at(Step::Apply) };
    assert_eq!(judge(&operation, &Observed::default()).reason.as_deref(), Some("3 of 12 objects"));
}

#[test]
fn d20_what_was_cancelled_says_where() {
    let cancelled = deploy(Progress::Cancelled { step: Step::Apply, at: START });
    let standing = judge(&cancelled, &Observed::default());
    assert_eq!(standing.status, Status::Unknown);
    assert!(standing.reason.unwrap().contains("Create resources"));
}

#[test]
fn s3_18_what_crashes_again_and_again_is_not_running_in_between() {
    use crate::observed::{End, ObservedTask};
    let done = deploy(Progress::Succeeded { at: START });
    let crashed = |restarts| {
        let end = End { at: Some(START), ..End::default() };
        let task = ObservedTask { recent_restarts: restarts, last_end: Some(end), ..ObservedTask::default() };
        let mut observed = with_ready(2);
        observed.components[0].tasks.push(task);
        observed
    };
    let after = |restarts, seconds| {
        let now = START + SignedDuration::from_secs(seconds);
        let before = Before { status: Status::Pending, since: START };
        standing(&done, &shop(), &crashed(restarts), before, now).status
    };
    assert_eq!(after(1, 5), Status::Running);
    assert_eq!(after(3, 5), Status::Pending);
    assert_eq!(after(3, 61), Status::Running);
}

#[test]
fn s1_40_what_waits_for_another_is_not_running_although_it_has_all_of_its_no_copies() {
    let mut spec = shop();
    let db = ComponentName::parse("db").unwrap();
    spec.components[0].needs = vec![db.clone()];
    spec.components.push(ComponentSpec::new(db.clone(), ImageRef::parse("db").unwrap()));
    let mut observed = with_ready(0);
    (observed.components[0].desired, observed.components[0].updated) = (0, 0);
    observed.components.push(ObservedComponent::new(db, Workload::StatefulSet));
    let before = Before { status: Status::Pending, since: START };
    let standing = standing(&at(Step::Settle), &spec, &observed, before, START);
    assert_eq!(standing.status, Status::Pending);
    assert_eq!(standing.reason.as_deref(), Some("Waiting for web 0 of 2 (after db), db 0 of 1."));
}

#[test]
fn s1_41_a_component_that_is_to_run_no_copy_runs_with_none() {
    let mut spec = shop();
    spec.components[0].replicas = 0;
    let mut observed = with_ready(0);
    (observed.components[0].desired, observed.components[0].updated) = (0, 0);
    let before = Before { status: Status::Pending, since: START };
    let standing = standing(&at(Step::Settle), &spec, &observed, before, START);
    assert_eq!(standing.status, Status::Running);
}
