//! The models of a release by their folders. A folder that is not known here is kept and named, because the
//! Modeling app of tomorrow may write it and the runtime may read it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use slipway_domain::{
    contents::{Contents, Ui, UiTemplate},
    names::ComponentName,
    release::ReleaseFile,
};

use crate::{
    connector,
    limits::Limits,
    process::{self, Call},
    refusal::Refusal,
    text,
};

/// What a file beside a model, that describes it further, ends with.
const EXTENSIONS: &str = "-extensions.json";
/// What a model that is one JSON document ends with.
const JSON: &str = ".json";
/// What the app lets the contents of files and scripts end with, whatever they are.
const BINARY: &str = ".bin";
/// Longest first: the shorter ones are ends of the longer.
const PROCESS_ENDS: [&str; 3] = [".bpmn20.xml", ".bpmn.xml", ".bpmn"];
const DECISION_ENDS: [&str; 4] = [".dmn.xml", ".xml", ".dmn", ".json"];

/// What the files hold.
#[derive(Debug, Default)]
pub(crate) struct Models {
    /// Everything by kind.
    pub(crate) contents: Contents,
    /// What the processes call.
    pub(crate) calls: Vec<Calls>,
}

/// The service tasks of one file.
#[derive(Debug)]
pub(crate) struct Calls {
    /// The file.
    pub(crate) file: String,
    /// Its calls.
    pub(crate) calls: Vec<Call>,
}

/// The files of one folder: the path below it, and the file.
type Folder<'a> = Vec<(&'a str, &'a ReleaseFile)>;

/// Reads all models. The files are sorted, so the lists are, too, unless names come from within.
pub(crate) fn read(files: &[ReleaseFile], limits: &Limits) -> Result<Models, Refusal> {
    let mut folders: BTreeMap<&str, Folder<'_>> = BTreeMap::new();
    for file in files {
        if let Some((folder, rest)) = file.path.split_once('/') {
            folders.entry(folder).or_default().push((rest, file));
        }
    }
    let mut models = Models::default();
    for (folder, files) in folders {
        let contents = &mut models.contents;
        match folder {
            "processes" => processes(&files, &mut models, limits)?,
            "connectors" => connectors(&files, contents, limits)?,
            "ui" => uis(&files, contents, limits)?,
            "forms" => contents.forms = documents(&files, limits)?,
            "triggers" => contents.triggers = documents(&files, limits)?,
            "decision-tables" => contents.decision_tables = decisions(&files, limits)?,
            "files" => contents.files = assets(&files, limits)?,
            "scripts" => contents.scripts = assets(&files, limits)?,
            unknown => contents.unknown_folders.push(unknown.to_owned()),
        }
    }
    workloads_have_names_of_their_own(&models.contents)?;
    Ok(models)
}

fn processes(files: &Folder<'_>, models: &mut Models, limits: &Limits) -> Result<(), Refusal> {
    let mut names = BTreeSet::new();
    let (mut users, mut groups) = (BTreeSet::new(), BTreeSet::new());
    for (rest, file) in files {
        let Some(name) = without_end(rest, &PROCESS_ENDS) else { continue };
        let process =
            process::parse(&file.content, limits).map_err(|reason| Refusal::file(&file.path, reason))?;
        if !names.insert(name) {
            return Err(Refusal::file(&file.path, format!("the process {name:?} is there twice")));
        }
        users.extend(process.users);
        groups.extend(process.groups);
        models.calls.push(Calls { file: file.path.clone(), calls: process.calls });
    }
    check_extensions(files, &names, limits)?;
    models.contents.processes = owned(names);
    models.contents.task_users = users.into_iter().collect();
    models.contents.task_groups = groups.into_iter().collect();
    Ok(())
}

