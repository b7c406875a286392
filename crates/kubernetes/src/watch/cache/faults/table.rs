//! The faults: what the objects say, and what is to be told.

use serde_json::{Value, json};

use super::fixtures::{
    claim, container, deployment, ended, ended_with, event, job, lost_node, namespace, pod, replica_set,
    running, stateful_set, unscheduled, waiting,
};

pub(super) struct Fault {
    pub(super) name: &'static str,
    pub(super) objects: Vec<Value>,
    pub(super) code: &'static str,
    /// Words of the sentence.
    pub(super) says: &'static str,
    /// The cluster's words in the evidence.
    pub(super) evidence: &'static str,
}

/// A fault that stands in the status of a deployment's only pod, and in what is said beside it.
fn fault(
    name: &'static str,
    pod: Value,
    code: &'static str,
    says: &'static str,
    evidence: &'static str,
) -> Fault {
    Fault { name, objects: vec![namespace(), deployment(0), pod], code, says, evidence }
}

impl Fault {
    fn and(mut self, object: Value) -> Self {
        self.objects.push(object);
        self
    }
}

fn of(status: Value) -> Value {
    pod(json!({"phase": "Running", "containerStatuses": [status]}))
}

fn pull(name: &'static str, message: &str, says: &'static str, evidence: &'static str) -> Fault {
    let message = format!("Back-off pulling image \"r:5000/web:2\": ErrImagePull: {message}");
    let status = container(waiting("ImagePullBackOff", &message), json!({}));
    fault(name, of(status), "DEP_E153", says, evidence)
}

fn config(name: &'static str, code: &'static str, message: &'static str, says: &'static str) -> Fault {
    let status = container(waiting("CreateContainerConfigError", message), json!({}));
    fault(name, of(status), code, says, message)
}

fn start(name: &'static str, code: &'static str, message: &'static str, says: &'static str) -> Fault {
    let words =
        format!("failed to create containerd task: OCI runtime create failed: runc create failed: {message}");
    let status = container(waiting("RunContainerError", &words), ended_with("StartError", 128, &words));
    fault(name, of(status), code, says, message)
}

fn crash(
    name: &'static str,
    code: &'static str,
    end: Value,
    says: &'static str,
    evidence: &'static str,
) -> Fault {
    fault(name, of(container(waiting("CrashLoopBackOff", "back-off 10s"), end)), code, says, evidence)
}

fn placed(name: &'static str, code: &'static str, reasons: &'static str, says: &'static str) -> Fault {
    let tail = "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.";
    fault(name, unscheduled(&format!("0/1 nodes are available: {reasons}. {tail}")), code, says, reasons)
}

fn refused(name: &'static str, code: &'static str, message: &'static str, says: &'static str) -> Fault {
    let objects = vec![namespace(), deployment(0), replica_set(message)];
    Fault { name, objects, code, says, evidence: message }
}

pub(super) fn faults() -> Vec<Fault> {
    let all = [
        images(),
        configuration(),
        starts(),
        crashes(),
        checks(),
        placement(),
        volumes(),
        refusals(),
        others(),
    ];
    all.into_iter().flatten().collect()
}

