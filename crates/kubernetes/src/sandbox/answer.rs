//! Refusals, in the words and codes of the real server.

use serde_json::{Value, json};

use super::kinds::Kind;

/// A `Status` of failure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    fn new(code: u16, reason: &'static str, message: String) -> Self {
        Self { code, reason, message }
    }

    pub(crate) fn not_found(kind: &Kind, name: &str) -> Self {
        Self::new(404, "NotFound", format!("{} \"{name}\" not found", kind.resource()))
    }

    pub(crate) fn no_such_kind() -> Self {
        Self::new(404, "NotFound", "the server could not find the requested resource".to_owned())
    }

    pub(crate) fn exists(kind: &Kind, name: &str) -> Self {
        Self::new(409, "AlreadyExists", format!("{} \"{name}\" already exists", kind.resource()))
    }

    pub(crate) fn modified(kind: &Kind, name: &str) -> Self {
        let resource = kind.resource();
        let message = format!(
            "Operation cannot be fulfilled on {resource} \"{name}\": the object has been modified; please apply \
             your changes to the latest version and try again"
        );
        Self::new(409, "Conflict", message)
    }

    pub(crate) fn other_uid(kind: &Kind, name: &str, wanted: &str, found: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": Precondition failed: UID in precondition: {wanted}, \
             UID in object meta: {found}",
            kind.resource()
        );
        Self::new(409, "Conflict", message)
    }

    pub(crate) fn conflicts(conflicts: &[(String, String)]) -> Self {
        let plural = if conflicts.len() == 1 { "" } else { "s" };
        let each: Vec<_> = conflicts
            .iter()
            .map(|(manager, field)| format!("conflict with \"{manager}\": {field}"))
            .collect();
        let message = format!("Apply failed with {} conflict{plural}: {}", conflicts.len(), each.join(", "));
        Self::new(409, "Conflict", message)
    }

    pub(crate) fn terminating(kind: &Kind, name: &str, namespace: &str) -> Self {
        let message = format!(
            "{} \"{name}\" is forbidden: unable to create new content in namespace {namespace} because it is \
             being terminated",
            kind.resource()
        );
        Self::new(403, "Forbidden", message)
    }

    pub(crate) fn over_quota(name: &str, quota: &str, used: usize, limit: &str) -> Self {
        let message = format!(
            "pods \"{name}\" is forbidden: exceeded quota: {quota}, requested: pods=1, used: pods={used}, limited: \
             pods={limit}"
        );
        Self::new(403, "Forbidden", message)
    }

    pub(crate) fn invalid(kind: &Kind, name: &str, problem: &str) -> Self {
        let group = kind.api_version.split_once('/').map(|(group, _)| format!(".{group}"));
        let kind = format!("{}{}", kind.name, group.unwrap_or_default());
        Self::new(422, "Invalid", format!("{kind} \"{name}\" is invalid: {problem}"))
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message.into())
    }

    pub(crate) fn not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource";
        Self::new(405, "MethodNotAllowed", message.to_owned())
    }

    pub(crate) fn expired() -> Self {
        let message = "The resourceVersion for the provided watch is too old.";
        Self::new(410, "Expired", message.to_owned())
    }

    /// The body that goes with the code.
    pub(crate) fn body(&self) -> Value {
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "code": self.code,
        })
    }
}
