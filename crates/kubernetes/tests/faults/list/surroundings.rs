//! Faults of what is around containers: nodes, volumes, refusals.

use serde_json::{Value, json};

use super::{
    Fault, Web,
    builders::{self, Make, stateful_set},
    fault,
};
use crate::stage::Stage;

pub fn placement(web: Web<'_>) -> Vec<Fault> {
    let asks = |what: &str, value: &str| web().resources(json!({"requests": {what: value}}));
    let ports = json!([{"containerPort": 8080, "hostPort": 18080}]);
    vec![
        fault(
            "unschedulable cpu",
            "SLW_UNSCHEDULABLE_CPU",
            "processor time",
            "Insufficient cpu",
            asks("cpu", "1000"),
        )
        .simulated(),
        fault(
            "unschedulable memory",
            "SLW_UNSCHEDULABLE_MEMORY",
            "as much memory",
            "Insufficient memory",
            asks("memory", "4000Gi"),
        ),
        fault(
            "node selector",
            "SLW_NODE_SELECTOR",
            "of the kind",
            "node affinity/selector",
            web().spec("nodeSelector", json!({"robot": "7"})),
        ),
        fault(
            "port clash",
            "SLW_PORT_CLASH",
            "is taken",
            "free ports",
            web().copies(2).container("ports", ports),
        ),
    ]
}

pub fn volumes(web: Web<'_>) -> Vec<Fault> {
    // Said to have none: what is not said becomes the cluster's default class.
    let claim = |class: &str| {
        let spec = json!({"accessModes": ["ReadWriteOnce"], "storageClassName": class,
            "resources": {"requests": {"storage": "1Mi"}}});
        let labels = json!({"app.kubernetes.io/managed-by": "slipway", "app.kubernetes.io/name": "web"});
        json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "labels": labels}, "spec": spec})
    };
    let claimed = || web().volume(json!({"persistentVolumeClaim": {"claimName": "data"}}));
    let path = json!({"hostPath": {"path": "/nope/nope", "type": "Directory"}});
    vec![
        fault(
            "volume claim without a class",
            "SLW_NO_STORAGE_CLASS",
            "there is no storage class",
            "unbound immediate",
            claimed(),
        )
        .before(claim("")),
        fault(
            "volume claim of a missing class",
            "SLW_NO_STORAGE_CLASS",
            "does not exist",
            // Not the event of the claim, which is there before anything of the application is.
            "unbound immediate",
            claimed(),
        )
        .before(claim("ghost")),
        fault("volume claim missing", "SLW_VOLUME_CLAIM_MISSING", "claim data", "not found", claimed()),
        fault(
            "volume mount failure",
            "SLW_VOLUME_MOUNT",
            "cannot be mounted",
            "FailedMount",
            web().volume(path),
        )
        .shown_by("", "Event"),
    ]
}

pub fn refusals(stage: &Stage, web: Web<'_>) -> Vec<Fault> {
    let quota = |hard: Value| json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": {"hard": hard}});
    let limits = json!({"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "small"},
        "spec": {"limits": [{"type": "Container", "max": {"memory": "16Mi"}}]}});
    let big = web().resources(json!({"limits": {"memory": "64Mi"}}));
    let denied = |name, code, says, shows, object: Make| {
        fault(name, code, says, shows, object).shown_by("apps", "ReplicaSet")
    };
    let ghost = || web().spec("serviceAccountName", json!("ghost"));
    let mut security =
        denied("PodSecurity denied", "SLW_POD_SECURITY", "security level", "violates PodSecurity", web());
    security.labels = json!({"pod-security.kubernetes.io/enforce": "restricted"});
    let mut policy = denied("admission denied", "SLW_ADMISSION", "A policy", "denied request", web());
    (policy.before, policy.is_policy) = (builders::policy(), true);
    policy.leftovers =
        vec![("ValidatingAdmissionPolicy", "$NAMESPACE"), ("ValidatingAdmissionPolicyBinding", "$NAMESPACE")];
    vec![
        denied("quota exceeded", "SLW_QUOTA", "used up", "exceeded quota", web())
            .before(quota(json!({"pods": "0"})))
            .simulated(),
        denied("quota wants numbers", "SLW_QUOTA", "what it needs", "must specify", web())
            .before(quota(json!({"limits.cpu": "1"}))),
        denied("LimitRange", "SLW_LIMIT_RANGE", "a single task", "maximum memory usage", big).before(limits),
        denied(
            "service account missing",
            "SLW_SERVICE_ACCOUNT",
            "service account",
            "serviceaccount",
            ghost(),
        ),
        fault("stateful set over its quota", "SLW_QUOTA", "used up", "exceeded quota", stateful_set(stage))
            .before(quota(json!({"pods": "0"})))
            .shown_by("", "Event"),
        security,
        policy,
    ]
}
