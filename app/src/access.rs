//! How a person says anew who has access: who is chosen travels in the page's address, because it is no secret and works
//! back, forth and without JavaScript. Nothing counts until it is saved.

use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};
use slipway_domain::order::{listed, people};

use crate::{
    desk::AccessForm,
    ways::{instance, query},
};

/// The lists, as forms call them.
pub const ADMINS: &str = "admins";
/// The other one.
pub const USERS: &str = "users";

/// What the page posts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Posted {
    /// The application.
    pub name: String,
    /// The generation that was looked at.
    pub seen: String,
    /// Who is on the page as an administrator.
    pub admins: String,
    /// Who is on it as a user.
    pub users: String,
    /// Who was typed, to become one of them.
    pub who: String,
    /// As what.
    pub role: String,
    /// Whose button to take them out was pressed: the list, a colon, the name.
    pub remove: String,
    /// Whose button to put them back was pressed.
    pub back: String,
    /// `save` gives them access.
    pub go: String,
    /// Makes pressing twice one operation.
    pub idempotency_key: String,
}

impl Posted {
    /// Are they to have access now?
    pub fn saves(&self) -> bool {
        self.go == "save" && self.remove.is_empty() && self.back.is_empty()
    }

    /// Who is on the page after that.
    pub fn taken(self) -> AccessForm {
        let mut lists = [people(&self.admins), people(&self.users)];
        let at = |list: &str| usize::from(list != ADMINS);
        if let Some((list, name)) = self.remove.split_once(':') {
            lists[at(list)].retain(|other| other != name);
        } else {
            let (list, names) = match self.back.split_once(':') {
                Some((list, name)) => (list, vec![name.to_owned()]),
                None => (self.role.as_str(), people(&self.who)),
            };
            for name in names {
                // An administrator may do what a user may; nobody stands in both lists.
                lists[1 - at(list)].retain(|other| *other != name);
                if !lists[at(list)].contains(&name) {
                    lists[at(list)].push(name);
                }
            }
        }
        let [admins, users] = lists.map(|names| listed(&names));
        let Self { name, seen, idempotency_key, .. } = self;
        AccessForm { name, seen, admins, users, idempotency_key }
    }
}

/// The page with those on it, and with what is in the way if something is.
pub fn href(wanted: &AccessForm, problem: &str) -> String {
    let pairs = [
        ("seen", wanted.seen.as_str()),
        (ADMINS, &wanted.admins),
        (USERS, &wanted.users),
        ("problem", problem),
    ];
    format!("{}/access?{}", instance(&wanted.name), query(&pairs))
}

/// Who is on the page by its address: administrators and users; none if it is whoever has access.
pub fn of_address(address: &ParamsMap) -> Option<(String, [Vec<String>; 2])> {
    let seen = address.get("seen").filter(|seen| !seen.is_empty())?;
    let list = |name: &str| people(&address.get(name).unwrap_or_default());
    Some((seen, [list(ADMINS), list(USERS)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted() -> Posted {
        Posted {
            name: "shop".into(),
            admins: "ana".into(),
            users: "ben, group:hr".into(),
            ..Posted::default()
        }
    }

    fn lists(posted: Posted) -> (String, String) {
        let AccessForm { admins, users, .. } = posted.taken();
        (admins, users)
    }

    #[test]
    fn s1_l03_whoever_is_added_stands_in_one_list() {
        let added = Posted { who: "ben, zoe".into(), role: ADMINS.into(), go: "add".into(), ..posted() };
        assert_eq!(lists(added), ("ana, ben, zoe".into(), "group:hr".into()));
        let again = Posted { who: "ben".into(), role: USERS.into(), ..posted() };
        assert_eq!(lists(again), ("ana".into(), "ben, group:hr".into()));
    }

    #[test]
    fn s1_l03_whoever_is_taken_out_can_be_put_back() {
        let out = Posted { remove: "users:group:hr".into(), ..posted() };
        assert_eq!(lists(out), ("ana".into(), "ben".into()));
        let back = Posted { users: "ben".into(), back: "users:group:hr".into(), ..posted() };
        assert_eq!(lists(back), ("ana".into(), "ben, group:hr".into()));
    }

    #[test]
    fn s1_l03_a_button_beside_a_name_never_saves() {
        let pressed = Posted { go: "save".into(), remove: "users:ben".into(), ..posted() };
        assert!(!pressed.saves());
        assert!(Posted { go: "save".into(), ..posted() }.saves());
    }

    #[test]
    fn s1_l03_who_is_on_the_page_stands_in_its_address() {
        let wanted = Posted { seen: "3".into(), ..posted() }.taken();
        assert_eq!(
            href(&wanted, ""),
            "/devops/instances/shop/access?seen=3&admins=ana&users=ben%2C%20group%3Ahr"
        );
    }
}
