//! G8: what it keeps in memory.

use crate::{
    numbers::number,
    program::{Memory, Program},
    stage::{Size, Stage},
    table::Row,
};

const KIB_OF_MIB: f64 = 1024.0;

pub async fn measure(stage: &Stage) -> anyhow::Result<Vec<Row>> {
    let empty = of(stage, Size::None, &stage.empty.setting).await?;
    let full = of(stage, Size::M, &stage.full.setting).await?;
    let rows = of(stage, Size::L, &stage.silent.setting).await?;
    let mib = |kib: usize| number(kib) / KIB_OF_MIB;
    let objects =
        format!("resident for 1000 instances with {} objects each in the cluster", stage.objects_each());
    let more = |memory: Memory| mib(memory.now.saturating_sub(empty.now));
    Ok(vec![
        Row::measured("G8", objects, "MiB", 5.0, more(full)),
        Row::measured(
            "G8",
            "the same for 1000 of 10000 that are only in the database",
            "MiB",
            5.0,
            more(rows) / 10.0,
        ),
        Row::measured(
            "G8",
            "the most while 1000 were read, of what stayed",
            "",
            1.5,
            number(full.peak) / number(full.now),
        ),
        Row::measured("G8b", "resident without any instance, at rest", "MiB", 30.0, mib(empty.now)),
    ])
}

/// After it has read everything.
async fn of(stage: &Stage, size: Size, cluster: &str) -> anyhow::Result<Memory> {
    let program = Program::start(&stage.data(size), cluster).await?;
    // Everything that is made for a first page belongs to what it needs.
    stage.browser.page(&program.url, "/devops/instances").await?;
    program.rest().await?;
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    program.rest().await?;
    let memory = program.memory()?;
    program.stop().await?;
    Ok(memory)
}
