//! Local accounts: argon2id, and no hint whether the name or the password was wrong.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use jiff::Timestamp;
use rand::{RngExt, distr::Alphanumeric};
use slipway_domain::{
    actor::{Actor, DEVOPS},
    ports::PortError,
};
use slipway_store::{Account, Store};
use tokio::sync::Semaphore;

/// Shorter ones are guessed.
const MIN_LENGTH: usize = 12;
/// How long the generated password is: about 119 bits.
const GENERATED_LENGTH: usize = 20;
/// Passwords checked at once: each takes tens of megabytes and milliseconds.
const AT_ONCE: usize = 2;

/// Why the first account cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too short.
    #[error("SLIPWAY_ADMIN_PASSWORD has fewer than 12 characters; choose a longer one")]
    TooShort,
    /// The database or the hash function failed.
    #[error("the account admin cannot be made")]
    Port(#[from] PortError),
}

/// The local accounts.
#[derive(Clone)]
pub struct Accounts {
    store: Store,
    places: Arc<Semaphore>,
}

impl Accounts {
    /// The accounts in that store.
    pub fn new(store: Store) -> Self {
        Self { store, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Makes the account `admin` if there is none, and prints its password if it had to be made up.
    pub async fn ensure_admin(&self, password: Option<&str>, now: Timestamp) -> Result<(), PasswordError> {
        if password.is_some_and(|password| password.chars().count() < MIN_LENGTH) {
            return Err(PasswordError::TooShort);
        }
        if self.store.account("admin").await?.is_some() {
            return Ok(());
        }
        let chosen = password.map_or_else(generate, str::to_owned);
        let password_hash = hash(chosen.clone()).await?;
        let admin = Account { name: "admin".to_owned(), password_hash, roles: vec![DEVOPS.to_owned()] };
        let made = self.store.create_account(&admin, now).await?;
        if made && password.is_none() {
            println!("\n  Sign in as admin with the password {chosen}\n  It is shown this once.\n");
        }
        Ok(())
    }

    /// Who that is, if name and password go together.
    pub async fn recognise(&self, name: &str, password: String) -> Result<Option<Actor>, PortError> {
        let account = self.store.account(name).await?;
        // For an unknown name as much work is done as for a known one, so that the time tells nothing.
        let known = account.as_ref().map_or(NOBODY, |account| &account.password_hash).to_owned();
        let place =
            self.places.acquire().await.map_err(|error| PortError::new("checking a password", error))?;
        let fits = tokio::task::spawn_blocking(move || {
            Argon2::default().verify_password(password.as_bytes(), known.as_str()).is_ok()
        });
        let fits = fits.await.map_err(|error| PortError::new("checking a password", error))?;
        drop(place);
        Ok(account.filter(|_| fits).map(|account| Actor {
            id: format!("local:{}", account.name),
            name: account.name,
            roles: account.roles,
        }))
    }
}

/// A hash that no password fits: its output is all zeros.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn generate() -> String {
    rand::rng().sample_iter(Alphanumeric).take(GENERATED_LENGTH).map(char::from).collect()
}

async fn hash(password: String) -> Result<String, PortError> {
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    });
    let failed = "hashing a password";
    hashed
        .await
        .map_err(|error| PortError::new(failed, error))?
        .map_err(|error| PortError::new(failed, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn accounts() -> (tempfile::TempDir, Accounts) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("s.db").display())).await.unwrap();
        (folder, Accounts::new(store))
    }

    #[tokio::test]
    async fn s1_13_only_the_right_password_lets_in() {
        let (_folder, accounts) = accounts().await;
        accounts.ensure_admin(Some("correct horse battery"), Timestamp::UNIX_EPOCH).await.unwrap();
        let who = async |name: &str, password: &str| accounts.recognise(name, password.into()).await.unwrap();
        assert_eq!(who("admin", "correct horse battery").await.unwrap().roles, [DEVOPS]);
        assert_eq!(who("admin", "correct horse batterz").await, None);
        assert_eq!(who("nobody", "correct horse battery").await, None);
    }

    #[tokio::test]
    async fn a_second_start_does_not_change_the_password() {
        let (_folder, accounts) = accounts().await;
        accounts.ensure_admin(Some("correct horse battery"), Timestamp::UNIX_EPOCH).await.unwrap();
        accounts.ensure_admin(Some("another long password"), Timestamp::UNIX_EPOCH).await.unwrap();
        assert!(accounts.recognise("admin", "correct horse battery".into()).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_short_password_is_refused() {
        let (_folder, accounts) = accounts().await;
        let refused = accounts.ensure_admin(Some("short"), Timestamp::UNIX_EPOCH).await;
        assert!(matches!(refused, Err(PasswordError::TooShort)));
    }
}
