//! A layer of files. Nothing of the place and the time of building goes into it: the same files make the same bytes.

use std::{collections::BTreeMap, io};

use flate2::{Compression, GzBuilder};
use slipway_domain::{image::Digest, release::ReleaseFile};

use crate::manifest::digest;

/// RFC 1952: the system is not known.
const UNKNOWN_SYSTEM: u8 = 255;

/// A layer, compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layer {
    pub bytes: Vec<u8>,
    /// Of the bytes.
    pub digest: Digest,
    /// Of the archive within.
    pub diff_id: Digest,
}

/// A file or, if its path ends in a slash, a folder of a layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub content: &'a [u8],
    pub mode: u32,
    pub owner: u32,
}

impl Entry<'_> {
    const FOLDER: Self = Self { content: &[], mode: 0o755, owner: 0 };
}

/// Puts files into a folder of an image.
pub(crate) fn layer(folder: &str, files: &[ReleaseFile]) -> io::Result<Layer> {
    let mut tree = Tree::default();
    let folder = folder.trim_matches('/');
    if !folder.is_empty() {
        tree.add(&format!("{folder}/"), Entry::FOLDER)?;
    }
    for file in files {
        check(&file.path)?;
        let path = if folder.is_empty() { file.path.clone() } else { format!("{folder}/{}", file.path) };
        tree.add(&path, Entry { content: &file.content, mode: 0o644, owner: 0 })?;
    }
    tree.layer()
}

/// What is in a layer. A folder ends in a slash, and so sorts before what is in it.
#[derive(Debug, Default)]
pub(crate) struct Tree<'a>(BTreeMap<String, Entry<'a>>);

impl<'a> Tree<'a> {
    /// Puts it there, with the folders above it. What is there twice, or leads elsewhere, is refused.
    pub(crate) fn add(&mut self, path: &str, entry: Entry<'a>) -> io::Result<()> {
        check(path.strip_suffix('/').unwrap_or(path))?;
        for (end, _) in path.trim_end_matches('/').match_indices('/') {
            self.0.entry(path[..=end].to_owned()).or_insert(Entry::FOLDER);
        }
        match self.0.insert(path.to_owned(), entry) {
            Some(_) if !path.ends_with('/') => Err(invalid(format!("{path} is there twice"))),
            _ => Ok(()),
        }
    }

    pub(crate) fn layer(&self) -> io::Result<Layer> {
        match self.0.keys().find(|path| self.0.contains_key(&format!("{path}/"))) {
            Some(path) => Err(invalid(format!("{path} is a file and a folder"))),
            None => compressed(&archive(&self.0)?),
        }
    }
}

fn compressed(archive: &[u8]) -> io::Result<Layer> {
    let mut gzip =
        GzBuilder::new().mtime(0).operating_system(UNKNOWN_SYSTEM).write(Vec::new(), Compression::new(6));
    io::Write::write_all(&mut gzip, archive)?;
    let bytes = gzip.finish()?;
    Ok(Layer { digest: digest(&bytes), diff_id: digest(archive), bytes })
}

fn invalid(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, problem)
}

/// A path leads nowhere else, and is not one of the marks by which a layer removes files of its base.
fn check(path: &str) -> io::Result<()> {
    let odd = |part: &str| matches!(part, "" | "." | "..") || part.starts_with(".wh.") || part.contains('\0');
    if path.split('/').any(odd) {
        return Err(invalid(format!("{path:?} cannot be in a layer")));
    }
    Ok(())
}

fn archive(entries: &BTreeMap<String, Entry<'_>>) -> io::Result<Vec<u8>> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, entry) in entries {
        let mut header = tar::Header::new_gnu();
        let is_folder = path.ends_with('/');
        header.set_entry_type(if is_folder { tar::EntryType::Directory } else { tar::EntryType::Regular });
        header.set_mode(entry.mode);
        header.set_uid(entry.owner.into());
        header.set_gid(entry.owner.into());
        header.set_mtime(0);
        header.set_size(entry.content.len() as u64);
        builder.append_data(&mut header, path, entry.content)?;
    }
    builder.into_inner()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn file(path: &str, content: &str) -> ReleaseFile {
        ReleaseFile { path: path.to_owned(), content: content.as_bytes().to_vec() }
    }

    fn release() -> Vec<ReleaseFile> {
        let deep = format!("{}/end.txt", "long-folder-name/".repeat(9).trim_end_matches('/'));
        vec![
            file("a.bpmn", "<a/>"),
            file("forms/order.form", "{}"),
            file("forms.txt", "x"),
            file(&deep, "deep"),
        ]
    }

    #[test]
    fn s1_34_the_same_files_make_the_same_layer_in_any_order() {
        let (forth, mut back) = (release(), release());
        back.reverse();
        let first = layer("/release", &forth).unwrap();
        assert_eq!(first, layer("/release", &back).unwrap());
        assert_eq!(first, layer("release/", &forth).unwrap());
        assert_ne!(first.digest, layer("/other", &forth).unwrap().digest);
    }

    /// An update of the compressor that writes other bytes would push all layers again: it should be noticed.
    #[test]
    fn s1_34_the_digest_of_a_layer_stays_the_same_over_the_years() {
        let layer = layer("/release", &[file("a.txt", "one\n"), file("b/c.txt", "two\n")]).unwrap();
        assert_eq!(
            layer.diff_id.as_str(),
            "sha256:b53a2c30d264921eeff27f36dbdbf1a4a9253404430819de39fcf4d8a558c85e"
        );
        assert_eq!(
            layer.digest.as_str(),
            "sha256:e06a04287cb79eab7532cce25f91bac2d29f19f29529d612010bfdbc804404a3"
        );
    }

    #[test]
    fn s1_34_owner_mode_and_time_are_fixed_and_every_folder_is_there() {
        let layer = layer("/opt/release", &release()).unwrap();
        assert_eq!(&layer.bytes[..4], [0x1f, 0x8b, 8, 0]);
        assert_eq!(&layer.bytes[4..8], [0; 4]);
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(layer.bytes.as_slice()));
        let mut paths = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let header = entry.header();
            let mode = if header.entry_type().is_dir() { 0o755 } else { 0o644 };
            assert_eq!(header.mode().unwrap(), mode);
            assert_eq!((header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap()), (0, 0, 0));
            paths.push(entry.path().unwrap().to_string_lossy().into_owned());
            entry.read_to_end(&mut Vec::new()).unwrap();
        }
        assert_eq!(
            paths[..6],
            [
                "opt/",
                "opt/release/",
                "opt/release/a.bpmn",
                "opt/release/forms.txt",
                "opt/release/forms/",
                "opt/release/forms/order.form"
            ]
        );
        assert!(paths.last().unwrap().ends_with("long-folder-name/end.txt"));
    }

    #[test]
    fn what_would_remove_or_leave_is_refused() {
        for path in
            ["../x", "a/../../x", "/etc/passwd", "a//b", ".wh.bin", "a/.wh..wh..opq", "./a", "a\0b", ""]
        {
            assert!(layer("/release", &[file(path, "")]).is_err(), "{path:?}");
        }
        assert!(layer("/release", &[file("a", ""), file("a", "")]).is_err());
        assert!(layer("/release", &[file("a", ""), file("a/b", "")]).is_err());
        assert!(layer("/release", &[]).is_ok());
    }
}
