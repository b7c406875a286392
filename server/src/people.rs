//! Who can be given access: the directory that the settings choose.

mod accounts;
mod keycloak;
mod patient;

use std::sync::Arc;

use async_trait::async_trait;
use slipway_domain::{
    people::{Found, Kind, Person},
    ports::{Directory, PortError},
};
use slipway_store::Store;

pub use self::keycloak::Refusal;
use self::{accounts::LocalAccounts, keycloak::Keycloak, patient::Patient};
use crate::config::{SettingError, Settings};

/// Where people are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum PeopleChoice {
    /// Keycloak, through its admin API.
    Keycloak,
    /// The local accounts.
    Accounts,
    /// Nowhere: names are typed, and nobody says whether they are right.
    None,
}

/// The directory that was chosen.
pub struct People {
    /// What kind it is.
    pub choice: PeopleChoice,
    /// Asked for people's sake: with patience.
    pub directory: Arc<dyn Directory>,
    /// The same, which answers as it does at this moment.
    pub itself: Arc<dyn Directory>,
}

/// The directory of the settings. Without a choice it is where people sign in, if that can be asked.
pub fn directory(settings: &Settings, http: reqwest::Client, store: Store) -> Result<People, SettingError> {
    let keycloak = || {
        let client = (settings.oidc_client_id.as_deref()?, settings.oidc_client_secret.as_deref()?);
        Keycloak::new(settings.oidc_issuer.as_deref()?, client, http)
    };
    let keycloak = keycloak();
    let choice = settings.people.unwrap_or(match &keycloak {
        _ if settings.oidc_issuer.is_none() => PeopleChoice::Accounts,
        Some(_) => PeopleChoice::Keycloak,
        None => PeopleChoice::None,
    });
    let itself: Arc<dyn Directory> = match choice {
        PeopleChoice::Keycloak => Arc::new(keycloak.ok_or(SettingError::People)?),
        PeopleChoice::Accounts => Arc::new(LocalAccounts(store)),
        PeopleChoice::None => Arc::new(Nowhere),
    };
    let directory = match choice {
        PeopleChoice::Keycloak => Arc::new(Patient::new(Arc::clone(&itself))),
        PeopleChoice::Accounts | PeopleChoice::None => Arc::clone(&itself),
    };
    Ok(People { choice, directory, itself })
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> PortError {
    PortError::new("looking people up", error)
}

/// No directory.
struct Nowhere;

#[async_trait]
impl Directory for Nowhere {
    fn knows_everybody(&self) -> bool {
        false
    }

    async fn search(&self, _text: &str, _cursor: &str) -> Result<Found, PortError> {
        Ok(Found::default())
    }

    async fn named(&self, _name: &str) -> Result<Vec<Person>, PortError> {
        Ok(Vec::new())
    }

    /// Whoever was verified by a directory that is no longer asked is not taken for gone.
    async fn by_id(&self, _kind: Kind, _id: &str) -> Result<Option<Person>, PortError> {
        Err(failed("no directory is set"))
    }
}
