//! Workloads that read as prose.

use serde_json::{Value, json};

use crate::stage::Stage;

/// A workload of the test image that is well until it is told otherwise.
pub struct Make(Value);

impl From<Make> for Value {
    fn from(make: Make) -> Self {
        make.0
    }
}

fn labels(name: &str) -> Value {
    json!({
        "app.kubernetes.io/managed-by": "slipway", "app.kubernetes.io/part-of": "$NAMESPACE",
        "app.kubernetes.io/name": name, "app.kubernetes.io/version": "1",
    })
}

fn workload(api_version: &str, kind: &str, stage: &Stage) -> Make {
    let container = json!({
        "name": "web", "image": stage.image(),
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1},
    });
    let pod = json!({
        "terminationGracePeriodSeconds": 1, "automountServiceAccountToken": false, "containers": [container],
    });
    Make(json!({
        "apiVersion": api_version, "kind": kind, "metadata": {"name": "web", "labels": labels("web")},
        "spec": {"template": {"metadata": {"labels": labels("web")}, "spec": pod}},
    }))
}

pub fn deployment(stage: &Stage) -> Make {
    let mut make = workload("apps/v1", "Deployment", stage);
    make.0["spec"]["selector"] = json!({"matchLabels": {"app.kubernetes.io/name": "web"}});
    make
}

pub fn stateful_set(stage: &Stage) -> Make {
    let mut make = workload("apps/v1", "StatefulSet", stage);
    make.0["spec"]["selector"] = json!({"matchLabels": {"app.kubernetes.io/name": "web"}});
    make.0["spec"]["serviceName"] = json!("web");
    make
}

pub fn job(stage: &Stage, args: &[&str]) -> Make {
    let mut make = workload("batch/v1", "Job", stage).container("args", json!(args));
    make.0["spec"]["backoffLimit"] = json!(0);
    make.0["spec"]["template"]["spec"]["restartPolicy"] = json!("Never");
    make
}

/// A policy that denies every pod of the namespace.
pub fn policy() -> Vec<Value> {
    let rule =
        json!({"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]});
    let ours = json!({"matchLabels": {"kubernetes.io/metadata.name": "$NAMESPACE"}});
    vec![
        json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
            "metadata": {"name": "$NAMESPACE"},
            "spec": {
                "matchConstraints": {"resourceRules": [rule], "namespaceSelector": ours},
                "validations": [{"expression": "false", "message": "nobody may"}],
            },
        }),
        json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": "$NAMESPACE"},
            "spec": {"policyName": "$NAMESPACE", "validationActions": ["Deny"]},
        }),
    ]
}

impl Make {
    /// Sets a field of the pod.
    pub fn spec(mut self, field: &str, value: Value) -> Self {
        self.0["spec"]["template"]["spec"][field] = value;
        self
    }

    /// Sets a field of the container.
    pub fn container(mut self, field: &str, value: Value) -> Self {
        self.0["spec"]["template"]["spec"]["containers"][0][field] = value;
        self
    }

    pub fn named(mut self, name: &str) -> Self {
        self.0["metadata"] = json!({"name": name, "labels": labels(name)});
        self.0["spec"]["selector"] = json!({"matchLabels": {"app.kubernetes.io/name": name}});
        self.0["spec"]["template"]["metadata"]["labels"] = labels(name);
        self
    }

    pub fn image(self, image: &str) -> Self {
        self.container("image", json!(image))
    }

    pub fn pull(self, policy: &str) -> Self {
        self.container("imagePullPolicy", json!(policy))
    }

    /// Keeps the end of the log as the container's last words.
    pub fn last_words(self) -> Self {
        self.container("terminationMessagePolicy", json!("FallbackToLogsOnError"))
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        let env = &mut self.0["spec"]["template"]["spec"]["containers"][0]["env"];
        let mut all = env.as_array().cloned().unwrap_or_default();
        all.push(json!({"name": name, "value": value}));
        *env = json!(all);
        self
    }

    pub fn resources(self, resources: Value) -> Self {
        self.container("resources", resources)
    }

    pub fn copies(mut self, copies: u32) -> Self {
        self.0["spec"]["replicas"] = json!(copies);
        self
    }

    pub fn volume(self, volume: Value) -> Self {
        let mut volume = volume;
        volume["name"] = json!("data");
        self.spec("volumes", json!([volume]))
            .container("volumeMounts", json!([{"name": "data", "mountPath": "/data"}]))
    }

    pub fn init(self, stage: &Stage, args: Value) -> Self {
        self.spec("initContainers", json!([{"name": "prepare", "image": stage.image(), "args": args}]))
    }
}
