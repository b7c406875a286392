//! G4: from what happens in the cluster to whoever watches, against a bare watch of the same cluster.

use std::time::Duration;

use anyhow::ensure;
use tokio::time::{Instant, sleep};

use crate::{
    churn::{Bare, names, restart},
    numbers::{at_most, median, number},
    program::Program,
    stage::Stage,
    table::Row,
    viewers::Viewers,
    watched::LIST,
};

const TRIALS: usize = 40;
/// Between two of them nothing happens, so that nothing is told together with something else.
const PAUSE: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(10);

pub async fn measure(stage: &Stage, program: &Program) -> anyhow::Result<Vec<Row>> {
    let alone = latencies(stage, program).await?;
    let count = 1000;
    let others = Viewers::come(program, &stage.browser, LIST, count).await?;
    program.rest().await?;
    let crowd = latencies(stage, program).await?;
    drop(others);
    let what = "cluster event until the record is read, after a bare watch is told of it";
    let (one, many) = (median(alone.clone()), median(crowd.clone()));
    let beside = format!("beside {} other viewers", number(count));
    Ok(vec![
        Row::measured("G4", format!("{what}, p50"), "ms", 30.0, one),
        Row::measured("G4", format!("{what}, p99"), "ms", 100.0, at_most(alone, 99)),
        Row::measured("G4b", format!("the same {beside}, p50"), "ms", 30.0, many),
        Row::measured("G4b", format!("p50 {beside}, of that without them"), "", 1.5, many / one),
    ])
}

/// Milliseconds of each trial.
async fn latencies(stage: &Stage, program: &Program) -> anyhow::Result<Vec<f64>> {
    let viewer = Viewers::one(program, &stage.browser).await?;
    let mut all = Vec::new();
    for name in names(500, TRIALS) {
        let mut bare = Bare::watch(&stage.client, &name).await?;
        viewer.forget();
        restart(&stage.client, &name).await?;
        let told = bare.lacks().await?;
        // It may be whole again before the program has looked: then there is nothing to tell.
        let Some(seen) = seen(&viewer, &name, |status| status != "Running").await else { continue };
        all.push(millis_between(told, seen));
        // And back again, so that the next one finds everything at rest.
        let back = self::seen(&viewer, &name, |status| status == "Running").await;
        ensure!(back.is_some(), "nobody is told that {name} runs again");
        sleep(PAUSE).await;
    }
    ensure!(all.len() > TRIALS * 9 / 10, "only {} of {TRIALS} changes were told", all.len());
    Ok(all)
}

/// When the viewer read that the application stands so, if they did.
async fn seen(viewer: &Viewers, name: &str, is_so: impl Fn(&str) -> bool) -> Option<Instant> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let found = viewer.first().moments.iter().find_map(|(at, data)| {
            let told: serde_json::Value = serde_json::from_str(data).ok()?;
            let status = told["standing"]["status"].as_str()?;
            (told["name"] == name && is_so(status)).then_some(*at)
        });
        if found.is_some() {
            return found;
        }
        sleep(Duration::from_millis(1)).await;
    }
    None
}

/// What is read before the bare watch is told counts as less than nothing.
fn millis_between(first: Instant, second: Instant) -> f64 {
    let later = second.saturating_duration_since(first).as_secs_f64();
    let sooner = first.saturating_duration_since(second).as_secs_f64();
    (later - sooner) * 1000.0
}
