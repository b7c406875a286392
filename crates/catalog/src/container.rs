//! The manifest of a release of kind container. Parsing is strict: people write these by hand, and an unknown
//! key is a typing error that would otherwise be found out in production.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use slipway_domain::{
    contents::Contents,
    image::ImageRef,
    names::ComponentName,
    release::{ProjectKind, Release, ReleaseComponent},
};

use crate::manifest::{self, Place, is_variable};

/// More copies than this are a typing error rather than a wish.
const MAX_REPLICAS: u32 = 16;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ManifestFile {
    kind: String,
    name: String,
    version: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    created_by: String,
    creation_date: Option<String>,
    components: Vec<ComponentFile>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ComponentFile {
    name: String,
    image: String,
    port: Option<u16>,
    health: Option<String>,
    route: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default = "one")]
    replicas: u32,
}

fn one() -> u32 {
    1
}

/// Reads the manifest of a release of kind container; the error is a sentence for a person.
pub(crate) fn parse(text: &str, digest: String, place: &Place<'_>) -> Result<Release, String> {
    let file: ManifestFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
    debug_assert_eq!(file.kind, "container", "who calls has looked");
    place.check(&file.name, &file.version)?;
    Ok(Release {
        project: place.project.clone(),
        version: place.version,
        kind: ProjectKind::Container,
        description: file.description,
        released_by: file.created_by,
        released_at: manifest::time(file.creation_date.as_deref())?,
        digest,
        components: components(file.components)?,
        contents: Contents::default(),
    })
}

fn components(files: Vec<ComponentFile>) -> Result<Vec<ReleaseComponent>, String> {
    if files.is_empty() {
        return Err("the release has no component, so there is nothing to deploy".to_owned());
    }
    let mut seen = BTreeSet::new();
    let components = files.into_iter().map(|file| {
        if !seen.insert(file.name.clone()) {
            return Err(format!("two components are called {:?}", file.name));
        }
        let label = file.name.clone();
        component(file).map_err(|reason| format!("component {label:?}: {reason}"))
    });
    components.collect()
}

fn component(file: ComponentFile) -> Result<ReleaseComponent, String> {
    let path_error = |key: &str, path: &Option<String>| match path {
        Some(path) if !path.starts_with('/') => Err(format!("{key} {path:?} must begin with /")),
        _ => Ok(()),
    };
    path_error("health", &file.health)?;
    path_error("route", &file.route)?;
    if file.port.is_none() && (file.health.is_some() || file.route.is_some()) {
        return Err("health and route need a port".to_owned());
    }
    if file.port == Some(0) {
        return Err("port 0 does not exist".to_owned());
    }
    if !(1..=MAX_REPLICAS).contains(&file.replicas) {
        return Err(format!("replicas must be 1 to {MAX_REPLICAS}"));
    }
    if let Some(bad) = file.env.keys().find(|key| !is_variable(key)) {
        return Err(format!("{bad:?} is not the name of an environment variable"));
    }
    Ok(ReleaseComponent {
        name: ComponentName::parse(&file.name).map_err(|error| error.to_string())?,
        image: ImageRef::parse(&file.image).map_err(|error| error.to_string())?,
        port: file.port,
        health: file.health,
        route: file.route,
        env: file.env,
        replicas: file.replicas,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use slipway_domain::{names::ProjectName, release::ReleaseVersion};

    use super::*;

    fn read(change: impl FnOnce(&mut Value)) -> Result<Release, String> {
        let mut manifest = json!({
            "kind": "container", "name": "shop", "version": "1", "creationDate": "2026-05-04T10:00:00Z",
            "components": [{"name": "web", "image": "example.com/shop:1", "port": 8080, "route": "/"}],
        });
        change(&mut manifest);
        let project = ProjectName::parse("shop").unwrap();
        let place = Place { project: &project, version: ReleaseVersion::new(1).unwrap() };
        parse(&manifest.to_string(), String::new(), &place)
    }

    #[test]
    fn a_release_has_one_copy_of_a_component_unless_it_says_otherwise() {
        assert_eq!(read(|_| {}).unwrap().components[0].replicas, 1);
    }

    #[test]
    fn s1_04_what_is_wrong_is_named() {
        type Change = fn(&mut Value);
        let cases: [(Change, &str); 8] = [
            (|m| m["name"] = json!("other"), "the folder is shop"),
            (|m| m["version"] = json!("2"), "the folder is 1"),
            (|m| m["components"] = json!([]), "no component"),
            (|m| m["colour"] = json!("red"), "unknown field `colour`"),
            (|m| m["components"][0]["image"] = json!("No Image"), "component \"web\": The repository"),
            (|m| m["components"][0]["route"] = json!("shop"), "must begin with /"),
            (|m| m["components"][0]["replicas"] = json!(0), "replicas must be 1 to 16"),
            (|m| m["components"][0]["env"] = json!({"A B": "1"}), "\"A B\" is not the name"),
        ];
        for (change, expected) in cases {
            let reason = read(change).unwrap_err();
            assert!(reason.contains(expected), "{reason:?} should contain {expected:?}");
        }
    }

    #[test]
    fn two_components_of_one_name_are_refused() {
        let reason = read(|m| {
            let web = m["components"][0].clone();
            m["components"].as_array_mut().unwrap().push(web);
        });
        assert_eq!(reason.unwrap_err(), "two components are called \"web\"");
    }
}
