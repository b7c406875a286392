//! JSON patch (RFC 6902), JSON merge patch (RFC 7386), and the strategic one that merges lists whose items have
//! a key.

use serde_json::{Map, Value};

use super::{answer::Refusal, fields};

/// Does what the patch says, step by step. If a test fails or a path leads nowhere, nothing is done.
pub(crate) fn json(target: &mut Value, patch: Value) -> Result<(), Refusal> {
    let steps: json_patch::Patch = serde_json::from_value(patch)
        .map_err(|error| Refusal::bad_request(format!("error decoding patch: {error}")))?;
    json_patch::patch(target, &steps).map_err(|_| Refusal::unprocessable())
}

/// Merges the patch into the target: objects by key, null deletes, everything else replaces.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// Merges the patch into the target as [`merge`] does, but lists whose items have a key item by item. An item
/// with `$patch: delete` goes away.
pub(crate) fn strategic(target: &mut Value, patch: &Value, field: &str) {
    match (patch, &mut *target) {
        (Value::Object(patch), Value::Object(target)) => {
            for (key, value) in patch.iter().filter(|(key, _)| !key.starts_with('$')) {
                if value.is_null() {
                    target.remove(key);
                } else {
                    strategic(target.entry(key.clone()).or_insert(Value::Null), value, key);
                }
            }
        }
        (Value::Array(patch_items), Value::Array(items)) => {
            let Some(keys) = patch_items.first().and_then(|item| fields::keys(field, item)) else {
                *target = patch.clone();
                return;
            };
            for patch in patch_items {
                let key = fields::key_of(patch, keys);
                let position = items.iter().position(|item| fields::has_key(item, &key));
                match position {
                    Some(position) if patch["$patch"] == "delete" => _ = items.remove(position),
                    Some(position) => strategic(&mut items[position], patch, ""),
                    None => items.push(patch.clone()),
                }
            }
        }
        _ => merge(target, patch),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_deletes_and_lists_are_replaced() {
        let mut object = json!({"a": 1, "b": {"c": 2, "d": 3}, "e": [1, 2]});
        merge(&mut object, &json!({"a": null, "b": {"c": 9}, "e": [3]}));
        assert_eq!(object, json!({"b": {"c": 9, "d": 3}, "e": [3]}));
    }

    #[test]
    fn a_json_patch_whose_test_fails_does_nothing() {
        let mut object = json!({"a": ["x", "y"]});
        let steps =
            |value| json!([{"op": "remove", "path": "/a/0"}, {"op": "test", "path": "/a/0", "value": value}]);
        assert_eq!(super::json(&mut object, steps("x")).unwrap_err().code, 422);
        assert_eq!(object, json!({"a": ["x", "y"]}));
        super::json(&mut object, steps("y")).unwrap();
        assert_eq!(object, json!({"a": ["y"]}));
    }

    #[test]
    fn a_strategic_patch_merges_containers_by_name() {
        let mut pod = json!({"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "1"}]});
        let patch = json!({"containers": [{"name": "a", "image": "2"}, {"name": "b", "$patch": "delete"}]});
        strategic(&mut pod, &patch, "");
        assert_eq!(pod, json!({"containers": [{"name": "a", "image": "2"}]}));
    }
}
