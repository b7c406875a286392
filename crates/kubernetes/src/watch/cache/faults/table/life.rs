//! Faults of containers: before, at and after their start.

use serde_json::json;

use super::{
    super::fixtures::{container, ended, ended_with, event, pod, running, waiting},
    Fault, config, crash, fault, of, pull, start,
};

pub(super) fn images() -> Vec<Fault> {
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

pub(super) fn configuration() -> Vec<Fault> {
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
        config(
            "settings late",
            "SLW_SETTINGS_LATE",
            "failed to sync configmap cache: timed out waiting for the condition",
            "has not received",
        ),
        config("runs as root", "SLW_RUNS_AS_ROOT", "container has runAsNonRoot and image will run as root", "as root"),
        fault("missing ConfigMap as a volume", pending.clone(), "SLW_CONFIG_MISSING", "ConfigMap files", mount)
            .and(event("Pod", "web-1", "FailedMount", mount)),
        fault("volume mount failure", pending.clone(), "SLW_VOLUME_MOUNT", "cannot be mounted", "hostPath type check failed")
            .and(event("Pod", "web-1", "FailedMount", "MountVolume.SetUp failed for volume \"d\" : hostPath type check failed: /d is not a directory")),
        fault("no network", pending, "SLW_NETWORK", "a network", "no IP addresses available")
            .and(event("Pod", "web-1", "FailedCreatePodSandBox", "Failed to create pod sandbox: plugin type=\"host-local\" failed: no IP addresses available in range")),
    ]
}

pub(super) fn starts() -> Vec<Fault> {
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

pub(super) fn crashes() -> Vec<Fault> {
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

pub(super) fn checks() -> Vec<Fault> {
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
