//! A console that watches a thousand applications in a cluster.

use crate::{
    program::Program,
    stage::{Size, Stage},
};

/// Every change, from now on.
pub const EVERYTHING: &str = "since=9000000000";
/// What the first page of the list wants to know.
pub const LIST: &str = "list=&since=9000000000";

/// Starts it. What is read once, and what is judged anew because of it, belongs to no measurement.
pub async fn start(stage: &Stage) -> anyhow::Result<Program> {
    let program = Program::start(&stage.data(Size::M), &stage.full.setting).await?;
    stage.browser.page(&program.url, "/devops/instances").await?;
    program.rest().await?;
    Ok(program)
}
