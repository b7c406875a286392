//! The same facts in the words of rapyuta.io (S3.06-S3.12), and what may be done in each phase (CONTRACT A5).

use serde::{Deserialize, Serialize};

use crate::{
    operation::{Kind, Operation, Progress, Step},
    status::Standing,
};

/// How far an application has come in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The request was accepted.
    InProgress,
    /// Images are pulled and containers are created.
    Provisioning,
    /// Everything has started.
    Succeeded,
    /// It could not be started.
    FailedToStart,
    /// A newer generation could not be started; what ran before goes on where it can.
    FailedToUpdate,
    /// It is being removed.
    Deprovisioning,
    /// Something of it could not be removed.
    PartiallyDeprovisioned,
    /// Nothing of it is left.
    DeploymentStopped,
}

impl Phase {
    /// The phase that the newest operation has brought the application into.
    pub fn of(operation: &Operation) -> Self {
        let is_first = operation.kind == Kind::Deploy;
        match &operation.progress {
            Progress::Open { step: Step::Accepted } => Self::InProgress,
            Progress::Open { step: Step::Remove } => match operation.note {
                Some(_) => Self::PartiallyDeprovisioned,
                None => Self::Deprovisioning,
            },
            Progress::Open { .. } => Self::Provisioning,
            Progress::Succeeded { .. } if operation.kind.makes() => Self::Succeeded,
            Progress::Succeeded { .. } => Self::DeploymentStopped,
            _ if !operation.kind.makes() => Self::PartiallyDeprovisioned,
            _ if is_first => Self::FailedToStart,
            _ => Self::FailedToUpdate,
        }
    }

    /// How rapyuta.io calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::InProgress => "In progress",
            Self::Provisioning => "Provisioning",
            Self::Succeeded => "Succeeded",
            Self::FailedToStart => "Failed to start",
            Self::FailedToUpdate => "Failed To Update",
            Self::Deprovisioning => "Deprovisioning",
            Self::PartiallyDeprovisioned => "Partially deprovisioned",
            Self::DeploymentStopped => "Deployment stopped",
        }
    }
}

