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
use slipway_store::{Account, Of, Store};
use tokio::sync::Semaphore;

use super::lockout::{mark, pause};

/// Shorter ones are guessed.
const MIN_LENGTH: usize = 12;
/// How long the generated password is: about 119 bits.
const GENERATED_LENGTH: usize = 20;
/// A longer name is nobody's, and is not counted.
const LONGEST_NAME: usize = 64;
/// Passwords checked at once: each takes tens of megabytes and milliseconds.
const AT_ONCE: usize = 2;

/// Why the first account cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// That of the setting is too short.
    #[error("SLIPWAY_ADMIN_PASSWORD has fewer than 12 characters; choose a longer one")]
    Setting,
    /// Too short.
    #[error("the password has fewer than 12 characters; choose a longer one")]
    TooShort,
    /// The database or the hash function failed.
    #[error("the account admin cannot be made")]
    Port(#[from] PortError),
}

/// What came of a name and a password.
#[derive(Debug, PartialEq, Eq)]
pub enum Recognised {
    /// They go together.
    Yes(Actor),
    /// They do not. Which of the two is wrong is not said.
    No,
    /// Too many passwords were refused for that name; it opens again by itself.
    Closed,
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
            return Err(PasswordError::Setting);
        }
        if self.store.account("admin").await?.is_some() {
            return Ok(());
        }
        let chosen = password.map_or_else(generate, str::to_owned);
        let admin = NewAccount { name: "admin", password: &chosen, roles: &[DEVOPS.to_owned()] };
        let made = self.add(&admin, now).await?;
        if made && password.is_none() {
            println!("\n  Sign in as admin with the password {chosen}\n  It is shown this once.\n");
        }
        Ok(())
    }

    /// Who that is, if name and password go together. Nothing about a name that nobody has is different from one
    /// that somebody has: neither the answer nor how long it takes nor when it is closed.
    pub async fn recognise(
        &self,
        name: &str,
        password: String,
        now: Timestamp,
    ) -> Result<Recognised, PortError> {
        if name.chars().count() > LONGEST_NAME {
            return Ok(Recognised::No);
        }
        let mark = mark(name);
        if self.store.password_open_at(&mark).await? > now.as_millisecond() {
            return Ok(Recognised::Closed);
        }
        let account = self.store.account(name).await?;
        let known = account.as_ref().map_or(NOBODY, |account| &account.password_hash).to_owned();
        let fits = self.fits(known, password).await?;
        if let Some(account) = account.filter(|_| fits) {
            self.store.accept_password(&mark).await?;
            return Ok(Recognised::Yes(actor(account)));
        }
        let failures = self.store.refuse_password(&mark, now).await?;
        self.store.close_password(&mark, now + pause(failures)).await?;
        Ok(Recognised::No)
    }

    /// The person of that account, if it is still there.
    pub async fn find(&self, name: &str) -> Result<Option<Actor>, PortError> {
        Ok(self.store.account(name).await?.map(actor))
    }

    async fn fits(&self, known: String, password: String) -> Result<bool, PortError> {
        let failed = |error: &dyn std::error::Error| PortError::new("checking a password", error.to_string());
        let _place = self.places.acquire().await.map_err(|error| failed(&error))?;
        let fits = tokio::task::spawn_blocking(move || {
            Argon2::default().verify_password(password.as_bytes(), known.as_str()).is_ok()
        });
        fits.await.map_err(|error| failed(&error))
    }

    /// Makes an account, or refuses a name that is taken.
    pub async fn add(&self, account: &NewAccount<'_>, now: Timestamp) -> Result<bool, PasswordError> {
        let account = account.hashed().await?;
        Ok(self.store.create_account(&account, now).await?)
    }

    /// Replaces the password and signs the person out everywhere. False if there is no such account.
    pub async fn set_password(&self, name: &str, password: &str) -> Result<bool, PasswordError> {
        let Some(account) = self.store.account(name).await? else { return Ok(false) };
        let account = NewAccount { name, password, roles: &account.roles }.hashed().await?;
        let changed = self.store.change_account(&account).await?;
        self.store.accept_password(&mark(name)).await?;
        self.store.end_visits(Of::Person(&actor(account).id)).await?;
        Ok(changed)
    }

    /// Removes an account and signs the person out everywhere. False if there is none.
    pub async fn remove(&self, name: &str) -> Result<bool, PortError> {
        let removed = self.store.delete_account(name).await?;
        self.store.end_visits(Of::Person(&format!("local:{name}"))).await?;
        Ok(removed)
    }
}

