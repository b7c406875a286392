//! Jobs: pods until enough of them succeeded, or too many failed.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{is_active, number, owned, pod_of, write_status};
use crate::sandbox::{
    conditions::{condition, keep_times},
    events::{self, Note},
    kinds::Kind,
    objects::{Objects, place, seconds},
};

const BY: &str = "job-controller";

pub(super) fn step(objects: &mut Objects, job: &Value, now: Timestamp) {
    let kind = Kind::own("pods");
    let (namespace, name) = place(job);
    if job["status"]["conditions"].as_array().is_some_and(|conditions| !conditions.is_empty()) {
        return;
    }
    let pods = owned(objects, &kind, job);
    let count = |test: &dyn Fn(&Value) -> bool| {
        i64::try_from(pods.iter().filter(|pod| test(pod)).count()).unwrap_or(i64::MAX)
    };
    let succeeded = count(&|pod| pod["status"]["phase"] == "Succeeded");
    let failed = count(&|pod| pod["status"]["phase"] == "Failed");
    let active = count(&is_active);
    let spec = &job["spec"];
    let (wanted, limit) = (number(&spec["completions"]), number(&spec["backoffLimit"]));
    let started = match &job["status"]["startTime"] {
        Value::Null => json!(seconds(now)),
        known => known.clone(),
    };
    let mut status =
        json!({"active": active, "succeeded": succeeded, "failed": failed, "startTime": started});
    if succeeded >= wanted {
        let message = "Reached expected number of succeeded pods";
        let reached = condition("SuccessCriteriaMet", true, "CompletionsReached", message);
        let complete = condition("Complete", true, "CompletionsReached", message);
        status["conditions"] = keep_times(&Value::Null, vec![reached, complete], now);
        status["completionTime"] = json!(seconds(now));
        events::record(objects, job, &Note::normal(BY, "Completed", "Job completed"), now);
    } else if failed > limit {
        let message = "Job has reached the specified backoff limit";
        let target = condition("FailureTarget", true, "BackoffLimitExceeded", message);
        let over = condition("Failed", true, "BackoffLimitExceeded", message);
        status["conditions"] = keep_times(&Value::Null, vec![target, over], now);
        events::record(objects, job, &Note::warning(BY, "BackoffLimitExceeded", message), now);
    } else {
        for _ in active..number(&spec["parallelism"]).min(wanted - succeeded) {
            let mut pod = pod_of(&spec["template"], job);
            pod["metadata"]["generateName"] = json!(format!("{name}-"));
            pod["metadata"]["labels"]["job-name"] = json!(name);
            pod["metadata"]["labels"]["batch.kubernetes.io/job-name"] = json!(name);
            let Ok(pod) = objects.create(&kind, &namespace, pod, now) else { break };
            let message = format!("Created pod: {}", place(&pod).1);
            events::record(objects, job, &Note::normal(BY, "SuccessfulCreate", message), now);
        }
    }
    write_status(objects, &Kind::own("jobs"), job, status);
}
