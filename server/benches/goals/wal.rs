//! Counts commits in SQLite's own log, which a reader keeps from being begun anew.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use sqlx::{Connection, Executor, SqliteConnection};

/// The log of a database, from now on whole.
pub struct Log {
    file: PathBuf,
    /// Where it began: another one begins otherwise.
    salt: Vec<u8>,
    _reader: SqliteConnection,
}

impl Log {
    /// That of the database in this file.
    pub async fn keep(file: &Path) -> anyhow::Result<Self> {
        let mut reader = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await?;
        reader.execute("BEGIN").await?;
        reader.execute("SELECT value FROM counters").await?;
        let file = PathBuf::from(format!("{}-wal", file.display()));
        Ok(Self { salt: salt(&fs::read(&file)?)?, file, _reader: reader })
    }

    /// How many commits are in it.
    pub fn commits(&self) -> anyhow::Result<usize> {
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