impl Operation {
    /// May the application be updated or rolled back now, or why not?
    pub fn may_update(&self) -> Result<(), &'static str> {
        match Phase::of(self) {
            Phase::Succeeded | Phase::FailedToUpdate => Ok(()),
            Phase::InProgress | Phase::Provisioning => {
                Err("Another operation is under way. Wait for its end, or cancel it.")
            }
            Phase::FailedToStart => Err("It never ran. Retry, or Force Undeploy it and deploy it anew."),
            Phase::Deprovisioning | Phase::PartiallyDeprovisioned => Err("It is being removed."),
            Phase::DeploymentStopped => Err("It has been removed."),
        }
    }

    /// May be said anew who has access, or why not? Nothing but access is applied then, and the generation that says
    /// so counts as the one that runs: all else in it must have been applied before, and must be there still.
    pub fn may_set_access(&self, standing: &Standing) -> Result<(), &'static str> {
        self.may_update()?;
        if standing.lacks_namespace() {
            return Err("Its namespace is not there. Update it, which makes it anew, or Force Undeploy it.");
        }
        match self.progress {
            Progress::Succeeded { .. } => Ok(()),
            _ if self.kind == Kind::Access => Ok(()),
            _ => Err("Its last change did not succeed. Retry it, update it or roll it back first."),
        }
    }

    /// May this operation be run again with the same inputs, or why not?
    pub fn may_retry(&self) -> Result<(), &'static str> {
        match self.progress {
            _ if !self.kind.makes() => Err("A removal goes on by itself."),
            Progress::Failed { .. } | Progress::Cancelled { .. } => Ok(()),
            Progress::Open { .. } => Err("It is still under way."),
            Progress::Succeeded { .. } => Err("It has succeeded."),
        }
    }

    /// May this operation be cancelled, or why not?
    pub fn may_cancel(&self) -> Result<(), &'static str> {
        match self.progress {
            Progress::Open { .. } if self.kind.makes() => Ok(()),
            Progress::Open { .. } => {
                Err("A removal cannot be cancelled: it may have removed something already.")
            }
            _ => Err("It is over."),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use ulid::Ulid;

    use super::*;
    use crate::{
        cause::Cause,
        ids::OperationId,
        status::{NAMESPACE_GOING, NAMESPACE_GONE, Status},
    };

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn operation(kind: Kind, progress: Progress) -> Operation {
        Operation {
            id: OperationId(Ulid::nil()),
            kind,
            generation: 1,
            progress,
            note: None,
            proof: None,
            requested_by: "ana".into(),
            requested_at: AT,
        }
    }

    fn failed(kind: Kind, step: Step) -> Operation {
        operation(kind, Progress::Failed { step, cause: Cause::new("X", "", ""), at: AT })
    }

    #[test]
    fn s3_06_to_s3_12_each_phase_follows_from_the_newest_operation() {
        let open = |kind, step| operation(kind, Progress::Open { step });
        let done = |kind| operation(kind, Progress::Succeeded { at: AT });
        for (operation, phase) in [
            (open(Kind::Deploy, Step::Accepted), "In progress"),
            (open(Kind::Deploy, Step::Settle), "Provisioning"),
            (done(Kind::Deploy), "Succeeded"),
            (failed(Kind::Deploy, Step::Build), "Failed to start"),
            (open(Kind::Update, Step::Apply), "Provisioning"),
            (done(Kind::Rollback), "Succeeded"),
            (done(Kind::Access), "Succeeded"),
            (failed(Kind::Update, Step::Settle), "Failed To Update"),
            (
                Operation { note: Some("held".into()), ..open(Kind::Undeploy, Step::Remove) },
                "Partially deprovisioned",
            ),
            (done(Kind::ForceUndeploy), "Deployment stopped"),
        ] {
            assert_eq!(Phase::of(&operation).label(), phase, "{operation:?}");
        }
    }

    #[test]
    fn only_what_has_run_may_be_updated() {
        assert!(operation(Kind::Deploy, Progress::Succeeded { at: AT }).may_update().is_ok());
        assert!(failed(Kind::Update, Step::Build).may_update().is_ok());
        assert!(failed(Kind::Deploy, Step::Build).may_update().is_err());
        assert!(operation(Kind::Update, Progress::Open { step: Step::Apply }).may_update().is_err());
    }

    #[test]
    fn s1_l03_access_is_said_anew_only_where_the_last_change_was_applied() {
        let runs = Standing { status: Status::Running, reason: None, cause: None };
        let may = |operation: Operation| operation.may_set_access(&runs);
        assert!(may(operation(Kind::Update, Progress::Succeeded { at: AT })).is_ok());
        assert!(may(failed(Kind::Access, Step::Apply)).is_ok());
        assert!(may(failed(Kind::Update, Step::Settle)).unwrap_err().contains("did not succeed"));
        assert!(may(failed(Kind::Deploy, Step::Build)).unwrap_err().contains("never ran"));
        assert!(may(operation(Kind::Access, Progress::Open { step: Step::Apply })).is_err());
    }

    #[test]
    fn s1_l03_nobody_gets_access_to_a_namespace_that_is_not_there() {
        for reason in [NAMESPACE_GONE, NAMESPACE_GOING] {
            let standing = Standing { status: Status::Pending, reason: Some(reason.into()), cause: None };
            for last in
                [operation(Kind::Deploy, Progress::Succeeded { at: AT }), failed(Kind::Access, Step::Apply)]
            {
                assert!(last.may_set_access(&standing).unwrap_err().contains("namespace is not there"));
            }
        }
    }

    #[test]
    fn only_what_failed_or_was_cancelled_may_be_retried() {
        assert!(failed(Kind::Deploy, Step::Build).may_retry().is_ok());
        let cancelled = Progress::Cancelled { step: Step::Build, at: AT };
        assert!(operation(Kind::Update, cancelled).may_retry().is_ok());
        assert!(operation(Kind::Deploy, Progress::Succeeded { at: AT }).may_retry().is_err());
        assert!(operation(Kind::Undeploy, Progress::Open { step: Step::Remove }).may_retry().is_err());
    }
}
