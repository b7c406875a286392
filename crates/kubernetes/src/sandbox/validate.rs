//! What the server fills in, and what it refuses.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    answer::Refusal,
    conditions::{condition, keep_times},
    kinds::Kind,
    selector::Selector,
};
use crate::quantity;

/// Fills in what a client may leave out.
pub(crate) fn fill_defaults(kind: &Kind, object: &mut Value, born: u64, now: Timestamp) {
    match kind.plural.as_str() {
        "namespaces" => {
            default(&mut object["status"]["phase"], json!("Active"));
            default(&mut object["spec"]["finalizers"], json!(["kubernetes"]));
            let name = object["metadata"]["name"].clone();
            object["metadata"]["labels"]["kubernetes.io/metadata.name"] = name;
        }
        "deployments" => {
            let spec = &mut object["spec"];
            default(&mut spec["replicas"], json!(1));
            default(&mut spec["progressDeadlineSeconds"], json!(600));
            default(&mut spec["revisionHistoryLimit"], json!(10));
            default(&mut spec["strategy"]["type"], json!("RollingUpdate"));
            if spec["strategy"]["type"] == "RollingUpdate" {
                default(&mut spec["strategy"]["rollingUpdate"]["maxSurge"], json!("25%"));
                default(&mut spec["strategy"]["rollingUpdate"]["maxUnavailable"], json!("25%"));
            }
            pod_defaults(&mut spec["template"]["spec"]);
        }
        "statefulsets" | "replicasets" | "daemonsets" => {
            let spec = &mut object["spec"];
            if kind.plural != "daemonsets" {
                default(&mut spec["replicas"], json!(1));
            }
            pod_defaults(&mut spec["template"]["spec"]);
        }
        "jobs" => {
            let spec = &mut object["spec"];
            for (field, value) in [("backoffLimit", 6), ("completions", 1), ("parallelism", 1)] {
                default(&mut spec[field], json!(value));
            }
            pod_defaults(&mut spec["template"]["spec"]);
        }
        "pods" => {
            pod_defaults(&mut object["spec"]);
            default(&mut object["spec"]["serviceAccountName"], json!("default"));
            default(&mut object["status"]["phase"], json!("Pending"));
        }
        "services" => service_defaults(&mut object["spec"], born),
        "apiservices" => {
            let service = &object["spec"]["service"];
            let available = match (service["name"].as_str(), service["namespace"].as_str()) {
                (Some(name), place) => {
                    let message =
                        format!("service/{name} in \"{}\" is not present", place.unwrap_or_default());
                    condition("Available", false, "ServiceNotFound", message)
                }
                _ => condition("Available", true, "Local", "Local APIServices are always available"),
            };
            object["status"]["conditions"] =
                keep_times(&object["status"]["conditions"], vec![available], now);
        }
        "customresourcedefinitions" => {
            let conditions = vec![
                condition("NamesAccepted", true, "NoConflicts", "no conflicts found"),
                condition(
                    "Established",
                    true,
                    "InitialNamesAccepted",
                    "the initial names have been accepted",
                ),
            ];
            if object["status"]["conditions"].is_null() {
                object["status"]["conditions"] = keep_times(&Value::Null, conditions, now);
                object["status"]["acceptedNames"] = object["spec"]["names"].clone();
            }
        }
        _ => {}
    }
}

fn pod_defaults(spec: &mut Value) {
    if !spec.is_object() {
        return;
    }
    default(&mut spec["restartPolicy"], json!("Always"));
    default(&mut spec["terminationGracePeriodSeconds"], json!(30));
    default(&mut spec["dnsPolicy"], json!("ClusterFirst"));
    for container in spec["containers"].as_array_mut().into_iter().flatten() {
        let image = container["image"].as_str().unwrap_or_default();
        let newest =
            image.ends_with(":latest") || !image.rsplit('/').next().unwrap_or_default().contains(':');
        let policy = if newest && !image.contains('@') { "Always" } else { "IfNotPresent" };
        default(&mut container["imagePullPolicy"], json!(policy));
        for port in container["ports"].as_array_mut().into_iter().flatten() {
            default(&mut port["protocol"], json!("TCP"));
        }
    }
}

