//! What a person asks for, checked. The same check runs while typing, when the form is posted and when a
//! program calls the API.

use serde::{Deserialize, Serialize};

use crate::{
    names::{ApplicationName, ProjectName},
    release::ReleaseVersion,
};

/// The answers as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OrderForm {
    /// The name of the application to be.
    pub name: String,
    /// The project to deploy.
    pub project: String,
    /// The number of the release.
    pub version: String,
    /// Users and groups with administrator access, separated by commas or white space.
    pub admins: String,
    /// Users and groups with user access, separated likewise; may be empty (S1.11).
    pub users: String,
    /// Makes pressing twice one operation.
    pub idempotency_key: String,
}

/// An order that keeps every rule that can be checked without looking anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The name of the application to be.
    pub name: ApplicationName,
    /// The project to deploy.
    pub project: ProjectName,
    /// The release to deploy.
    pub version: ReleaseVersion,
    /// At least one (S1.10).
    pub admins: Vec<String>,
    /// May be empty (S1.11).
    pub users: Vec<String>,
    /// Makes pressing twice one operation.
    pub idempotency_key: String,
}

/// Which answer is wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The name of the form field.
    pub field: String,
    /// A sentence for the person who typed it.
    pub message: String,
}

impl FieldError {
    /// An error of one field.
    pub fn new(field: &str, message: impl ToString) -> Self {
        Self { field: field.to_owned(), message: message.to_string() }
    }
}

impl OrderForm {
    /// Checks every field and reports all that is wrong at once.
    pub fn check(&self) -> Result<Order, Vec<FieldError>> {
        let name = ApplicationName::parse(self.name.trim()).map_err(|e| FieldError::new("name", e));
        let project = ProjectName::parse(&self.project)
            .map_err(|_| FieldError::new("project", "Choose a project from Application releases."));
        let version = self.version.trim().parse().ok().and_then(ReleaseVersion::new);
        let version = version.ok_or_else(|| FieldError::new("version", "Choose a released version."));
        let admins = Some(people(&self.admins)).filter(|admins| !admins.is_empty()).ok_or_else(|| {
            FieldError::new("admins", "Name at least one user or group with administrator access.")
        });
        match (name, project, version, admins) {
            (Ok(name), Ok(project), Ok(version), Ok(admins)) => Ok(Order {
                name,
                project,
                version,
                admins,
                users: people(&self.users),
                idempotency_key: self.idempotency_key.clone(),
            }),
            (name, project, version, admins) => {
                Err([name.err(), project.err(), version.err(), admins.err()].into_iter().flatten().collect())
            }
        }
    }
}

/// The names in a list that was typed, each once, in the order typed.
fn people(typed: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in typed.split([',', ';', ' ', '\n', '\r', '\t']).filter(|name| !name.is_empty()) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> OrderForm {
        OrderForm {
            name: "shop".into(),
            project: "web-shop".into(),
            version: "2".into(),
            admins: "ana, ops".into(),
            ..OrderForm::default()
        }
    }

    fn fields(form: &OrderForm) -> Vec<String> {
        form.check().unwrap_err().into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn s1_11_user_access_may_be_empty() {
        let order = good().check().unwrap();
        assert_eq!(order.admins, ["ana", "ops"]);
        assert!(order.users.is_empty());
    }

    #[test]
    fn s1_10_an_order_without_an_administrator_is_refused() {
        assert_eq!(fields(&OrderForm { admins: " , ".into(), ..good() }), ["admins"]);
    }

    #[test]
    fn every_wrong_field_is_reported_at_once() {
        assert_eq!(fields(&OrderForm::default()), ["name", "project", "version", "admins"]);
    }

    #[test]
    fn s1_06_version_zero_was_never_released() {
        assert_eq!(fields(&OrderForm { version: "0".into(), ..good() }), ["version"]);
    }

    #[test]
    fn a_name_typed_twice_counts_once() {
        let order = OrderForm { users: "hr\nhr sales".into(), ..good() }.check().unwrap();
        assert_eq!(order.users, ["hr", "sales"]);
    }
}
