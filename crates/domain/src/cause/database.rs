//! Containers that end because their database does not let them in. Servers word that the same in all languages:
//! what is looked for are PostgreSQL's own messages, and its drivers' where no server answers.

use super::{
    case::{Case, Finding, Weight},
    words::{has, quoted},
};

/// The last words say that a database refused to serve.
pub(super) fn refused(case: &Case<'_>, said: &str) -> Option<Finding> {
    let who = case.who();
    let is_unknown = has(said, &["fatal:"]) && has(said, &["\" does not exist"]);
    let found = |code, reason, action| Some(Finding::new(Weight::Crash, code, reason, action));
    if has(said, &["password authentication failed for user", "no password was provided"]) {
        let user = quoted(said, "failed for user ").map(|user| format!(" {user}")).unwrap_or_default();
        let reason = format!("{who} ends because the database refuses its user{user} or the password.");
        let action = "Set this password in the database, or give the application the right one: update it, or deploy it anew if it never ran.";
        return found("SLW_DATABASE_LOGIN", reason, action);
    }
    if let Some(user) = quoted(said, "role ").filter(|_| is_unknown) {
        let reason = format!("{who} ends because the database knows no user {user}.");
        let action = "Make this user in the database, or give the application the right one: update it, or deploy it anew if it never ran.";
        return found("SLW_DATABASE_LOGIN", reason, action);
    }
    if let Some(name) = quoted(said, "database ").filter(|_| is_unknown) {
        let reason = format!("{who} ends because the server has no database {name}.");
        let action = "Correct the name at the end of the database's address, or make that database.";
        return found("SLW_DATABASE_MISSING", reason, action);
    }
    if has(said, &["no pg_hba.conf entry"]) {
        let reason = format!("{who} ends because the database server does not serve clients from here.");
        let action = "Allow the cluster's addresses in the server's pg_hba.conf, or ask who runs it.";
        return found("SLW_DATABASE_DENIED", reason, action);
    }
    if has(said, &["check that the hostname and port are correct and that the postmaster is accepting"]) {
        let reason = format!("{who} ends because no database answers at the address that it was given.");
        let action = "Check host and port of the database, that it runs, and that the cluster may reach it.";
        return found("SLW_DATABASE_UNREACHABLE", reason, action);
    }
    None
}
