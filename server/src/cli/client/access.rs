//! `access`: who administers an application and who uses it, shown or said anew.

use clap::Args;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{ChangeArgs, Done, change, print};

/// `access`.
#[derive(Debug, Args)]
pub struct AccessArgs {
    #[command(flatten)]
    change: ChangeArgs,
    /// A user or group with administrator access from now on; may be given more than once
    #[arg(long = "admin", value_name = "NAME")]
    admins: Vec<String>,
    /// A user or group with user access from now on; may be given more than once
    #[arg(long = "user", value_name = "NAME", conflicts_with = "no_users")]
    users: Vec<String>,
    /// Nobody has user access from now on, but for those whom tasks name
    #[arg(long)]
    no_users: bool,
}

impl AccessArgs {
    /// Without names it shows; with names of one kind the other stays.
    pub async fn run(&self) -> Done {
        let mut wanted = Map::new();
        if !self.admins.is_empty() {
            wanted.insert("admins".to_owned(), json!(self.admins));
        }
        if self.no_users || !self.users.is_empty() {
            wanted.insert("users".to_owned(), json!(self.users));
        }
        if wanted.is_empty() {
            return self.show().await;
        }
        change(&self.change, Method::PUT, "/access", Some(Value::Object(wanted))).await
    }

    async fn show(&self) -> Done {
        let app = &self.change.app;
        let found = app.reach.ask(Method::GET, &app.path("/access"), None).await?;
        let of = |key: &str, access: &str| {
            let people = found[key].as_array().cloned().unwrap_or_default();
            people.into_iter().map(|person| json!({"access": access, "person": person})).collect::<Vec<_>>()
        };
        let all = [of("admins", "administrator"), of("users", "user")].concat();
        let columns = &[
            ("ACCESS", "/access"),
            ("NAME", "/person/member/name"),
            ("KIND", "/person/member/kind"),
            ("ABOUT", "/person/about"),
            ("KNOWN", "/person/trace"),
        ];
        print::list(&json!({"people": all}), "/people", columns, app.reach.output)
    }
}