fn service_defaults(spec: &mut Value, born: u64) {
    default(&mut spec["type"], json!("ClusterIP"));
    if spec["type"] != "ExternalName" {
        default(&mut spec["clusterIP"], json!(format!("10.96.{}.{}", born / 250 % 250, born % 250 + 1)));
        let address = spec["clusterIP"].clone();
        default(&mut spec["clusterIPs"], json!([address]));
    }
    for port in spec["ports"].as_array_mut().into_iter().flatten() {
        default(&mut port["protocol"], json!("TCP"));
        let same = port["port"].clone();
        default(&mut port["targetPort"], same);
    }
}

fn default(field: &mut Value, value: Value) {
    if field.is_null() {
        *field = value;
    }
}

/// Refuses names that are none, in the words of the real server.
pub(crate) fn check_name(kind: &Kind, name: &str) -> Result<(), Refusal> {
    let invalid = |problem: &str| Err(Refusal::invalid(kind, name, "metadata.name", problem));
    if name.is_empty() {
        return invalid("Required value: name or generateName is required");
    }
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let ends_well = name.starts_with(is_word) && name.ends_with(is_word);
    if matches!(kind.plural.as_str(), "namespaces" | "services") {
        if name.len() > 63 || !ends_well || !name.chars().all(|c| is_word(c) || c == '-') {
            return invalid(&format!(
                "Invalid value: \"{name}\": a lowercase RFC 1123 label must consist of lower case alphanumeric \
                 characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or \
                 '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
            ));
        }
    } else if kind.group() != "rbac.authorization.k8s.io"
        && (name.len() > 253 || !ends_well || !name.chars().all(|c| is_word(c) || "-.".contains(c)))
    {
        return invalid(&format!(
            "Invalid value: \"{name}\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric \
             characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', \
             regex used for validation is \
             '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
        ));
    }
    Ok(())
}

/// Refuses what the real server refuses, in its words.
pub(crate) fn check(kind: &Kind, name: &str, object: &Value, before: Option<&Value>) -> Result<(), Refusal> {
    let invalid = |field: &str, problem: &str| Err(Refusal::invalid(kind, name, field, problem));
    let spec = &object["spec"];
    let (path, pod) = match kind.plural.as_str() {
        "pods" => ("spec".to_owned(), spec),
        "deployments" | "statefulsets" | "replicasets" | "daemonsets" | "jobs" => {
            ("spec.template.spec".to_owned(), &spec["template"]["spec"])
        }
        _ => return Ok(()),
    };
    if kind.group() == "apps" {
        let labels = &spec["template"]["metadata"]["labels"];
        if !Selector::of(&spec["selector"]).matches_labels(labels) {
            return invalid(
                "spec.template.metadata.labels",
                &format!("Invalid value: {labels}: `selector` does not match template `labels`"),
            );
        }
        if before.is_some_and(|before| before["spec"]["selector"] != spec["selector"]) {
            let problem = format!("Invalid value: {}: field is immutable", spec["selector"]);
            return invalid("spec.selector", &problem);
        }
    }
    let Some(containers) = pod["containers"].as_array().filter(|containers| !containers.is_empty()) else {
        return invalid(&format!("{path}.containers"), "Required value");
    };
    for (index, container) in containers.iter().enumerate() {
        if container["image"].as_str().is_none_or(str::is_empty) {
            return invalid(&format!("{path}.containers[{index}].image"), "Required value");
        }
        let resources = &container["resources"];
        for (resource, request) in resources["requests"].as_object().into_iter().flatten() {
            let limit = resources["limits"][resource].as_str().unwrap_or_default();
            let request = request.as_str().unwrap_or_default();
            if quantity::parse(limit)
                .zip(quantity::parse(request))
                .is_some_and(|(limit, asked)| asked > limit)
            {
                let field = format!("{path}.containers[{index}].resources.requests");
                let problem = format!(
                    "Invalid value: \"{request}\": must be less than or equal to {resource} limit of {limit}"
                );
                return invalid(&field, &problem);
            }
        }
    }
    Ok(())
}
