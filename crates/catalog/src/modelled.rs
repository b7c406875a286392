//! A release as the Modeling app writes it. The app refuses to release what does not fit together; files that
//! were copied or edited afterwards are checked here once more, before anybody deploys them.

use serde::Deserialize;
use serde_json::Value;
use slipway_domain::{
    contents::Connector,
    release::{ProjectKind, Release, ReleaseFile},
};

use crate::{
    limits::Limits,
    manifest::{Place, time},
    models::{self, Calls, Models},
    process::is_name,
    refusal::Refusal,
    source::content_digest,
};

/// The manifest. The app adds keys from version to version, so unknown ones are not typing errors.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManifestFile {
    name: String,
    version: Value,
    description: Option<String>,
    created_by: Option<String>,
    creation_date: Option<String>,
    last_modified_by: Option<String>,
    users: Option<Vec<String>>,
    groups: Option<Vec<String>>,
}

/// What the manifest says, checked.
pub(crate) struct Header {
    description: String,
    released_by: String,
    released_at: Option<jiff::Timestamp>,
    users: Vec<String>,
    groups: Vec<String>,
}

/// Reads the manifest; the error is a sentence for a person.
pub(crate) fn header(text: &str, place: &Place<'_>) -> Result<Header, String> {
    let file: ManifestFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let version = match &file.version {
        Value::String(version) => version.clone(),
        Value::Number(version) => version.to_string(),
        other => return Err(format!("version {other} is not a number")),
    };
    place.check(&file.name, &version)?;
    let not_empty = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(Header {
        description: file.description.unwrap_or_default(),
        released_by: not_empty(file.created_by).or(not_empty(file.last_modified_by)).unwrap_or_default(),
        released_at: time(file.creation_date.as_deref())?,
        users: file.users.unwrap_or_default(),
        groups: file.groups.unwrap_or_default(),
    })
}

/// Makes a release of its files.
pub(crate) fn release(
    header: Header,
    place: &Place<'_>,
    files: &[ReleaseFile],
    limits: &Limits,
) -> Result<Release, Refusal> {
    let Models { mut contents, calls } = models::read(files, limits)?;
    if contents.processes.is_empty() {
        return Err(Refusal::whole(
            "the release has no process; a project needs at least one to be released",
        ));
    }
    check_calls(&calls, &contents.connectors)?;
    // The manifest repeats what the processes say, or did when it was written: nobody who is named is left out.
    add(&mut contents.task_users, &header.users);
    add(&mut contents.task_groups, &header.groups);
    Ok(Release {
        project: place.project.clone(),
        version: place.version,
        kind: ProjectKind::ProcessApplication,
        description: header.description,
        released_by: header.released_by,
        released_at: header.released_at,
        digest: content_digest(files),
        components: Vec::new(),
        contents,
    })
}

/// Is there somebody who does each service task? Otherwise a process would stop at it for ever.
fn check_calls(calls: &[Calls], connectors: &[Connector]) -> Result<(), Refusal> {
    for Calls { file, calls } in calls {
        for call in calls.iter().filter(|call| !is_built_in(&call.connector, &call.action)) {
            let (task, action) = (&call.task, &call.action);
            let Some(connector) = connectors.iter().find(|c| c.name.as_str() == call.connector) else {
                let reason = format!(
                    "service task {task:?} calls {}.{action}, but the release has no connector {:?}",
                    call.connector, call.connector
                );
                return Err(Refusal::file(file, reason));
            };
            // An instance of a template may leave its actions to the template.
            let known = connector.actions.contains(action)
                || (connector.actions.is_empty() && connector.template.is_some());
            if !known {
                let reason = format!(
                    "service task {task:?} calls {}.{action}, but the connector has no action {action:?}",
                    connector.name
                );
                return Err(Refusal::file(file, reason));
            }
        }
    }
    Ok(())
}

/// What the runtime does by itself.
fn is_built_in(connector: &str, action: &str) -> bool {
    matches!((connector, action), ("dmn-connector", "EXECUTE_TABLE") | ("script", "EXECUTE"))
        || connector.strip_suffix("-service").is_some_and(|name| !name.is_empty())
}

fn add(names: &mut Vec<String>, more: &[String]) {
    names.extend(more.iter().map(|name| name.trim()).filter(|name| is_name(name)).map(str::to_owned));
    names.sort();
    names.dedup();
}

#[cfg(test)]
#[path = "modelled_tests.rs"]
mod tests;
