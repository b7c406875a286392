//! What is sent from pages, and by programs.

use serde::{Deserialize, Serialize};

/// Which components are to get the image that their tag means by now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewImagesForm {
    /// The application.
    pub name: String,
    /// The components; none means all whose tag has moved.
    pub components: Vec<String>,
    /// Also an image that the application was rolled back from?
    pub even_quarantined: bool,
    /// Makes pressing twice one operation.
    pub idempotency_key: String,
}

/// Who is to have access to an application from now on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccessForm {
    /// The application.
    pub name: String,
    /// The generation that was looked at; empty if that does not matter.
    pub seen: String,
    /// Who administers it, separated by commas.
    pub admins: String,
    /// Who uses it.
    pub users: String,
    /// Makes pressing twice one operation.
    pub idempotency_key: String,
}

/// An earlier generation that is to be real again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RollbackForm {
    /// The application.
    pub name: String,
    /// Which generation.
    pub generation: u32,
    /// Also one whose release was left for a reason.
    pub even_quarantined: bool,
    /// Makes pressing twice one operation.
    pub idempotency_key: String,
}

/// Which finalizer of which object is to be stripped, named completely.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StripForm {
    /// The application.
    pub name: String,
    /// The uid of the object.
    pub uid: String,
    /// The finalizer.
    pub finalizer: String,
    /// The name of the object, typed again.
    pub confirmation: String,
}

/// The answers of the undeploy confirmation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UndeployForm {
    /// The application.
    pub name: String,
    /// Its name, typed again.
    pub confirmation: String,
    /// Force Undeploy rather than Undeploy: `true` or empty.
    pub force: String,
}
