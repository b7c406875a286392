//! Who may do what: the one rule, for pages, server functions, programs and streams alike.

use serde::{Deserialize, Serialize};

use crate::{
    actor::{Actor, DEVOPS},
    people::People,
};

/// Something that may be allowed or not: to one application, or, of no application's people, everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// See released projects.
    ReadReleases,
    /// Deploy a new application.
    Deploy,
    /// See an application: how it stands, what it consists of, what was done to it.
    See,
    /// Read the answers with which it was made, and its plans.
    ReadConfiguration,
    /// Read what its tasks say.
    ReadLog,
    /// Update, scale, roll back, retry, cancel; say who has access.
    Change,
    /// Undeploy it, and strip what holds that.
    Remove,
    /// Look up users and groups.
    FindPeople,
    /// Begin an order and leave it for later.
    KeepDrafts,
    /// Read the audit trail.
    ReadAudit,
    /// See how Slipway itself stands, and how it is set.
    ReadSystem,
    /// See, make and revoke one's own tokens.
    UseTokens,
}

/// To whom an action is open beside the role for everything.
struct Grant {
    reader: bool,
    admins: bool,
    users: bool,
}

const NOBODY_ELSE: Grant = Grant { reader: false, admins: false, users: false };
const READERS: Grant = Grant { reader: true, ..NOBODY_ELSE };
const ADMINS: Grant = Grant { admins: true, ..NOBODY_ELSE };
const READERS_AND_ADMINS: Grant = Grant { reader: true, admins: true, users: false };
const ALL: Grant = Grant { reader: true, admins: true, users: true };

impl Action {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::ReadReleases,
        Self::Deploy,
        Self::See,
        Self::ReadConfiguration,
        Self::ReadLog,
        Self::Change,
        Self::Remove,
        Self::FindPeople,
        Self::KeepDrafts,
        Self::ReadAudit,
        Self::ReadSystem,
        Self::UseTokens,
    ];

    fn grant(self) -> Grant {
        match self {
            Self::Deploy => NOBODY_ELSE,
            Self::ReadAudit | Self::ReadSystem => READERS,
            Self::Change | Self::Remove | Self::FindPeople | Self::KeepDrafts => ADMINS,
            // An administrator who updates chooses among the releases of the project.
            Self::ReadReleases | Self::ReadConfiguration | Self::ReadLog => READERS_AND_ADMINS,
            Self::See | Self::UseTokens => ALL,
        }
    }

    /// What is being done, at the beginning of a sentence.
    pub fn label(self) -> &'static str {
        match self {
            Self::ReadReleases => "Seeing application releases",
            Self::Deploy => "Deploying",
            Self::See => "Seeing applications",
            Self::ReadConfiguration => "Reading the configuration of an application",
            Self::ReadLog => "Reading the logs of an application",
            Self::Change => "Changing an application",
            Self::Remove => "Removing an application",
            Self::FindPeople => "Looking up people",
            Self::KeepDrafts => "Preparing an order",
            Self::ReadAudit => "Reading the audit trail",
            Self::ReadSystem => "Seeing the system",
            Self::UseTokens => "Using tokens",
        }
    }
}

impl Actor {
    /// May they do that to the application of these people?
    pub fn may(&self, action: Action, people: &People) -> Result<(), Forbidden> {
        let grant = action.grant();
        let among = |members: &[crate::people::Member]| members.iter().any(|member| member.is(self));
        let allowed = self.is_devops()
            || grant.reader && self.is_reader
            || grant.admins && among(&people.admins)
            || grant.users && among(&people.users);
        if allowed { Ok(()) } else { Err(Forbidden { action }) }
    }
}

/// A permission is missing; the message names it and who can grant it, so that the reader can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forbidden {
    /// To do what.
    pub action: Action,
}

