//! The steps in which an order comes together, and what each of them may change of it. A step posts its own answers
//! alone; everything else stays as it was typed before.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    order::{FieldError, OrderForm, listed, people},
    variables,
};

/// A step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WizardStep {
    /// Name and version.
    #[default]
    Name,
    /// Who administers it.
    Admins,
    /// Who uses it.
    Users,
    /// Images and variables of its connectors; absent if it has none (S1.L07).
    Connectors,
    /// Images and variables of its services, and its database; optional (S1.26).
    Infrastructure,
    /// Everything at once, and the plan.
    Review,
}

impl WizardStep {
    /// All steps in their order.
    pub const ALL: [Self; 6] =
        [Self::Name, Self::Admins, Self::Users, Self::Connectors, Self::Infrastructure, Self::Review];

    /// The steps of a release.
    pub fn of(has_connectors: bool) -> Vec<Self> {
        Self::ALL.into_iter().filter(|step| has_connectors || *step != Self::Connectors).collect()
    }

    /// How a person calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name and version",
            Self::Admins => "Administrator access",
            Self::Users => "User access",
            Self::Connectors => "Connectors",
            Self::Infrastructure => "Infrastructure",
            Self::Review => "Review",
        }
    }

    /// Its part of the address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Admins => "admins",
            Self::Users => "users",
            Self::Connectors => "connectors",
            Self::Infrastructure => "infrastructure",
            Self::Review => "review",
        }
    }

    /// The step of that part of an address.
    pub fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.slug() == slug)
    }

    /// Where the field is asked for.
    pub fn of_field(field: &str, connectors: &[String]) -> Self {
        let of_component = field.strip_prefix("components.").and_then(|rest| rest.split('.').next());
        match (field, of_component) {
            (_, Some(name)) if connectors.iter().any(|connector| connector == name) => Self::Connectors,
            (_, Some(_)) => Self::Infrastructure,
            ("admins", None) => Self::Admins,
            ("users", None) => Self::Users,
            (field, None) if field.starts_with("database.") => Self::Infrastructure,
            _ => Self::Name,
        }
    }

    /// What is wrong with the answers of this step.
    pub fn errors(self, errors: &[FieldError], connectors: &[String]) -> Vec<FieldError> {
        errors.iter().filter(|error| Self::of_field(&error.field, connectors) == self).cloned().collect()
    }
}

/// An order that is coming together, kept for whoever makes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its identity; empty until it is kept.
    #[serde(skip)]
    pub id: String,
    /// When it was changed last.
    #[serde(skip)]
    pub at: Timestamp,
    /// The answers so far. Whatever was kept without them is no draft.
    pub form: OrderForm,
    /// Is it another generation of an application that exists?
    #[serde(default)]
    pub is_update: bool,
    /// The furthest step that was come to.
    #[serde(default)]
    pub reached: WizardStep,
}

/// A variable in a row of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Rows of variables, by component and by their place: `r0`, `r1`, … Forms take bare numbers for lists.
pub type Rows = BTreeMap<String, BTreeMap<String, Row>>;

impl OrderForm {
    /// Takes in what a step posted. `removed` is a person or group that was taken out.
    pub fn take(&mut self, step: WizardStep, posted: OrderForm, rows: Rows, removed: &str) {
        match step {
            WizardStep::Name => {
                self.name = posted.name;
                self.version = posted.version;
            }
            WizardStep::Admins => self.admins = joined(&self.admins, &posted.admins, removed),
            WizardStep::Users => self.users = joined(&self.users, &posted.users, removed),
            WizardStep::Connectors => self.take_components(posted, rows, false),
            WizardStep::Infrastructure => {
                let database = posted.database.clone();
                self.take_components(posted, rows, true);
                // The password is never sent to the browser, so nothing comes back unless it was entered anew.
                let is_inside = database.url.trim().is_empty() && database.username.trim().is_empty();
                let password = match database.password.is_empty() {
                    true if is_inside => String::new(),
                    true => std::mem::take(&mut self.database.password),
                    false => database.password.clone(),
                };
                let known = std::mem::replace(&mut self.database, database);
                self.database.password = password;
                if !is_inside && self.database.jpa_database_platform.is_empty() {
                    self.database.jpa_database_platform = known.jpa_database_platform;
                }
            }
            WizardStep::Review => {}
        }
    }

    fn take_components(&mut self, posted: OrderForm, mut rows: Rows, has_replicas: bool) {
        for (name, posted) in posted.components {
            let known = self.components.entry(name.clone()).or_default();
            known.image = posted.image;
            if let Some(rows) = rows.remove(&name) {
                known.variables = written(&rows.into_values().collect::<Vec<_>>());
            } else {
                known.variables = posted.variables;
            }
            if has_replicas {
                known.replicas = posted.replicas;
            }
            known.secrets.extend(posted.secrets.into_iter().filter(|(_, secret)| !secret.is_empty()));
        }
    }
}

/// Rows as the object that they stand for; nothing if there is none.
pub fn written(rows: &[Row]) -> String {
    let named = rows.iter().filter(|row| !row.name.trim().is_empty());
    let object: Map<String, Value> =
        named.map(|row| (row.name.trim().to_owned(), Value::String(row.value.clone()))).collect();
    if object.is_empty() { String::new() } else { serde_json::to_string_pretty(&object).unwrap_or_default() }
}

