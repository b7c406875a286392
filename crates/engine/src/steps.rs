//! What each step does. A step may have run before, in part or in whole: it makes sure, it does not assume.

mod images;

use std::{convert::Infallible, time::Duration};

use jiff::SignedDuration;
use slipway_domain::{
    cause::{Cause, cause},
    observed::Namespace,
    operation::{Kind, Step, Verdict},
    plan::Care,
    ports::{ApplyProblem, Job, PortError, Removal, Secrets},
    spec::ApplicationSpec,
    status::{Before, START_DEADLINE, Status, standing},
};

use tokio::sync::watch;

use crate::{Ports, last_words::recall};

/// How soon something that failed in passing is tried again.
const AGAIN: SignedDuration = SignedDuration::from_secs(3);
/// How soon something is looked at again that will be touched when it changes.
const LOOK: SignedDuration = SignedDuration::from_secs(2);
/// Since when what was applied must have been seen; until then the watches are behind, which they are under load.
const MISSING: SignedDuration = SignedDuration::from_secs(15);
/// How often a step that counts says how far it is.
const TELL: Duration = Duration::from_millis(500);
/// How soon a namespace is looked at again that is being deleted: nothing touches when the last object goes.
/// How long a removal waits for volumes that the cluster deletes by itself.
const VOLUMES: SignedDuration = SignedDuration::from_mins(2);
const LOOK_AT_REMOVAL: SignedDuration = SignedDuration::from_millis(700);

/// Runs a step of the job.
pub(crate) async fn run(ports: &Ports, owner: &str, step: Step, job: &mut Job) -> Verdict {
    match step {
        // To be accepted is all that the first step is about.
        Step::Accepted => Verdict::Next,
        Step::Build => images::build(ports, job).await,
        Step::Push => images::push(ports, job).await,
        Step::Apply if job.operation.kind == Kind::Access => {
            let none = Secrets::new();
            plan_and_apply(ports, owner, (job, &job.spec), &none, &|_, _| ()).await
        }
        Step::Apply => apply(ports, owner, job).await,
        Step::Settle => settle(ports, owner, job).await,
        Step::Remove => remove(ports, owner, job).await,
    }
}

/// Makes the objects exist, and says meanwhile how far that is (S1.38).
async fn apply(ports: &Ports, owner: &str, job: &Job) -> Verdict {
    let secrets = match open_secrets(ports, job) {
        Ok(secrets) => secrets,
        Err(cause) => return Verdict::Fail(cause),
    };
    let (count, counted) = watch::channel((0, 0));
    let progress = move |done, all| {
        count.send_replace((done, all));
    };
    let startable = match startable(ports, job).await {
        Ok(spec) => spec,
        Err(error) => return retry(ports, &error),
    };
    tokio::select! {
        verdict = plan_and_apply(ports, owner, (job, &startable), &secrets, &progress) => verdict,
        never = tell(ports, owner, job, counted) => match never {},
    }
}

/// As much of the configuration as may start now; the rest follows while it settles.
async fn startable(ports: &Ports, job: &Job) -> Result<ApplicationSpec, PortError> {
    if job.spec.components.iter().all(|component| component.needs.is_empty()) {
        return Ok(job.spec.clone());
    }
    let observed = ports.cluster.observe(&job.spec.name, job.spec.id).await?;
    Ok(job.spec.startable(&observed))
}

/// Applies a plan that is kept before anything is written, and makes another one if the cluster is not any more as
/// the plan says (D6). The first is made without asking much: a new application has nothing to ask about.
async fn plan_and_apply(
    ports: &Ports,
    owner: &str,
    (job, spec): (&Job, &ApplicationSpec),
    secrets: &Secrets,
    progress: &(dyn Fn(usize, usize) + Send + Sync),
) -> Verdict {
    let (name, mut because) = (&job.spec.name, None::<String>);
    for care in [Care::Swift, Care::Sure, Care::Sure, Care::Sure] {
        let planned = match job.operation.kind {
            Kind::Access => ports.cluster.plan_access(spec).await,
            _ => ports.cluster.plan(spec, secrets, care).await,
        };
        let plan = match planned {
            Ok(plan) => plan,
            Err(error) => return retry(ports, &error),
        };
        let (id, now) = (job.operation.id, ports.clock.now());
        if let Err(error) = ports.journal.keep_plan(id, owner, &plan, because.as_deref(), now).await {
            return retry(ports, &error);
        }
        match ports.cluster.apply(spec, secrets, &plan, progress).await {
            Ok(()) => return Verdict::Next,
            Err(ApplyProblem::Hopeless(cause)) => return Verdict::Fail(cause),
            Err(ApplyProblem::Passing(error)) => return retry(ports, &error),
            Err(ApplyProblem::Stale(why)) => {
                tracing::info!(application.name = %name, why, "{name}: planned again, because the cluster has changed");
                because = Some(why);
            }
        }
    }
    let reason = format!("{} It is planned again.", because.unwrap_or_default());
    Verdict::Retry { reason, at: ports.clock.now() + AGAIN }
}

