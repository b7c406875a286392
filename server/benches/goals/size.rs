//! G10: how large it is.

use std::{fs, path::Path, process::Command};

use anyhow::ensure;

use crate::{
    numbers::number,
    program,
    table::{Row, target},
};

const MB: f64 = 1_000_000.0;

pub fn measure() -> anyhow::Result<Vec<Row>> {
    let file = program::file();
    let bytes = stripped(&file)?;
    let note = file.parent().and_then(Path::file_name).unwrap_or_default().display().to_string();
    let program =
        Row::measured("G10", "the program with all assets", "MB", 30.0, number(bytes) / MB).noted(note);
    let blobs = target().join("image/blobs");
    let what = "the container image, compressed";
    let image = if blobs.exists() {
        Row::measured("G10", what, "MB", 35.0, number(all(&blobs)?) / MB)
    } else {
        Row::left_out("G10", what, "there is none; make image makes it")
    };
    Ok(vec![program, image])
}

/// The bytes of the program as it is delivered, without the names that this benchmark counts instructions by.
fn stripped(file: &Path) -> anyhow::Result<usize> {
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("slipway");
    let done = Command::new("strip").arg(file).arg("-o").arg(&copy).status()?;
    ensure!(done.success(), "{} could not be stripped", file.display());
    Ok(usize::try_from(fs::metadata(copy)?.len())?)
}

/// The bytes of all files below it.
fn all(folder: &Path) -> anyhow::Result<usize> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { all(&entry.path())? } else { usize::try_from(metadata.len())? };
    }
    Ok(bytes)
}
