//! What a container needs before it can start and does not get: settings, secrets, the keys in them.

use super::{
    case::{Case, Finding, Weight},
    words::{has, quoted, word},
};

const MOUNT: &[&str] = &["FailedMount"];

/// A setting or a secret is missing, whether it is read as a variable or mounted as a file.
pub(super) fn missing(case: &Case<'_>) -> Option<Finding> {
    if let Some(trouble) = case.trouble(&["CreateContainerConfigError"]) {
        let found = in_words(case, &trouble.message).unwrap_or_else(|| unknown(case));
        return Some(case.evident(found));
    }
    if case.task.trouble.is_some() || !case.task.state.is_before_launch() {
        return None;
    }
    case.remarks(MOUNT).find_map(|remark| Some(in_words(case, &remark.message)?.remarked([remark])))
}

fn in_words(case: &Case<'_>, words: &str) -> Option<Finding> {
    let who = case.who();
    let found = |code, reason, action| Some(Finding::new(Weight::Configuration, code, reason, action));
    if let Some(key) = word(words, "couldn't find key ").or_else(|| word(words, "non-existent config key: "))
    {
        let is_secret = words.contains(" in Secret ");
        return Some(if is_secret { no_secret_key(&who, key) } else { no_setting_key(&who, key) });
    }
    if let Some(key) = word(words, "non-existent secret key: ") {
        return Some(no_secret_key(&who, key));
    }
    if let Some(name) = quoted(words, "configmap ").filter(|_| words.contains("not found")) {
        let reason = format!("{who} needs the ConfigMap {name}, which does not exist.");
        return found(
            "SLW_CONFIG_MISSING",
            reason,
            "Create it, or correct the name in the component's settings.",
        );
    }
    if let Some(name) = quoted(words, "secret ").filter(|_| words.contains("not found")) {
        let reason = format!("{who} needs the secret {name}, which does not exist.");
        return found(
            "SLW_SECRET_MISSING",
            reason,
            "Create it, or correct the name in the component's settings.",
        );
    }
    if has(words, &["failed to sync"]) {
        let reason = format!("The node of {who} has not received its settings yet.");
        let action = "Wait a moment; if it stays so, check the node's connection to the API server.";
        return Some(Finding::new(Weight::Waiting, "SLW_SETTINGS_LATE", reason, action));
    }
    if has(words, &["runasnonroot", "non-numeric user", "non-root policy"]) {
        let reason =
            format!("{who} must not run as root, and its image asks for it or does not say otherwise.");
        let action = "Let the image name a user by number, or set a user in the component's settings.";
        return found("SLW_RUNS_AS_ROOT", reason, action);
    }
    None
}

fn no_setting_key(who: &str, key: &str) -> Finding {
    let reason = format!("{who} needs the key {key}, which its ConfigMap does not have.");
    let action = "Add the key to the ConfigMap, or correct its name in the component's settings.";
    Finding::new(Weight::Configuration, "SLW_CONFIG_KEY_MISSING", reason, action)
}

fn no_secret_key(who: &str, key: &str) -> Finding {
    let reason = format!("{who} needs the key {key}, which its secret does not have.");
    let action = "Add the key to the secret, or correct its name in the component's settings.";
    Finding::new(Weight::Configuration, "SLW_SECRET_KEY_MISSING", reason, action)
}

fn unknown(case: &Case<'_>) -> Finding {
    let reason = format!("The container of {} cannot be put together.", case.who());
    let action = "Check the variables and the secrets of the component.";
    Finding::new(Weight::Configuration, "SLW_START", reason, action)
}
