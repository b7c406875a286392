//! G7, G8, G9 with the simulated cluster: everything that ten thousand instances consist of is in it.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::{
    numbers::{millis, number},
    program::Program,
    real::all_run,
    stage::{Size, Stage},
    table::Row,
};

const CALM: Duration = Duration::from_secs(40);
const KIB_OF_MIB: f64 = 1024.0;

pub async fn measure(stage: &Stage) -> anyhow::Result<Vec<Row>> {
    let (_sandbox, door) = stage.whole().await?;
    let began = Instant::now();
    let program = Program::start(&stage.data(Size::L), &door.setting).await?;
    all_run(stage, &program).await?;
    let read = millis(began.elapsed());
    program.rest().await?;
    let memory = program.memory()?;
    let (before, _) = door.requests();
    sleep(CALM).await;
    let asked = number(door.requests().0 - before);
    program.stop().await?;
    let what = format!("10000 instances with {} objects each in the simulated cluster", stage.objects_each());
    let mib = |kib: usize| number(kib) / KIB_OF_MIB;
    Ok(vec![
        Row::measured(
            "G7",
            format!("requests in {} s in which nothing happens, {what}", CALM.as_secs()),
            "",
            1.0,
            asked,
        ),
        Row::measured("G8", format!("resident for {what}"), "MiB", 80.0, mib(memory.now)),
        Row::measured(
            "G8",
            "the most while these were read, of what stayed",
            "",
            1.5,
            number(memory.peak) / number(memory.now),
        ),
        Row::known("G9", format!("exec until {what} are read and judged"), "ms", read),
    ])
}