/// Notes how many objects are done, at most twice a second, for as long as it is polled.
async fn tell(
    ports: &Ports,
    owner: &str,
    job: &Job,
    mut counted: watch::Receiver<(usize, usize)>,
) -> Infallible {
    loop {
        tokio::time::sleep(TELL).await;
        let note = match *counted.borrow_and_update() {
            (_, 0) => "looking at what is there".to_owned(),
            (done, all) => format!("{done} of {all} objects"),
        };
        let told = ports.journal.note(job.operation.id, owner, &note).await;
        // Not told is not done wrong; the badge is a little behind.
        if told.is_ok() {
            let _ = crate::observer::look(ports, std::slice::from_ref(&job.spec.name)).await;
        }
        if counted.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

fn open_secrets(ports: &Ports, job: &Job) -> Result<Secrets, Cause> {
    job.spec.secrets(|component, name, sealed| {
        ports.vault.open(sealed).map_err(|error| {
            Cause::new(
                "SLW_SECRET",
                format!("The secret {name} of {} cannot be opened.", component.name),
                "Restore the key that it was sealed with, or update the application and enter it again.",
            )
            .with(error.to_string())
        })
    })
}

/// Waits until everything runs, or until there has been time enough.
async fn settle(ports: &Ports, owner: &str, job: &Job) -> Verdict {
    let now = ports.clock.now();
    let observed = match ports.cluster.observe(&job.spec.name, job.spec.id).await {
        Ok(observed) if ports.cluster.out_of_reach_since().is_none() => observed,
        // Time during which nobody could look does not count; the deadline is checked when somebody can.
        _ => return wait(ports, "the cluster is out of reach".to_owned(), LOOK),
    };
    if observed.namespace == Namespace::Absent && now.duration_since(job.step_since) > MISSING {
        // Applied and gone again: somebody took it away. What is wanted has not changed.
        return match apply(ports, owner, job).await {
            Verdict::Next => wait(ports, "what was taken away is made again".to_owned(), LOOK),
            other => other,
        };
    }
    if job.spec.may_start_more(&observed) {
        return match apply(ports, owner, job).await {
            Verdict::Next => wait(ports, "what waited for others is started".to_owned(), LOOK),
            other => other,
        };
    }
    let before = Before { status: Status::Pending, since: job.step_since };
    let standing = standing(&job.operation, &job.spec, &observed, before, now);
    if standing.status == Status::Running {
        return Verdict::Next;
    }
    if now.duration_since(job.step_since) < START_DEADLINE {
        return wait(ports, standing.reason.unwrap_or_default(), LOOK);
    }
    let observed = recall(ports, job.spec.id, observed).await;
    Verdict::Fail(cause(&observed).unwrap_or_else(|| {
        let reason = "The workloads did not start in time.";
        let action = "Look at the tasks below, then Force Undeploy and try again.";
        Cause::new("SLW_DEADLINE", reason, action).with(standing.reason.unwrap_or_default())
    }))
}

async fn remove(ports: &Ports, owner: &str, job: &Job) -> Verdict {
    match ports.cluster.remove(&job.spec.name, job.spec.id).await {
        Ok(Removal::Going(_, volumes)) if is_early(ports, job) => {
            let reason = format!("The cluster is deleting its volumes: {}.", volumes.join(", "));
            wait(ports, reason, LOOK_AT_REMOVAL)
        }
        Ok(Removal::Gone(proof) | Removal::Going(proof, _)) => {
            let (name, told) = (&job.spec.name, proof.sentences().join(" "));
            tracing::info!(application.name = %name, proof = told, "{name}: its namespace is gone");
            match ports.journal.prove(job.operation.id, owner, &proof).await {
                Ok(()) => Verdict::Next,
                Err(error) => retry(ports, &error),
            }
        }
        // A namespace that is not ours was never touched: of this application nothing is left.
        Ok(Removal::NotOurs) => Verdict::Next,
        Ok(Removal::Held(held)) => {
            // Nothing to say means that all is well and only takes its time.
            wait(ports, held.sentences().join(" "), LOOK_AT_REMOVAL)
        }
        Err(error) => retry(ports, &error),
    }
}

/// Whoever deletes volumes may be away for long; then the proof names them.
fn is_early(ports: &Ports, job: &Job) -> bool {
    ports.clock.now().duration_since(job.step_since) < VOLUMES
}

fn wait(ports: &Ports, reason: String, time: SignedDuration) -> Verdict {
    Verdict::Wait { reason, until: ports.clock.now() + time }
}

fn retry(ports: &Ports, error: &PortError) -> Verdict {
    Verdict::Retry { reason: error.chain(), at: ports.clock.now() + AGAIN }
}
