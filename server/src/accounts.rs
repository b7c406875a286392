//! The local accounts, from the command line of the machine that the console runs on: whoever can write to its
//! database needs no other permission.

use std::{
    io::{IsTerminal, Read},
    path::PathBuf,
};

use anyhow::bail;
use clap::{Args, Subcommand};
use slipway_domain::{actor::DEVOPS, ids::Clock};
use slipway_store::Store;

use crate::{
    auth::{Accounts, NewAccount, generate},
    clock::SystemClock,
};

/// What can be done with local accounts.
#[derive(Debug, Subcommand)]
pub enum AccountsCommand {
    /// List them
    List(Place),
    /// Add one; its password is read from the standard input, or made up and printed
    Add {
        /// The name that is typed at sign-in
        name: String,
        /// A role that it brings; may be given several times
        #[arg(long = "role", default_value = DEVOPS, value_name = "ROLE")]
        roles: Vec<String>,
        /// No role: for somebody who has access to applications and to nothing else
        #[arg(long, conflicts_with = "roles")]
        no_role: bool,
        /// Where the accounts are.
        #[command(flatten)]
        place: Place,
    },
    /// Replace a password, read from the standard input or made up and printed; ends the person's sessions
    Password {
        /// The account
        name: String,
        /// Where the accounts are.
        #[command(flatten)]
        place: Place,
    },
    /// Remove one; ends the person's sessions
    Remove {
        /// The account
        name: String,
        /// Where the accounts are.
        #[command(flatten)]
        place: Place,
    },
}

/// Where the accounts are.
#[derive(Debug, Args)]
pub struct Place {
    /// The data directory of the console
    #[arg(long, env = "SLIPWAY_DATA_DIR", default_value = "./var", value_name = "DIR")]
    data_dir: PathBuf,
    /// Its database [default: a SQLite file in the data directory]
    #[arg(long, env = "SLIPWAY_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
}

impl Place {
    async fn store(&self) -> anyhow::Result<Store> {
        let file = self.data_dir.join("slipway.db");
        if self.database_url.is_none() && !file.exists() {
            bail!(
                "there is no database in {}; name the console's with --data-dir or --database-url",
                self.data_dir.display()
            );
        }
        let default = || format!("sqlite:{}", file.display());
        Ok(Store::open(&self.database_url.clone().unwrap_or_else(default)).await?)
    }
}

/// Does it.
pub async fn run(command: AccountsCommand) -> anyhow::Result<()> {
    match command {
        AccountsCommand::List(place) => list(&place.store().await?).await,
        AccountsCommand::Add { name, roles, no_role, place } => {
            let roles = if no_role { Vec::new() } else { roles };
            add(place.store().await?, &name, &roles).await
        }
        AccountsCommand::Password { name, place } => set_password(place.store().await?, &name).await,
        AccountsCommand::Remove { name, place } => remove(place.store().await?, &name).await,
    }
}

async fn list(store: &Store) -> anyhow::Result<()> {
    for account in store.accounts().await? {
        println!("{:<24} {}", account.name, account.roles.join(", "));
    }
    Ok(())
}

async fn add(store: Store, name: &str, roles: &[String]) -> anyhow::Result<()> {
    if name.is_empty()
        || name.chars().count() > 64
        || name.chars().any(|c| c.is_whitespace() || c.is_control())
    {
        bail!("{name:?} is no name for an account; use 1 to 64 characters without spaces");
    }
    let password = chosen()?;
    let account = NewAccount { name, password: &password.text, roles };
    if !Accounts::new(store).add(&account, SystemClock.now()).await? {
        bail!("an account {name} exists already; change its password with: slipway accounts password {name}");
    }
    password.tell(name);
    Ok(())
}

async fn set_password(store: Store, name: &str) -> anyhow::Result<()> {
    let password = chosen()?;
    if !Accounts::new(store).set_password(name, &password.text).await? {
        bail!("there is no account {name}; list them with: slipway accounts list");
    }
    password.tell(name);
    Ok(())
}

async fn remove(store: Store, name: &str) -> anyhow::Result<()> {
    if !Accounts::new(store).remove(name).await? {
        bail!("there is no account {name}; list them with: slipway accounts list");
    }
    println!("{name} is removed and signed out everywhere");
    Ok(())
}

struct Password {
    text: String,
    is_made_up: bool,
}

impl Password {
    fn tell(&self, name: &str) {
        if self.is_made_up {
            println!("{name} signs in with the password {}\nIt is shown this once.", self.text);
        } else {
            println!("{name} signs in with the password that was given");
        }
    }
}

/// What comes in through a pipe; never an argument, which every process of the machine can read.
fn chosen() -> anyhow::Result<Password> {
    let mut text = String::new();
    if !std::io::stdin().is_terminal() {
        std::io::stdin().read_to_string(&mut text)?;
    }
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    let is_made_up = text.is_empty();
    Ok(Password { text: if is_made_up { generate() } else { text }, is_made_up })
}
