//! The faults, as objects that a person could apply.

mod builders;

use serde_json::{Value, json};
use slipway_domain::cause::Cause;

pub use self::builders::deployment;
use self::builders::{Make, job, stateful_set};
use crate::stage::Stage;

/// A fault, where the cluster shows it, and what is to be told.
pub struct Fault {
    pub name: &'static str,
    pub code: &'static str,
    /// Words of the sentence.
    pub says: &'static str,
    /// Group and kind of the objects that show it.
    pub place: (&'static str, &'static str),
    /// The words in which they do.
    pub shows: &'static str,
    /// More labels of the namespace.
    pub labels: Value,
    /// What must be there before the workload.
    pub before: Vec<Value>,
    pub is_policy: bool,
    pub objects: Vec<Value>,
    /// Objects outside the namespace.
    pub leftovers: Vec<(&'static str, &'static str)>,
    /// Can the simulated cluster do it, too?
    pub is_simulated: bool,
}

impl Fault {
    pub fn is_told_by(&self, cause: &Cause) -> bool {
        cause.code == self.code && cause.reason.contains(self.says) && !cause.evidence.is_empty()
    }

    fn simulated(self) -> Self {
        Self { is_simulated: true, ..self }
    }

    fn before(mut self, object: Value) -> Self {
        self.before.push(object);
        self
    }

    fn shown_by(self, group: &'static str, kind: &'static str) -> Self {
        Self { place: (group, kind), ..self }
    }
}

fn fault(
    name: &'static str,
    code: &'static str,
    says: &'static str,
    shows: &'static str,
    object: impl Into<Value>,
) -> Fault {
    Fault {
        name,
        code,
        says,
        place: ("", "Pod"),
        shows,
        labels: json!({}),
        before: vec![],
        is_policy: false,
        objects: vec![object.into()],
        leftovers: vec![],
        is_simulated: false,
    }
}

/// All faults that do not need a node of their own.
pub fn faults(stage: &Stage) -> Vec<Fault> {
    let web = || deployment(stage);
    [
        images(stage, &web),
        settings(&web),
        starts(stage, &web),
        crashes(stage, &web),
        checks(&web),
        placement(&web),
        volumes(&web),
        refusals(stage, &web),
    ]
    .into_iter()
    .flatten()
    .collect()
}

type Web<'a> = &'a dyn Fn() -> Make;

fn images(stage: &Stage, web: Web<'_>) -> Vec<Fault> {
    let of = |image: String| web().image(&image);
    let Stage { registry, registry_auth, .. } = stage;
    vec![
        fault(
            "bad tag",
            "DEP_E153",
            "not in the registry",
            "not found",
            of(format!("{registry}/slipway/probe:nope")),
        ),
        fault(
            "missing repository",
            "DEP_E153",
            "not in the registry",
            "not found",
            of(format!("{registry}/slipway/missing:1")),
        )
        .simulated(),
        fault(
            "registry wants a password",
            "DEP_E153",
            "who pulls",
            "ErrImagePull",
            of(format!("{registry_auth}/slipway/probe:1.0")).pull("Always"),
        ),
        fault(
            "registry wants a password, simulated",
            "DEP_E153",
            "who pulls",
            "ErrImagePull",
            of(format!("{registry_auth}/slipway/private:1")),
        )
        .simulated(),
        fault(
            "registry unreachable",
            "DEP_E153",
            "does not answer",
            "ErrImagePull",
            of("127.0.0.1:9/slipway/probe:1.0".into()),
        ),
        fault(
            "invalid image name",
            "DEP_E153",
            "not a valid one",
            "InvalidImageName",
            of("Slipway/Probe::1".into()),
        ),
        fault(
            "image may not be pulled",
            "DEP_E153",
            "may not be pulled",
            "ErrImageNeverPull",
            of(format!("{registry}/slipway/absent:1")).pull("Never"),
        ),
        // Without last words the objects say only that it ended with a code, which differs by runtime.
        fault(
            "wrong architecture",
            "DEP_E162",
            "kind of processor",
            "exec format error",
            of(format!("{registry}/slipway/probe-arm64:1.0")).last_words(),
        ),
    ]
}

fn settings(web: Web<'_>) -> Vec<Fault> {
    let from = |source: &str, name: &str, key: &str| {
        let env = json!([{"name": "A", "valueFrom": {source: {"name": name, "key": key}}}]);
        web().container("env", env)
    };
    let config = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "1"}});
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "password"}, "stringData": {"a": "1"}});
    let as_root = web().container("securityContext", json!({"runAsNonRoot": true, "runAsUser": 0}));
    vec![
        fault(
            "missing ConfigMap",
            "SLW_CONFIG_MISSING",
            "ConfigMap ghost",
            "ghost\\\" not found",
            from("configMapKeyRef", "ghost", "a"),
        ),
        fault(
            "missing ConfigMap key",
            "SLW_CONFIG_KEY_MISSING",
            "key colour",
            "couldn't find key",
            from("configMapKeyRef", "settings", "colour"),
        )
        .before(config),
        fault(
            "missing Secret",
            "SLW_SECRET_MISSING",
            "secret ghost",
            "ghost\\\" not found",
            from("secretKeyRef", "ghost", "a"),
        ),
        fault(
            "missing Secret key",
            "SLW_SECRET_KEY_MISSING",
            "key token",
            "couldn't find key",
            from("secretKeyRef", "password", "token"),
        )
        .before(secret),
        fault(
            "missing ConfigMap as a volume",
            "SLW_CONFIG_MISSING",
            "ConfigMap files",
            "FailedMount",
            web().volume(json!({"configMap": {"name": "files"}})),
        )
        .shown_by("", "Event"),
        fault("runs as root", "SLW_RUNS_AS_ROOT", "as root", "non-root policy", as_root),
    ]
}

