//! Faults of containers: before, at and after their start.

use serde_json::{Value, json};

use super::{
    Fault, Web,
    builders::{deployment, job},
    fault,
};
use crate::stage::Stage;

pub fn images(stage: &Stage, web: Web<'_>) -> Vec<Fault> {
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

pub fn settings(web: Web<'_>) -> Vec<Fault> {
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

pub fn starts(stage: &Stage, web: Web<'_>) -> Vec<Fault> {
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

pub fn crashes(stage: &Stage, web: Web<'_>) -> Vec<Fault> {
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

pub fn checks(web: Web<'_>) -> Vec<Fault> {
    let sick = || web().env("FAIL_HEALTH", "1");
    let check =
        json!({"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1, "failureThreshold": 2});
    vec![
        fault(
            "liveness failing",
            "SLW_LIVENESS",
            "liveness check",
            "failed liveness probe, will be restarted",
            sick().container("livenessProbe", check.clone()),
        )
        .shown_by("", "Event"),
        fault(
            "startup failing",
            "SLW_STARTUP_CHECK",
            "startup check",
            "failed startup probe, will be restarted",
            sick().container("startupProbe", check),
        )
        .shown_by("", "Event"),
        fault("never ready", "SLW_NOT_READY", "does not answer", "Readiness probe failed", sick())
            .shown_by("", "Event")
            .simulated(),
    ]
}
