//! What may be told of an application's secrets: how old each is, who set it, and what uses it. Never what it is, nor
//! how long.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    blueprint::{Blueprint, Source},
    names::ComponentName,
    sealed::Sealed,
    spec::{ApplicationSpec, ComponentSpec},
};

/// After so many days a secret counts as old.
pub const OLD_AFTER_DAYS: i64 = 90;

/// Where a secret came from, and so who can change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Somebody has entered it.
    Entered,
    /// It was made up for this application.
    MadeUp,
    /// It is a setting of Slipway, or stands in a blueprint.
    Operator,
}

impl Origin {
    /// What to do about one that is old.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Entered => "Update the application and enter a new one; what uses it is started anew.",
            Self::MadeUp => {
                "It was made up for this application and shown to nobody. One that is deployed anew gets another."
            }
            Self::Operator => {
                "Whoever operates Slipway sets it. The next update of the application takes the new one."
            }
        }
    }
}

/// A variable that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// Of which component.
    pub component: ComponentName,
    /// Called so.
    pub variable: String,
}

/// A secret, as it may be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// What to call it.
    pub name: String,
    /// Where it came from.
    pub origin: Origin,
    /// What uses it.
    pub used_by: Vec<Use>,
    /// The generation that brought it.
    pub generation: u32,
    /// Who made that.
    pub set_by: String,
    /// When.
    pub set_at: Timestamp,
    /// How many whole days ago.
    pub days: i64,
    /// How to change it, if it is old.
    pub advice: Option<String>,
}

/// An application's configurations, and what is needed to tell what its secrets are about.
pub struct Past<'a> {
    /// All of them, the newest first, each with who made it and when.
    pub generations: &'a [(ApplicationSpec, String, Timestamp)],
    /// What it was made from, if that is still there.
    pub blueprint: Option<&'a Blueprint>,
    /// Is it the same secret? Only who has the key knows.
    pub is_same: &'a dyn Fn(&Sealed, &Sealed) -> bool,
    /// This moment.
    pub now: Timestamp,
}

/// A secret that is being put together, with what holds one of its copies.
struct Known<'a> {
    source: Option<Source>,
    sealed: &'a Sealed,
    secret: Secret,
}

