//! Refusals, in the words and codes of the real server.

use serde_json::{Value, json};

use super::kinds::Kind;

/// A `Status` of failure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
    /// What it is about, and the single causes; null if there is nothing to add.
    details: Value,
}

impl Refusal {
    fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: Value::Null }
    }

    fn about(mut self, kind: &Kind, name: &str) -> Self {
        self.details = json!({"name": name, "group": kind.group(), "kind": kind.plural});
        self
    }

    pub(crate) fn not_found(kind: &Kind, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", kind.resource());
        Self::new(404, "NotFound", message).about(kind, name)
    }

    pub(crate) fn no_such_kind() -> Self {
        Self::new(404, "NotFound", "the server could not find the requested resource")
    }

    /// Somebody may not do that.
    pub(crate) fn forbidden(kind: &Kind, name: &str, why: &str) -> Self {
        let named = if name.is_empty() { String::new() } else { format!(" \"{name}\"") };
        Self::new(403, "Forbidden", format!("{}{named} is forbidden: {why}", kind.resource()))
            .about(kind, name)
    }

    pub(crate) fn exists(kind: &Kind, name: &str) -> Self {
        let message = format!("{} \"{name}\" already exists", kind.resource());
        Self::new(409, "AlreadyExists", message).about(kind, name)
    }

    pub(crate) fn modified(kind: &Kind, name: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": the object has been modified; please apply your \
             changes to the latest version and try again",
            kind.resource()
        );
        Self::new(409, "Conflict", message).about(kind, name)
    }

    /// A precondition (`UID`, `ResourceVersion`) that does not hold.
    pub(crate) fn precondition(kind: &Kind, name: &str, what: &str, wanted: &str, found: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": Precondition failed: {what} in precondition: {wanted}, \
             {what} in object meta: {found}",
            kind.resource()
        );
        Self::new(409, "Conflict", message).about(kind, name)
    }

    /// Each conflict is who owns the field (as messages say it) and the field.
    pub(crate) fn conflicts(conflicts: &[(String, String)]) -> Self {
        let plural = if conflicts.len() == 1 { "" } else { "s" };
        let mut managers: Vec<&String> = conflicts.iter().map(|(manager, _)| manager).collect();
        managers.dedup();
        let each: Vec<String> = managers
            .iter()
            .map(|manager| {
                let fields: Vec<_> = conflicts
                    .iter()
                    .filter(|(m, _)| m == *manager)
                    .map(|(_, field)| field.as_str())
                    .collect();
                match fields.as_slice() {
                    [field] => format!("conflict with {manager}: {field}"),
                    several => format!("conflicts with {manager}:\n- {}", several.join("\n- ")),
                }
            })
            .collect();
        let message = format!("Apply failed with {} conflict{plural}: {}", conflicts.len(), each.join("\n"));
        let mut refusal = Self::new(409, "Conflict", message);
        let causes: Vec<Value> = conflicts
            .iter()
            .map(|(manager, field)| {
                json!({"reason": "FieldManagerConflict", "message": format!("conflict with {manager}"), "field": field})
            })
            .collect();
        refusal.details = json!({"causes": causes});
        refusal
    }

    pub(crate) fn terminating(kind: &Kind, name: &str, namespace: &str) -> Self {
        let message = format!(
            "{} \"{name}\" is forbidden: unable to create new content in namespace {namespace} because it is \
             being terminated",
            kind.resource()
        );
        let mut refusal = Self::new(403, "Forbidden", message).about(kind, name);
        let cause = format!("namespace {namespace} is being terminated");
        refusal.details["causes"] =
            json!([{"reason": "NamespaceTerminating", "message": cause, "field": "metadata.namespace"}]);
        refusal
    }

    /// What was asked for, what is used, and what is allowed, each as `pods=1,…`.
    pub(crate) fn over_quota(
        kind: &Kind,
        name: &str,
        quota: &str,
        [asked, used, hard]: &[String; 3],
    ) -> Self {
        let message = format!(
            "{} \"{name}\" is forbidden: exceeded quota: {quota}, requested: {asked}, used: {used}, limited: {hard}",
            kind.resource()
        );
        Self::new(403, "Forbidden", message).about(kind, name)
    }

    pub(crate) fn unspecified(kind: &Kind, name: &str, quota: &str, missing: &str) -> Self {
        let message = format!(
            "{} \"{name}\" is forbidden: failed quota: {quota}: must specify {missing}",
            kind.resource()
        );
        Self::new(403, "Forbidden", message).about(kind, name)
    }

    pub(crate) fn outside_of_limits(name: &str, complaints: &str) -> Self {
        let message = format!("pods \"{name}\" is forbidden: {complaints}");
        Self::new(403, "Forbidden", message).about(&Kind::own("pods"), name)
    }

    /// A field that cannot be like that; the problem begins as the real server puts it, `Required value: …`.
    pub(crate) fn invalid(kind: &Kind, name: &str, field: &str, problem: &str) -> Self {
        let whole = match kind.group() {
            "" => kind.name.clone(),
            group => format!("{}.{group}", kind.name),
        };
        let mut refusal =
            Self::new(422, "Invalid", format!("{whole} \"{name}\" is invalid: {field}: {problem}"));
        let reason = match problem.split(':').next() {
            Some("Required value") => "FieldValueRequired",
            _ => "FieldValueInvalid",
        };
        refusal.details = json!({"name": name, "group": kind.group(), "kind": kind.name,
            "causes": [{"reason": reason, "message": problem, "field": field}]});
        refusal
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    pub(crate) fn not_allowed() -> Self {
        Self::new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
    }

    pub(crate) fn media_type(found: &str) -> Self {
        let message = format!(
            "the body of the request was in an unknown format - accepted media types include: \
             application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml \
             (found {found})"
        );
        Self::new(415, "UnsupportedMediaType", message)
    }

    /// A JSON patch that does not fit the object.
    pub(crate) fn unprocessable() -> Self {
        Self::new(422, "Invalid", "the server rejected our request due to an error in our request")
    }

    /// A part of the API that something else should answer, and does not.
    pub(crate) fn unavailable() -> Self {
        Self::new(503, "ServiceUnavailable", "the server is currently unable to handle the request")
    }

    pub(crate) fn expired() -> Self {
        Self::new(410, "Expired", "The resourceVersion for the provided watch is too old.")
    }

    /// The body that goes with the code.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "code": self.code,
        });
        if !self.details.is_null() {
            body["details"] = self.details.clone();
        }
        body
    }
}
