//! How the program is set: each setting with its value and where that comes from; of a secret only whether it is set.

use serde::{Deserialize, Serialize};

use crate::blueprint::looks_secret;

/// What stands in the place of a password.
const MASK: &str = "••••••";

/// What a setting is about: the headings of `slipway serve --help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// How it is reached.
    Server,
    /// Where everything is kept.
    Data,
    /// What can be deployed.
    Releases,
    /// Where to.
    Cluster,
    /// Where images come from and go to.
    Images,
    /// How applications are reached.
    Routes,
    /// Who may come in, and for how long.
    SignIn,
    /// How applications know who people are.
    Applications,
    /// What is forgotten, and when.
    Retention,
}

impl Group {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Server,
        Self::Data,
        Self::Releases,
        Self::Cluster,
        Self::Images,
        Self::Routes,
        Self::SignIn,
        Self::Applications,
        Self::Retention,
    ];

    /// The heading.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Server => "Server",
            Self::Data => "Data",
            Self::Releases => "Releases",
            Self::Cluster => "Cluster",
            Self::Images => "Images",
            Self::Routes => "Routes to applications",
            Self::SignIn => "Sign-in and people",
            Self::Applications => "Identity provider of applications",
            Self::Retention => "Retention",
        }
    }

    /// The group with that heading.
    pub fn of_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.label() == label)
    }
}

/// Where the value of a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// It was given when the program was started.
    Flag,
    /// The environment variable.
    Environment,
    /// A file of the data directory.
    File,
    /// Nobody has set it.
    Default,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Flag, Self::Environment, Self::File, Self::Default];
}

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// The environment variable.
    pub name: String,
    /// The flag.
    pub flag: String,
    /// What it is about.
    pub group: Group,
    /// Its value, without passwords; none if it has none, or is a secret.
    pub value: Option<String>,
    /// Has it a value?
    pub is_set: bool,
    /// Is it a secret, of which nothing else is told?
    pub is_secret: bool,
    /// Where its value comes from.
    pub source: Source,
}

/// A text in which an address keeps everything but its password. Of what may be one nothing is kept, so a little more
/// than needed may be hidden.
pub fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let (credentials, place) = match rest.rsplit_once('@') {
        Some((credentials, place)) => (Some(credentials), place),
        None => (None, rest),
    };
    let user = credentials.map(|credentials| match credentials.split_once(':') {
        Some((user, _)) => format!("{user}:{MASK}@"),
        None => format!("{credentials}@"),
    });
    format!("{scheme}://{}{}", user.unwrap_or_default(), without_secret_parameters(place))
}

fn without_secret_parameters(place: &str) -> String {
    let Some((place, query)) = place.split_once('?') else { return place.to_owned() };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if looks_secret(name) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    });
    format!("{place}?{}", pairs.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d18_the_password_of_an_address_is_hidden_however_it_is_written() {
        for (text, told) in [
            ("postgres://slipway:canary@db:5432/x", "postgres://slipway:••••••@db:5432/x"),
            ("postgres://slipway:can@ary@db/x", "postgres://slipway:••••••@db/x"),
            ("postgres://slipway:can/ary@db/x", "postgres://slipway:••••••@db/x"),
            ("postgres://slipway:can?ary@db/x", "postgres://slipway:••••••@db/x"),
            ("postgres://:canary@db/x", "postgres://:••••••@db/x"),
            (
                "postgres://db/x?user=u&password=canary&sslmode=require",
                "postgres://db/x?user=u&password=••••••&sslmode=require",
            ),
            ("postgres://u:canary@db/x?PassWord=canary", "postgres://u:••••••@db/x?PassWord=••••••"),
            ("https://id.example.com/realms/a", "https://id.example.com/realms/a"),
            ("https://me@id.example.com", "https://me@id.example.com"),
            ("sqlite:/var/lib/slipway.db", "sqlite:/var/lib/slipway.db"),
            ("./var", "./var"),
        ] {
            assert_eq!(without_password(text), told);
        }
    }

    #[test]
    fn each_group_is_found_by_its_heading() {
        for group in Group::ALL {
            assert_eq!(Group::of_label(group.label()), Some(group));
        }
        assert_eq!(Group::of_label("Options"), None);
    }
}