impl Past<'_> {
    /// The secrets of the newest configuration. What came from one place is one secret, however many use it; whatever
    /// somebody entered stands alone, so that nobody learns by trying that two are equal.
    pub fn secrets(&self) -> Vec<Secret> {
        let Some((spec, ..)) = self.generations.first() else { return Vec::new() };
        let mut known = Vec::new();
        if let Some(sealed) = &spec.database_password {
            let source = Some(Source::Database);
            self.add(&mut known, source, sealed, None, &|before| before.database_password.as_ref());
        }
        for component in &spec.components {
            for (variable, sealed) in &component.secrets {
                let source = self.source(spec, component, variable);
                let here = Use { component: component.name.clone(), variable: variable.clone() };
                self.add(&mut known, source, sealed, Some(here), &|before| {
                    before.component(&component.name)?.secrets.get(variable)
                });
            }
        }
        known.into_iter().map(|known| self.aged(known.secret)).collect()
    }

    fn source(&self, spec: &ApplicationSpec, component: &ComponentSpec, variable: &str) -> Option<Source> {
        self.blueprint?.source(&component.name, component.role, variable, spec.database.is_some())
    }

    fn add<'a>(
        &self,
        known: &mut Vec<Known<'a>>,
        source: Option<Source>,
        sealed: &'a Sealed,
        here: Option<Use>,
        find: &dyn Fn(&ApplicationSpec) -> Option<&Sealed>,
    ) {
        let (generation, set_by, set_at) = self.since(sealed, find);
        let of_same = known
            .iter_mut()
            .find(|other| source.is_some() && other.source == source && (self.is_same)(other.sealed, sealed));
        if let Some(Known { secret, .. }) = of_same {
            if generation < secret.generation {
                (secret.generation, secret.set_by, secret.set_at) = (generation, set_by, set_at);
            }
            secret.used_by.extend(here);
            return;
        }
        let variable = here.as_ref().map(|here| here.variable.clone()).unwrap_or_default();
        let (name, origin) = match &source {
            Some(Source::Database) => ("Database password".to_owned(), Origin::Entered),
            Some(Source::MadeUp(_)) => (variable, Origin::MadeUp),
            Some(Source::Operator(_)) => (variable, Origin::Operator),
            None => (variable, Origin::Entered),
        };
        let used_by = here.into_iter().collect();
        let secret = Secret { name, origin, used_by, generation, set_by, set_at, days: 0, advice: None };
        known.push(Known { source, sealed, secret });
    }

    /// The first generation that had it there: who goes back to it does not make it younger.
    fn since(
        &self,
        sealed: &Sealed,
        find: &dyn Fn(&ApplicationSpec) -> Option<&Sealed>,
    ) -> (u32, String, Timestamp) {
        let has_it = |(before, ..): &&(ApplicationSpec, String, Timestamp)| {
            find(before).is_some_and(|before| before == sealed || (self.is_same)(before, sealed))
        };
        let first = self.generations.iter().rev().find(has_it).or(self.generations.first());
        first.map_or((0, String::new(), self.now), |(spec, by, at)| (spec.generation, by.clone(), *at))
    }

    fn aged(&self, secret: Secret) -> Secret {
        let days = self.now.duration_since(secret.set_at).as_hours().max(0) / 24;
        let advice = (days > OLD_AFTER_DAYS).then(|| secret.origin.advice().to_owned());
        Secret { days, advice, ..secret }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::SignedDuration;

    use super::*;
    use crate::{
        ids::ApplicationId,
        image::ImageRef,
        names::{ApplicationName, ProjectName},
        release::ReleaseVersion,
    };

    /// The first day.
    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn day(number: i64) -> Timestamp {
        START + SignedDuration::from_hours(24 * number)
    }

    /// Each variable is written `component.variable=plain/form`: two forms of one plain text are one secret.
    fn spec(generation: u32, secrets: &[&str]) -> ApplicationSpec {
        let mut components: BTreeMap<&str, ComponentSpec> = BTreeMap::new();
        for secret in secrets {
            let (place, sealed) = secret.split_once('=').unwrap();
            let (name, variable) = place.split_once('.').unwrap();
            let image = ImageRef::parse("example.com/web:1").unwrap();
            let component = components
                .entry(name)
                .or_insert_with(|| ComponentSpec::new(ComponentName::parse(name).unwrap(), image));
            component.secrets.insert(variable.to_owned(), Sealed::new(sealed.to_owned()));
        }
        ApplicationSpec {
            id: ApplicationId(ulid::Ulid::nil()),
            name: ApplicationName::parse("shop").unwrap(),
            generation,
            project: ProjectName::parse("shop").unwrap(),
            version: ReleaseVersion::new(1).unwrap(),
            release: String::new(),
            admins: Vec::new(),
            users: Vec::new(),
            wishes: BTreeMap::new(),
            database: None,
            database_password: None,
            components: components.into_values().collect(),
        }
    }

    fn is_same(one: &Sealed, other: &Sealed) -> bool {
        one.as_str().split('/').next() == other.as_str().split('/').next()
    }

    fn told(
        generations: &[(ApplicationSpec, String, Timestamp)],
        blueprint: Option<&Blueprint>,
    ) -> Vec<Secret> {
        Past { generations, blueprint, is_same: &is_same, now: day(100) }.secrets()
    }

    fn by(spec: ApplicationSpec, name: &str, number: i64) -> (ApplicationSpec, String, Timestamp) {
        (spec, name.to_owned(), day(number))
    }

    #[test]
    fn d18_a_secret_is_as_old_as_the_first_generation_that_had_it() {
        let past = [
            by(spec(3, &["mail.PASSWORD=b/2", "mail.TOKEN=t/2"]), "eve", 50),
            by(spec(2, &["mail.PASSWORD=b/1", "mail.TOKEN=t/1"]), "ben", 20),
            by(spec(1, &["mail.PASSWORD=a/1", "mail.TOKEN=t/1"]), "ana", 1),
        ];
        let secrets = told(&past, None);
        let facts = |name: &str| {
            let secret = secrets.iter().find(|secret| secret.name == name).unwrap();
            (secret.generation, secret.set_by.as_str(), secret.days)
        };
        assert_eq!(facts("PASSWORD"), (2, "ben", 80));
        assert_eq!(facts("TOKEN"), (1, "ana", 99), "sealed anew, it is the same secret");
        let old: Vec<_> = secrets.iter().map(|secret| secret.advice.is_some()).collect();
        assert_eq!(old, [false, true], "what is old says how to change it");
    }

    #[test]
    fn d18_what_a_blueprint_gives_to_several_is_one_secret_and_what_was_put_in_its_place_another() {
        let blueprint: Blueprint = serde_json::from_value(serde_json::json!({
            "kind": "container",
            "database": {"url": "x", "username": "app", "password": "{generated.database}"},
            "components": [
                {"name": "postgres", "secrets": {"POSTGRES_PASSWORD": "{generated.database}"}},
                {"name": "bundle", "secrets": {"DATASOURCE_PASSWORD": "{database.password}", "CLIENT_SECRET": "{identity.secret}"}},
                {"name": "query", "secrets": {"DATASOURCE_PASSWORD": "{database.password}"}},
            ],
        }))
        .unwrap();
        let all = [
            "postgres.POSTGRES_PASSWORD=d/1",
            "bundle.DATASOURCE_PASSWORD=d/2",
            "bundle.CLIENT_SECRET=c/1",
            "bundle.TYPED=d/4",
        ];
        let inside = spec(1, &[&all[..], &["query.DATASOURCE_PASSWORD=other/1"]].concat());
        let used = |secrets: &[Secret], name: &str, origin: Origin| {
            let found = secrets.iter().filter(|secret| secret.name == name && secret.origin == origin);
            found.map(|secret| secret.used_by.len()).collect::<Vec<_>>()
        };
        let secrets = told(&[by(inside.clone(), "ana", 1)], Some(&blueprint));
        assert_eq!(secrets.len(), 4, "{secrets:?}");
        // Components come by name here: the bundle's is the first of the three.
        assert_eq!(used(&secrets, "DATASOURCE_PASSWORD", Origin::MadeUp), [2, 1]);
        assert_eq!(used(&secrets, "CLIENT_SECRET", Origin::Operator), [1]);
        assert_eq!(used(&secrets, "TYPED", Origin::Entered), [1]);

        let database =
            serde_json::from_value(serde_json::json!({"url": "x", "username": "app", "password": ""}));
        let password = Some(Sealed::new("d/9".to_owned()));
        let outside = ApplicationSpec { database: database.unwrap(), database_password: password, ..inside };
        let secrets = told(&[by(outside, "ana", 1)], Some(&blueprint));
        // The bundle's is the one that was entered; the query service has another, put in its place.
        assert_eq!(used(&secrets, "Database password", Origin::Entered), [1, 1], "{secrets:?}");
    }

    #[test]
    fn d18_going_back_to_a_secret_makes_it_no_younger() {
        let past = [
            by(spec(3, &["mail.PASSWORD=a/1"]), "eve", 99),
            by(spec(2, &["mail.PASSWORD=b/1"]), "ben", 20),
            by(spec(1, &["mail.PASSWORD=a/1"]), "ana", 1),
        ];
        assert_eq!(told(&past, None)[0].generation, 1);
    }

    #[test]
    fn d18_what_was_entered_twice_is_two_secrets_even_if_both_are_equal() {
        let past = [by(spec(1, &["mail.PASSWORD=a/1", "web.PASSWORD=a/1"]), "ana", 1)];
        let secrets = told(&past, None);
        assert!(secrets.len() == 2 && secrets.iter().all(|secret| secret.used_by.len() == 1), "{secrets:?}");
    }
}