fn connectors(files: &Folder<'_>, contents: &mut Contents, limits: &Limits) -> Result<(), Refusal> {
    for (_, file) in files.iter().filter(|(rest, _)| rest.ends_with(JSON)) {
        let refuse = |reason| Refusal::file(&file.path, reason);
        let connector = connector::parse(&file.content, limits).map_err(refuse)?;
        if contents.connectors.iter().any(|other| other.name == connector.name) {
            return Err(refuse(format!("two connectors are called {:?}", connector.name.as_str())));
        }
        contents.connectors.push(connector);
    }
    contents.connectors.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct UiFile {
    name: String,
    description: Option<String>,
    adf_template: String,
}

fn uis(files: &Folder<'_>, contents: &mut Contents, limits: &Limits) -> Result<(), Refusal> {
    for (_, file) in files.iter().filter(|(rest, _)| rest.ends_with(JSON)) {
        let refuse = |reason| Refusal::file(&file.path, reason);
        let ui = ui(&file.content, limits).map_err(refuse)?;
        if contents.uis.iter().any(|other| other.name == ui.name) {
            return Err(refuse(format!("two user interfaces are called {:?}", ui.name.as_str())));
        }
        contents.uis.push(ui);
    }
    contents.uis.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(())
}

fn ui(content: &[u8], limits: &Limits) -> Result<Ui, String> {
    let file: UiFile = text::json(content, limits)?;
    let template = match file.adf_template.as_str() {
        "process" => UiTemplate::Process,
        "content" => UiTemplate::Content,
        other => {
            return Err(format!(
                "the adf-template {other:?} is not known; this version knows \"process\" and \"content\""
            ));
        }
    };
    let name = ComponentName::parse(&file.name)
        .map_err(|error| format!("{:?} is not the name of a user interface. {error}", file.name))?;
    Ok(Ui { name, description: file.description.unwrap_or_default(), template })
}

/// Models that are one JSON document each.
fn documents(files: &Folder<'_>, limits: &Limits) -> Result<Vec<String>, Refusal> {
    let mut names = Vec::new();
    for (rest, file) in files {
        if let Some(name) = rest.strip_suffix(JSON) {
            check_json(file, limits)?;
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The first versions of the app wrote the id of a table into a JSON file of its name, beside or instead of it.
fn decisions(files: &Folder<'_>, limits: &Limits) -> Result<Vec<String>, Refusal> {
    let mut names = BTreeSet::new();
    for (rest, file) in files.iter().filter(|(rest, _)| !rest.ends_with(EXTENSIONS)) {
        let Some(name) = without_end(rest, &DECISION_ENDS) else { continue };
        if rest.ends_with(JSON) {
            check_json(file, limits)?;
        } else {
            process::check_xml(&file.content, limits).map_err(|reason| Refusal::file(&file.path, reason))?;
        }
        names.insert(name);
    }
    check_extensions(files, &names, limits)?;
    Ok(owned(names))
}

/// Files and scripts: anything, called as it is unless a description beside it says where the name ends.
fn assets(files: &Folder<'_>, limits: &Limits) -> Result<Vec<String>, Refusal> {
    let described: BTreeSet<_> = files.iter().filter_map(|(rest, _)| rest.strip_suffix(EXTENSIONS)).collect();
    let mut names = BTreeSet::new();
    for (rest, _) in files.iter().filter(|(rest, _)| !rest.ends_with(EXTENSIONS)) {
        let stem = rest.rsplit_once('.').map(|(stem, _)| stem);
        let stem = stem.filter(|stem| rest.ends_with(BINARY) || described.contains(stem));
        names.insert(stem.unwrap_or(rest));
    }
    check_extensions(files, &names, limits)?;
    Ok(owned(names))
}

/// A description without what it describes is what is left of a release that was not copied completely.
fn check_extensions(files: &Folder<'_>, names: &BTreeSet<&str>, limits: &Limits) -> Result<(), Refusal> {
    for (rest, file) in files {
        let Some(name) = rest.strip_suffix(EXTENSIONS) else { continue };
        check_json(file, limits)?;
        if !names.contains(name) {
            return Err(Refusal::file(
                &file.path,
                format!("describes {name:?}, which is not in the release"),
            ));
        }
    }
    Ok(())
}

/// Connectors and user interfaces become workloads side by side.
fn workloads_have_names_of_their_own(contents: &Contents) -> Result<(), Refusal> {
    match contents.uis.iter().find(|ui| contents.connectors.iter().any(|connector| connector.name == ui.name))
    {
        Some(ui) => Err(Refusal::whole(format!(
            "a connector and a user interface are both called {:?}; each needs a name of its own",
            ui.name.as_str()
        ))),
        None => Ok(()),
    }
}

fn check_json(file: &ReleaseFile, limits: &Limits) -> Result<(), Refusal> {
    text::check_json(&file.content, limits).map_err(|reason| Refusal::file(&file.path, reason))
}

fn without_end<'a>(name: &'a str, ends: &[&str]) -> Option<&'a str> {
    ends.iter().find_map(|end| name.strip_suffix(end)).filter(|name| !name.is_empty())
}

fn owned(names: BTreeSet<&str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}
