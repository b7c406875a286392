//! Local accounts: a name, a password hash, roles.

use jiff::Timestamp;
use slipway_domain::ports::PortError;

use crate::{
    Store,
    columns::row,
    rows::{failed, from_json, to_json},
};

/// A local account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The name that is typed at sign-in.
    pub name: String,
    /// A PHC string.
    pub password_hash: String,
    /// The roles that it brings.
    pub roles: Vec<String>,
}

row! {
    struct AccountRow {
        name: String,
        password_hash: String,
        roles: String,
    }
}

impl TryFrom<AccountRow> for Account {
    type Error = PortError;

    fn try_from(row: AccountRow) -> Result<Self, PortError> {
        let roles = from_json("roles", &row.roles)?;
        Ok(Self { name: row.name, password_hash: row.password_hash, roles })
    }
}

impl Store {
    /// Makes the account, unless one of that name exists. True if it was made.
    pub async fn create_account(&self, account: &Account, now: Timestamp) -> Result<bool, PortError> {
        let query = "INSERT INTO accounts (name, password_hash, roles, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name) DO NOTHING";
        let done = sqlx::query(query)
            .bind(&account.name)
            .bind(&account.password_hash)
            .bind(to_json(&account.roles)?)
            .bind(now.as_millisecond())
            .execute(&self.pool)
            .await
            .map_err(failed("making an account"))?;
        Ok(done.rows_affected() == 1)
    }

    /// The account of that name.
    pub async fn account(&self, name: &str) -> Result<Option<Account>, PortError> {
        let query = "SELECT name, password_hash, roles FROM accounts WHERE name = $1";
        let row: Option<AccountRow> = sqlx::query_as(query)
            .bind(name)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("reading an account"))?;
        row.map(Account::try_from).transpose()
    }

    /// All accounts, by name.
    pub async fn accounts(&self) -> Result<Vec<Account>, PortError> {
        let rows: Vec<AccountRow> =
            sqlx::query_as("SELECT name, password_hash, roles FROM accounts ORDER BY name")
                .fetch_all(&self.pool)
                .await
                .map_err(failed("reading accounts"))?;
        rows.into_iter().map(Account::try_from).collect()
    }

    /// Replaces password and roles of an account. False if there is none of that name.
    pub async fn change_account(&self, account: &Account) -> Result<bool, PortError> {
        let done = sqlx::query("UPDATE accounts SET password_hash = $2, roles = $3 WHERE name = $1")
            .bind(&account.name)
            .bind(&account.password_hash)
            .bind(to_json(&account.roles)?)
            .execute(&self.pool)
            .await
            .map_err(failed("changing an account"))?;
        Ok(done.rows_affected() == 1)
    }

    /// Removes an account. False if there is none of that name.
    pub async fn delete_account(&self, name: &str) -> Result<bool, PortError> {
        let done = sqlx::query("DELETE FROM accounts WHERE name = $1")
            .bind(name)
            .execute(&self.pool)
            .await
            .map_err(failed("removing an account"))?;
        Ok(done.rows_affected() == 1)
    }
}
