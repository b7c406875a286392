//! G7, G11: what a console writes and asks for, while much happens and while nothing does. Commits are counted in
//! SQLite's own log, which a reader keeps from being begun anew.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, ensure};
use sqlx::{Connection, Executor, SqliteConnection};
use tokio::time::Instant;

use crate::{
    churn,
    numbers::number,
    program::Program,
    stage::{Size, Stage},
    table::Row,
    viewers::Viewers,
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
    let log = Log::keep(&stage.data(Size::M)).await?;

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

/// The log of a database, from now on whole.
struct Log {
    file: std::path::PathBuf,
    /// Where it began: another one begins otherwise.
    salt: Vec<u8>,
    _reader: SqliteConnection,
}

impl Log {
    async fn keep(data: &Path) -> anyhow::Result<Self> {
        let mut reader =
            SqliteConnection::connect(&format!("sqlite:{}", data.join("slipway.db").display())).await?;
        reader.execute("BEGIN").await?;
        reader.execute("SELECT value FROM counters").await?;
        let file = data.join("slipway.db-wal");
        Ok(Self { salt: salt(&fs::read(&file)?)?, file, _reader: reader })
    }

    /// How many commits are in it.
    fn commits(&self) -> anyhow::Result<usize> {
        const HEAD: usize = 32;
        const FRAME: usize = 24;
        let bytes = fs::read(&self.file)?;
        ensure!(salt(&bytes)? == self.salt, "the database has begun its log anew");
        let page = usize::try_from(word(&bytes[8..])?)?;
        // A frame that ends a commit says how large the database is then; one of an older log has another salt.
        let frames = bytes[HEAD..].chunks_exact(FRAME + page).take_while(|frame| frame[8..16] == self.salt);
        let ends = frames.map(|frame| word(&frame[4..])).collect::<Result<Vec<_>, _>>()?;
        Ok(ends.into_iter().filter(|size| *size > 0).count())
    }
}

fn salt(log: &[u8]) -> anyhow::Result<Vec<u8>> {
    Ok(log.get(16..24).context("the database has no log")?.to_vec())
}

fn word(bytes: &[u8]) -> anyhow::Result<u32> {
    Ok(u32::from_be_bytes(bytes.get(..4).context("the log ends too soon")?.try_into()?))
}
