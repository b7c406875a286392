//! G12: a search in memory against the database's own search over the same rows.

use std::{hint::black_box, time::Duration};

use anyhow::ensure;
use sqlx::{Connection, SqliteConnection};

use crate::{
    numbers::{median, millis, number},
    ops,
    stage::{Size, Stage},
    table::Row,
};

const ROUNDS: usize = 5;
const SEARCHES: usize = 300;
/// Counts what is found, as the page says it. The database sorts what it then shows as well; that is left out.
const LIKE: &str = "SELECT COUNT(*) FROM applications WHERE gone_at IS NULL \
    AND (name LIKE '%instance-077%' OR project LIKE '%instance-077%' OR created_by LIKE '%instance-077%')";

pub async fn measure(stage: &Stage) -> anyhow::Result<Vec<Row>> {
    let rows = Size::L.count();
    let (sheet, wish) = (ops::sheet(rows)?, ops::search());
    let found = sheet.page(&wish).total;
    let file = stage.data(Size::L).join("slipway.db");
    let mut database = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let before = cpu()?;
        for _ in 0..SEARCHES {
            black_box(sheet.page(&wish));
        }
        let between = cpu()?;
        for _ in 0..SEARCHES {
            let counted: i64 = sqlx::query_scalar(LIKE).fetch_one(&mut database).await?;
            ensure!(usize::try_from(counted)? == found, "the two searches do not find the same");
        }
        ours.push(millis(between.saturating_sub(before)) / number(SEARCHES));
        theirs.push(millis(cpu()?.saturating_sub(between)) / number(SEARCHES));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let note = format!("{ours:.3} ms, SQLite {theirs:.3} ms");
    let what = "processor time of a search among 10000 rows, of that of SQLite's LIKE";
    Ok(vec![Row::measured("G12", what, "", 0.5, ours / theirs).noted(note)])
}

/// The processor time of this process so far.
fn cpu() -> anyhow::Result<Duration> {
    crate::program::cpu_of("self")
}
