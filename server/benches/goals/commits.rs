//! G7, G11: what a console writes and asks for, while much happens and while nothing does.

use std::time::Duration;

use anyhow::ensure;
use tokio::time::Instant;

use crate::{
    churn,
    numbers::number,
    program::Program,
    stage::{Size, Stage},
    table::Row,
    viewers::Viewers,
    wal::Log,
    watched::EVERYTHING,
};

const RESTARTS: usize = 200;
const OVER: Duration = Duration::from_secs(2);
/// So long nothing happens; it is longer than the time after which everything is looked at anyway.
const CALM: Duration = Duration::from_secs(40);
/// One commit in this time is enough.
const TOGETHER: Duration = Duration::from_millis(50);

pub async fn measure(stage: &Stage, program: &Program) -> anyhow::Result<Vec<Row>> {
    let viewer = Viewers::come(program, &stage.browser, EVERYTHING, 1).await?;
    program.rest().await?;
    // A log of which everything has been taken over is begun anew in spite of readers.
    churn::restart_all(&stage.client, &churn::names(290, 2), OVER).await?;
    program.rest().await?;
    let log = Log::keep(&stage.data(Size::M).join("slipway.db")).await?;

    let ((asked, _), before, cpu) = (stage.full.requests(), log.commits()?, program.cpu()?);
    tokio::time::sleep(CALM).await;
    let requests = number(stage.full.requests().0 - asked);
    let calm = number(log.commits()? - before);
    let busy = program.cpu()?.saturating_sub(cpu).as_secs_f64() * 1000.0 / CALM.as_secs_f64();

    viewer.forget();
    let (before, began) = (log.commits()?, Instant::now());
    churn::restart_all(&stage.client, &churn::names(300, RESTARTS), OVER).await?;
    program.rest().await?;
    let slots = began.elapsed().as_secs_f64() / TOGETHER.as_secs_f64();
    let commits = number(log.commits()? - before);
    let events = number(viewer.first().told.len());
    ensure!(events >= number(RESTARTS), "only {events} events");
    let calmly = format!("in {} s in which nothing happens, 1000 instances", CALM.as_secs());
    Ok(vec![
        Row::measured("G7", format!("requests to the API server {calmly}"), "", 1.0, requests),
        Row::known("G7", "processor time of a second in which nothing happens, 1000 instances", "ms", busy),
        Row::measured("G11", format!("commits {calmly}"), "", 0.0, calm),
        Row::measured(
            "G11",
            "commits in 50 ms while 200 applications are restarted",
            "",
            1.0,
            commits / slots,
        ),
        Row::known("G11", "commits for each status event meanwhile", "", commits / events),
    ])
}
