//! Quotas: what a namespace's objects use up, and what is refused because nothing is left.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    answer::Refusal,
    kinds::Kind,
    objects::{self, Objects},
};
use crate::quantity;

type Amounts = BTreeMap<String, i128>;

/// What one object uses up, in thousandths.
fn of(kind: &Kind, object: &Value) -> Amounts {
    let counted = match kind.group() {
        "" => format!("count/{}", kind.plural),
        group => format!("count/{}.{group}", kind.plural),
    };
    let mut amounts = Amounts::from([(counted, 1000)]);
    match kind.plural.as_str() {
        "services" | "secrets" | "configmaps" => _ = amounts.insert(kind.plural.clone(), 1000),
        "persistentvolumeclaims" => {
            amounts.insert(kind.plural.clone(), 1000);
            add(&mut amounts, &object["spec"]["resources"]["requests"], |name| {
                vec![format!("requests.{name}")]
            });
        }
        // What has ended uses nothing any more.
        "pods" if !matches!(object["status"]["phase"].as_str(), Some("Succeeded" | "Failed")) => {
            amounts.insert(kind.plural.clone(), 1000);
            for container in object["spec"]["containers"].as_array().into_iter().flatten() {
                let resources = &container["resources"];
                add(&mut amounts, &resources["requests"], |name| {
                    vec![format!("requests.{name}"), name.to_owned()]
                });
                add(&mut amounts, &resources["limits"], |name| vec![format!("limits.{name}")]);
            }
        }
        _ => {}
    }
    amounts
}

fn add(amounts: &mut Amounts, declared: &Value, names: impl Fn(&str) -> Vec<String>) {
    for (name, amount) in declared.as_object().into_iter().flatten() {
        let amount = amount.as_str().and_then(quantity::parse).unwrap_or(0);
        for name in names(name) {
            *amounts.entry(name).or_default() += amount;
        }
    }
}

fn hard(quota: &Value) -> Amounts {
    let mut amounts = Amounts::new();
    add(&mut amounts, &quota["spec"]["hard"], |name| vec![name.to_owned()]);
    amounts
}

/// How much of what the quota limits is used in the namespace.
fn used(objects: &Objects, namespace: &str, hard: &Amounts) -> Amounts {
    let mut used: Amounts = hard.keys().map(|name| (name.clone(), 0)).collect();
    for (kind, object) in objects.contents(namespace) {
        for (name, amount) in of(kind, object) {
            used.entry(name).and_modify(|sum| *sum += amount);
        }
    }
    used
}

/// Refuses an object that is more than what is left, in the words of the real server.
pub(crate) fn refuse_over(
    objects: &Objects,
    kind: &Kind,
    namespace: &str,
    name: &str,
    object: &Value,
) -> Result<(), Refusal> {
    for quota in objects.within(&Kind::own("resourcequotas"), namespace) {
        let (_, quota_name) = objects::place(quota);
        let (hard, asked) = (hard(quota), of(kind, object));
        if kind.plural == "pods" {
            refuse_unspecified(kind, name, object, &quota_name, &hard)?;
        }
        let used = used(objects, namespace, &hard);
        let over: Vec<&String> = asked
            .iter()
            .filter(|(resource, amount)| {
                hard.get(*resource).is_some_and(|hard| used[*resource] + **amount > *hard)
            })
            .map(|(resource, _)| resource)
            .collect();
        if !over.is_empty() {
            let list = |amounts: &Amounts| {
                let each = over.iter().map(|name| format!("{name}={}", quantity::text(name, amounts[*name])));
                each.collect::<Vec<_>>().join(",")
            };
            let lists = [list(&asked), list(&used), list(&hard)];
            return Err(Refusal::over_quota(kind, name, &quota_name, &lists));
        }
    }
    Ok(())
}

/// A quota on something wants every container to say how much of it that needs.
fn refuse_unspecified(
    kind: &Kind,
    name: &str,
    pod: &Value,
    quota: &str,
    hard: &Amounts,
) -> Result<(), Refusal> {
    let says = |container: &Value, resource: &str| {
        let (part, of) = resource.split_once('.').unwrap_or(("requests", resource));
        !container["resources"][part][of].is_null()
    };
    let is_compute = |name: &&String| {
        ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"]
            .contains(&name.as_str())
    };
    let missing = hard.keys().filter(is_compute).filter_map(|resource| {
        let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
        let silent = containers.filter(|container| !says(container, resource));
        let names: Vec<_> = silent.filter_map(|container| container["name"].as_str()).collect();
        (!names.is_empty()).then(|| format!("{resource} for: {}", names.join(",")))
    });
    let missing: Vec<String> = missing.collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Refusal::unspecified(kind, name, quota, &missing.join("; ")))
    }
}

/// Says in each quota how much of it is used.
pub(crate) fn count(objects: &mut Objects, namespace: &str) {
    let kind = Kind::own("resourcequotas");
    let quotas: Vec<Value> = objects.within(&kind, namespace).cloned().collect();
    for mut quota in quotas {
        let used = used(objects, namespace, &hard(&quota)).into_iter();
        let used: serde_json::Map<String, Value> =
            used.map(|(name, amount)| (name.clone(), json!(quantity::text(&name, amount)))).collect();
        let status = json!({"hard": quota["spec"]["hard"], "used": used});
        if quota["status"] != status {
            quota["status"] = status;
            objects.put(&kind, namespace, &objects::place(&quota).1, quota);
        }
    }
}
