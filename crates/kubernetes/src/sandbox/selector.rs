//! Label and field selectors.

use serde_json::Value;

/// Which objects are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selector {
    labels: Vec<Requirement>,
    /// The field, what it is compared with, and whether it must be so.
    fields: Vec<(String, String, bool)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Absent(String),
}

impl Selector {
    /// Reads `a=b,c!=d,e in (f,g),h,!i` and `metadata.name=x`.
    pub(crate) fn parse(labels: &str, fields: &str) -> Self {
        let labels = split(labels).iter().map(|text| requirement(text)).collect();
        let pair = |text: &String| {
            let (field, value) = text.split_once('=')?;
            let must = !field.ends_with('!');
            Some((field.trim_end_matches('!').to_owned(), value.trim_start_matches('=').to_owned(), must))
        };
        Self { labels, fields: split(fields).iter().filter_map(pair).collect() }
    }

    /// From the selector of a workload.
    pub(crate) fn of(selector: &Value) -> Self {
        let labels = selector["matchLabels"].as_object().into_iter().flatten();
        let labels = labels.map(|(key, value)| {
            Requirement::In(key.clone(), vec![value.as_str().unwrap_or_default().to_owned()])
        });
        Self { labels: labels.collect(), fields: Vec::new() }
    }

    pub(crate) fn matches(&self, object: &Value) -> bool {
        self.matches_labels(&object["metadata"]["labels"])
            && self.fields.iter().all(|(path, wanted, must)| {
                let pointer = format!("/{}", path.replace('.', "/"));
                let found = object.pointer(&pointer).and_then(Value::as_str).unwrap_or_default();
                (found == wanted) == *must
            })
    }

    pub(crate) fn matches_labels(&self, labels: &Value) -> bool {
        let value = |key: &String| labels.get(key).and_then(Value::as_str);
        self.labels.iter().all(|requirement| match requirement {
            Requirement::In(key, wanted) => value(key).is_some_and(|v| wanted.iter().any(|w| w == v)),
            Requirement::NotIn(key, refused) => value(key).is_none_or(|v| refused.iter().all(|r| r != v)),
            Requirement::Exists(key) => value(key).is_some(),
            Requirement::Absent(key) => value(key).is_none(),
        })
    }
}

/// Splits at commas that are not in parentheses.
fn split(text: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn requirement(text: &str) -> Requirement {
    let set = |list: &str| {
        let list = list.trim().trim_start_matches('(').trim_end_matches(')');
        list.split(',').map(|item| item.trim().to_owned()).collect()
    };
    let one = |value: &str| vec![value.trim().to_owned()];
    if let Some((key, list)) = text.split_once(" notin ") {
        Requirement::NotIn(key.trim().to_owned(), set(list))
    } else if let Some((key, list)) = text.split_once(" in ") {
        Requirement::In(key.trim().to_owned(), set(list))
    } else if let Some((key, value)) = text.split_once("!=") {
        Requirement::NotIn(key.trim().to_owned(), one(value))
    } else if let Some((key, value)) = text.split_once('=') {
        Requirement::In(key.trim().to_owned(), one(value.trim_start_matches('=')))
    } else if let Some(key) = text.strip_prefix('!') {
        Requirement::Absent(key.trim().to_owned())
    } else {
        Requirement::Exists(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_of_a_label_selector_is_understood() {
        let object = json!({"metadata": {"name": "web", "labels": {"app": "shop", "tier": "web"}}});
        for (selector, expected) in [
            ("app=shop", true),
            ("app==shop,tier!=db", true),
            ("app in (bank, shop),tier notin (db)", true),
            ("tier,!gone", true),
            ("app=bank", false),
            ("missing", false),
            ("!app", false),
            ("other!=x", true),
        ] {
            assert_eq!(Selector::parse(selector, "").matches(&object), expected, "{selector}");
        }
        assert!(Selector::parse("", "metadata.name=web").matches(&object));
        assert!(!Selector::parse("", "metadata.name=api").matches(&object));
        assert!(Selector::parse("", "metadata.name!=api,metadata.name!=db").matches(&object));
        assert!(!Selector::parse("", "metadata.name!=web").matches(&object));
    }
}
