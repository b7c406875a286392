//! Zips that were made to hurt. Those that a well-behaved writer cannot make are made byte by byte.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{super::limits::Limits, Refusal, ReleaseFile, zipped};

fn read(zip: &[u8]) -> Result<Vec<ReleaseFile>, Refusal> {
    read_with(zip, &Limits::RELEASE)
}

fn read_with(zip: &[u8], limits: &Limits) -> Result<Vec<ReleaseFile>, Refusal> {
    let mut files = zipped::read(Cursor::new(zip), limits)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    super::paths::check_together(files.iter().map(|file| file.path.as_str())).map(|()| files)
}

fn write(fill: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    fill(&mut zip);
    zip.finish().unwrap().into_inner()
}

/// A zip of stored files, each with a name in bytes, a mode, and the size that it claims to have.
struct Raw<'a> {
    name: &'a [u8],
    content: &'a [u8],
    mode: u32,
    declared: Option<u32>,
    flags: u16,
    method: u16,
}

impl<'a> Raw<'a> {
    fn file(name: &'a [u8], content: &'a [u8]) -> Self {
        Self { name, content, mode: 0o100_644, declared: None, flags: 0, method: 0 }
    }

    /// The fields that the headers before a file and in the directory have in common.
    fn common(&self) -> Vec<u8> {
        let mut crc = u32::MAX;
        for byte in self.content {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
            }
        }
        let stored = u32::try_from(self.content.len()).unwrap();
        let mut bytes = Vec::new();
        bytes.extend([20, 0]);
        bytes.extend(self.flags.to_le_bytes());
        bytes.extend(self.method.to_le_bytes());
        bytes.extend([0, 0, 0x21, 0]);
        bytes.extend((!crc).to_le_bytes());
        bytes.extend(stored.to_le_bytes());
        bytes.extend(self.declared.unwrap_or(stored).to_le_bytes());
        bytes.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        bytes.extend([0, 0]);
        bytes
    }
}

fn raw(files: &[Raw<'_>]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for file in files {
        let start = u32::try_from(zip.len()).unwrap();
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(file.common());
        directory.extend([0; 6]);
        directory.extend((file.mode << 16).to_le_bytes());
        directory.extend(start.to_le_bytes());
        directory.extend(file.name);
        zip.extend(b"PK\x03\x04");
        zip.extend(file.common());
        zip.extend(file.name);
        zip.extend(file.content);
    }
    let (start, count) = (u32::try_from(zip.len()).unwrap(), u16::try_from(files.len()).unwrap());
    zip.extend(&directory);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend(count.to_le_bytes());
    zip.extend(count.to_le_bytes());
    zip.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    zip.extend(start.to_le_bytes());
    zip.extend([0, 0]);
    zip
}

fn refused(zip: &[u8], file: Option<&str>, expected: &str) {
    let refusal = read(zip).expect_err(expected);
    assert!(refusal.reason.contains(expected), "{:?} should contain {expected:?}", refusal.reason);
    assert_eq!(refusal.file.as_deref(), file, "{expected}");
}

#[test]
fn folders_in_a_zip_are_not_files() {
    let zip = write(|zip| {
        zip.add_directory("files/", SimpleFileOptions::default()).unwrap();
        zip.start_file("files/a", SimpleFileOptions::default()).unwrap();
        zip.write_all(b"a").unwrap();
    });
    assert_eq!(read(&zip).unwrap(), [ReleaseFile { path: "files/a".to_owned(), content: b"a".to_vec() }]);
    assert_eq!(read(&raw(&[Raw::file(b"files/a", b"a")])).unwrap(), read(&zip).unwrap());
}

#[test]
fn s1_04_a_name_that_leads_elsewhere_is_refused() {
    let cases: [(&[u8], &str, &str); 7] = [
        (b"../x", "../x", "leads out of the release"),
        (b"files/../../x", "files/../../x", "leads out of the release"),
        (b"/etc/passwd", "/etc/passwd", "absolute path"),
        (b"..\\x", "..\\\\x", "backslash"),
        (b"C:x", "C:x", "drive letter"),
        (b"../", "..", "leads out of the release"),
        (b"Z\xFCrich", "Z\u{fffd}rich", "not UTF-8"),
    ];
    for (name, shown, expected) in cases {
        refused(&raw(&[Raw::file(name, b"")]), Some(shown), expected);
    }
}

#[test]
fn s1_04_an_entry_that_is_not_a_plain_file_is_refused() {
    let link = Raw { mode: 0o120_777, ..Raw::file(b"link", b"/etc/passwd") };
    refused(&raw(&[link]), Some("link"), "symbolic link");
    let pipe = Raw { mode: 0o010_644, ..Raw::file(b"pipe", b"") };
    refused(&raw(&[pipe]), Some("pipe"), "neither a file nor a folder");
    let encrypted = Raw { flags: 1, ..Raw::file(b"secret", &[0; 20]) };
    refused(&raw(&[encrypted]), Some("secret"), "encrypted");
    let packed = Raw { method: 14, ..Raw::file(b"packed", b"x") };
    refused(&raw(&[packed]), Some("packed"), "use deflate");
}

