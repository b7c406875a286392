//! What each step does. A step may have run before, in part or in whole: it makes sure, it does not assume.

use jiff::SignedDuration;
use slipway_domain::{
    cause::{Cause, cause},
    observed::Namespace,
    operation::{Step, Verdict},
    ports::{ApplyProblem, ImageProblem, Job, PortError, Removal},
    status::{START_DEADLINE, Status, standing},
};

use crate::Ports;

/// How soon something that failed in passing is tried again.
const AGAIN: SignedDuration = SignedDuration::from_secs(3);
/// How soon something is looked at again that will be touched when it changes.
const LOOK: SignedDuration = SignedDuration::from_secs(2);
/// How soon a namespace is looked at again that is being deleted: nothing touches when the last object goes.
const LOOK_AT_REMOVAL: SignedDuration = SignedDuration::from_millis(700);

/// Runs a step of the job.
pub(crate) async fn run(ports: &Ports, step: Step, job: &mut Job) -> Verdict {
    match step {
        // To be accepted is all that the first step is about; and nothing is pushed, because every component runs
        // an image that is in a registry already.
        Step::Accepted | Step::Push => Verdict::Next,
        Step::Build => build(ports, job).await,
        Step::Apply => apply(ports, job).await,
        Step::Settle => settle(ports, job).await,
        Step::Remove => remove(ports, job).await,
    }
}

/// Pins every image to the digest that its tag means now.
async fn build(ports: &Ports, job: &mut Job) -> Verdict {
    for component in job.spec.components.iter_mut().filter(|component| component.digest.is_none()) {
        match ports.images.resolve(&component.image).await {
            Ok(resolved) => {
                component.image = resolved.image;
                component.digest = Some(resolved.digest);
            }
            Err(ImageProblem::Hopeless(cause)) => return Verdict::Fail(cause),
            Err(ImageProblem::Passing(error)) => return retry(ports, &error),
        }
    }
    match ports.journal.save_spec(&job.spec).await {
        Ok(()) => Verdict::Next,
        Err(error) => retry(ports, &error),
    }
}

async fn apply(ports: &Ports, job: &Job) -> Verdict {
    match ports.cluster.apply(&job.spec).await {
        Ok(()) => Verdict::Next,
        Err(ApplyProblem::Hopeless(cause)) => Verdict::Fail(cause),
        Err(ApplyProblem::Passing(error)) => retry(ports, &error),
    }
}

/// Waits until everything runs, or until there has been time enough.
async fn settle(ports: &Ports, job: &Job) -> Verdict {
    let now = ports.clock.now();
    let observed = match ports.cluster.observe(&job.spec.name, job.spec.id).await {
        Ok(observed) if ports.cluster.out_of_reach_since().is_none() => observed,
        // Time during which nobody could look does not count; the deadline is checked when somebody can.
        _ => return wait(ports, "the cluster is out of reach".to_owned(), LOOK),
    };
    if observed.namespace == Namespace::Absent && now.duration_since(job.step_since) > LOOK {
        // Applied and gone again: somebody took it away. What is wanted has not changed.
        return match apply(ports, job).await {
            Verdict::Next => wait(ports, "what was taken away is made again".to_owned(), LOOK),
            other => other,
        };
    }
    let standing = standing(&job.operation, &job.spec, &observed, now);
    if standing.status == Status::Running {
        return Verdict::Next;
    }
    if now.duration_since(job.step_since) < START_DEADLINE {
        return wait(ports, standing.reason.unwrap_or_default(), LOOK);
    }
    Verdict::Fail(cause(&observed).unwrap_or_else(|| {
        let reason = "The workloads did not start in time.";
        let action = "Look at the tasks below, then Force Undeploy and try again.";
        Cause::new("SLW_DEADLINE", reason, action).with(standing.reason.unwrap_or_default())
    }))
}

async fn remove(ports: &Ports, job: &Job) -> Verdict {
    match ports.cluster.remove(&job.spec.name, job.spec.id).await {
        Ok(Removal::Gone(proof)) => {
            let (name, proof) = (&job.spec.name, proof.sentences().join(" "));
            tracing::info!(application.name = %name, proof, "{name}: its namespace is gone");
            Verdict::Next
        }
        // A namespace that is not ours was never touched: of this application nothing is left.
        Ok(Removal::NotOurs) => Verdict::Next,
        Ok(Removal::Held(held)) => {
            let reason = match held.sentences() {
                none if none.is_empty() => "the namespace is being deleted".to_owned(),
                sentences => sentences.join(" "),
            };
            wait(ports, reason, LOOK_AT_REMOVAL)
        }
        Err(error) => retry(ports, &error),
    }
}

fn wait(ports: &Ports, reason: String, time: SignedDuration) -> Verdict {
    Verdict::Wait { reason, until: ports.clock.now() + time }
}

fn retry(ports: &Ports, error: &PortError) -> Verdict {
    Verdict::Retry { reason: error.chain(), at: ports.clock.now() + AGAIN }
}
