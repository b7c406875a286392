//! What objects use up of a namespace's quota, and what a task asks for. Pure.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::LimitRange;
use serde_json::Value;

use super::limits::effective;
use crate::quantity;

/// How much of each resource, in thousandths.
pub(super) type Amounts = BTreeMap<String, i128>;

/// Quantities as an object declares them.
pub(super) fn declared(amounts: &Value) -> Amounts {
    let amounts = amounts.as_object().into_iter().flatten();
    let read = |value: &Value| match value {
        Value::String(text) => quantity::parse(text),
        Value::Number(number) => quantity::parse(&number.to_string()),
        _ => None,
    };
    amounts.filter_map(|(resource, amount)| Some((resource.clone(), read(amount)?))).collect()
}

/// The containers of a workload.
pub(super) fn containers(workload: &Value) -> impl Iterator<Item = &Value> {
    workload["spec"]["template"]["spec"]["containers"].as_array().into_iter().flatten()
}

/// How many copies a workload has.
pub(super) fn copies(workload: &Value) -> i128 {
    workload["spec"]["replicas"].as_i64().unwrap_or(1).into()
}

/// What one task of a workload uses up.
pub(super) fn of_task(workload: &Value, ranges: &[LimitRange]) -> Amounts {
    let mut amounts = Amounts::from([("pods".to_owned(), 1000), ("count/pods".to_owned(), 1000)]);
    for container in containers(workload) {
        let asked = effective(container, ranges);
        for (resource, amount) in asked.requests {
            // Quotas know requests under two names.
            for name in [format!("requests.{resource}"), resource] {
                *amounts.entry(name).or_default() += amount;
            }
        }
        for (resource, amount) in asked.limits {
            *amounts.entry(format!("limits.{resource}")).or_default() += amount;
        }
    }
    amounts
}

/// What an object uses up, with all that the cluster makes of it.
pub(super) fn of_object(kind: &str, object: &Value, ranges: &[LimitRange]) -> Amounts {
    let mut amounts = Amounts::new();
    let mut one = |names: &[&str]| names.iter().for_each(|name| _ = amounts.insert((*name).to_owned(), 1000));
    match kind {
        "Service" => one(&["services", "count/services"]),
        "Secret" => one(&["secrets", "count/secrets"]),
        "Ingress" => one(&["count/ingresses.networking.k8s.io"]),
        "RoleBinding" => one(&["count/rolebindings.rbac.authorization.k8s.io"]),
        "Role" => one(&["count/roles.rbac.authorization.k8s.io"]),
        "Deployment" => one(&["count/deployments.apps"]),
        "StatefulSet" => one(&["count/statefulsets.apps"]),
        _ => {}
    }
    if !["Deployment", "StatefulSet"].contains(&kind) {
        return amounts;
    }
    let copies = copies(object);
    for (resource, amount) in of_task(object, ranges) {
        *amounts.entry(resource).or_default() += amount * copies;
    }
    for claim in object["spec"]["volumeClaimTemplates"].as_array().into_iter().flatten() {
        for name in ["persistentvolumeclaims", "count/persistentvolumeclaims"] {
            *amounts.entry(name.to_owned()).or_default() += 1000 * copies;
        }
        let storage = declared(&claim["spec"]["resources"]["requests"]);
        for (resource, amount) in storage {
            *amounts.entry(format!("requests.{resource}")).or_default() += amount * copies;
        }
    }
    amounts
}
