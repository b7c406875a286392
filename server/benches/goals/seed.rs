//! Fills a database with applications in mixed states, through the store's own doors.

use std::{ops::Range, time::Duration};

use anyhow::{Context, ensure};
use jiff::{SignedDuration, Timestamp};
use slipway_domain::{
    cause::Cause,
    ids::{ApplicationId, OperationId},
    names::ApplicationName,
    observed::Observed,
    operation::{Progress, Step},
    ports::{Journal, Judged, Recorded},
    spec::ApplicationSpec,
    status::{Standing, Status, standing},
};
use slipway_store::{Asked, NewApplication, Origin, Store};
use ulid::Ulid;

/// As many are recorded at once.
const AT_ONCE: usize = 100;
const LEASE: SignedDuration = SignedDuration::from_mins(1);
/// All were made this long before the one that they are like.
const BEFORE: SignedDuration = SignedDuration::from_hours(4);

/// What all of them are like.
pub struct Pattern {
    pub spec: ApplicationSpec,
    /// When it was made.
    pub made: Timestamp,
}

impl Pattern {
    /// The application of that number.
    pub fn spec(&self, number: usize) -> anyhow::Result<ApplicationSpec> {
        let at = u64::try_from(self.at(number)?.as_millisecond())?;
        let id = ApplicationId(Ulid::from_parts(at, u128::try_from(number)?));
        let name = ApplicationName::parse(&name(number)).with_context(|| name(number))?;
        Ok(ApplicationSpec { id, name, ..self.spec.clone() })
    }

    fn at(&self, number: usize) -> anyhow::Result<Timestamp> {
        Ok(self.made - BEFORE + Duration::from_secs(u64::try_from(number)?))
    }
}

/// What the application of that number is called.
pub fn name(number: usize) -> String {
    format!("instance-{number:05}")
}

/// Those of the numbers for which everything that was to be made came into the cluster.
pub fn made(numbers: impl Iterator<Item = usize>) -> impl Iterator<Item = usize> {
    numbers.filter(|number| failed_step(*number).is_none())
}

fn failed_step(number: usize) -> Option<Step> {
    match number % 10 {
        0 => Some(Step::Build),
        1 => Some(Step::Push),
        2 => Some(Step::Apply),
        _ => None,
    }
}

/// Adds the applications of those numbers.
pub async fn fill(store: &Store, pattern: &Pattern, numbers: Range<usize>) -> anyhow::Result<()> {
    let all: Vec<_> = numbers.collect();
    for some in all.chunks(AT_ONCE) {
        let mut names = Vec::new();
        for number in some {
            let spec = pattern.spec(*number)?;
            accept(store, pattern, &spec, *number).await?;
            end(store, pattern.at(*number)?, *number).await?;
            names.push(spec.name);
        }
        record(store, &names, pattern.at(some[0])?).await?;
    }
    Ok(())
}

async fn accept(
    store: &Store,
    pattern: &Pattern,
    spec: &ApplicationSpec,
    number: usize,
) -> anyhow::Result<()> {
    let at = pattern.at(number)?;
    let made = u64::try_from(at.as_millisecond())?;
    let operation = OperationId(Ulid::from_parts(made, u128::try_from(number)?));
    let asked = Asked { actor_id: "admin", actor: "admin", at, operation, origin: Origin::NONE };
    store.accept(&NewApplication { spec, idempotency_key: "" }, &asked).await?;
    Ok(())
}

/// Ends its operation, well or not.
async fn end(store: &Store, at: Timestamp, number: usize) -> anyhow::Result<()> {
    let job = store.claim("bench", at, at + LEASE).await?.context("no operation is due")?;
    let progress = match failed_step(number) {
        Some(step) => {
            let cause =
                Cause::new("SLW_BENCH", format!("{} did not succeed.", step.label()), "Try it again.");
            Progress::Failed { step, cause, at }
        }
        None => Progress::Succeeded { at },
    };
    ensure!(store.advance(job.operation.id, "bench", &progress, None, at, at).await?, "somebody else has it");
    Ok(())
}

/// Writes what badges say: of those that failed why, of the others what was seen last.
async fn record(store: &Store, names: &[ApplicationName], at: Timestamp) -> anyhow::Result<()> {
    let subjects = store.subjects(names).await?;
    let standings: Vec<_> = subjects
        .iter()
        .map(|subject| match subject.operation.progress {
            Progress::Failed { .. } => {
                let before = subject.application.before();
                standing(&subject.operation, &subject.spec, &Observed::default(), before, at)
            }
            _ => seen(subject.application.name.as_str()),
        })
        .collect();
    let pairs = subjects.iter().zip(&standings);
    let judged: Vec<_> =
        pairs.map(|(subject, standing)| Judged { application: &subject.application, standing }).collect();
    let recorded = store.record(&judged, at).await?;
    ensure!(recorded.len() == names.len() && recorded.iter().all(|one| *one == Recorded::Written));
    Ok(())
}

fn seen(name: &str) -> Standing {
    let (status, reason) = match name.bytes().last() {
        Some(b'3') => (Status::Unknown, Some("Waiting for web 0 of 1.".to_owned())),
        Some(b'4') => (Status::Pending, Some("Waiting for web 0 of 1.".to_owned())),
        _ => (Status::Running, None),
    };
    Standing { status, reason, cause: None }
}
