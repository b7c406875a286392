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

/// The directory of the settings. Without a choice it is where people sign in, if that can be asked.
pub fn directory(
    settings: &Settings,
    http: reqwest::Client,
    store: Store,
) -> Result<Arc<dyn Directory>, SettingError> {
    let keycloak = || {
        let client = (settings.oidc_client_id.as_deref()?, settings.oidc_client_secret.as_deref()?);
        Keycloak::new(settings.oidc_issuer.as_deref()?, client, http)
    };
    let patient = |keycloak| Arc::new(Patient::new(Arc::new(keycloak)));
    Ok(match settings.people {
        Some(PeopleChoice::Keycloak) => patient(keycloak().ok_or(SettingError::People)?),
        Some(PeopleChoice::Accounts) => Arc::new(LocalAccounts(store)),
        Some(PeopleChoice::None) => Arc::new(Nowhere),
        None if settings.oidc_issuer.is_none() => Arc::new(LocalAccounts(store)),
        None => match keycloak() {
            Some(keycloak) => patient(keycloak),
            None => Arc::new(Nowhere),
        },
    })
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
