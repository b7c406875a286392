//! What differs between two generations of an application, field by field. Secrets are compared and never shown.

use serde_json::{Map, Value, json};

use crate::{
    people::Member,
    plan::FieldChange,
    spec::{ApplicationSpec, ComponentSpec},
};

/// What stands in the place of a secret, before and after.
const MASKS: [&str; 2] = ["••••••", "•••••• (another one)"];

/// How the second generation differs from the first.
pub fn changes(before: &ApplicationSpec, after: &ApplicationSpec) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    walk("", &document(before), &document(after), &mut changes);
    changes.extend(secrets(before, after));
    changes
}

/// What a person chose or what was found for them; components by name, so that their order does not count.
fn document(spec: &ApplicationSpec) -> Value {
    let components: Map<_, _> =
        spec.components.iter().map(|component| (component.name.to_string(), fields(component))).collect();
    let database =
        spec.database.as_ref().map(|database| json!({"url": database.url, "username": database.username}));
    json!({
        "version": spec.version, "release": spec.release, "admins": names(&spec.admins), "users": names(&spec.users),
        "database": database, "components": components,
    })
}

/// People by name: that one was verified meanwhile changes nothing for whoever reads it.
fn names(members: &[Member]) -> Vec<&str> {
    members.iter().map(|member| member.name.as_str()).collect()
}

fn fields(component: &ComponentSpec) -> Value {
    let mut fields = serde_json::to_value(component).unwrap_or_default();
    if let Some(fields) = fields.as_object_mut() {
        for hidden in ["name", "secrets", "base", "resolved"] {
            fields.remove(hidden);
        }
        fields.insert("digest".to_owned(), json!(component.digest().map(ToString::to_string)));
    }
    fields
}

fn secrets(before: &ApplicationSpec, after: &ApplicationSpec) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    for component in &after.components {
        let earlier =
            before.component(&component.name).map(|component| component.secrets.clone()).unwrap_or_default();
        let names: std::collections::BTreeSet<_> = earlier.keys().chain(component.secrets.keys()).collect();
        for name in names {
            let (old, new) = (earlier.get(name), component.secrets.get(name));
            if old != new {
                let masked = |there: bool, mask: &str| there.then(|| Value::String(mask.to_owned()));
                changes.push(FieldChange {
                    path: format!("components.{}.secrets.{name}", component.name),
                    before: masked(old.is_some(), MASKS[0]),
                    after: masked(new.is_some(), if old.is_some() { MASKS[1] } else { MASKS[0] }),
                });
            }
        }
    }
    changes
}

fn walk(path: &str, before: &Value, after: &Value, changes: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    if let (Value::Object(old), Value::Object(new)) = (before, after) {
        for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let side = |side: &Map<String, Value>| side.get(key).cloned().unwrap_or_default();
            walk(&path, &side(old), &side(new), changes);
        }
        return;
    }
    let some = |value: &Value| (!value.is_null()).then(|| value.clone());
    changes.push(FieldChange { path: path.to_owned(), before: some(before), after: some(after) });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        ids::ApplicationId,
        image::ImageRef,
        names::{ApplicationName, ComponentName, ProjectName},
        release::ReleaseVersion,
        sealed::Sealed,
    };

    fn spec(secret: &str, replicas: u32) -> ApplicationSpec {
        let image = ImageRef::parse("example.com/web:1").unwrap();
        let web = ComponentSpec {
            replicas,
            secrets: BTreeMap::from([("TOKEN".to_owned(), Sealed::new(secret.to_owned()))]),
            ..ComponentSpec::new(ComponentName::parse("web").unwrap(), image)
        };
        ApplicationSpec {
            id: ApplicationId(ulid::Ulid::nil()),
            name: ApplicationName::parse("shop").unwrap(),
            generation: 1,
            project: ProjectName::parse("shop").unwrap(),
            version: ReleaseVersion::new(1).unwrap(),
            release: String::new(),
            admins: vec!["ana".into()],
            users: vec![],
            wishes: BTreeMap::new(),
            database: None,
            database_password: None,
            components: vec![web],
        }
    }

    #[test]
    fn s3_87_what_differs_between_generations_is_named_by_field() {
        let changes = changes(&spec("sealed", 1), &spec("sealed", 3));
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].path, "components.web.replicas");
        assert_eq!((&changes[0].before, &changes[0].after), (&Some(json!(1)), &Some(json!(3))));
    }

    #[test]
    fn d18_that_a_secret_changed_is_said_and_neither_of_the_two_is_shown() {
        let changes = changes(&spec("sealed-one", 1), &spec("sealed-two", 1));
        assert_eq!(changes[0].path, "components.web.secrets.TOKEN");
        assert!(!serde_json::to_string(&changes).unwrap().contains("sealed"));
    }

    #[test]
    fn a_component_that_goes_is_one_change() {
        let (before, mut after) = (spec("sealed", 1), spec("sealed", 1));
        after.components.clear();
        let changes = changes(&before, &after);
        assert_eq!(changes[0].path, "components.web");
        assert!(changes[0].after.is_none());
    }
}
