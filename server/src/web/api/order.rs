//! An order as a program writes it. What is not written stays as it is, or as is usual for a new application.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use slipway_app::desk::DeskError;
use slipway_domain::{
    blueprint::Database,
    order::{FieldError, OrderForm, listed, people},
};
use utoipa::ToSchema;

/// An order.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApiOrder {
    /// The name of the application, and of its namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The project to deploy.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
    /// The number of the release.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    /// Users and groups with administrator access: at least one.
    #[serde(skip_serializing_if = "Option::is_none")]
    admins: Option<Vec<String>>,
    /// Users and groups with user access.
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<Vec<String>>,
    /// What differs from the usual, by the name of the component.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    components: BTreeMap<String, ApiComponent>,
    /// A database outside; none for one that is made inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<OutsideDatabase>)]
    database: Option<Database>,
    /// The hash of the plan that was looked at: refused if it is not any more what would be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
}

/// What differs from the usual for one component.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ApiComponent {
    /// Its image.
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    /// Its variables: texts, numbers and truth values by name. Secrets among them are sealed and never read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    variables: Option<Map<String, Value>>,
    /// How many copies run.
    #[serde(skip_serializing_if = "Option::is_none")]
    replicas: Option<u32>,
}

/// A PostgreSQL database outside.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the document")]
struct OutsideDatabase {
    /// Its JDBC address.
    url: String,
    /// Who signs in.
    username: String,
    /// With which password; never read again.
    password: String,
    /// The dialect that Hibernate speaks.
    #[schema(required = false)]
    jpa_database_platform: String,
}

impl ApiOrder {
    /// What a form says, to be written down.
    pub fn of(form: OrderForm) -> Self {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let components = form.components.into_iter().map(|(name, component)| {
            let wish = ApiComponent {
                image: some(component.image),
                variables: serde_json::from_str(&component.variables).ok(),
                replicas: component.replicas.parse().ok(),
            };
            (name, wish)
        });
        Self {
            name: some(form.name),
            project: some(form.project),
            version: form.version.parse().ok(),
            admins: Some(people(&form.admins)),
            users: Some(people(&form.users)),
            components: components.collect(),
            database: Some(form.database).filter(|database| !database.url.is_empty()),
            // A plan is of one moment; what is written down is for later.
            plan: None,
        }
    }

    /// The form that a person would have filled in; what is not written is taken from the present one.
    pub fn into_form(self, present: Option<OrderForm>) -> Result<OrderForm, DeskError> {
        let mut form = present.unwrap_or_default();
        let set = |place: &mut String, text: Option<String>| {
            if let Some(text) = text {
                *place = text;
            }
        };
        set(&mut form.name, self.name);
        set(&mut form.project, self.project);
        set(&mut form.version, self.version.map(|version| version.to_string()));
        set(&mut form.admins, self.admins.map(|names| listed(&names)));
        set(&mut form.users, self.users.map(|names| listed(&names)));
        set(&mut form.plan, self.plan);
        for (name, wish) in self.components {
            let component = form.components.entry(name.clone()).or_default();
            set(&mut component.image, wish.image);
            set(&mut component.replicas, wish.replicas.map(|replicas| replicas.to_string()));
            if let Some(variables) = wish.variables {
                component.variables = merged(&component.variables, variables).map_err(|message| {
                    let field = format!("components.{name}.variables");
                    DeskError::Invalid { fields: vec![FieldError::new(field, message)] }
                })?;
            }
        }
        if let Some(database) = self.database {
            form.database = database;
        }
        Ok(form)
    }
}

/// Variables over those that are there.
fn merged(present: &str, wanted: Map<String, Value>) -> Result<String, String> {
    let mut all: Map<String, Value> = match present.trim() {
        "" => Map::new(),
        text => serde_json::from_str(text).map_err(|error| error.to_string())?,
    };
    all.extend(wanted);
    serde_json::to_string(&all).map_err(|error| error.to_string())
}
