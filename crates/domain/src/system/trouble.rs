//! What is wrong with a part that is away: what happened, why, and what to do. What it said itself is for the log; it
//! may hold addresses and worse.

use serde::{Deserialize, Serialize};

use super::PartName;

/// Why a part could not be asked, as far as that can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It said nothing in time.
    Silent,
    /// Nothing listens there.
    Refused,
    /// The connection ended in the middle.
    Cut,
    /// Its name leads nowhere.
    Unresolved,
    /// It does not prove who it is.
    Untrusted,
    /// It does not let Slipway in.
    Denied,
    /// It answered with a status that it should not.
    Answered(u16),
    /// What was opened is no longer at its place.
    Moved,
    /// A file or directory is not there.
    Missing,
    /// A file or directory may not be read.
    Unreadable,
    /// Something else.
    Other,
}

impl Why {
    /// In a sentence.
    pub fn sentence(self) -> String {
        let told = match self {
            Self::Silent => "It says nothing in time.",
            Self::Refused => "Nothing listens at its address.",
            Self::Cut => "The connection broke.",
            Self::Unresolved => "The name of its host is not known.",
            Self::Untrusted => "Its certificate is not trusted.",
            Self::Denied => "It does not let Slipway in.",
            Self::Answered(status) => return format!("It answers with the status {status}."),
            Self::Moved => "Its file was moved away, removed or replaced.",
            Self::Missing => "It is not there.",
            Self::Unreadable => "Slipway may not read it.",
            Self::Other => "The log of the server has the details.",
        };
        told.to_owned()
    }
}

/// What is wrong with a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What happened.
    pub happened: String,
    /// Why.
    pub why: String,
    /// What to do, and what goes on meanwhile.
    pub action: String,
}

impl Trouble {
    /// A part that is away, for that reason.
    pub fn of(part: PartName, why: Why) -> Self {
        let (happened, action) = (happened(part), action(part, why));
        Self { happened: happened.to_owned(), why: why.sentence(), action: action.to_owned() }
    }
}

fn happened(part: PartName) -> &'static str {
    match part {
        PartName::Database => "The database cannot be used.",
        PartName::Cluster => "The cluster cannot be asked.",
        PartName::Releases => "The releases directory cannot be read.",
        PartName::Registry => "The registry that images are pushed to cannot be asked.",
        PartName::ImageMirror => "The registry that holds copies of images cannot be asked.",
        PartName::IdentityProvider => "The identity provider cannot be asked.",
        PartName::People => "The directory of people cannot be asked.",
    }
}

fn action(part: PartName, why: Why) -> &'static str {
    match (part, why) {
        (PartName::Database, Why::Moved | Why::Missing | Why::Unreadable) => {
            "Put the file back where SLIPWAY_DATABASE_URL or SLIPWAY_DATA_DIR says, and start Slipway anew."
        }
        (PartName::Database, _) => {
            "Check that the database runs and can be reached from here. Slipway goes on by itself when it is back."
        }
        (PartName::Cluster, Why::Denied) => {
            "Check the credentials of SLIPWAY_CLUSTER and what they may do in the cluster. Applications go on running."
        }
        (PartName::Cluster, _) => {
            "Check that the API server of SLIPWAY_CLUSTER runs and can be reached from here. Applications go on running."
        }
        (PartName::Releases, _) => {
            "Make or mount the directory that SLIPWAY_RELEASES_DIR names, and let Slipway read it. Applications go on running."
        }
        (PartName::Registry, _) => {
            "Check SLIPWAY_REGISTRY and that the registry runs. What was deployed goes on running; new images wait."
        }
        (PartName::ImageMirror, _) => {
            "Check SLIPWAY_IMAGE_MIRROR and that the registry runs. What was deployed goes on running; new deployments wait."
        }
        (PartName::IdentityProvider, _) => {
            "Check SLIPWAY_OIDC_ISSUER and that the provider runs. Nobody can sign in until it is back."
        }
        (PartName::People, _) => {
            "Check that the provider runs, and that Slipway's client has the roles view-users, query-users and query-groups of realm-management. Names are not verified meanwhile."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_away_is_told_with_why_and_what_to_do() {
        let all = [
            Why::Silent,
            Why::Refused,
            Why::Cut,
            Why::Unresolved,
            Why::Untrusted,
            Why::Denied,
            Why::Answered(502),
            Why::Moved,
            Why::Missing,
            Why::Unreadable,
            Why::Other,
        ];
        for part in PartName::ALL {
            for why in all {
                let Trouble { happened, why, action } = Trouble::of(part, why);
                assert!([&happened, &why, &action].iter().all(|told| told.ends_with('.')), "{part:?}");
                assert_ne!(happened, why);
            }
        }
        let moved = Trouble::of(PartName::Database, Why::Moved);
        assert!(moved.action.contains("SLIPWAY_DATA_DIR"), "{moved:?}");
        assert!(Trouble::of(PartName::Cluster, Why::Answered(502)).why.contains("502"));
    }
}
