//! A release in a zip, as the Modeling app exports it. Nothing that the zip declares is believed: sizes are
//! counted while reading, and what other tools might unpack differently is refused.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use slipway_domain::release::ReleaseFile;
use zip::{
    CompressionMethod, ZipArchive,
    read::{ArchiveOffset, Config, ZipFile},
    result::ZipError,
};

use super::{paths, read_at_most};
use crate::{
    limits::Limits,
    refusal::{Lasts, Refusal},
};

/// The end record without its comment.
const END_RECORD: u64 = 22;
/// The longest comment that can follow it.
const MAX_COMMENT: u64 = u16::MAX as u64;
/// What precedes the end record of an archive in the large format.
const LARGE_LOCATOR: usize = 20;

/// All files of the zip at that place.
pub(super) fn open(path: &Path, limits: &Limits) -> Result<Vec<ReleaseFile>, Refusal> {
    let file = File::open(path).map_err(|error| Refusal::io("", &error))?;
    read(file, limits)
}

/// All files of a zip.
pub(crate) fn read(mut zip: impl Read + Seek, limits: &Limits) -> Result<Vec<ReleaseFile>, Refusal> {
    check_end(&mut zip, limits)?;
    let config = Config { archive_offset: ArchiveOffset::Known(0) };
    let mut archive = ZipArchive::with_config(config, zip).map_err(|error| refusal("", error))?;
    if archive.len() > limits.files {
        return Err(Refusal::whole(format!("the release has more than {} files", limits.files)));
    }
    if archive.has_duplicate_names() {
        return Err(Refusal::whole("the zip has two entries of the same name"));
    }
    if archive.has_overlapping_files().map_err(|error| refusal("", error))? {
        return Err(Refusal::whole("the zip has entries that share the same bytes"));
    }
    let mut left = limits.bytes;
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let name = archive.by_index_data(index).map_err(|error| refusal("", error))?.name_raw().to_owned();
        let name = entry_name(&name, limits)?;
        let entry = archive.by_index(index).map_err(|error| refusal(&name, error))?;
        check_entry(&name, &entry, limits)?;
        if entry.is_dir() {
            continue;
        }
        let content = read_entry(&name, entry, left, limits)?;
        left -= content.len() as u64;
        files.push(ReleaseFile { path: name, content });
    }
    Ok(files)
}

/// Looks at the end of the zip before anybody allocates for what it declares.
fn check_end(zip: &mut (impl Read + Seek), limits: &Limits) -> Result<(), Refusal> {
    let io = |error| Refusal::io("", &error);
    let length = zip.seek(SeekFrom::End(0)).map_err(io)?;
    // Names and headers come on top of the contents.
    if length > limits.bytes {
        return Err(Refusal::whole(format!("the zip has more than {} bytes", limits.bytes)));
    }
    let tail = END_RECORD + MAX_COMMENT + LARGE_LOCATOR as u64;
    zip.seek(SeekFrom::Start(length.saturating_sub(tail))).map_err(io)?;
    let tail = read_at_most(&mut *zip, tail).map_err(io)?.unwrap_or_default();
    let mut ends = tail.windows(4).enumerate().filter(|(_, bytes)| bytes == b"PK\x05\x06").peekable();
    if ends.peek().is_none() {
        return Err(Refusal::whole("the zip has no end; it was cut off").unfinished());
    }
    let is_large = |at: usize| {
        at.checked_sub(LARGE_LOCATOR).and_then(|from| tail.get(from..from + 4)) == Some(b"PK\x06\x07")
    };
    if ends.any(|(at, _)| is_large(at)) {
        return Err(Refusal::whole(
            "the zip is in the format for very large files; a release does not need it",
        ));
    }
    Ok(())
}

/// The name of an entry without the slash that marks a folder.
fn entry_name(name: &[u8], limits: &Limits) -> Result<String, Refusal> {
    let Ok(text) = std::str::from_utf8(name) else {
        return Err(Refusal::file(String::from_utf8_lossy(name), "has a name that is not UTF-8"));
    };
    let path = text.strip_suffix('/').unwrap_or(text);
    paths::check(path, limits)?;
    Ok(path.to_owned())
}

fn check_entry<R: Read>(name: &str, entry: &ZipFile<'_, R>, limits: &Limits) -> Result<(), Refusal> {
    const KIND: u32 = 0o170_000;
    match entry.unix_mode().map(|mode| mode & KIND) {
        None | Some(0 | 0o100_000 | 0o040_000) => {}
        Some(0o120_000) => {
            return Err(Refusal::file(name, "is a symbolic link; a release holds only files"));
        }
        Some(_) => return Err(Refusal::file(name, "is neither a file nor a folder")),
    }
    if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
        return Err(Refusal::file(name, "is compressed in a way that releases do not use; use deflate"));
    }
    let (size, packed) = (entry.size(), entry.compressed_size().max(1));
    if size > Limits::RATIO_FREE && size / packed > limits.ratio {
        return Err(Refusal::file(
            name,
            format!("would become more than {} times larger; that is not a release", limits.ratio),
        ));
    }
    Ok(())
}

fn read_entry<R: Read>(
    name: &str,
    entry: ZipFile<'_, R>,
    left: u64,
    limits: &Limits,
) -> Result<Vec<u8>, Refusal> {
    let too_large = || Refusal::whole(format!("the release has more than {} bytes", limits.bytes));
    let declared = entry.size();
    if declared > left {
        return Err(too_large());
    }
    // One byte more than declared is a lie; there is no need to see how large the lie is.
    let content =
        read_at_most(entry, declared).map_err(|error| refusal(name, ZipError::Io(error)))?.ok_or_else(
            || Refusal::file(name, format!("is larger than the {declared} bytes that the zip declares")),
        )?;
    if (content.len() as u64) < declared {
        return Err(Refusal::file(
            name,
            format!("is smaller than the {declared} bytes that the zip declares"),
        ));
    }
    Ok(content)
}

fn refusal(name: &str, error: ZipError) -> Refusal {
    let file = |reason: String| Refusal {
        file: (!name.is_empty()).then(|| name.to_owned()),
        reason,
        lasts: Lasts::UntilChanged,
    };
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => file("is encrypted".to_owned()),
        ZipError::CompressionMethodNotSupported(_) => {
            file("is compressed in a way that releases do not use; use deflate".to_owned())
        }
        // The system could not read. What the decoder says about the bytes comes as the same kind of error.
        ZipError::Io(error) if error.raw_os_error().is_some() => Refusal::io(name, &error),
        ZipError::Io(error) if !name.is_empty() => file(format!("is damaged: {error}")),
        error => file(format!("the zip is damaged: {error}")),
    }
}
