//! What a person asks for, checked. The same check runs while typing, when the form is posted and when a
//! program calls the API.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    blueprint::Database,
    image::ImageRef,
    names::{ApplicationName, ProjectName},
    release::ReleaseVersion,
    variables,
};

/// More copies than this are a typing error rather than a wish (S2.27).
pub const MAX_REPLICAS: u32 = 16;

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
    /// Images and variables of components, by the component's name: connectors (S1.21), and what the
    /// infrastructure step changes (S1.27).
    pub components: BTreeMap<String, ComponentForm>,
    /// The database outside; all empty for one that is made inside (S1.28).
    pub database: Database,
    /// Makes pressing twice one operation.
    pub idempotency_key: String,
    /// The hash of the plan that was looked at; the order is taken only if that is still what would be done.
    /// Empty takes it in any case.
    pub plan: String,
}

/// What is asked for one component.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ComponentForm {
    /// Its image, if not the usual one.
    pub image: String,
    /// Its variables as a JSON object (S1.24).
    pub variables: String,
    /// Its secrets, each in a field of its own; empty ones are not given.
    pub secrets: BTreeMap<String, String>,
    /// How many copies, if not the usual number.
    pub replicas: String,
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
    /// What differs from the usual, by component.
    pub components: BTreeMap<String, Wish>,
    /// The database outside, if one was chosen.
    pub database: Option<Database>,
    /// Makes pressing twice one operation.
    pub idempotency_key: String,
}

/// What is wished for one component.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Its image.
    pub image: Option<ImageRef>,
    /// Its variables.
    pub variables: BTreeMap<String, String>,
    /// How many copies.
    pub replicas: Option<u32>,
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
    pub fn new(field: impl Into<String>, message: impl ToString) -> Self {
        Self { field: field.into(), message: message.to_string() }
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
        let mut errors = Vec::new();
        let components = self.wishes(&mut errors);
        let database = self.outside_database(&mut errors);
        match (name, project, version, admins) {
            (Ok(name), Ok(project), Ok(version), Ok(admins)) if errors.is_empty() => Ok(Order {
                name,
                project,
                version,
                admins,
                users: people(&self.users),
                components,
                database,
                idempotency_key: self.idempotency_key.clone(),
            }),
            (name, project, version, admins) => {
                let first = [name.err(), project.err(), version.err(), admins.err()];
                Err(first.into_iter().flatten().chain(errors).collect())
            }
        }
    }

    fn wishes(&self, errors: &mut Vec<FieldError>) -> BTreeMap<String, Wish> {
        let mut wishes = BTreeMap::new();
        for (name, form) in &self.components {
            match form.check(name) {
                // A form sends the fields of a component that the answers leave out, for example the database inside.
                Ok(wish) if wish == Wish::default() => {}
                Ok(wish) => drop(wishes.insert(name.clone(), wish)),
                Err(wrong) => errors.extend(wrong),
            }
        }
        wishes
    }

    /// Chosen as a whole or not at all: half an address would silently deploy the inside one.
    fn outside_database(&self, errors: &mut Vec<FieldError>) -> Option<Database> {
        let database = &self.database;
        let parts =
            [("url", &database.url), ("username", &database.username), ("password", &database.password)];
        if parts.iter().all(|(_, text)| text.trim().is_empty()) {
            return None;
        }
        for (part, _) in parts.iter().filter(|(_, text)| text.trim().is_empty()) {
            let message =
                "An external database needs address, user and password; leave all empty for one inside.";
            errors.push(FieldError::new(format!("database.{part}"), message));
        }
        if !database.url.trim().is_empty() && !database.url.trim().starts_with("jdbc:postgresql://") {
            let message = "Write a JDBC address, for example jdbc:postgresql://db.example.com:5432/app.";
            errors.push(FieldError::new("database.url", message));
        }
        Some(database.clone())
    }
}

impl ComponentForm {
    fn check(&self, name: &str) -> Result<Wish, Vec<FieldError>> {
        let mut errors = Vec::new();
        let field = |part: &str| format!("components.{name}.{part}");
        let image = Some(self.image.trim()).filter(|image| !image.is_empty()).map(ImageRef::parse);
        let image = image.transpose().map_err(|error| errors.push(FieldError::new(field("image"), error)));
        let variables = variables::parse(&self.variables).map(|mut variables| {
            let given = self.secrets.iter().filter(|(_, secret)| !secret.is_empty());
            variables.extend(given.map(|(name, secret)| (name.clone(), secret.clone())));
            variables
        });
        let variables = variables.map_err(|error| errors.push(FieldError::new(field("variables"), error)));
        let number = Some(self.replicas.trim()).filter(|text| !text.is_empty()).map(str::parse);
        let replicas =
            number.transpose().ok().filter(|number| number.is_none_or(|number| number <= MAX_REPLICAS));
        if replicas.is_none() {
            let message = format!("Enter a number from 0 to {MAX_REPLICAS}.");
            errors.push(FieldError::new(field("replicas"), message));
        }
        match (image, variables, replicas) {
            (Ok(image), Ok(variables), Some(replicas)) => Ok(Wish { image, variables, replicas }),
            _ => Err(errors),
        }
    }
}

/// What stands between names.
const BETWEEN: [char; 6] = [',', ';', ' ', '\n', '\r', '\t'];

/// The names in a list that was typed, each once, in the order typed. A name with spaces in it stands in quotes.
pub fn people(typed: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (index, part) in typed.split('"').enumerate() {
        let found: Vec<&str> = if index % 2 == 1 { vec![part.trim()] } else { part.split(BETWEEN).collect() };
        for name in found.into_iter().filter(|name| !name.is_empty()) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

/// Names as a list that would be typed.
pub fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let written = names.iter().map(|name| match name.as_ref() {
        name if name.contains(BETWEEN) => format!("\"{}\"", name.replace('"', "")),
        name => name.replace('"', ""),
    });
    written.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
