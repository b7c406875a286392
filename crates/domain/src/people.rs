//! Who has access to an application: users and groups, as somebody has chosen them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::actor::Actor;

/// What a chosen name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One person.
    User,
    /// All who belong to it.
    Group,
}

/// A user or a group that was chosen. One that a directory knows has an identity, which stays when it is renamed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Member {
    /// What it was called when it was chosen.
    pub name: String,
    /// What it is; none if it was typed by hand and nobody could say.
    pub kind: Option<Kind>,
    /// The directory's stable name for it; none if it is not verified.
    pub id: Option<String>,
}

/// How a member is kept: a name alone, as all were before there were directories, or with what is known of it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Name(String),
    Known {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<Kind>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    },
}

impl From<Written> for Member {
    fn from(written: Written) -> Self {
        match written {
            Written::Name(name) => Self { name, kind: None, id: None },
            Written::Known { name, kind, id } => Self { name, kind, id },
        }
    }
}

impl From<Member> for Written {
    fn from(member: Member) -> Self {
        match member {
            Member { name, kind: None, id: None } => Self::Name(name),
            Member { name, kind, id } => Self::Known { name, kind, id },
        }
    }
}

impl From<&str> for Member {
    fn from(name: &str) -> Self {
        Self { name: name.to_owned(), kind: None, id: None }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Member {
    /// A name as it is typed: `group:hr` or `user:ana` where it matters which it is, else the name alone.
    pub fn parse(typed: &str) -> Self {
        let of = |kind, name: &str| Self { name: name.to_owned(), kind: Some(kind), id: None };
        match typed.split_once(':') {
            Some(("group", name)) if !name.is_empty() => of(Kind::Group, name),
            Some(("user", name)) if !name.is_empty() => of(Kind::User, name),
            _ => Self::from(typed),
        }
    }

    /// How it would be typed. What is not said to be a group is looked for among users first.
    pub fn typed(&self) -> String {
        match self.kind {
            Some(Kind::Group) => format!("group:{}", self.name),
            Some(Kind::User) | None => self.name.clone(),
        }
    }

    /// Is it what was typed? A name alone may be of either kind.
    pub fn is_meant_by(&self, typed: &Self) -> bool {
        self.name == typed.name && (typed.kind.is_none() || self.kind.is_none() || typed.kind == self.kind)
    }

    /// Does it mean that actor? A user whom the directory knows is meant by the identity and by nothing else, so that
    /// a name that passes on to somebody else takes no access with it. Groups are told by name in tokens.
    pub fn is(&self, actor: &Actor) -> bool {
        let by_name = || match &self.id {
            Some(id) => actor.id == *id,
            None => actor.name == self.name,
        };
        let by_group = || actor.groups.iter().any(|group| plain(group) == plain(&self.name));
        match self.kind {
            Some(Kind::User) => by_name(),
            Some(Kind::Group) => by_group(),
            None => by_name() || by_group(),
        }
    }
}

/// Some providers write groups as paths, and begin them with a slash.
fn plain(group: &str) -> &str {
    group.trim_start_matches('/')
}

/// A person or a group that a directory knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Which of the two.
    pub kind: Kind,
    /// Stays the same when the name changes.
    pub id: String,
    /// What is typed.
    pub name: String,
    /// What they are called otherwise; may be empty.
    pub about: String,
}

impl Person {
    /// Them, chosen.
    pub fn member(&self) -> Member {
        Member { name: self.name.clone(), kind: Some(self.kind), id: Some(self.id.clone()) }
    }
}

/// A page of people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Groups first.
    pub people: Vec<Person>,
    /// Where the next page begins; none if this was the last one.
    pub next: Option<String>,
}

/// What is known of somebody who was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trace {
    /// The directory knows them.
    Verified,
    /// Nobody can say: there is no directory, it does not answer, or it does not know everybody.
    Unverified,
    /// The directory knows everybody, and not them.
    Unknown,
    /// The directory knew them, and knows them no more.
    Gone,
}

impl Trace {
    /// What stands beside the name; nothing beside those who are well known.
    pub fn remark(self) -> Option<&'static str> {
        match self {
            Self::Verified => None,
            Self::Unverified => Some("not verified"),
            Self::Unknown => Some("not known here"),
            Self::Gone => Some("has left"),
        }
    }
}

/// Somebody who was chosen, as a page shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Under the name that they have now.
    pub member: Member,
    /// The name as it was typed, which is how they are taken out again.
    pub typed: String,
    /// What they are called otherwise; may be empty.
    pub about: String,
    /// What is known of them.
    pub trace: Trace,
}

/// The people of an application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// They administer it.
    pub admins: Vec<Member>,
    /// They use it.
    pub users: Vec<Member>,
}

impl People {
    /// Those of no application.
    pub const NOBODY: Self = Self { admins: Vec::new(), users: Vec::new() };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> Actor {
        Actor { id: "7".into(), name: "ana".into(), groups: vec!["/hr".into()], ..Actor::default() }
    }

    #[test]
    fn s1_19_a_verified_user_is_meant_by_the_identity_and_not_by_the_name() {
        let member = |id: Option<&str>| Member {
            name: "ana".into(),
            kind: Some(Kind::User),
            id: id.map(str::to_owned),
        };
        assert!(member(Some("7")).is(&ana()));
        assert!(!member(Some("8")).is(&ana()), "the name has passed on to somebody else");
        assert!(member(None).is(&ana()), "a name that was typed is all there is");
    }

    #[test]
    fn s1_19_a_group_means_its_members_with_or_without_a_slash() {
        let member = |kind, name: &str| Member { name: name.into(), kind, id: None };
        assert!(member(Some(Kind::Group), "hr").is(&ana()) && member(None, "/hr").is(&ana()));
        assert!(!member(Some(Kind::User), "hr").is(&ana()), "a user of that name is somebody else");
        assert!(!member(Some(Kind::Group), "ana").is(&ana()));
    }

    #[test]
    fn s1_19_what_a_name_is_of_can_be_typed_with_it() {
        for (typed, name, kind) in [
            ("ana", "ana", None),
            ("group:hr", "hr", Some(Kind::Group)),
            ("user:ana", "ana", Some(Kind::User)),
            ("group:", "group:", None),
            ("urn:x", "urn:x", None),
        ] {
            let member = Member::parse(typed);
            assert_eq!((member.name.as_str(), member.kind), (name, kind));
            assert_eq!(Member::parse(&member.typed()).name, name, "it comes back");
        }
    }

    #[test]
    fn a_name_alone_is_kept_as_it_always_was() {
        let known = Member { name: "ana".into(), kind: Some(Kind::User), id: Some("7".into()) };
        let both = [Member::from("ana"), known];
        let text = serde_json::to_string(&both).unwrap();
        assert_eq!(text, r#"["ana",{"name":"ana","kind":"user","id":"7"}]"#);
        assert_eq!(serde_json::from_str::<Vec<Member>>(&text).unwrap(), both);
    }
}
