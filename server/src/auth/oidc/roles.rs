//! Where in a token a person's roles and groups are: paths of names with dots between them, several with commas.

use std::collections::HashMap;

use serde_json::Value;

/// The texts of the lists at those paths, each once.
pub(super) fn texts(claims: &HashMap<String, Value>, paths: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for path in paths.split(',').map(str::trim) {
        let all = claims.get(path).or_else(|| inside(claims, path));
        let texts: Vec<&str> = match all {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            // Some providers write a single role as a text, or several with spaces between them.
            Some(Value::String(text)) => text.split_whitespace().collect(),
            _ => Vec::new(),
        };
        // Groups may be written as paths.
        let names = texts.into_iter().map(|text| text.trim_start_matches('/').to_owned());
        found.extend(names);
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// A name may have dots in it, as clients have: of the ways to read a path, the longest names are tried first.
fn inside<'a>(claims: &'a HashMap<String, Value>, path: &str) -> Option<&'a Value> {
    let ends = path.rmatch_indices('.').map(|(end, _)| end);
    ends.filter_map(|end| Some((claims.get(&path[..end])?, &path[end + 1..])))
        .find_map(|(value, rest)| below(value, rest))
}

fn below<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    if let Some(found) = value.get(path) {
        return Some(found);
    }
    let ends = path.rmatch_indices('.').map(|(end, _)| end);
    ends.filter_map(|end| Some((value.get(&path[..end])?, &path[end + 1..])))
        .find_map(|(value, rest)| below(value, rest))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims() -> HashMap<String, Value> {
        serde_json::from_value(json!({
            "groups": ["/ops", "all"],
            "realm_access": {"roles": ["APS_DEVOPS", 7]},
            "resource_access": {"slipway.example.com": {"roles": ["APS_DEVOPS", "VIEWER"]}},
            "role": "APS_DEVOPS",
            "https://slipway.example.com/roles": ["APS_DEVOPS"],
        }))
        .unwrap()
    }

    #[test]
    fn s1_02_roles_are_found_at_any_depth() {
        assert_eq!(texts(&claims(), "realm_access.roles"), ["APS_DEVOPS"]);
        assert!(texts(&claims(), "resource_access.slipway.roles").is_empty());
    }

    #[test]
    fn s1_02_names_with_dots_are_found_too() {
        assert_eq!(texts(&claims(), "resource_access.slipway.example.com.roles"), ["APS_DEVOPS", "VIEWER"]);
        assert_eq!(texts(&claims(), "https://slipway.example.com/roles"), ["APS_DEVOPS"]);
    }

    #[test]
    fn s1_02_groups_and_single_roles_count_and_several_places_are_one_list() {
        assert_eq!(texts(&claims(), "groups"), ["all", "ops"]);
        assert_eq!(texts(&claims(), "role, groups"), ["APS_DEVOPS", "all", "ops"]);
    }
}
