//! Claims operations that are due and runs one step of each, under a lease that is kept alive meanwhile. What a
//! step came to is recorded before anything else happens, so a crash anywhere is a re-run of one step.

use std::{sync::Arc, time::Duration};

use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use metrics::{counter, histogram};
use slipway_domain::{
    ids::OperationId,
    operation::{Progress, Step, Verdict},
    ports::{Job, PortError},
};
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::{Options, Ports, observer, patiently, steps};

pub(crate) async fn run(ports: Ports, options: Options, stop: CancellationToken) {
    let mut woken = ports.journal.woken();
    let mut tick = tokio::time::interval(options.tick);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let places = Arc::new(Semaphore::new(options.parallel));
    let mut running = JoinSet::new();
    let late = CancellationToken::new();
    loop {
        while let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            let Some(job) = claim(&ports, &options).await else { break };
            let (ports, options, late) = (ports.clone(), options.clone(), late.clone());
            running.spawn(async move {
                work(&ports, &options, &late, job).await;
                drop(place);
            });
        }
        tokio::select! {
            () = stop.cancelled() => break,
            _ = tick.tick() => {}
            Some(()) = woken.next() => {}
            Some(_) = running.join_next() => {}
        }
    }
    if tokio::time::timeout(options.grace, all(&mut running)).await.is_err() {
        tracing::info!("{} steps take too long to wait for: somebody else goes on with them", running.len());
        late.cancel();
        all(&mut running).await;
    }
}

async fn all(running: &mut JoinSet<()>) {
    while running.join_next().await.is_some() {}
}

async fn claim(ports: &Ports, options: &Options) -> Option<Job> {
    let now = ports.clock.now();
    let claimed = ports.journal.claim(&options.owner, now, now + signed(options.lease));
    match patiently("claiming an operation", claimed).await {
        Ok(job) => job,
        Err(error) => {
            tracing::warn!(error = %error.chain(), "The database does not answer; operations wait");
            None
        }
    }
}

/// Runs the open step of a job. What is told meanwhile is told under the operation.
async fn work(ports: &Ports, options: &Options, late: &CancellationToken, job: Job) {
    let Progress::Open { step } = job.operation.progress else { return };
    let span = tracing::info_span!(
        "step",
        operation = %job.operation.id,
        application = %job.spec.name,
        kind = job.operation.kind.label(),
        step = step.label()
    );
    run_step(ports, options, late, step, job).instrument(span).await;
}

/// Runs it and records what it came to, unless that is too late.
async fn run_step(ports: &Ports, options: &Options, late: &CancellationToken, step: Step, mut job: Job) {
    let id = job.operation.id;
    let began = Instant::now();
    let verdict = tokio::select! {
        verdict = steps::run(ports, &options.owner, step, &mut job) => Some(verdict),
        () = lose_lease(ports, options, id) => None,
        () = late.cancelled() => None,
    };
    count(step, &job, verdict.as_ref(), began);
    let recorded = match verdict {
        Some(verdict) => patiently("recording a step", record(ports, options, step, &job, verdict)).await,
        None => Ok(false),
    };
    let recorded = match recorded {
        Ok(true) => {
            patiently("looking", observer::look(ports, std::slice::from_ref(&job.spec.name))).await.map(drop)
        }
        // Cancelled meanwhile, or left to somebody else: whoever takes its place waits for this.
        Ok(false) => patiently("letting go of an operation", ports.journal.release(id, &options.owner)).await,
        Err(error) => Err(error),
    };
    if let Err(error) = recorded {
        // The lease runs out, and the step is run again.
        tracing::warn!(operation.id = %id, error = %error.chain(), "A step was not recorded");
    }
}

fn count(step: Step, job: &Job, verdict: Option<&Verdict>, began: Instant) {
    let outcome = match verdict {
        Some(Verdict::Next) => "next",
        Some(Verdict::Wait { .. }) => "wait",
        Some(Verdict::Retry { .. }) => "retry",
        Some(Verdict::Fail(_)) => "fail",
        None => "lost",
    };
    let (kind, step) = (job.operation.kind.label(), step.label());
    histogram!("slipway_step_seconds", "kind" => kind, "step" => step, "outcome" => outcome)
        .record(began.elapsed());
}

async fn record(
    ports: &Ports,
    options: &Options,
    step: Step,
    job: &Job,
    verdict: Verdict,
) -> Result<bool, PortError> {
    let now = ports.clock.now();
    let name = &job.spec.name;
    let (progress, note, due) = match verdict {
        Verdict::Next => {
            let progress = job.operation.kind.after(step);
            let progress = progress.map_or(Progress::Succeeded { at: now }, |step| Progress::Open { step });
            (progress, None, now)
        }
        Verdict::Wait { reason, until } => {
            (Progress::Open { step }, Some(reason).filter(|reason| !reason.is_empty()), until)
        }
        Verdict::Retry { reason, at } => {
            tracing::warn!(application.name = %name, reason, "{name}: {} will be tried again", step.label());
            (Progress::Open { step }, Some(reason), at)
        }
        Verdict::Fail(cause) => {
            tracing::warn!(application.name = %name, cause.code, "{name}: {} failed", step.label());
            let note = cause.reason.clone();
            (Progress::Failed { step, cause, at: now }, Some(note), now)
        }
    };
    if let Progress::Succeeded { .. } = progress {
        tracing::info!(application.name = %name, "{name}: {} succeeded", job.operation.kind.label());
    }
    let advanced =
        ports.journal.advance(job.operation.id, &options.owner, &progress, note.as_deref(), due, now);
    let is_recorded = advanced.await?;
    if is_recorded && progress.is_over() {
        let (kind, outcome) = (job.operation.kind.label(), progress.label());
        counter!("slipway_operations_total", "kind" => kind, "outcome" => outcome).increment(1);
    }
    Ok(is_recorded)
}

/// Keeps the lease alive; returns when it was lost.
async fn lose_lease(ports: &Ports, options: &Options, id: OperationId) {
    let mut tick = tokio::time::interval(options.lease / 3);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick.tick().await;
    let mut held_until: Timestamp = ports.clock.now() + signed(options.lease);
    loop {
        tick.tick().await;
        let now = ports.clock.now();
        let asked = ports.journal.extend(id, &options.owner, now + signed(options.lease));
        match tokio::time::timeout(options.lease, asked).await {
            Ok(Ok(true)) => held_until = now + signed(options.lease),
            Ok(Ok(false)) => return,
            // A short silence of the database is no reason to give up what is still ours.
            Ok(Err(_)) | Err(_) => {
                if ports.clock.now() >= held_until {
                    return;
                }
            }
        }
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}
