//! G9: from the start of the process to the first list that is right.

use std::time::Duration;

use anyhow::ensure;
use slipway_domain::listing::ROWS;
use tokio::time::{Instant, sleep};

use crate::{
    numbers::{median, millis},
    program::Program,
    stage::{Size, Stage},
    table::Row,
};

const ROUNDS: usize = 9;
const PATIENCE: Duration = Duration::from_mins(1);
/// The list by name, so that a part of it is not taken for all of it.
const LIST: &str = "/devops/instances?sort=name&page=200";

pub async fn measure(stage: &Stage) -> anyhow::Result<Vec<Row>> {
    let (mut times, mut costs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let program = Program::exec(&stage.data(Size::L), &stage.silent.setting)?;
        while !is_right(stage, &program).await {
            ensure!(began.elapsed() < PATIENCE, "the first list does not come");
            sleep(Duration::from_millis(1)).await;
        }
        times.push(millis(began.elapsed()));
        costs.push(millis(program.cpu()?));
        program.kill().await?;
    }
    let what = "exec until the first whole list of 10000 instances";
    let cpu = "processor time until then";
    Ok(vec![
        Row::measured("G9", what, "ms", 200.0, median(times)),
        Row::known("G9", cpu, "ms", median(costs)),
    ])
}

/// The last of two hundred pages is full, and has what was written first and what was written last.
async fn is_right(stage: &Stage, program: &Program) -> bool {
    let page = stage.browser.page(&program.url, LIST).await.unwrap_or_default();
    let names = ["original-00001", "instance-09951", "instance-09999"];
    // What it is about is not known of this cluster, and it says so.
    let says_so = page.contains("Reading the cluster.");
    says_so && page.matches("id=\"row-").count() == ROWS && names.iter().all(|name| page.contains(name))
}