fn images() -> Vec<Fault> {
    let resolve =
        "failed to pull and unpack image \"r:5000/web:2\": failed to resolve reference \"r:5000/web:2\"";
    let invalid = container(
        waiting("InvalidImageName", "couldn't parse image name \"Web:\": invalid reference format"),
        json!({}),
    );
    vec![
        pull(
            "bad tag",
            &format!("rpc error: code = NotFound desc = {resolve}: r:5000/web:2: not found"),
            "not in the registry",
            "web:2: not found",
        ),
        pull(
            "missing repository",
            &format!("{resolve}: name unknown: repository name not known to registry"),
            "no repository",
            "name unknown",
        ),
        pull(
            "registry wants a password",
            &format!(
                "{resolve}: pulling from host r:5000 failed with status code [manifests 2]: 401 Unauthorized"
            ),
            "who pulls",
            "401 Unauthorized",
        ),
        pull(
            "registry forbids",
            &format!("{resolve}: unexpected status from HEAD request: 403 Forbidden"),
            "does not let the nodes",
            "403",
        ),
        pull(
            "registry unreachable",
            &format!(
                "{resolve}: failed to do request: Head \"https://r:5000/v2/\": dial tcp 10.0.0.9:5000: connect: connection refused"
            ),
            "does not answer",
            "connection refused",
        ),
        pull(
            "registry's certificate",
            &format!(
                "{resolve}: tls: failed to verify certificate: x509: certificate signed by unknown authority"
            ),
            "do not trust",
            "x509",
        ),
        pull(
            "too many pulls",
            &format!(
                "{resolve}: 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit"
            ),
            "too many pulls",
            "429",
        ),
        Fault {
            code: "DEP_E162",
            ..pull(
                "no image for the processor",
                "rpc error: code = NotFound desc = no match for platform in manifest sha256:0: not found",
                "kind of processor",
                "no match for platform",
            )
        },
        fault("invalid image name", of(invalid), "DEP_E153", "not a valid one", "invalid reference format"),
    ]
}

fn configuration() -> Vec<Fault> {
    let mount = "MountVolume.SetUp failed for volume \"files\" : configmap \"files\" not found";
    let creating = container(json!({"waiting": {"reason": "ContainerCreating"}}), json!({}));
    let mut creating_first = creating.clone();
    creating_first["restartCount"] = json!(0);
    let pending = pod(json!({"phase": "Pending", "containerStatuses": [creating_first]}));
    vec![
        config("missing ConfigMap", "SLW_CONFIG_MISSING", "configmap \"settings\" not found", "ConfigMap settings"),
        config("missing ConfigMap key", "SLW_CONFIG_KEY_MISSING", "couldn't find key colour in ConfigMap shop/settings", "key colour"),
        config("missing Secret", "SLW_SECRET_MISSING", "secret \"password\" not found", "secret password"),
        config("missing Secret key", "SLW_SECRET_KEY_MISSING", "couldn't find key token in Secret shop/password", "key token"),
        config("runs as root", "SLW_RUNS_AS_ROOT", "container has runAsNonRoot and image will run as root", "as root"),
        fault("missing ConfigMap as a volume", pending.clone(), "SLW_CONFIG_MISSING", "ConfigMap files", mount)
            .and(event("Pod", "web-1", "FailedMount", mount)),
        fault("volume mount failure", pending.clone(), "SLW_VOLUME_MOUNT", "cannot be mounted", "hostPath type check failed")
            .and(event("Pod", "web-1", "FailedMount", "MountVolume.SetUp failed for volume \"d\" : hostPath type check failed: /d is not a directory")),
        fault("no network", pending, "SLW_NETWORK", "a network", "no IP addresses available")
            .and(event("Pod", "web-1", "FailedCreatePodSandBox", "Failed to create pod sandbox: plugin type=\"host-local\" failed: no IP addresses available in range")),
    ]
}

fn starts() -> Vec<Fault> {
    vec![
        start(
            "missing executable",
            "SLW_COMMAND_NOT_FOUND",
            "error during container init: exec: \"/serve\": stat /serve: no such file or directory",
            "does not exist in its image",
        ),
        start(
            "permission denied",
            "SLW_NOT_EXECUTABLE",
            "error during container init: exec: \"/etc\": permission denied",
            "may not be executed",
        ),
        start(
            "wrong architecture",
            "DEP_E162",
            "error during container init: exec /probe: exec format error",
            "kind of processor",
        ),
        start(
            "cannot be started",
            "SLW_START",
            "error mounting \"/x\": read-only file system",
            "cannot be started",
        ),
        fault(
            "no command",
            of(container(
                waiting(
                    "CreateContainerError",
                    "failed to generate container spec: failed to generate spec: no command specified",
                ),
                json!({}),
            )),
            "SLW_NO_COMMAND",
            "what to run",
            "no command specified",
        ),
        fault(
            "hook",
            of(container(waiting("PostStartHookError", "PostStartHook failed"), ended("Error", 137))),
            "SLW_HOOK",
            "right after its start",
            "PostStartHook",
        ),
    ]
}

