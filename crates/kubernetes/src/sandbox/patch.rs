//! JSON merge patch (RFC 7386).

use serde_json::{Map, Value};

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
}
