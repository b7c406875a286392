//! Who acts.

use serde::{Deserialize, Serialize};

/// The role that opens everything under Devops (S1.02).
pub const DEVOPS: &str = "APS_DEVOPS";

/// A person or program that was recognised at the door. What they may do is said in [`crate::permission`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// The identity provider's stable name for them, or `local:<name>`.
    pub id: String,
    /// What to call them on a page.
    pub name: String,
    /// The roles that they came with.
    pub roles: Vec<String>,
    /// The groups that they belong to.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Do they have the role that may see everything? Its name is a setting, so this is found out anew each time.
    #[serde(skip)]
    pub is_reader: bool,
}

impl Actor {
    /// Do they have the role for everything under Devops?
    pub fn is_devops(&self) -> bool {
        self.roles.iter().any(|role| role == DEVOPS)
    }

    /// Up to two letters for an avatar.
    pub fn initials(&self) -> String {
        let letters = self.name.split_whitespace().filter_map(|word| word.chars().next());
        letters.take(2).flat_map(char::to_uppercase).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_at_most_two_letters() {
        let actor = Actor { name: "Ana de la Cruz".into(), ..Actor::default() };
        assert_eq!(actor.initials(), "AD");
    }
}
