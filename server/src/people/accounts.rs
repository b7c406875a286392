//! The local accounts as a directory. Who uses an application may be known to other systems alone, so a name that is not
//! among them is not wrong.

use async_trait::async_trait;
use slipway_domain::{
    people::{Found, Kind, Person},
    ports::{Directory, PortError},
};
use slipway_store::{Account, Store};

/// The accounts in the store.
pub struct LocalAccounts(pub Store);

fn person(account: Account) -> Person {
    let id = format!("local:{}", account.name);
    Person { kind: Kind::User, id, name: account.name, about: String::new() }
}

#[async_trait]
impl Directory for LocalAccounts {
    fn knows_everybody(&self) -> bool {
        false
    }

    async fn search(&self, text: &str, _cursor: &str) -> Result<Found, PortError> {
        let text = text.to_lowercase();
        let all = self.0.accounts().await?.into_iter();
        let found = all.filter(|account| account.name.to_lowercase().contains(&text));
        Ok(Found { people: found.map(person).collect(), next: None })
    }

    async fn named(&self, name: &str) -> Result<Vec<Person>, PortError> {
        Ok(self.0.account(name).await?.into_iter().map(person).collect())
    }

    async fn by_id(&self, kind: Kind, id: &str) -> Result<Option<Person>, PortError> {
        let Some(name) = id.strip_prefix("local:").filter(|_| kind == Kind::User) else { return Ok(None) };
        Ok(self.0.account(name).await?.map(person))
    }
}
