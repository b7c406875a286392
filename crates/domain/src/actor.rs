//! Who acts, and what they may do.

use serde::{Deserialize, Serialize};

/// The role that opens everything under Devops (S1.02).
pub const DEVOPS: &str = "APS_DEVOPS";

/// A person or program that was recognised at the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The identity provider's stable name for them, or `local:<name>`.
    pub id: String,
    /// What to call them on a page.
    pub name: String,
    /// The roles that they came with.
    pub roles: Vec<String>,
}

impl Actor {
    /// May they see and do what is under Devops?
    pub fn may_devops(&self) -> Result<(), Forbidden> {
        if self.roles.iter().any(|role| role == DEVOPS) { Ok(()) } else { Err(Forbidden { role: DEVOPS }) }
    }

    /// Up to two letters for an avatar.
    pub fn initials(&self) -> String {
        let letters = self.name.split_whitespace().filter_map(|word| word.chars().next());
        letters.take(2).flat_map(char::to_uppercase).collect()
    }
}

/// A role is missing; the message names it, so that the reader can ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This needs the role {role}. Ask whoever manages accounts here to grant it, then sign in again.")]
pub struct Forbidden {
    /// The missing role.
    pub role: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_02_devops_needs_its_role_and_the_refusal_names_it() {
        let mut actor = Actor { id: "1".into(), name: "Hilde Roth".into(), roles: vec!["APS_USER".into()] };
        assert!(actor.may_devops().unwrap_err().to_string().contains("APS_DEVOPS"));
        actor.roles.push(DEVOPS.into());
        assert_eq!(actor.may_devops(), Ok(()));
    }

    #[test]
    fn initials_are_at_most_two_letters() {
        let actor = Actor { id: "1".into(), name: "Ana de la Cruz".into(), roles: vec![] };
        assert_eq!(actor.initials(), "AD");
    }
}
