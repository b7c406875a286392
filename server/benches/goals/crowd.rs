//! G5: what a viewer costs.

use anyhow::ensure;

use crate::{
    churn,
    numbers::{median, number},
    program::Program,
    stage::Stage,
    table::Row,
    viewers::Viewers,
    watched::{EVERYTHING, LIST},
};

const VIEWERS: usize = 1000;
const ROUNDS: usize = 3;

pub async fn measure(stage: &Stage, program: &Program) -> anyhow::Result<Vec<Row>> {
    let mut rows = idle(stage, program).await?;
    let alone = rounds(stage, program, None).await?;
    for (query, whom) in [(EVERYTHING, "who wants everything"), (LIST, "of the first page of the list")] {
        let crowd = rounds(stage, program, Some(query)).await?;
        let what = format!("processor time of an event for each of {VIEWERS} viewers {whom}");
        // Without viewers the events cost what they cost.
        let each = (crowd.cost - alone.cost) * 1e6 / number(VIEWERS);
        let note = format!("{:.0} events a round", crowd.events);
        rows.push(Row::measured("G5", what, "us", 5.0, each).noted(note));
    }
    let cost = alone.cost * 1000.0;
    rows.push(Row::known(
        "G11",
        "processor time of a status event, from the watch to one viewer",
        "ms",
        cost,
    ));
    Ok(rows)
}

/// G5b, G5c: they are there and nothing happens.
async fn idle(stage: &Stage, program: &Program) -> anyhow::Result<Vec<Row>> {
    // What the first few make is there for all.
    drop(Viewers::come(program, &stage.browser, LIST, VIEWERS / 10).await?);
    program.rest().await?;
    let (before, (_, known)) = (program.memory()?.now, stage.full.requests());
    let viewers = Viewers::come(program, &stage.browser, LIST, VIEWERS).await?;
    program.rest().await?;
    let more = number(program.memory()?.now.saturating_sub(before)) / number(VIEWERS);
    let watches = number(stage.full.requests().1 - known);
    drop(viewers);
    program.rest().await?;
    Ok(vec![
        Row::measured("G5b", format!("resident for each of {VIEWERS} idle viewers"), "KiB", 10.0, more),
        Row::measured("G5c", format!("watches that were begun for {VIEWERS} viewers"), "", 0.0, watches),
    ])
}

/// What events cost.
struct Cost {
    /// Seconds of processor time of each.
    cost: f64,
    events: f64,
}

async fn rounds(stage: &Stage, program: &Program, query: Option<&str>) -> anyhow::Result<Cost> {
    let reference = Viewers::come(program, &stage.browser, EVERYTHING, 1).await?;
    let crowd = match query {
        Some(query) => Some(Viewers::come(program, &stage.browser, query, VIEWERS).await?),
        None => None,
    };
    let (mut costs, mut events) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let before = program.rest().await?;
        for viewers in crowd.iter().chain([&reference]) {
            viewers.forget();
        }
        let names = churn::names(10 + round * 2 * churn::RESTARTS, churn::RESTARTS);
        churn::restart_all(&stage.client, &names, churn::OVER).await?;
        let cost = program.rest().await?.saturating_sub(before);
        let (told, newest) = {
            let heard = reference.first();
            (heard.told.len(), heard.newest)
        };
        ensure!(told >= names.len(), "only {told} events of {}", names.len());
        match (&crowd, query) {
            (Some(crowd), Some(EVERYTHING)) => crowd.heard_all_of(&reference).await?,
            (Some(crowd), _) => {
                crowd.until("the newest revision was named", |heard| heard.newest >= newest).await?;
            }
            (None, _) => {}
        }
        costs.push(cost.as_secs_f64() / number(told));
        events.push(number(told));
    }
    Ok(Cost { cost: median(costs), events: median(events) })
}
