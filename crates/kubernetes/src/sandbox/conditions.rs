//! Conditions: they keep the time of their last change as long as they say the same.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::objects::seconds;

/// A condition as it should be now; [`keep_times`] gives it its time.
pub(crate) fn condition(kind: &str, status: bool, reason: &str, message: impl Into<String>) -> Value {
    let mut condition = json!({"type": kind, "status": if status { "True" } else { "False" }});
    if !reason.is_empty() {
        condition["reason"] = json!(reason);
        condition["message"] = json!(message.into());
    }
    condition
}

/// Gives each condition the time of the one before it that said the same, or this time.
pub(crate) fn keep_times(before: &Value, mut conditions: Vec<Value>, now: Timestamp) -> Value {
    for condition in &mut conditions {
        let same = find(before, condition["type"].as_str().unwrap_or_default())
            .filter(|old| old["status"] == condition["status"])
            .map(|old| old["lastTransitionTime"].clone());
        condition["lastTransitionTime"] = same.unwrap_or_else(|| json!(seconds(now)));
    }
    Value::Array(conditions)
}

/// The condition of that type.
pub(crate) fn find<'a>(conditions: &'a Value, kind: &str) -> Option<&'a Value> {
    conditions.as_array()?.iter().find(|condition| condition["type"] == kind)
}

/// Is the condition there and true?
pub(crate) fn is_true(conditions: &Value, kind: &str) -> bool {
    find(conditions, kind).is_some_and(|condition| condition["status"] == "True")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_keeps_its_time_until_it_changes() {
        let (first, second) = (Timestamp::UNIX_EPOCH, Timestamp::from_second(60).unwrap());
        let before = keep_times(&Value::Null, vec![condition("Ready", false, "", "")], first);
        let same = keep_times(&before, vec![condition("Ready", false, "Other", "words")], second);
        assert_eq!(same[0]["lastTransitionTime"], "1970-01-01T00:00:00Z");
        let changed = keep_times(&before, vec![condition("Ready", true, "", "")], second);
        assert_eq!(changed[0]["lastTransitionTime"], "1970-01-01T00:01:00Z");
    }
}
