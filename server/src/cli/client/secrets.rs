//! `secrets list`: how old the secrets of an application are, and what uses them.

use reqwest::Method;
use serde_json::Value;

use super::{
    AppArgs, Done,
    print::{self, Output, Table},
};

impl AppArgs {
    /// One in each line; below the table, how to change those that are old.
    pub async fn secrets(&self) -> Done {
        let found = self.reach.ask(Method::GET, &self.path("/secrets"), None).await?;
        if self.reach.output != Output::Table {
            return print::document(&found, self.reach.output);
        }
        let secrets = || found["secrets"].as_array().into_iter().flatten();
        let mut table = Table::new(&["SECRET", "SET", "BY", "GENERATION", "DAYS", "USED BY"]);
        for secret in secrets() {
            let cells = ["/name", "/set_at", "/set_by", "/generation", "/days"];
            let mut cells: Vec<String> =
                cells.iter().map(|place| print::text(secret.pointer(place))).collect();
            cells.push(users(secret));
            table.row(cells);
        }
        table.print();
        for secret in secrets().filter(|secret| secret["advice"].is_string()) {
            let [name, days, advice] =
                ["/name", "/days", "/advice"].map(|place| print::text(secret.pointer(place)));
            println!("{name} is {days} days old. {advice}");
        }
        Ok(())
    }
}

fn users(secret: &Value) -> String {
    let components = secret["used_by"].as_array().into_iter().flatten();
    let mut names: Vec<_> = components.map(|used| print::text(used.get("component"))).collect();
    names.dedup();
    if names.is_empty() { "-".to_owned() } else { names.join(",") }
}
