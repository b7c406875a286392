//! Where a secret of a blueprint comes from.

use super::{Blueprint, GENERATED, Pattern, template::names};
use crate::{names::ComponentName, workload::Role};

/// Whose a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The password of the database outside, which somebody has entered.
    Database,
    /// Made up for the application, under that name.
    MadeUp(String),
    /// What the operator has set: what this place of a text stands for, or the text itself.
    Operator(String),
}

impl Blueprint {
    /// Where the secret in a variable of a component comes from; none if the blueprint does not say so: then it was
    /// ordered.
    pub fn source(
        &self,
        component: &ComponentName,
        role: Role,
        variable: &str,
        has_database_outside: bool,
    ) -> Option<Source> {
        let named = |pattern: &&Pattern| pattern.name == component.as_str();
        let alike = |pattern: &&Pattern| pattern.role == role && pattern.name.contains("{item}");
        let pattern = self.components.iter().find(named).or_else(|| self.components.iter().find(alike))?;
        let text = pattern.secrets.get(variable)?;
        let inside = self.database.as_ref().map(|database| database.password.as_str()).unwrap_or_default();
        let of_text = |text: &str| match names(text).into_iter().next() {
            Some(name) => {
                name.strip_prefix(GENERATED).map(str::to_owned).map_or(Source::Operator(name), Source::MadeUp)
            }
            None => Source::Operator(text.to_owned()),
        };
        Some(match of_text(text) {
            Source::Operator(name) if name == "database.password" && has_database_outside => Source::Database,
            Source::Operator(name) if name == "database.password" => of_text(inside),
            source => source,
        })
    }
}