#[test]
fn s1_04_entries_of_one_name_are_refused_also_if_only_upper_and_lower_case_differ() {
    refused(&raw(&[Raw::file(b"a", b"1"), Raw::file(b"a", b"2")]), None, "two entries of the same name");
    refused(&raw(&[Raw::file(b"A", b"1"), Raw::file(b"a", b"2")]), Some("a"), "only in upper and lower case");
    refused(&raw(&[Raw::file(b"a", b"1"), Raw::file(b"a/b", b"2")]), Some("a"), "also the folder of a/b");
}

#[test]
fn s1_04_a_size_that_is_not_true_is_found_out() {
    let smaller = Raw { declared: Some(3), ..Raw::file(b"a", b"12345") };
    refused(&raw(&[smaller]), Some("a"), "larger than");
    let larger = Raw { declared: Some(9), ..Raw::file(b"a", b"12345") };
    refused(&raw(&[larger]), Some("a"), "smaller than the 9 bytes");
    let huge = Raw { declared: Some(u32::MAX - 1), ..Raw::file(b"a", b"12345") };
    refused(&raw(&[huge]), Some("a"), "200 times larger");
}

#[test]
fn s1_04_a_zip_bomb_is_refused_before_it_is_unpacked() {
    let bomb = write(|zip| {
        zip.start_file("bomb", SimpleFileOptions::default()).unwrap();
        zip.write_all(&vec![0; 8 << 20]).unwrap();
    });
    assert!(bomb.len() < 64 << 10);
    refused(&bomb, Some("bomb"), "200 times larger");
}

#[test]
fn s1_04_a_bomb_that_lies_about_its_size_is_stopped_at_what_it_declares() {
    let mut bomb = write(|zip| {
        zip.start_file("bomb", SimpleFileOptions::default()).unwrap();
        zip.write_all(&vec![0; 8 << 20]).unwrap();
    });
    let (real, lie) = ((8_u32 << 20).to_le_bytes(), 1000_u32.to_le_bytes());
    while let Some(at) = bomb.windows(4).position(|bytes| bytes == real) {
        bomb[at..at + 4].copy_from_slice(&lie);
    }
    refused(&bomb, Some("bomb"), "larger than");
}

#[test]
fn s1_04_a_zip_over_a_limit_is_refused() {
    let zip = raw(&[Raw::file(b"a", &[b'x'; 100]), Raw::file(b"b/c", &[b'x'; 100])]);
    let base = Limits::RELEASE;
    let cases = [
        (Limits { files: 1, ..base }, "more than 1 files"),
        (Limits { bytes: 100, ..base }, "the zip has more than 100 bytes"),
        (Limits { depth: 1, ..base }, "more than 1 folders deep"),
    ];
    for (limits, expected) in cases {
        let reason = read_with(&zip, &limits).unwrap_err().reason;
        assert!(reason.contains(expected), "{reason}");
    }
    let packed = write(|zip| {
        for name in ["a", "b"] {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(&[b'x'; 1000]).unwrap();
        }
    });
    let reason = read_with(&packed, &Limits { bytes: 1500, ..base }).unwrap_err().reason;
    assert_eq!(reason, "the release has more than 1500 bytes");
}

#[test]
fn s1_04_entries_that_share_their_bytes_are_refused() {
    let mut zip = raw(&[Raw::file(b"a", b"123"), Raw::file(b"b", b"123")]);
    let at = zip.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    zip[at + 42..at + 46].copy_from_slice(&[0; 4]);
    refused(&zip, None, "share the same bytes");
}

#[test]
fn s1_04_a_damaged_file_is_found_out() {
    let mut zip = raw(&[Raw::file(b"a", b"12345")]);
    let at = zip.windows(5).position(|bytes| bytes == b"12345").unwrap();
    zip[at] = b'9';
    refused(&zip, Some("a"), "is damaged");
}

#[test]
fn s1_04_the_large_format_is_refused_before_anything_is_allocated_for_it() {
    let mut zip = raw(&[Raw::file(b"a", b"1")]);
    let end = zip.len() - 22;
    let mut locator = b"PK\x06\x07".to_vec();
    locator.resize(20, 0xFF);
    zip.splice(end..end, locator);
    refused(&zip, None, "very large files");
}

#[test]
fn a_zip_cut_off_anywhere_is_refused_and_nothing_else_happens() {
    let zip = write(|zip| {
        for (name, method) in [("a", CompressionMethod::Stored), ("b", CompressionMethod::Deflated)] {
            zip.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
            zip.write_all(b"some text, some text").unwrap();
        }
    });
    assert!(read(&zip).is_ok());
    for end in 0..zip.len() {
        assert!(read(&zip[..end]).is_err(), "{end}");
    }
}

proptest! {
    #[test]
    fn s1_04_no_bytes_at_all_make_the_reader_of_zips_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn s1_04_no_change_to_a_zip_makes_the_reader_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut zip = raw(&[Raw::file(b"a.json", b"{}"), Raw::file(b"files/b", b"text")]);
        for (at, byte) in changes {
            let at = at.index(zip.len());
            zip[at] = byte;
        }
        for file in read(&zip).unwrap_or_default() {
            prop_assert!(super::paths::check(&file.path, &Limits::RELEASE).is_ok());
        }
    }
}