/// The object as rows; none if it is not one, and has to be put right as text.
pub fn rows(text: &str) -> Option<Vec<Row>> {
    let variables = match serde_json::from_str::<Value>(text) {
        // A name that is wrong is shown in its row as well as in the text.
        Ok(Value::Object(object)) if object.values().all(Value::is_string) => object
            .into_iter()
            .map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned()))
            .collect(),
        _ => variables::parse(text).ok()?,
    };
    Some(variables.into_iter().map(|(name, value)| Row { name, value }).collect())
}

fn joined(known: &str, typed: &str, removed: &str) -> String {
    let mut all = people(&format!("{known}, {typed}"));
    all.retain(|name| name != removed);
    listed(&all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{blueprint::Database, order::ComponentForm};

    fn none() -> Rows {
        Rows::new()
    }

    fn with_connector(image: &str, variables: &str, password: &str) -> OrderForm {
        let secrets = BTreeMap::from([("PASSWORD".to_owned(), password.to_owned())]);
        let form = ComponentForm {
            image: image.into(),
            variables: variables.into(),
            secrets,
            ..ComponentForm::default()
        };
        OrderForm { components: BTreeMap::from([("email".to_owned(), form)]), ..OrderForm::default() }
    }

    #[test]
    fn what_was_kept_without_answers_is_no_draft() {
        let read = |text: &str| serde_json::from_str::<Draft>(text).is_ok();
        assert!(read(r#"{"form": {"name": "shop"}}"#));
        assert!(!read(r#"{"token": {"id": "1"}, "secret": "slw_x"}"#));
    }

    #[test]
    fn s1_16_a_step_changes_its_own_answers_and_no_others() {
        let mut form = OrderForm { name: "shop".into(), admins: "ana".into(), ..OrderForm::default() };
        form.take(WizardStep::Users, OrderForm { users: "hr".into(), ..OrderForm::default() }, none(), "");
        assert_eq!((&*form.name, &*form.admins, &*form.users), ("shop", "ana", "hr"));
    }

    #[test]
    fn s1_19_people_come_one_by_one_and_can_be_taken_out() {
        let mut form = OrderForm::default();
        let typed = |admins: &str| OrderForm { admins: admins.into(), ..OrderForm::default() };
        form.take(WizardStep::Admins, typed("ana, ops"), none(), "");
        form.take(WizardStep::Admins, typed("ben"), none(), "ops");
        assert_eq!(form.admins, "ana, ben");
    }

    #[test]
    fn d18_a_secret_that_is_not_entered_again_stays() {
        let mut form = with_connector("a", "{}", "first");
        form.take(WizardStep::Connectors, with_connector("b", "{}", ""), none(), "");
        assert_eq!(
            (&*form.components["email"].image, &*form.components["email"].secrets["PASSWORD"]),
            ("b", "first")
        );
        form.take(WizardStep::Connectors, with_connector("b", "{}", "second"), none(), "");
        assert_eq!(form.components["email"].secrets["PASSWORD"], "second");
    }

    #[test]
    fn s1_25_json_is_kept_as_it_was_typed_and_rows_say_the_same() {
        let example = r#"{"EMAIL_HOST":"https://mysmtp.com","EMAIL_PORT":"8050"}"#;
        let mut form = OrderForm::default();
        form.take(WizardStep::Connectors, with_connector("", example, ""), none(), "");
        assert_eq!(form.components["email"].variables, example);
        let seen = rows(example).unwrap();
        assert_eq!(seen[1], Row { name: "EMAIL_PORT".into(), value: "8050".into() });
        let posted = seen.into_iter().zip(0..).map(|(row, place)| (format!("r{place}"), row)).collect();
        form.take(
            WizardStep::Connectors,
            with_connector("", "", ""),
            Rows::from([("email".to_owned(), posted)]),
            "",
        );
        assert_eq!(rows(&form.components["email"].variables), rows(example));
        assert!(rows("not json").is_none());
    }

    #[test]
    fn s1_28_a_database_outside_keeps_its_password_until_it_is_given_up() {
        let outside = |url: &str, password: &str| OrderForm {
            database: Database {
                url: url.into(),
                username: if url.is_empty() { "" } else { "app" }.into(),
                password: password.into(),
                ..Database::default()
            },
            ..OrderForm::default()
        };
        let mut form = OrderForm::default();
        form.take(WizardStep::Infrastructure, outside("jdbc:postgresql://db/a", "hidden"), none(), "");
        form.take(WizardStep::Infrastructure, outside("jdbc:postgresql://db/b", ""), none(), "");
        assert_eq!((&*form.database.url, &*form.database.password), ("jdbc:postgresql://db/b", "hidden"));
        form.take(WizardStep::Infrastructure, outside("", ""), none(), "");
        assert_eq!(form.database, Database::default());
    }

    #[test]
    fn s1_l07_a_release_without_connectors_has_no_step_for_them() {
        assert!(!WizardStep::of(false).contains(&WizardStep::Connectors));
        let connectors = ["email".to_owned()];
        assert_eq!(WizardStep::of_field("components.email.image", &connectors), WizardStep::Connectors);
        assert_eq!(WizardStep::of_field("components.query.image", &connectors), WizardStep::Infrastructure);
        assert_eq!(WizardStep::of_field("database.url", &connectors), WizardStep::Infrastructure);
    }
}
