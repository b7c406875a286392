//! The words for what the domain knows.

use slipway_domain::{
    audit::Flaw,
    observed::{Health, TaskState},
    operation::{Kind, Progress, Step},
    people::Trace,
    phase::Phase,
    status::Status,
    system::{Group, PartName, PartState, Source},
    token::Scope,
    wizard::WizardStep,
    workload::Role,
};

use crate::t;

/// Something that has a word in each language. `label` of the same things is English, for programs.
pub trait Word {
    /// The word for it.
    fn word(&self) -> String;
}

impl Word for Status {
    #[cfg(feature = "ssr")]
    fn word(&self) -> String {
        match self {
            Self::CreateApp => t!("status-create-app"),
            Self::ImageBuild => t!("status-image-build"),
            Self::ImageBuildFailed => t!("status-image-build-failed"),
            Self::ImagePush => t!("status-image-push"),
            Self::ImagePushFailed => t!("status-image-push-failed"),
            Self::DeployStarted => t!("status-deploy-started"),
            Self::DeployStartedFailed => t!("status-deploy-started-failed"),
            Self::Pending => t!("status-pending"),
            Self::Running => t!("status-running"),
            Self::Unknown => t!("status-unknown"),
            Self::Undeploying => t!("status-undeploying"),
            Self::Undeployed => t!("status-undeployed"),
        }
    }

    /// In a browser the words stand on the page, unless they are the English ones.
    #[cfg(not(feature = "ssr"))]
    fn word(&self) -> String {
        crate::islands::status_word(self.label())
    }
}

impl Word for Kind {
    fn word(&self) -> String {
        match self {
            Self::Deploy => t!("deploy"),
            Self::Update => t!("update"),
            Self::Rollback => t!("kind-rollback"),
            Self::Access => t!("access"),
            Self::Undeploy => t!("undeploy"),
            Self::ForceUndeploy => t!("force-undeploy"),
        }
    }
}

impl Word for Step {
    fn word(&self) -> String {
        match self {
            Self::Accepted => t!("step-accepted"),
            Self::Build => t!("step-build"),
            Self::Push => t!("step-push"),
            Self::Apply => t!("step-apply"),
            Self::Settle => t!("step-settle"),
            Self::Remove => t!("step-remove"),
        }
    }
}

impl Word for Progress {
    fn word(&self) -> String {
        match self {
            Self::Open { .. } => t!("progress-open"),
            Self::Succeeded { .. } => t!("progress-succeeded"),
            Self::Failed { .. } => t!("progress-failed"),
            Self::Cancelled { .. } => t!("progress-cancelled"),
        }
    }
}

impl Word for Phase {
    fn word(&self) -> String {
        match self {
            Self::InProgress => t!("progress-open"),
            Self::Provisioning => t!("phase-provisioning"),
            Self::Succeeded => t!("progress-succeeded"),
            Self::FailedToStart => t!("phase-failed-to-start"),
            Self::FailedToUpdate => t!("phase-failed-to-update"),
            Self::Deprovisioning => t!("phase-deprovisioning"),
            Self::PartiallyDeprovisioned => t!("phase-partially-deprovisioned"),
            Self::DeploymentStopped => t!("phase-deployment-stopped"),
        }
    }
}

impl Word for WizardStep {
    fn word(&self) -> String {
        match self {
            Self::Name => t!("step-name"),
            Self::Admins => t!("admin-access"),
            Self::Users => t!("user-access"),
            Self::Connectors => t!("connectors"),
            Self::Infrastructure => t!("infrastructure"),
            Self::Review => t!("step-review"),
        }
    }
}

impl Word for Role {
    fn word(&self) -> String {
        match self {
            Self::Service => t!("role-service"),
            Self::Connector => t!("role-connector"),
            Self::Ui => t!("role-ui"),
            Self::Infrastructure => t!("role-infrastructure"),
        }
    }
}

impl Word for Health {
    fn word(&self) -> String {
        match self {
            Self::Healthy => t!("health-healthy"),
            Self::Unhealthy => t!("health-unhealthy"),
            Self::Unknown => t!("health-unknown"),
        }
    }
}

impl Word for TaskState {
    fn word(&self) -> String {
        match self {
            Self::Provisioning => t!("task-provisioning"),
            Self::Pending => t!("task-pending"),
            Self::Activating => t!("task-activating"),
            Self::Running => t!("task-running"),
            Self::Deactivating => t!("task-deactivating"),
            Self::Stopping => t!("task-stopping"),
            Self::Deprovisioning => t!("task-deprovisioning"),
            Self::Stopped => t!("task-stopped"),
        }
    }
}

impl Word for Trace {
    fn word(&self) -> String {
        match self {
            Self::Verified => String::new(),
            Self::Unverified => t!("trace-unverified"),
            Self::Unknown => t!("trace-unknown"),
            Self::Gone => t!("trace-gone"),
        }
    }
}

impl Word for Scope {
    fn word(&self) -> String {
        match self {
            Self::Read => t!("scope-read"),
            Self::Change => t!("scope-change"),
            Self::Remove => t!("scope-remove"),
            Self::Audit => t!("scope-audit"),
            Self::Tokens => t!("scope-tokens"),
        }
    }
}

impl Word for PartName {
    fn word(&self) -> String {
        match self {
            Self::Database => t!("part-database"),
            Self::Cluster => t!("part-cluster"),
            Self::Releases => t!("part-releases"),
            Self::Registry => t!("part-registry"),
            Self::ImageMirror => t!("part-image-mirror"),
            Self::IdentityProvider => t!("part-identity-provider"),
            Self::People => t!("part-people"),
        }
    }
}

impl Word for PartState {
    fn word(&self) -> String {
        match self {
            Self::Works => t!("part-works"),
            Self::Away => t!("part-away"),
            Self::NotSetUp => t!("part-not-set-up"),
        }
    }
}

impl Word for Group {
    fn word(&self) -> String {
        match self {
            Self::Server => t!("group-server"),
            Self::Data => t!("group-data"),
            Self::Releases => t!("group-releases"),
            Self::Cluster => t!("group-cluster"),
            Self::Images => t!("group-images"),
            Self::Routes => t!("group-routes"),
            Self::SignIn => t!("group-sign-in"),
            Self::Applications => t!("group-applications"),
            Self::Retention => t!("group-retention"),
        }
    }
}

impl Word for Source {
    fn word(&self) -> String {
        match self {
            Self::Flag => t!("source-flag"),
            Self::Environment => t!("source-environment"),
            Self::File => t!("source-file"),
            Self::Default => t!("source-default"),
        }
    }
}

impl Word for Flaw {
    fn word(&self) -> String {
        match self {
            Self::Altered => t!("flaw-altered"),
            Self::Missing => t!("flaw-missing"),
        }
    }
}
