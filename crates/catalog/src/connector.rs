//! A connector as the Modeling app writes it: `connectors/<name>.json`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use slipway_domain::{
    contents::{ConfigEntry, Connector},
    names::ComponentName,
};

use crate::{limits::Limits, manifest::is_variable, text};

/// Keys that are not here only matter to people who model.
#[derive(Deserialize)]
struct ConnectorFile {
    name: String,
    description: Option<String>,
    template: Option<String>,
    #[serde(default)]
    actions: BTreeMap<String, Named>,
    #[serde(default)]
    events: BTreeMap<String, Named>,
    #[serde(default)]
    config: Vec<EntryFile>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct EntryFile {
    name: String,
    description: Option<String>,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    secure: bool,
}

/// Reads one connector; the error is a sentence for a person.
pub(crate) fn parse(content: &[u8], limits: &Limits) -> Result<Connector, String> {
    let file: ConnectorFile = text::json(content, limits)?;
    let name = ComponentName::parse(&file.name)
        .map_err(|error| format!("{:?} is not the name of a connector. {error}", file.name))?;
    let mut seen = BTreeSet::new();
    for entry in &file.config {
        if !is_variable(&entry.name) {
            return Err(format!("{:?} is not the name of an environment variable", entry.name));
        }
        if !seen.insert(&entry.name) {
            return Err(format!("the variable {:?} is there twice", entry.name));
        }
    }
    Ok(Connector {
        name,
        description: file.description.unwrap_or_default(),
        template: file.template.filter(|template| !template.is_empty()),
        actions: names(file.actions),
        events: names(file.events),
        config: file.config.into_iter().map(entry).collect::<Result<_, _>>()?,
    })
}

fn names(entries: BTreeMap<String, Named>) -> Vec<String> {
    let names: BTreeSet<_> = entries.into_values().map(|entry| entry.name).collect();
    names.into_iter().collect()
}

fn entry(file: EntryFile) -> Result<ConfigEntry, String> {
    let value = match file.value {
        // A secret that was modelled would be seen by everybody who may see the release.
        _ if file.secure => String::new(),
        Value::Null => String::new(),
        Value::String(text) => text,
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Array(_) | Value::Object(_) => {
            return Err(format!("the value of {:?} is neither text, number nor true or false", file.name));
        }
    };
    Ok(ConfigEntry {
        name: file.name,
        description: file.description.unwrap_or_default(),
        value,
        required: file.required,
        secure: file.secure,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(change: impl FnOnce(&mut Value)) -> Result<Connector, String> {
        let mut file = json!({
            "id": "connector-1", "name": "mail", "template": "emailConnector", "icon": "mail",
            "actions": {"b": {"id": "b", "name": "SEND"}, "a": {"id": "a", "name": "ARCHIVE"}},
            "events": {"c": {"id": "c", "name": "EMAIL_RECEIVED"}},
            "config": [
                {"name": "EMAIL_PORT", "value": 8050, "required": true},
                {"name": "EMAIL_PASSWORD", "value": "hunter2", "required": true, "secure": true},
            ],
        });
        change(&mut file);
        parse(file.to_string().as_bytes(), &Limits::RELEASE)
    }

    #[test]
    fn s1_21_a_connector_has_its_actions_events_and_variables() {
        let connector = read(|_| {}).unwrap();
        assert_eq!(connector.actions, ["ARCHIVE", "SEND"]);
        assert_eq!(connector.events, ["EMAIL_RECEIVED"]);
        assert_eq!(connector.template.as_deref(), Some("emailConnector"));
        let port = &connector.config[0];
        assert_eq!(
            (&*port.name, &*port.value, port.required, port.secure),
            ("EMAIL_PORT", "8050", true, false)
        );
    }

    #[test]
    fn a_secret_that_was_modelled_is_not_kept() {
        assert_eq!(read(|_| {}).unwrap().config[1].value, "");
    }

    #[test]
    fn s1_22_a_connector_without_a_template_is_somebodys_own() {
        for template in [json!(null), json!("")] {
            assert_eq!(read(|c| c["template"] = template).unwrap().template, None);
        }
    }

    #[test]
    fn s1_04_what_is_wrong_with_a_connector_is_named() {
        type Change = fn(&mut Value);
        let cases: [(Change, &str); 6] = [
            (|c| c["name"] = json!("Mail"), "\"Mail\" is not the name of a connector. Use only lowercase"),
            (|c| c["name"] = json!(null), "expected a string"),
            (|c| c["config"][0]["name"] = json!("EMAIL PORT"), "\"EMAIL PORT\" is not the name of an env"),
            (|c| c["config"][1]["name"] = json!("EMAIL_PORT"), "\"EMAIL_PORT\" is there twice"),
            (|c| c["config"][0]["value"] = json!([1]), "the value of \"EMAIL_PORT\""),
            (|c| c["actions"]["a"] = json!({}), "missing field `name`"),
        ];
        for (change, expected) in cases {
            let reason = read(change).unwrap_err();
            assert!(reason.contains(expected), "{reason:?} should contain {expected:?}");
        }
    }
}
