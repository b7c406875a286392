//! What a modelled release contains, as far as deploying it needs to know.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{image::ImageRef, names::ComponentName};

/// Everything in a release, by kind. Each list is sorted by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contents {
    /// Names of the processes.
    pub processes: Vec<String>,
    /// The connectors that its processes call.
    pub connectors: Vec<Connector>,
    /// Its user interfaces.
    pub uis: Vec<Ui>,
    /// Names of the forms.
    pub forms: Vec<String>,
    /// Names of the decision tables.
    pub decision_tables: Vec<String>,
    /// Names of the files.
    pub files: Vec<String>,
    /// Names of the scripts.
    pub scripts: Vec<String>,
    /// Names of the triggers.
    pub triggers: Vec<String>,
    /// Folders that this version does not know; they are deployed like the others.
    pub unknown_folders: Vec<String>,
    /// Users who are named in user tasks: they have user access whatever is chosen (S1.L07).
    pub task_users: Vec<String>,
    /// Groups that are named in user tasks.
    pub task_groups: Vec<String>,
}

/// A connector of a release: one service of its own that does service tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connector {
    /// Its name, also that of its workload.
    pub name: ComponentName,
    /// What the modeller wrote about it.
    pub description: String,
    /// The key of the template that it is an instance of; none for an own connector, whose image must be named.
    pub template: Option<String>,
    /// The names of its actions, as service tasks call them.
    pub actions: Vec<String>,
    /// The names of its events.
    pub events: Vec<String>,
    /// What can be configured.
    pub config: Vec<ConfigEntry>,
}

impl Connector {
    /// Its template in a catalogue, if it is an instance of one.
    pub fn template_in<'a>(&self, catalogue: &'a [ConnectorTemplate]) -> Option<&'a ConnectorTemplate> {
        let key = self.template.as_ref()?;
        catalogue.iter().find(|template| &template.key == key)
    }

    /// Its variables by name: the template's with what the modeller said over them.
    pub fn entries(&self, template: Option<&ConnectorTemplate>) -> BTreeMap<String, ConfigEntry> {
        let mut entries: BTreeMap<String, ConfigEntry> = BTreeMap::new();
        for entry in template.into_iter().flat_map(|template| &template.variables).chain(&self.config) {
            let known = entries.entry(entry.name.clone()).or_insert_with(|| entry.clone());
            known.required |= entry.required;
            known.secure |= entry.secure;
            for (mine, theirs) in
                [(&mut known.value, &entry.value), (&mut known.description, &entry.description)]
            {
                if !theirs.is_empty() {
                    mine.clone_from(theirs);
                }
            }
        }
        entries
    }
}

/// One variable of a connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigEntry {
    /// The variable.
    pub name: String,
    /// What it means.
    #[serde(default)]
    pub description: String,
    /// The value that the modeller chose; may be empty.
    #[serde(default)]
    pub value: String,
    /// Must it have a value to deploy?
    #[serde(default)]
    pub required: bool,
    /// Is it a secret, to be entered only when deploying?
    #[serde(default)]
    pub secure: bool,
}

/// A user interface of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ui {
    /// Its name, also that of its workload.
    pub name: ComponentName,
    /// What the modeller wrote about it.
    pub description: String,
    /// What it is.
    pub template: UiTemplate,
}

/// What a user interface is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UiTemplate {
    /// The Process Workspace (S1.46).
    Process,
    /// The Content Application (S1.47).
    Content,
}

/// An entry of the connector catalogue: what a template becomes (S1.23).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConnectorTemplate {
    /// The key that a release's connector names.
    pub key: String,
    /// How a person calls it.
    pub label: String,
    /// Its image.
    pub image: ImageRef,
    /// Its variables.
    pub variables: Vec<ConfigEntry>,
}
