//! What is measured on a console that watches a thousand applications in a cluster.

use crate::{
    commits, crowd, live,
    program::Program,
    stage::{Size, Stage},
    table::Row,
};

/// Every change, from now on.
pub const EVERYTHING: &str = "since=9000000000";
/// What the first page of the list wants to know.
pub const LIST: &str = "list=&since=9000000000";

pub async fn measure(stage: &Stage) -> anyhow::Result<Vec<Row>> {
    let program = Program::start(&stage.data(Size::M), &stage.full.setting).await?;
    // Both would be measured otherwise: what is read once, and what is judged anew because of it.
    stage.browser.page(&program.url, "/devops/instances").await?;
    program.rest().await?;
    let mut rows = commits::measure(stage, &program).await?;
    rows.extend(live::measure(stage, &program).await?);
    rows.extend(crowd::measure(stage, &program).await?);
    program.stop().await?;
    Ok(rows)
}
