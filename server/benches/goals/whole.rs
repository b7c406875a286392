//! G7, G8, G9 with the simulated cluster: everything that ten thousand instances consist of is in it.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    numbers::number,
    real::{Reader, cost},
    seed,
    stage::{Size, Stage},
    table::Row,
};

const CALM: Duration = Duration::from_secs(40);

pub async fn measure(stage: &Stage) -> anyhow::Result<Vec<Row>> {
    let (_sandbox, door) = stage.whole().await?;
    // The one that the others are like runs there, too.
    let running = 1 + seed::made(1..Size::L.count()).count();
    let Reader { program, read, memory } = Reader::start(stage, &door.setting, running).await?;
    let (before, _) = door.requests();
    sleep(CALM).await;
    let asked = number(door.requests().0 - before);
    program.stop().await?;
    let what = format!("10000 instances with {} objects each in the simulated cluster", stage.objects_each());
    let calmly = format!("requests in {} s in which nothing happens, {what}", CALM.as_secs());
    let mut rows = vec![Row::measured("G7", calmly, "", 1.0, asked)];
    rows.extend(cost(&what, read, memory));
    Ok(rows)
}
