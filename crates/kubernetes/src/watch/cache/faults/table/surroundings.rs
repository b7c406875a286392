//! Faults of what is around containers: nodes, volumes, refusals, jobs.

use serde_json::json;

use super::{
    super::fixtures::{
        claim, container, ended, event, job, lost_node, namespace, pod, running, stateful_set, unscheduled,
        waiting,
    },
    Fault, fault, of, placed, refused,
};

pub(super) fn placement() -> Vec<Fault> {
    vec![
        placed("unschedulable cpu", "SLW_UNSCHEDULABLE_CPU", "1 Insufficient cpu", "processor time"),
        placed(
            "unschedulable memory",
            "SLW_UNSCHEDULABLE_MEMORY",
            "1 Insufficient memory",
            "as much memory left",
        ),
        placed("too many pods", "SLW_UNSCHEDULABLE", "1 Too many pods", "has room"),
        placed(
            "node selector",
            "SLW_NODE_SELECTOR",
            "1 node(s) didn't match Pod's node affinity/selector",
            "of the kind",
        ),
        placed("taint", "SLW_TAINT", "1 node(s) had untolerated taint {only: gpu}", "kept for others"),
        placed("cordoned", "SLW_TAINT", "1 node(s) were unschedulable", "take nothing new"),
        placed(
            "port clash",
            "SLW_PORT_CLASH",
            "1 node(s) didn't have free ports for the requested pod ports",
            "is taken on every node",
        ),
        placed(
            "no node reports",
            "DEP_E151",
            "1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }",
            "do not report",
        ),
        placed(
            "nodes under pressure",
            "SLW_NODE_PRESSURE",
            "1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }",
            "short of memory or disk",
        ),
    ]
}

pub(super) fn volumes() -> Vec<Fault> {
    let with_claim = |message: &str| {
        let mut pod = unscheduled(message);
        pod["spec"]["volumes"] = json!([{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]);
        pod
    };
    let unbound = "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found";
    let missing = "0/1 nodes are available: persistentvolumeclaim \"data\" not found. not found";
    vec![
        fault(
            "volume claim without a class",
            with_claim(unbound),
            "SLW_NO_STORAGE_CLASS",
            "there is no storage class",
            "PersistentVolumeClaim data",
        )
        .and(claim(None)),
        fault(
            "volume claim of a class that does not exist",
            with_claim(unbound),
            "SLW_NO_STORAGE_CLASS",
            "class that does not exist",
            "storageclass.storage.k8s.io",
        )
        .and(claim(Some("fast")))
        .and(event(
            "PersistentVolumeClaim",
            "data",
            "ProvisioningFailed",
            "storageclass.storage.k8s.io \"fast\" not found",
        )),
        fault(
            "volume claim without a volume",
            with_claim(unbound),
            "SLW_VOLUME",
            "nobody has made yet",
            "of the class fast",
        )
        .and(claim(Some("fast"))),
        fault(
            "volume claim missing",
            with_claim(missing),
            "SLW_VOLUME_CLAIM_MISSING",
            "claim data",
            "not found",
        ),
    ]
}

pub(super) fn refusals() -> Vec<Fault> {
    let set = |message: &'static str| event("StatefulSet", "web", "FailedCreate", message);
    let own = "create Pod web-0 in StatefulSet web failed error: pods \"web-0\" is forbidden: error looking up service account shop/x: serviceaccount \"x\" not found";
    vec![
        refused(
            "quota exceeded",
            "SLW_QUOTA",
            "pods \"web-5d-x\" is forbidden: exceeded quota: small, requested: pods=1, used: pods=0, limited: pods=0",
            "used up",
        ),
        refused(
            "quota wants numbers",
            "SLW_QUOTA",
            "pods \"web-5d-x\" is forbidden: failed quota: small: must specify limits.cpu for: web",
            "to say what it needs",
        ),
        refused(
            "LimitRange",
            "SLW_LIMIT_RANGE",
            "pods \"web-5d-x\" is forbidden: maximum memory usage per Container is 64Mi, but limit is 128Mi",
            "than a single task may have",
        ),
        refused(
            "admission denied",
            "SLW_ADMISSION",
            "admission webhook \"policy.example.com\" denied the request: no owner",
            "A policy",
        ),
        refused(
            "admission service down",
            "SLW_ADMISSION_DOWN",
            "Internal error occurred: failed calling webhook \"policy.example.com\": failed to call webhook: no endpoints available",
            "does not answer",
        ),
        refused(
            "PodSecurity denied",
            "SLW_POD_SECURITY",
            "pods \"web-5d-x\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true",
            "security level",
        ),
        refused(
            "refused for a reason of its own",
            "SLW_REFUSED",
            "pods \"web-5d-x\" is forbidden: because",
            "does not start web",
        ),
        Fault {
            name: "stateful set's service account",
            objects: vec![namespace(), stateful_set(), set(own)],
            code: "SLW_SERVICE_ACCOUNT",
            says: "service account",
            evidence: "serviceaccount \"x\" not found",
        },
    ]
}

pub(super) fn others() -> Vec<Fault> {
    let thrown_out =
        |reason: &str, message: &str| pod(json!({"phase": "Failed", "reason": reason, "message": message}));
    let mut preparing = container(waiting("CrashLoopBackOff", "back-off"), ended("Error", 1));
    preparing["name"] = json!("migrate");
    let init = pod(json!({"phase": "Pending", "initContainerStatuses": [preparing]}));
    let failed = json!([{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "Job has reached the specified backoff limit"}]);
    let late = json!([{"type": "Failed", "status": "True", "reason": "DeadlineExceeded", "message": "Job was active longer than specified deadline"}]);
    let of_job = |name, conditions, says, evidence| Fault {
        name,
        objects: vec![namespace(), job(conditions)],
        code: "SLW_JOB_FAILED",
        says,
        evidence,
    };
    vec![
        fault(
            "eviction",
            thrown_out("Evicted", "The node was low on resource: memory."),
            "SLW_EVICTED",
            "ran short",
            "low on resource",
        ),
        fault(
            "eviction for its own disk",
            thrown_out(
                "Evicted",
                "Pod ephemeral local storage usage exceeds the total limit of containers 1Mi.",
            ),
            "SLW_EVICTED",
            "wrote more",
            "exceeds",
        ),
        fault(
            "the node refuses",
            thrown_out("OutOfcpu", "Node didn't have enough resource: cpu"),
            "SLW_NODE_REFUSED",
            "did not let web in",
            "enough resource",
        ),
        fault("node not ready", of(container(running(), json!({}))), "DEP_E151", "node node1", "Node node1")
            .and(lost_node()),
        fault(
            "init container failing",
            init,
            "SLW_INIT_FAILED",
            "Init container migrate of web",
            "initContainerStatuses[migrate]",
        ),
        of_job("job failed", failed, "job web failed", "backoff limit"),
        of_job("job too late", late, "took longer", "longer than specified deadline"),
    ]
}