impl Forbidden {
    /// What is missing, and who can grant it. `reader` is the name of the role that may see everything.
    pub fn told(self, reader: &str) -> String {
        let Grant { reader: is_for_readers, admins, users } = self.action.grant();
        let role = if is_for_readers { format!("{DEVOPS} or {reader}") } else { DEVOPS.to_owned() };
        let (people, too) = match (admins, users) {
            (true, true) => (", or to be an administrator or a user of the application", true),
            (true, false) => (", or to be an administrator of the application", true),
            (false, _) => ("", false),
        };
        let ask = if too {
            "Ask whoever manages accounts here for the role, or an administrator of the application for access to it"
        } else {
            "Ask whoever manages accounts here for the role"
        };
        format!("{} needs the role {role}{people}. {ask}, then sign in again.", self.action.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::Member;

    fn of_shop() -> People {
        People { admins: vec!["ana".into()], users: vec!["ben".into(), "hr".into()] }
    }

    fn actor(name: &str) -> Actor {
        Actor { id: name.into(), name: name.into(), ..Actor::default() }
    }

    fn devops() -> Actor {
        Actor { roles: vec![DEVOPS.into()], ..actor("dev") }
    }

    fn reader() -> Actor {
        Actor { is_reader: true, ..actor("rea") }
    }

    /// Devops, reader, the application's administrator, its user, somebody else.
    const TABLE: [(Action, [bool; 5]); 12] = [
        (Action::ReadReleases, [true, true, true, false, false]),
        (Action::Deploy, [true, false, false, false, false]),
        (Action::See, [true, true, true, true, false]),
        (Action::ReadConfiguration, [true, true, true, false, false]),
        (Action::ReadLog, [true, true, true, false, false]),
        (Action::Change, [true, false, true, false, false]),
        (Action::Remove, [true, false, true, false, false]),
        (Action::FindPeople, [true, false, true, false, false]),
        (Action::KeepDrafts, [true, false, true, false, false]),
        (Action::ReadAudit, [true, true, false, false, false]),
        (Action::ReadSystem, [true, true, false, false, false]),
        (Action::UseTokens, [true, true, true, true, false]),
    ];

    #[test]
    fn d21_the_table_of_roles_and_actions_holds() {
        assert_eq!(TABLE.map(|(action, _)| action), Action::ALL);
        let all = [devops(), reader(), actor("ana"), actor("ben"), actor("eve")];
        for (action, expected) in TABLE {
            for (actor, expected) in all.iter().zip(expected) {
                assert_eq!(
                    actor.may(action, &of_shop()).is_ok(),
                    expected,
                    "{} {}",
                    actor.name,
                    action.label()
                );
            }
        }
    }

    #[test]
    fn d21_access_to_one_application_is_none_to_another() {
        let others = People { admins: vec!["eve".into()], users: vec![Member::from("sales")] };
        for action in Action::ALL {
            for name in ["ana", "ben"] {
                assert!(actor(name).may(action, &others).is_err(), "{}", action.label());
                assert!(actor(name).may(action, &People::NOBODY).is_err(), "{}", action.label());
            }
        }
    }

    #[test]
    fn d21_a_group_gives_what_a_person_would_have() {
        let member = Actor { groups: vec!["/hr".into()], ..actor("eve") };
        assert!(
            member.may(Action::See, &of_shop()).is_ok() && member.may(Action::Change, &of_shop()).is_err()
        );
    }

    #[test]
    fn s1_02_a_refusal_names_what_is_missing_and_who_can_grant_it() {
        let told = |action| Forbidden { action }.told("APS_READER");
        let deploy = told(Action::Deploy);
        assert!(deploy.contains("needs the role APS_DEVOPS.") && deploy.contains("whoever manages accounts"));
        assert!(told(Action::ReadAudit).contains("APS_DEVOPS or APS_READER."));
        assert!(told(Action::Change).contains("APS_DEVOPS, or to be an administrator of the application"));
        assert!(told(Action::See).contains("an administrator of the application for access"));
    }
}
