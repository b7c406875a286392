//! The settings as people see them, read from their declaration, so that none is forgotten; of a secret only whether it
//! is set. A setting is a secret if the help hides its value, and an address loses its password.

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, parser::ValueSource};
use slipway_domain::system::{Group, Setting, Source, without_password};

use super::Settings;

pub(super) const SERVER: &str = Group::Server.label();
pub(super) const DATA: &str = Group::Data.label();
pub(super) const RELEASES: &str = Group::Releases.label();
pub(super) const CLUSTER: &str = Group::Cluster.label();
pub(super) const IMAGES: &str = Group::Images.label();
pub(super) const ROUTES: &str = Group::Routes.label();
pub(super) const SIGN_IN: &str = Group::SignIn.label();
pub(super) const APPLICATIONS: &str = Group::Applications.label();
pub(super) const RETENTION: &str = Group::Retention.label();

/// Without it, a key is kept in a file of the data directory.
const KEY: &str = "SLIPWAY_SECRET_KEY";

/// All settings, group by group. It declares none, and sees those of everybody else.
#[derive(Debug, Clone, Default)]
pub struct Listed(pub Vec<Setting>);

impl FromArgMatches for Listed {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let declared = Settings::augment_args(Command::new("serve"));
        let mut settings: Vec<_> =
            declared.get_arguments().filter_map(|argument| setting(argument, matches)).collect();
        settings.sort_by_key(|setting| setting.group);
        Ok(Self(settings))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Listed {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}

fn setting(argument: &Arg, matches: &ArgMatches) -> Option<Setting> {
    let id = argument.get_id().as_str();
    let name = argument.get_env()?.to_string_lossy().into_owned();
    let given = matches.get_raw(id).and_then(|mut values| values.next());
    let given = given.map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty());
    let source = match matches.value_source(id) {
        Some(ValueSource::CommandLine) => Source::Flag,
        Some(ValueSource::EnvVariable) => Source::Environment,
        _ if name == KEY => Source::File,
        _ => Source::Default,
    };
    let is_secret = is_secret(argument);
    Some(Setting {
        flag: format!("--{}", argument.get_long()?),
        group: argument.get_help_heading().and_then(Group::of_label)?,
        is_set: given.is_some() || source == Source::File,
        value: given.filter(|_| !is_secret).map(|value| without_password(&value)),
        is_secret,
        source,
        name,
    })
}

fn is_secret(argument: &Arg) -> bool {
    let is_address = argument.get_value_names().is_some_and(|names| names.iter().any(|name| name == "URL"));
    argument.is_hide_env_values_set() && !is_address
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::Parser;
    use slipway_domain::blueprint::looks_secret;

    use super::*;
    use crate::config::Cli;

    const MARK: &str = "canary-of-settings";

    fn declared() -> Vec<Arg> {
        let command = Settings::augment_args(Command::new("serve"));
        command.get_arguments().filter(|argument| argument.get_env().is_some()).cloned().collect()
    }

    fn name(argument: &Arg) -> String {
        argument.get_env().unwrap().to_string_lossy().into_owned()
    }

    fn listed(arguments: &[String]) -> Vec<Setting> {
        let all = std::iter::once("slipway".to_owned()).chain(arguments.iter().cloned());
        Cli::try_parse_from(all).unwrap().settings.listed.0
    }

    fn one(settings: &[Setting], name: &str) -> Setting {
        settings.iter().find(|setting| setting.name == name).unwrap().clone()
    }

    #[test]
    fn every_setting_is_listed_once_below_a_heading() {
        let settings = listed(&[]);
        let names: Vec<_> = settings.iter().map(|setting| setting.name.clone()).collect();
        let expected: BTreeSet<_> = declared().iter().map(name).collect();
        assert!(
            expected.len() > 40 && names.len() == expected.len(),
            "{} of {}",
            names.len(),
            expected.len()
        );
        assert_eq!(names.into_iter().collect::<BTreeSet<_>>(), expected, "one without a heading of a group");
        let used: BTreeSet<_> = settings.iter().map(|setting| setting.group).collect();
        assert_eq!(used.into_iter().collect::<Vec<_>>(), Group::ALL);
        assert!(settings.is_sorted_by_key(|setting| setting.group));
    }

    #[test]
    fn d18_whatever_sounds_like_a_secret_is_one() {
        let is_file = |argument: &Arg| {
            argument.get_value_names().is_some_and(|names| names.iter().any(|name| name == "FILE"))
        };
        for argument in declared().iter().filter(|argument| !is_file(argument)) {
            let name = name(argument);
            if looks_secret(&name) || name.ends_with("_KEY") || name.ends_with("DATABASE_URL") {
                assert!(argument.is_hide_env_values_set(), "{name}");
            }
        }
    }

    #[test]
    fn d18_no_value_of_a_secret_gets_out() {
        let mut arguments = Vec::new();
        for argument in declared().iter().filter(|argument| argument.is_hide_env_values_set()) {
            let value = if is_secret(argument) {
                MARK.to_owned()
            } else {
                format!("postgres://slipway:{MARK}@db.example.com/slipway?sslpassword={MARK}")
            };
            arguments.extend([format!("--{}", argument.get_long().unwrap()), value]);
        }
        assert!(arguments.len() >= 10, "there are at least five: {arguments:?}");
        let settings = listed(&arguments);
        let told = serde_json::to_string(&settings).unwrap();
        assert!(!told.contains(MARK) && !format!("{settings:?}").contains(MARK), "{told}");
        let secrets: Vec<_> = settings.iter().filter(|setting| setting.is_secret).collect();
        assert_eq!(secrets.len(), arguments.len() / 2 - 1, "and one is an address");
        assert!(secrets.iter().all(|secret| secret.is_set && secret.source == Source::Flag));
        let database = one(&settings, "SLIPWAY_DATABASE_URL").value.unwrap();
        assert!(database.starts_with("postgres://slipway:••••••@db.example.com/slipway?"), "{database}");
    }

    #[test]
    fn a_setting_says_its_value_and_where_that_comes_from() {
        let settings = listed(&["--registry".to_owned(), "registry.example.com".to_owned()]);
        let told = |name: &str| {
            let setting = one(&settings, name);
            (setting.value, setting.source)
        };
        assert_eq!(told("SLIPWAY_REGISTRY"), (Some("registry.example.com".to_owned()), Source::Flag));
        assert_eq!(told("SLIPWAY_SESSION_HOURS"), (Some("12".to_owned()), Source::Default));
        assert_eq!(told("SLIPWAY_DEVELOPMENT"), (Some("false".to_owned()), Source::Default));
        assert_eq!(told("SLIPWAY_IMAGE_MIRROR"), (None, Source::Default));
        let key = one(&settings, KEY);
        assert!(key.is_set && key.is_secret && key.source == Source::File);
        assert!(!one(&settings, "SLIPWAY_ADMIN_PASSWORD").is_set);
    }
}
