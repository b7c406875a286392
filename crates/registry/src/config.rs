//! The configuration of an image that is built: its base's, with one more layer and where it came from. All else,
//! known here or not, stays as it is.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use slipway_domain::image::Digest;

/// What a configuration says that it runs on, as `<os>/<architecture>`.
pub(crate) fn platform(config: &Value) -> Option<String> {
    let text = |name: &str| config.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    Some(format!("{}/{}", text("os")?, text("architecture")?))
}

/// What is added to the configuration of a base.
#[derive(Debug, Clone)]
pub(crate) struct Addition<'a> {
    /// The digest of the new layer's archive.
    pub diff_id: &'a Digest,
    /// The folder that the new layer fills.
    pub folder: &'a str,
    /// Where the image comes from.
    pub labels: BTreeMap<String, String>,
}

/// The configuration of the image, or why there can be none. The base has so many layers.
pub(crate) fn amended(mut config: Value, layers: usize, addition: &Addition<'_>) -> Result<Value, String> {
    match platform(&config) {
        Some(platform) if platform.starts_with("linux/") => {}
        Some(platform) => return Err(format!("it runs on {platform} only")),
        None => return Err("its configuration does not say what it runs on".to_owned()),
    }
    let diff_ids = config.pointer_mut("/rootfs/diff_ids").and_then(Value::as_array_mut);
    let diff_ids = diff_ids.filter(|diff_ids| diff_ids.len() == layers);
    diff_ids.ok_or("its configuration and its manifest name different layers")?.push(json!(addition.diff_id));
    add_history(&mut config, layers, addition.folder);
    let settings = object(&mut config, "config");
    for (key, value) in &addition.labels {
        if let Value::Object(labels) = object(settings, "Labels") {
            labels.insert(key.clone(), json!(value));
        }
    }
    Ok(sorted(config))
}

/// One more line of history, if the base has one for each layer: a history with gaps is worse than none.
fn add_history(config: &mut Value, layers: usize, folder: &str) {
    let created = config.get("created").cloned();
    let Some(history) = config.get_mut("history").and_then(Value::as_array_mut) else { return };
    let empty = |line: &Value| line.get("empty_layer").and_then(Value::as_bool).unwrap_or(false);
    if history.iter().filter(|line| !empty(line)).count() != layers {
        return;
    }
    let mut line = json!({ "created_by": format!("slipway: files in /{}", folder.trim_matches('/')) });
    if let Some(created) = created {
        line["created"] = created;
    }
    history.push(line);
}

/// The object of that name in another; made if there is none.
fn object<'a>(parent: &'a mut Value, name: &str) -> &'a mut Value {
    let value = &mut parent[name];
    if !value.is_object() {
        *value = json!({});
    }
    value
}

/// The same with keys in order: another crate may switch on a feature of the JSON library that keeps them as
/// they came.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> = fields.into_iter().collect();
            Value::Object(fields.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::digest;

    fn base() -> Value {
        json!({
            "os": "linux", "architecture": "arm64", "variant": "v8", "created": "2026-01-02T03:04:05Z",
            "config": { "User": "1000", "Labels": null, "Healthcheck": { "Test": ["NONE"] } },
            "rootfs": { "type": "layers", "diff_ids": ["sha256:a"] },
            "history": [{ "created_by": "x" }, { "created_by": "y", "empty_layer": true }],
            "moby.buildkit.cache.v0": "kept",
        })
    }

    fn with(config: Value, layers: usize) -> Result<Value, String> {
        let labels = BTreeMap::from([("origin".to_owned(), "base".to_owned())]);
        amended(config, layers, &Addition { diff_id: &digest(b"layer"), folder: "release/", labels })
    }

    #[test]
    fn s1_34_a_configuration_gains_a_layer_and_loses_nothing() {
        let made = with(base(), 1).unwrap();
        let mut expected = base();
        expected["rootfs"]["diff_ids"] = json!(["sha256:a", digest(b"layer")]);
        expected["config"]["Labels"] = json!({ "origin": "base" });
        let line = json!({ "created": "2026-01-02T03:04:05Z", "created_by": "slipway: files in /release" });
        expected["history"].as_array_mut().unwrap().push(line);
        assert_eq!(made, expected);
        assert!(made.to_string().starts_with(r#"{"architecture""#), "keys are in order: {made}");
    }

    #[test]
    fn a_history_that_is_missing_or_has_gaps_stays_so() {
        let mut config = base();
        config["history"] = json!([]);
        assert_eq!(with(config.clone(), 1).unwrap()["history"], json!([]));
        config.as_object_mut().unwrap().remove("history");
        config["config"] = Value::Null;
        let made = with(config, 1).unwrap();
        assert!(made.get("history").is_none());
        assert_eq!(made["config"], json!({ "Labels": { "origin": "base" } }));
    }

    #[test]
    fn s1_35_what_does_not_fit_is_named() {
        let refused = |key: &str, value: Value| {
            let mut config = base();
            config[key] = value;
            with(config, 1).unwrap_err()
        };
        assert_eq!(refused("os", json!("windows")), "it runs on windows/arm64 only");
        assert_eq!(refused("os", json!("")), "its configuration does not say what it runs on");
        assert!(refused("rootfs", json!({ "diff_ids": [] })).contains("different layers"));
        assert!(refused("rootfs", Value::Null).contains("different layers"));
        assert!(with(json!([]), 1).is_err());
    }
}
