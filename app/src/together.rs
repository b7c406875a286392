//! Undeploying several applications at once: each is an operation of its own, asked for as if it were alone. What was
//! confirmed is a number, so that nobody removes more than they have counted.

use serde::{Deserialize, Serialize};
use slipway_domain::order::{listed, people as names};

use crate::{
    desk::{Desk, UndeployForm},
    ways::{escape, query, worded},
};

/// The page that asks, and that tells what came of it.
pub const PAGE: &str = "/devops/undeploy";

/// What the page posts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Posted {
    /// Those that are to be undeployed, separated by commas.
    pub plain: String,
    /// Those that are to be undeployed by force.
    pub forced: String,
    /// How many they are, typed.
    pub confirmation: String,
}

/// Asks for each; the answer is where to go.
pub async fn undeploy(desk: &dyn Desk, posted: &Posted) -> String {
    let (plain, forced) = (names(&posted.plain), names(&posted.forced));
    let count = plain.len() + forced.len();
    if posted.confirmation.trim() != count.to_string() {
        let force = if forced.is_empty() { "" } else { "true" };
        let problem = format!("Nothing was undeployed. Type {count} to confirm.");
        return asked(&[plain, forced].concat(), force, &problem);
    }
    let (mut started, mut refused) = (Vec::new(), Vec::new());
    let each = plain.into_iter().map(|name| (name, "")).chain(forced.into_iter().map(|name| (name, "true")));
    for (name, force) in each {
        let form = UndeployForm { confirmation: name.clone(), force: force.to_owned(), name };
        match desk.undeploy(&form).await {
            Ok(()) => started.push(form.name),
            Err(error) => refused.push(format!("{}: {}", form.name, worded(error))),
        }
    }
    let started = query(&[("done", "1"), ("started", &listed(&started))]);
    let refused: Vec<_> = refused.iter().map(|told| format!("&refused={}", escape(told))).collect();
    format!("{PAGE}?{started}{}", refused.concat())
}

/// The page that asks about those.
pub fn asked(chosen: &[String], force: &str, problem: &str) -> String {
    let chosen = chosen.iter().map(|name| format!("app={}&", escape(name))).collect::<Vec<_>>().concat();
    let rest = query(&[("force", force), ("problem", problem)]);
    format!("{PAGE}?{chosen}{rest}").trim_end_matches(['&', '?']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_43_those_who_were_chosen_stand_in_the_address() {
        let chosen = ["shop".to_owned(), "a&b".to_owned()];
        assert_eq!(asked(&chosen, "true", ""), "/devops/undeploy?app=shop&app=a%26b&force=true");
        assert_eq!(asked(&chosen[..1], "", ""), "/devops/undeploy?app=shop");
        assert_eq!(asked(&[], "", ""), "/devops/undeploy");
    }
}
