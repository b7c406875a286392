//! Looks at applications that were touched and records how they stand. Unchanged standings write nothing.

use std::{collections::BTreeSet, time::Duration};

use futures::{FutureExt, StreamExt};
use metrics::histogram;
use slipway_domain::{
    application::Application,
    names::ApplicationName,
    observed::Observed,
    operation::{Progress, Step},
    ports::{Judged, PortError, Recorded, Subject},
    status::{Standing, standing},
};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::{Ports, black_box::BlackBox, last_words::recall, patiently, warnings::Warnings};

/// Every this many ticks all applications are looked at, whether touched or not.
const FULL_LOOK: u32 = 15;
/// So many applications are looked at, and recorded, at a time.
const AT_ONCE: usize = 100;
/// What is touched within this time after something else is looked at together with what else was.
const TOGETHER: Duration = Duration::from_millis(50);
/// How often an application is judged anew because something was recorded meanwhile.
const LOOKS: usize = 8;

pub(crate) async fn run(ports: Ports, tick: Duration, stop: CancellationToken) {
    let mut touched = ports.cluster.touched();
    let black_box = BlackBox::new();
    let mut warnings = Warnings::default();
    // Not at once: what is known is shown first, and the cluster's lists touch what there is.
    let mut tick = tokio::time::interval_at(Instant::now() + tick, tick * FULL_LOOK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let (names, since) = tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {
                (patiently("reading names", ports.journal.live()).await.map(BTreeSet::from_iter), None)
            }
            Some(name) = touched.next() => {
                let since = Instant::now();
                // What piled up meanwhile is looked at once.
                let mut names = BTreeSet::from([name]);
                while let Some(Some(name)) = touched.next().now_or_never() {
                    names.insert(name);
                }
                (Ok(names), Some(since))
            }
        };
        if let Err(error) = look_at_all(&ports, &black_box, &mut warnings, names).await {
            tracing::warn!(error = %error.chain(), "Applications were not looked at; the next tick will");
        }
        let Some(since) = since else { continue };
        histogram!("slipway_watch_lag_seconds").record(since.elapsed());
        // The first was looked at at once; what comes now is looked at, and recorded, together.
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep_until(since + TOGETHER) => {}
        }
    }
}

async fn look_at_all(
    ports: &Ports,
    black_box: &BlackBox,
    warnings: &mut Warnings,
    names: Result<BTreeSet<ApplicationName>, PortError>,
) -> Result<(), PortError> {
    let names = Vec::from_iter(names?);
    for names in names.chunks(AT_ONCE) {
        for (application, observed) in patiently("looking", look(ports, names)).await? {
            black_box.look(ports, &application, &observed);
            warnings.look(ports, &application, &observed).await;
        }
        let hurried = ports.journal.hurry(names, ports.clock.now());
        patiently("hurrying operations", hurried).await?;
    }
    Ok(())
}

/// Records how applications stand now; the answer is what was seen of those that could be judged.
pub(crate) async fn look(
    ports: &Ports,
    names: &[ApplicationName],
) -> Result<Vec<(Application, Observed)>, PortError> {
    let (mut late, mut seen) = (names.to_vec(), Vec::new());
    // Judged anew as long as others record meanwhile; whoever is always late leaves it to the next look.
    for _ in 0..LOOKS {
        let looks = judge(ports, &late).await?;
        let judged: Vec<_> = looks
            .iter()
            .map(|look| Judged { application: &look.application, standing: &look.standing })
            .collect();
        let recorded = ports.journal.record(&judged, ports.clock.now()).await?;
        late.clear();
        for (look, recorded) in looks.into_iter().zip(recorded) {
            match recorded {
                Recorded::Unchanged | Recorded::Written => seen.push((look.application, look.observed)),
                Recorded::Stale => late.push(look.application.name),
            }
        }
        if late.is_empty() {
            break;
        }
    }
    Ok(seen)
}

/// What was seen of an application, and what that means.
struct Look {
    application: Application,
    observed: Observed,
    standing: Standing,
}

async fn judge(ports: &Ports, names: &[ApplicationName]) -> Result<Vec<Look>, PortError> {
    let mut looks = Vec::new();
    for subject in ports.journal.subjects(names).await? {
        let Some(observed) = observe(ports, &subject).await else { continue };
        let Subject { application, spec, operation } = subject;
        let standing = standing(&operation, &spec, &observed, application.before(), ports.clock.now());
        looks.push(Look { application, observed, standing });
    }
    Ok(looks)
}

/// What is there; none if that is not known at this moment, so that the last known standing stays.
async fn observe(ports: &Ports, subject: &Subject) -> Option<Observed> {
    let application = &subject.application;
    let observed = ports.cluster.observe(&application.name, application.id).await.ok();
    let known = observed.filter(|_| ports.cluster.out_of_reach_since().is_none());
    let known = if needs_no_cluster(subject) { Some(known.unwrap_or_default()) } else { known };
    Some(recall(ports, application.id, known?).await)
}

/// Before anything is in the cluster, the operation alone says how the application stands.
fn needs_no_cluster(subject: &Subject) -> bool {
    let (Progress::Open { step } | Progress::Failed { step, .. }) = subject.operation.progress else {
        return false;
    };
    let kind = subject.operation.kind;
    kind.makes() && !kind.leaves_workloads() && step < Step::Settle
}
