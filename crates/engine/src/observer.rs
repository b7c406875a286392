//! Looks at applications that were touched and records how they stand. Unchanged standings write nothing.

use std::{collections::BTreeSet, time::Duration};

use futures::{FutureExt, StreamExt};
use metrics::histogram;
use slipway_domain::{
    application::Application,
    names::ApplicationName,
    observed::Observed,
    operation::{Progress, Step},
    ports::{PortError, Recorded, Subject},
    status::standing,
};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::{Ports, black_box::BlackBox, last_words::recall, patiently, warnings::Warnings};

/// Every this many ticks all applications are looked at, whether touched or not.
const FULL_LOOK: u32 = 15;
/// How often an application is judged anew because something was recorded meanwhile.
const LOOKS: usize = 8;

pub(crate) async fn run(ports: Ports, tick: Duration, stop: CancellationToken) {
    let mut touched = ports.cluster.touched();
    let black_box = BlackBox::new();
    let mut warnings = Warnings::default();
    let mut tick = tokio::time::interval(tick * FULL_LOOK);
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
        if let Some(since) = since {
            histogram!("slipway_watch_lag_seconds").record(since.elapsed());
        }
    }
}

async fn look_at_all(
    ports: &Ports,
    black_box: &BlackBox,
    warnings: &mut Warnings,
    names: Result<BTreeSet<ApplicationName>, PortError>,
) -> Result<(), PortError> {
    for name in names? {
        if let Some((application, observed)) = patiently("looking", look(ports, &name)).await? {
            black_box.look(ports, &application, &observed);
            warnings.look(ports, &application, &observed).await;
        }
        let hurried = ports.journal.hurry(&name, ports.clock.now());
        patiently("hurrying an operation", hurried).await?;
    }
    Ok(())
}

/// Records how one application stands now; the answer is what was seen.
pub(crate) async fn look(
    ports: &Ports,
    name: &ApplicationName,
) -> Result<Option<(Application, Observed)>, PortError> {
    // Judged anew as long as others record meanwhile; whoever is always late leaves it to the next look.
    for _ in 0..LOOKS {
        let Some(subject) = ports.journal.subject(name).await? else { return Ok(None) };
        let Some(observed) = observe(ports, &subject).await else { return Ok(None) };
        let now = ports.clock.now();
        let standing =
            standing(&subject.operation, &subject.spec, &observed, subject.application.before(), now);
        match ports.journal.record(&subject.application, &standing, now).await? {
            Recorded::Unchanged | Recorded::Written => return Ok(Some((subject.application, observed))),
            Recorded::Stale => {}
        }
    }
    Ok(None)
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
