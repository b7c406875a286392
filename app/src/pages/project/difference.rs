//! What came, went and changed from one version of a project to another.

use crate::t;
use std::collections::BTreeMap;

use slipway_domain::release::Release;

/// How something differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    Added,
    Removed,
    Changed,
}

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) sign: Sign,
    /// What kind of thing it is.
    pub(super) kind: String,
    pub(super) name: String,
    /// How it changed, where that can be said.
    pub(super) detail: String,
}

/// Things by kind and name, each with what tells whether it is still the same.
type Things = BTreeMap<(String, String), String>;

/// What differs, in the order of kinds and names.
pub(super) fn differences(before: &Release, after: &Release) -> Vec<Difference> {
    let (old, new) = (things(before), things(after));
    let mut all = Vec::new();
    for (key, state) in &new {
        match old.get(key) {
            None => all.push(difference(Sign::Added, key, String::new())),
            Some(earlier) if earlier != state => {
                let detail =
                    if earlier.contains('{') { String::new() } else { format!("{earlier} → {state}") };
                all.push(difference(Sign::Changed, key, detail));
            }
            Some(_) => {}
        }
    }
    let gone = old.keys().filter(|key| !new.contains_key(*key));
    all.extend(gone.map(|key| difference(Sign::Removed, key, String::new())));
    all.sort_by(|one, other| (&one.kind, &one.name).cmp(&(&other.kind, &other.name)));
    all
}

fn difference(sign: Sign, (kind, name): &(String, String), detail: String) -> Difference {
    Difference { sign, kind: kind.clone(), name: name.clone(), detail }
}

fn things(release: &Release) -> Things {
    let contents = &release.contents;
    let mut things = Things::new();
    let lists = [
        (t!("part-process"), &contents.processes),
        (t!("part-form"), &contents.forms),
        (t!("part-decision-table"), &contents.decision_tables),
        (t!("part-file"), &contents.files),
        (t!("part-script"), &contents.scripts),
        (t!("part-trigger"), &contents.triggers),
        (t!("part-user"), &contents.task_users),
        (t!("part-group"), &contents.task_groups),
    ];
    for (kind, names) in lists {
        things.extend(names.iter().map(|name| ((kind.clone(), name.clone()), String::new())));
    }
    let state = |value: serde_json::Result<String>| value.unwrap_or_default();
    for connector in &contents.connectors {
        things.insert(
            (t!("part-connector"), connector.name.to_string()),
            state(serde_json::to_string(connector)),
        );
    }
    for ui in &contents.uis {
        things.insert((t!("part-ui"), ui.name.to_string()), state(serde_json::to_string(ui)));
    }
    for component in &release.components {
        let copies = t!("copies", count = component.replicas);
        let mut said = format!("{}, {copies}", component.image);
        if !component.env.is_empty() {
            let variables = component.env.iter().map(|(name, value)| format!("{name}={value}"));
            said.push_str(&format!(", {}", variables.collect::<Vec<_>>().join(" ")));
        }
        things.insert((t!("component"), component.name.to_string()), said);
    }
    things
}

#[cfg(test)]
mod tests {
    use slipway_domain::{
        contents::Contents,
        names::ProjectName,
        release::{ProjectKind, ReleaseVersion},
    };

    use super::*;

    fn release(processes: &[&str], forms: &[&str]) -> Release {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Release {
            project: ProjectName::parse("holiday").unwrap(),
            version: ReleaseVersion::new(1).unwrap(),
            kind: ProjectKind::ProcessApplication,
            description: String::new(),
            released_by: String::new(),
            released_at: None,
            digest: String::new(),
            components: vec![],
            contents: Contents { processes: names(processes), forms: names(forms), ..Contents::default() },
        }
    }

    #[test]
    fn what_came_and_what_went_is_named() {
        let found =
            differences(&release(&["ask", "leave"], &["form"]), &release(&["ask", "sick"], &["form"]));
        let told: Vec<_> = found.iter().map(|one| (one.sign, one.kind.as_str(), one.name.as_str())).collect();
        assert_eq!(told, [(Sign::Removed, "Process", "leave"), (Sign::Added, "Process", "sick")]);
        assert!(differences(&release(&["ask"], &[]), &release(&["ask"], &[])).is_empty());
    }
}