fn crashes() -> Vec<Fault> {
    let mut again = of(container(waiting("CrashLoopBackOff", "back-off 40s"), ended("Error", 3)));
    again["status"]["containerStatuses"][0]["restartCount"] = json!(5);
    let mut served = of(container(ended("Error", 3), json!({})));
    served["status"]["conditions"] =
        json!([{"type": "Ready", "status": "False", "lastTransitionTime": "2026-11-21T08:00:10Z"}]);
    let mut pinned = of(container(ended("Error", 3), json!({})));
    pinned["spec"]["nodeSelector"] = json!({"robot": "7"});
    let no_time = json!({"terminated": {
        "reason": "Error", "exitCode": 255, "startedAt": "2026-11-21T08:00:01Z", "finishedAt": "2026-11-21T08:00:01Z",
    }});
    vec![
        crash("crash at start", "DEP_E154", ended("Error", 3), "before it was ready", "exit code 3"),
        fault("crash after ready", served, "DEP_E155", "served and then failed", "exit code 3"),
        fault("crash on a chosen node", pinned, "DEP_E152", "on its own node", "exit code 3"),
        fault("continuous crash", again, "DEP_E163", "again and again", "5 restarts"),
        crash("exit 127", "SLW_COMMAND_NOT_FOUND", ended("Error", 127), "does not exist", "exit code 127"),
        crash("exit 126", "SLW_NOT_EXECUTABLE", ended("Error", 126), "may not be executed", "exit code 126"),
        crash(
            "wrong architecture as the runtime's last deed",
            "DEP_E162",
            no_time,
            "cannot be executed",
            "exit code 255",
        ),
        crash(
            "wrong architecture in the log",
            "DEP_E162",
            ended_with("Error", 255, "exec /probe: exec format error\n"),
            "kind of processor",
            "exec format error",
        ),
        crash("out of memory", "SLW_OOM", ended("OOMKilled", 137), "more memory", "OOMKilled"),
        crash(
            "names are not found",
            "SLW_DNS",
            ended_with("Error", 1, "dial tcp: lookup bank.example.com on 10.96.0.10:53: no such host"),
            "a host by its name",
            "no such host",
        ),
        crash(
            "port taken within the task",
            "SLW_PORT_IN_USE",
            ended_with("Error", 1, "listen tcp :8080: bind: address already in use"),
            "port is taken",
            "address already in use",
        ),
    ]
}

fn checks() -> Vec<Fault> {
    let killed = || of(container(running(), ended("Error", 137)));
    let liveness = "Liveness probe failed: HTTP probe failed with statuscode: 503";
    let startup = "Startup probe failed: dial tcp 10.0.0.3:8080: connect: connection refused";
    vec![
        fault("liveness failing", killed(), "SLW_LIVENESS", "liveness check", liveness).and(event(
            "Pod",
            "web-1",
            "Unhealthy",
            liveness,
        )),
        fault("startup failing", killed(), "SLW_STARTUP_CHECK", "startup check", startup).and(event(
            "Pod",
            "web-1",
            "Unhealthy",
            startup,
        )),
        fault(
            "never ready",
            of(container(running(), json!({}))),
            "SLW_NOT_READY",
            "does not answer",
            "Readiness probe failed",
        )
        .and(event(
            "Pod",
            "web-1",
            "Unhealthy",
            "Readiness probe failed: HTTP probe failed with statuscode: 503",
        )),
    ]
}

fn placement() -> Vec<Fault> {
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

fn volumes() -> Vec<Fault> {
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

fn refusals() -> Vec<Fault> {
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

fn others() -> Vec<Fault> {
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
