//! The connector catalogue: what a template that a release names becomes (S1.23). The list is data, not code, and
//! an operator may add to it or override it without a new version of the portal.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use slipway_domain::{
    contents::{ConfigEntry, ConnectorTemplate},
    image::ImageRef,
};
use toml::Spanned;

use crate::{manifest::is_variable, text::line_of};

/// The connectors that the original brought along.
const BUILT_IN: &str = include_str!("../data/connectors.toml");
/// A catalogue larger than this is not one.
const MAX_BYTES: u64 = 1 << 20;

/// Why a catalogue cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The file cannot be read.
    #[error("the connector catalogue {} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file says something that a catalogue cannot say.
    #[error("the connector catalogue {}, line {line}: {reason}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
}

/// The built-in catalogue, sorted by key.
pub fn connector_catalogue() -> Vec<ConnectorTemplate> {
    // It is part of the program, and a test reads all of it: nobody can meet the empty list.
    parse(Path::new("connectors.toml"), BUILT_IN).unwrap_or_default()
}

/// The built-in catalogue with what an operator's file adds; an entry of the same key takes the place of ours.
pub fn connector_catalogue_with(path: &Path) -> Result<Vec<ConnectorTemplate>, CatalogueError> {
    let unreadable = |source| CatalogueError::Unreadable { path: path.to_owned(), source };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_BYTES {
        let reason = format!("the file has {size} bytes; at most {MAX_BYTES} are read");
        return Err(CatalogueError::Wrong { path: path.to_owned(), line: 1, reason });
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let mut templates: BTreeMap<_, _> =
        connector_catalogue().into_iter().map(|template| (template.key.clone(), template)).collect();
    templates.extend(parse(path, &text)?.into_iter().map(|template| (template.key.clone(), template)));
    Ok(templates.into_values().collect())
}

/// A typing error in a catalogue would show only when somebody deploys, so unknown keys are refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogueFile {
    #[serde(default)]
    connector: Vec<TemplateFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateFile {
    key: Spanned<String>,
    label: String,
    image: ImageRef,
    #[serde(default)]
    variables: Vec<VariableFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VariableFile {
    name: Spanned<String>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    secure: bool,
}

pub(crate) fn parse(path: &Path, text: &str) -> Result<Vec<ConnectorTemplate>, CatalogueError> {
    let wrong = |span: Range<usize>, reason: String| CatalogueError::Wrong {
        path: path.to_owned(),
        line: line_of(text, span.start),
        reason,
    };
    let file: CatalogueFile = toml::from_str(text)
        .map_err(|error| wrong(error.span().unwrap_or_default(), error.message().to_owned()))?;
    let mut templates = Vec::new();
    let mut keys = BTreeSet::new();
    for file in file.connector {
        let (span, key) = (file.key.span(), file.key.into_inner());
        if key.trim() != key || key.is_empty() {
            return Err(wrong(span, "the key must not be empty, nor begin or end with a space".to_owned()));
        }
        if !keys.insert(key.clone()) {
            return Err(wrong(span, format!("the key {key:?} is there twice")));
        }
        let variables = variables(file.variables).map_err(|(span, reason)| wrong(span, reason))?;
        templates.push(ConnectorTemplate { key, label: file.label, image: file.image, variables });
    }
    templates.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(templates)
}

fn variables(files: Vec<VariableFile>) -> Result<Vec<ConfigEntry>, (Range<usize>, String)> {
    let mut names = BTreeSet::new();
    let mut entries = Vec::new();
    for VariableFile { name, description, value, required, secure } in files {
        let (span, name) = (name.span(), name.into_inner());
        if !is_variable(&name) {
            return Err((span, format!("{name:?} is not the name of an environment variable")));
        }
        if !names.insert(name.clone()) {
            return Err((span, format!("the variable {name:?} is there twice")));
        }
        if secure && !value.is_empty() {
            return Err((span, format!("{name:?} is a secret, so it cannot have a value here")));
        }
        entries.push(ConfigEntry { name, description, value, required, secure });
    }
    Ok(entries)
}

#[cfg(test)]
#[path = "catalogue_tests.rs"]
mod tests;
