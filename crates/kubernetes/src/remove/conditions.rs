//! What a namespace says about its own end, in plain sentences. Pure.

use k8s_openapi::api::core::v1::{NamespaceCondition, NamespaceStatus};

/// What the namespace controller says still holds the namespace.
pub(crate) fn remaining(status: Option<&NamespaceStatus>) -> Vec<String> {
    let conditions = status.and_then(|status| status.conditions.as_ref());
    let open = conditions.into_iter().flatten().filter(|condition| condition.status == "True");
    open.filter_map(sentence).collect()
}

/// A condition in plain words; the details are the cluster's own.
fn sentence(condition: &NamespaceCondition) -> Option<String> {
    let message = condition.message.as_deref()?;
    let (lead, opening) = match condition.type_.as_str() {
        "NamespaceContentRemaining" => ("Still there", "Some resources are remaining: "),
        "NamespaceFinalizersRemaining" => {
            ("Finalizers that hold it", "Some content in the namespace has finalizers remaining: ")
        }
        "NamespaceDeletionDiscoveryFailure" => {
            ("The cluster cannot ask all of its APIs what is left", "Discovery failed for some groups, ")
        }
        "NamespaceDeletionContentFailure" => {
            ("The cluster could not delete everything", "Failed to delete all resource types, ")
        }
        "NamespaceDeletionGroupVersionParsingFailure" => ("The cluster does not understand a kind", ""),
        _ => return Some(message.to_owned()),
    };
    let details = message.strip_prefix(opening).unwrap_or(message);
    let details = if opening.starts_with("Some ") {
        details.split(", ").map(counted).collect::<Vec<_>>().join(", ")
    } else {
        details.to_owned()
    };
    Some(format!("{lead}: {}.", details.trim_end_matches('.')))
}

/// A kind and how many: `pods (2)`. The server writes `pods. has 2 resource instances`, with a dot and nothing behind it
/// for the core group.
fn counted(said: &str) -> String {
    let said = said.trim_end_matches(" resource instances");
    let counted = said.split_once(" has ");
    counted
        .map_or_else(|| said.to_owned(), |(kind, count)| format!("{} ({count})", kind.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn d1_what_a_namespace_says_about_its_end_is_said_in_plain_words() {
        let condition = |kind: &str, status: &str, message: &str| json!({"type": kind, "status": status, "message": message, "reason": "Any"});
        let status = serde_json::from_value(json!({"conditions": [
            condition("NamespaceDeletionDiscoveryFailure", "True", "Discovery failed for some groups, 1 failing: \
                unable to retrieve the complete list of server APIs: dead.example.com/v1: stale"),
            condition("NamespaceDeletionContentFailure", "False", "All content successfully deleted"),
            condition("NamespaceContentRemaining", "True",
                "Some resources are remaining: pods. has 2 resource instances, widgets.example.com has 1 resource instances"),
            condition("NamespaceFinalizersRemaining", "True",
                "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances"),
            condition("SomethingNew", "True", "Words of a newer cluster"),
        ]}))
        .unwrap();
        assert_eq!(
            remaining(Some(&status)),
            [
                "The cluster cannot ask all of its APIs what is left: 1 failing: unable to retrieve the complete \
                 list of server APIs: dead.example.com/v1: stale.",
                "Still there: pods (2), widgets.example.com (1).",
                "Finalizers that hold it: example.com/hold in 1.",
                "Words of a newer cluster",
            ]
        );
    }
}
