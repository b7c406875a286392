//! What was done, as a person calls it. The audit trail keeps a word for it that programs know, too.

use slipway_domain::audit::{AUTOMATIC, UNKNOWN};

use super::text;
use crate::{key, t};

/// The words of the audit trail, and the keys of what they mean. A test finds those that are missing.
pub const DEEDS: &[(&str, &str)] = &[
    ("deploy", key!("deploy")),
    ("update", key!("update")),
    ("rollback", key!("kind-rollback")),
    ("access", key!("deed-access")),
    ("undeploy", key!("undeploy")),
    ("force-undeploy", key!("force-undeploy")),
    ("retry", key!("retry")),
    ("cancel", key!("cancel-operation")),
    ("plan", key!("deed-plan")),
    ("check", key!("deed-check")),
    ("check-images", key!("check-images")),
    ("take-new-images", key!("deed-take-new-images")),
    ("strip-finalizer", key!("strip")),
    ("use-secrets", key!("deed-use-secrets")),
    ("keep-draft", key!("deed-keep-draft")),
    ("discard-draft", key!("deed-discard-draft")),
    ("make-token", key!("make-token")),
    ("revoke-token", key!("deed-revoke-token")),
    ("token", key!("deed-token")),
    ("sign-in", key!("sign-in")),
    ("sign-out", key!("sign-out")),
    ("visits/end", key!("deed-visits-end")),
    ("backchannel-logout", key!("deed-backchannel-logout")),
    ("find-people", key!("deed-find-people")),
    ("read-releases", key!("deed-read-releases")),
    ("read-applications", key!("deed-read-applications")),
    ("read-application", key!("deed-read-application")),
    ("read-plans", key!("deed-read-plans")),
    ("read-log", key!("deed-read-log")),
    ("read-secrets", key!("deed-read-secrets")),
    ("read-draft", key!("deed-read-draft")),
    ("read-tokens", key!("deed-read-tokens")),
    ("read-audit", key!("scope-audit")),
    ("read-system", key!("deed-read-system")),
];
/// What a token was refused has no word but the method of the request.
pub const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

/// What that word means. One that is not known stays as it is.
pub fn deed(word: &str) -> String {
    if METHODS.contains(&word) {
        return t!("deed-request", method = word.to_uppercase());
    }
    let found = DEEDS.iter().find(|(known, _)| *known == word);
    found.map_or_else(|| word.to_owned(), |(_, key)| text(key, &[]))
}

/// Each word with what it means, in the order of the latter.
pub fn deeds() -> Vec<(&'static str, String)> {
    let words = DEEDS.iter().map(|(word, _)| *word).chain(METHODS);
    let mut all: Vec<_> = words.map(|word| (word, deed(word))).collect();
    all.sort_by_key(|(_, meaning)| meaning.to_lowercase());
    all
}

/// Who did it.
pub fn doer(actor: &str) -> String {
    match actor {
        AUTOMATIC => t!("doer-automatic"),
        UNKNOWN => t!("doer-unknown"),
        name => name.to_owned(),
    }
}

/// By which way in.
pub fn way_in(via: &str) -> String {
    match via.split_once(' ') {
        Some(("token", name)) => t!("via-token", name = name),
        _ if via == "browser" => t!("via-browser"),
        _ if via == "access token" => t!("via-access-token"),
        _ => via.to_owned(),
    }
}
