//! An order as a program writes it. What is not written stays as it is, or as is usual for a new application.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use slipway_app::desk::DeskError;
use slipway_domain::{
    blueprint::Database,
    order::{FieldError, OrderForm},
};

/// An order.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApiOrder {
    name: Option<String>,
    project: Option<String>,
    version: Option<u32>,
    admins: Option<Vec<String>>,
    users: Option<Vec<String>>,
    #[serde(default)]
    components: BTreeMap<String, ApiComponent>,
    database: Option<Database>,
    plan: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ApiComponent {
    image: Option<String>,
    variables: Option<Map<String, Value>>,
    replicas: Option<u32>,
}

impl ApiOrder {
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
        set(&mut form.admins, self.admins.map(|names| names.join(",")));
        set(&mut form.users, self.users.map(|names| names.join(",")));
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