fn starts(stage: &Stage, web: Web<'_>) -> Vec<Fault> {
    let run = |args: Value| web().container("args", args);
    vec![
        fault(
            "missing executable",
            "SLW_COMMAND_NOT_FOUND",
            "does not exist",
            "no such file",
            web().container("command", json!(["/nope"])),
        ),
        fault(
            "permission denied",
            "SLW_NOT_EXECUTABLE",
            "may not be executed",
            "permission denied",
            web().container("command", json!(["/etc/hostname"])),
        ),
        fault(
            "exit 126",
            "SLW_NOT_EXECUTABLE",
            "that it calls",
            "\"exitCode\":126",
            run(json!(["run", "--exit", "126"])),
        )
        .simulated(),
        fault(
            "exit 127",
            "SLW_COMMAND_NOT_FOUND",
            "that it calls",
            "\"exitCode\":127",
            run(json!(["run", "--exit", "127"])),
        )
        .simulated(),
        fault(
            "init container failing",
            "SLW_INIT_FAILED",
            "Init container prepare",
            "\"exitCode\":1",
            web().init(stage, json!(["run", "--exit", "1"])),
        ),
        fault(
            "init container waiting",
            "SLW_NOT_READY",
            "Init container prepare",
            "\"running\"",
            web().init(stage, json!(["run", "--sleep", "10m"])),
        ),
    ]
}

fn crashes(stage: &Stage, web: Web<'_>) -> Vec<Fault> {
    let run = |args: Value| web().container("args", args);
    let env = |name: &str, value: &str| web().env(name, value);
    let words = json!([
        "run",
        "--exit",
        "1",
        "--print",
        "dial tcp: lookup bank.invalid on 10.96.0.10:53: no such host"
    ]);
    let misses_db =
        json!(["run", "--exit", "1", "--print", "dial tcp: lookup db on 10.96.0.10:53: no such host"]);
    let mut blocked = fault(
        "another component is down",
        "DEP_E156",
        "waits for db",
        "\"exitCode\":1",
        run(misses_db).last_words(),
    );
    blocked
        .objects
        .push(deployment(stage).named("db").image(&format!("{}/slipway/missing:1", stage.registry)).into());
    vec![
        fault(
            "crash at start",
            "DEP_E154",
            "before it was ready",
            "\"exitCode\":3",
            run(json!(["run", "--exit", "3"])),
        )
        .simulated(),
        fault(
            "crash after ready",
            "DEP_E155",
            "served and then failed",
            "\"exitCode\":3",
            env("CRASH_AFTER", "6s").env("CRASH_CODE", "3"),
        )
        .simulated(),
        fault(
            "continuous crash",
            "DEP_E163",
            "again and again",
            "\"restartCount\":3",
            run(json!(["run", "--exit", "3"])),
        )
        .simulated(),
        fault(
            "out of memory",
            "SLW_OOM",
            "more memory",
            "OOMKilled",
            env("LEAK_MIB_PER_SECOND", "200").resources(json!({"limits": {"memory": "48Mi"}})),
        )
        .simulated(),
        fault(
            "names are not found",
            "SLW_DNS",
            "a host by its name",
            "\"exitCode\":1",
            run(words).last_words(),
        ),
        blocked,
        fault(
            "job failed",
            "SLW_JOB_FAILED",
            "job web failed",
            "BackoffLimitExceeded",
            job(stage, &["run", "--exit", "4"]),
        )
        .shown_by("batch", "Job")
        .simulated(),
    ]
}

fn checks(web: Web<'_>) -> Vec<Fault> {
    let sick = || web().env("FAIL_HEALTH", "1");
    let check =
        json!({"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1, "failureThreshold": 2});
    vec![
        fault(
            "liveness failing",
            "SLW_LIVENESS",
            "liveness check",
            "\"restartCount\":1",
            sick().container("livenessProbe", check.clone()),
        ),
        fault(
            "startup failing",
            "SLW_STARTUP_CHECK",
            "startup check",
            "\"restartCount\":1",
            sick().container("startupProbe", check),
        ),
        fault("never ready", "SLW_NOT_READY", "does not answer", "Readiness probe failed", sick())
            .shown_by("", "Event")
            .simulated(),
    ]
}

fn placement(web: Web<'_>) -> Vec<Fault> {
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

fn volumes(web: Web<'_>) -> Vec<Fault> {
    let claim = |class: Option<&str>| {
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
        .before(claim(None)),
        fault(
            "volume claim of a missing class",
            "SLW_NO_STORAGE_CLASS",
            "does not exist",
            "ProvisioningFailed",
            claimed(),
        )
        .before(claim(Some("ghost")))
        .shown_by("", "Event"),
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

fn refusals(stage: &Stage, web: Web<'_>) -> Vec<Fault> {
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
