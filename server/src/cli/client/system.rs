//! `system`: what the server is, how its parts stand, and how it is set.

use clap::Args;
use reqwest::Method;
use serde_json::Value;

use super::{
    Done,
    print::{self, Output, Table},
    reach::Reach,
};

/// `system`.
#[derive(Debug, Args)]
pub struct SystemArgs {
    #[command(flatten)]
    reach: Reach,
    /// Also show its settings, and where each value comes from
    #[arg(long)]
    settings: bool,
}

impl SystemArgs {
    /// Below the table of parts stands what is wrong with those that are away. JSON and YAML have all of it.
    pub async fn run(&self) -> Done {
        let found = self.reach.ask(Method::GET, "system", None).await?;
        if self.reach.output != Output::Table {
            return print::document(&found, self.reach.output);
        }
        let word = |place: &str| print::text(found.pointer(place));
        let replica = found["replica"].as_str().map(|name| format!(" on {name}")).unwrap_or_default();
        println!(
            "Slipway {} ({}, {}) runs since {}{replica}\n",
            word("/version"),
            word("/profile"),
            word("/platform"),
            word("/since"),
        );
        parts(&found).print();
        for part in each(&found, "parts").filter(|part| part["trouble"].is_object()) {
            let [happened, why, action] =
                ["happened", "why", "action"].map(|key| print::text(part["trouble"].get(key)));
            println!("\n{happened} {why}\n{action}");
        }
        if self.settings {
            println!();
            settings(&found).print();
        }
        Ok(())
    }
}

fn each<'a>(found: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    found[key].as_array().into_iter().flatten()
}

fn parts(found: &Value) -> Table {
    let mut table = Table::new(&["PART", "STATE", "SINCE", "WHAT"]);
    for part in each(found, "parts") {
        let facts: Vec<_> = each(part, "facts").map(fact).collect();
        let what = if facts.is_empty() { print::text(part.get("note")) } else { facts.join(", ") };
        let [name, state, since] = ["name", "state", "since"].map(|key| print::text(part.get(key)));
        table.row(vec![name, state, since, what]);
    }
    table
}

/// Most facts speak for themselves; a number does not.
fn fact(fact: &Value) -> String {
    let [about, value] = ["about", "value"].map(|key| print::text(fact.get(key)));
    if matches!(about.as_str(), "kind" | "version" | "place") { value } else { format!("{about} {value}") }
}

fn settings(found: &Value) -> Table {
    let mut table = Table::new(&["SETTING", "VALUE", "FROM"]);
    for setting in each(found, "settings") {
        let [name, value, source] = ["name", "value", "source"].map(|key| print::text(setting.get(key)));
        let is_hidden = setting["is_secret"] == true && setting["is_set"] == true;
        table.row(vec![name, if is_hidden { "(set)".to_owned() } else { value }, source]);
    }
    table
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fact_that_is_a_number_says_of_what() {
        assert_eq!(fact(&json!({"about": "kind", "value": "SQLite"})), "SQLite");
        assert_eq!(fact(&json!({"about": "broken", "value": "2"})), "broken 2");
    }
}