/// An account that is to be made.
pub struct NewAccount<'a> {
    /// What is typed at sign-in.
    pub name: &'a str,
    /// In plain text.
    pub password: &'a str,
    /// The roles that it brings.
    pub roles: &'a [String],
}

impl NewAccount<'_> {
    async fn hashed(&self) -> Result<Account, PasswordError> {
        if self.password.chars().count() < MIN_LENGTH {
            return Err(PasswordError::TooShort);
        }
        let password_hash = hash(self.password.to_owned()).await?;
        Ok(Account { name: self.name.to_owned(), password_hash, roles: self.roles.to_vec() })
    }
}

fn actor(account: Account) -> Actor {
    // Local accounts belong to no groups.
    let id = format!("local:{}", account.name);
    Actor { id, name: account.name, roles: account.roles, ..Actor::default() }
}

/// A hash that no password fits: its output is all zeros.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password that nobody guesses.
pub fn generate() -> String {
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
        let who = async |name: &str, password: &str| {
            accounts.recognise(name, password.into(), Timestamp::UNIX_EPOCH).await.unwrap()
        };
        let Recognised::Yes(admin) = who("admin", "correct horse battery").await else { panic!("refused") };
        assert_eq!(admin.roles, [DEVOPS]);
        assert_eq!(who("admin", "correct horse batterz").await, Recognised::No);
        assert_eq!(who("nobody", "correct horse battery").await, Recognised::No);
    }

    #[tokio::test]
    async fn s1_13_after_some_mistakes_a_name_is_closed_for_a_while_also_one_that_nobody_has() {
        let (_folder, accounts) = accounts().await;
        accounts.ensure_admin(Some("correct horse battery"), Timestamp::UNIX_EPOCH).await.unwrap();
        for name in ["admin", "nobody"] {
            let tried = async |password: &str, second: i64| {
                let at = Timestamp::from_second(second).unwrap();
                accounts.recognise(name, password.into(), at).await.unwrap()
            };
            for _ in 0..5 {
                assert_eq!(tried("a wrong password", 0).await, Recognised::No);
            }
            assert_eq!(tried("correct horse battery", 1).await, Recognised::Closed);
            assert_eq!(tried("a wrong password", 2).await, Recognised::No);
            assert_eq!(tried("correct horse battery", 4).await, Recognised::Closed);
        }
        let at = Timestamp::from_second(6).unwrap();
        let after = accounts.recognise("admin", "correct horse battery".into(), at).await.unwrap();
        assert!(matches!(after, Recognised::Yes(_)));
        assert_eq!(accounts.recognise("admin", "wrong".into(), at).await.unwrap(), Recognised::No);
        let again = accounts.recognise("admin", "correct horse battery".into(), at).await.unwrap();
        assert!(matches!(again, Recognised::Yes(_)), "the right password forgives what was before");
    }

    #[tokio::test]
    async fn a_second_start_does_not_change_the_password() {
        let (_folder, accounts) = accounts().await;
        accounts.ensure_admin(Some("correct horse battery"), Timestamp::UNIX_EPOCH).await.unwrap();
        accounts.ensure_admin(Some("another long password"), Timestamp::UNIX_EPOCH).await.unwrap();
        let known = accounts.recognise("admin", "correct horse battery".into(), Timestamp::UNIX_EPOCH).await;
        assert!(matches!(known.unwrap(), Recognised::Yes(_)));
    }

    #[tokio::test]
    async fn a_short_password_is_refused() {
        let (_folder, accounts) = accounts().await;
        let refused = accounts.ensure_admin(Some("short"), Timestamp::UNIX_EPOCH).await;
        assert!(matches!(refused, Err(PasswordError::Setting)));
    }
}
