//! What the server fills in, and what it refuses.

use serde_json::{Value, json};

use super::{answer::Refusal, kinds::Kind, selector::Selector};

/// Fills in what a client may leave out.
pub(crate) fn fill_defaults(kind: &Kind, object: &mut Value, born: u64) {
    match kind.plural.as_str() {
        "namespaces" => {
            default(&mut object["status"]["phase"], json!("Active"));
            let name = object["metadata"]["name"].clone();
            object["metadata"]["labels"]["kubernetes.io/metadata.name"] = name;
        }
        "deployments" | "statefulsets" => {
            let spec = &mut object["spec"];
            default(&mut spec["replicas"], json!(1));
            default(&mut spec["progressDeadlineSeconds"], json!(600));
            default(&mut spec["strategy"]["type"], json!("RollingUpdate"));
            pod_defaults(&mut spec["template"]["spec"]);
        }
        "jobs" => {
            default(&mut object["spec"]["backoffLimit"], json!(6));
            default(&mut object["spec"]["completions"], json!(1));
            pod_defaults(&mut object["spec"]["template"]["spec"]);
        }
        "pods" => {
            pod_defaults(&mut object["spec"]);
            default(&mut object["status"]["phase"], json!("Pending"));
        }
        "services" => {
            let spec = &mut object["spec"];
            default(&mut spec["type"], json!("ClusterIP"));
            default(&mut spec["clusterIP"], json!(format!("10.96.{}.{}", born / 250 % 250, born % 250 + 1)));
        }
        _ => {}
    }
}

fn pod_defaults(spec: &mut Value) {
    default(&mut spec["restartPolicy"], json!("Always"));
    default(&mut spec["terminationGracePeriodSeconds"], json!(30));
    default(&mut spec["dnsPolicy"], json!("ClusterFirst"));
}

fn default(field: &mut Value, value: Value) {
    if field.is_null() {
        *field = value;
    }
}

/// Refuses what the real server refuses, in its words.
pub(crate) fn check(kind: &Kind, name: &str, object: &Value, before: Option<&Value>) -> Result<(), Refusal> {
    let invalid = |problem: &str| Err(Refusal::invalid(kind, name, problem));
    if name.is_empty() {
        return invalid("metadata.name: Required value: name or generateName is required");
    }
    if kind.plural != "events" && !is_subdomain(name) {
        return invalid(&format!(
            "metadata.name: Invalid value: \"{name}\": a lowercase RFC 1123 subdomain must consist of lower case \
             alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
        ));
    }
    if !matches!(kind.plural.as_str(), "deployments" | "statefulsets" | "replicasets") {
        return Ok(());
    }
    let spec = &object["spec"];
    if !Selector::of(&spec["selector"]).matches_labels(&spec["template"]["metadata"]["labels"]) {
        return invalid(
            "spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`",
        );
    }
    if spec["template"]["spec"]["containers"].as_array().is_none_or(Vec::is_empty) {
        return invalid("spec.template.spec.containers: Required value");
    }
    if before.is_some_and(|before| before["spec"]["selector"] != spec["selector"]) {
        return invalid("spec.selector: Invalid value: field is immutable");
    }
    Ok(())
}

fn is_subdomain(name: &str) -> bool {
    let ends_well = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    name.len() <= 253
        && ends_well(name.chars().next())
        && ends_well(name.chars().last())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c))
}
