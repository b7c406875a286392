//! A console that watches a thousand applications in a cluster.

use std::time::Duration;

use crate::{
    program::Program,
    stage::{Size, Stage},
};

/// Every change, from now on.
pub const EVERYTHING: &str = "since=9000000000";
/// What the first page of the list wants to know.
pub const LIST: &str = "list=&since=9000000000";

/// A program that has just begun does its chores so much later.
const CHORES: Duration = Duration::from_secs(12);

/// Starts it. What is read once, and what is judged anew because of it, belongs to no measurement.
pub async fn start(stage: &Stage) -> anyhow::Result<Program> {
    let program = Program::start(&stage.data(Size::M), &stage.full.setting).await?;
    stage.browser.page(&program.url, "/devops/instances").await?;
    tokio::time::sleep(CHORES).await;
    program.rest().await?;
    Ok(program)
}
