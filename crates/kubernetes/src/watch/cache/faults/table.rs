//! The faults: what the objects say, and what is to be told.

mod life;
mod surroundings;

use serde_json::{Value, json};

use self::{
    life::{checks, configuration, crashes, images, starts},
    surroundings::{others, placement, refusals, volumes},
};
use super::fixtures::{container, deployment, ended_with, namespace, pod, replica_set, unscheduled, waiting};

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
