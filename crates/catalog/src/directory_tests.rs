use std::io::Write as _;

use super::*;

/// A releases directory that a test writes to.
struct Shelf {
    folder: tempfile::TempDir,
    directory: Directory,
}

impl Shelf {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::open(folder.path()).unwrap();
        Self { folder, directory }
    }

    fn with(releases: &[(&str, &str)]) -> Self {
        let shelf = Self::new();
        for (project, version) in releases {
            shelf.release(project, version);
        }
        shelf
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// A release of kind container in a folder.
    fn release(&self, project: &str, version: &str) {
        self.write(&format!("{project}/{version}/{project}.json"), manifest(project, version));
    }

    fn list(&self) -> Listing {
        self.directory.list(&mut self.directory.cache.try_lock().unwrap()).unwrap()
    }

    /// The only thing that is broken.
    fn broken(&self) -> (String, String) {
        let listing = self.list();
        assert_eq!(listing.broken.len(), 1, "{:?}", listing.broken);
        let BrokenRelease { path, reason } = listing.broken[0].clone();
        (path, reason)
    }

    fn files(&self, project: &str, version: u32) -> Option<Vec<ReleaseFile>> {
        let (project, version) =
            (ProjectName::parse(project).unwrap(), ReleaseVersion::new(version).unwrap());
        self.directory.files_of(&project, version).unwrap()
    }
}

fn manifest(project: &str, version: &str) -> String {
    format!(
        r#"{{"kind":"container","name":"{project}","version":"{version}",
            "components":[{{"name":"web","image":"example.com/app:1"}}]}}"#
    )
}

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for (path, content) in files {
        zip.start_file(*path, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn names(listing: &Listing) -> Vec<String> {
    let releases = listing.projects.iter().flat_map(|project| &project.releases);
    releases.map(|release| format!("{}/{}", release.project, release.version)).collect()
}

#[test]
fn s1_03_versions_are_listed_newest_first() {
    let shelf = Shelf::with(&[("shop", "2"), ("shop", "10"), ("shop", "1"), ("app", "1")]);
    assert_eq!(names(&shelf.list()), ["app/1", "shop/10", "shop/2", "shop/1"]);
}

#[test]
fn s1_03_folders_and_zips_lie_side_by_side() {
    let shelf = Shelf::with(&[("shop", "1")]);
    shelf.write("shop/2.zip", zip(&[("shop.json", &manifest("shop", "2"))]));
    shelf.write("app/1.ZIP", zip(&[("app.json", &manifest("app", "1"))]));
    shelf.write("app/2.zip.part", "");
    fs::create_dir_all(shelf.path("app/2.zip")).unwrap();
    assert_eq!(names(&shelf.list()), ["app/1", "shop/2", "shop/1"]);
    assert!(shelf.list().broken.is_empty());
}

#[test]
fn s1_06_a_draft_is_not_listed() {
    let shelf = Shelf::with(&[("shop", "0"), ("shop", "draft")]);
    shelf.write("shop/0.zip", "");
    shelf.write("shop/draft.zip", "");
    shelf.write("README.md", "");
    shelf.write(".git/1/x", "");
    fs::create_dir_all(shelf.path("lost+found")).unwrap();
    assert_eq!(shelf.list(), Listing::default());
}

#[test]
fn s1_04_a_broken_release_is_named_and_hides_nothing() {
    let shelf = Shelf::with(&[("shop", "1"), ("Upper", "1"), ("shop", "007")]);
    shelf.write("shop/2/shop.json", "{");
    shelf.write("shop/3.zip", "PK");
    shelf.write("shop/4.zip", zip(&[("shop/shop.json", &manifest("shop", "4"))]));
    fs::create_dir_all(shelf.path("empty/1")).unwrap();
    let listing = shelf.list();
    assert_eq!(names(&listing), ["shop/1"]);
    let broken: Vec<_> = listing.broken.iter().map(|b| b.path.as_str()).collect();
    let expected =
        ["Upper", "empty/1/empty.json", "shop/007", "shop/2/shop.json", "shop/3.zip", "shop/4.zip/shop.json"];
    assert_eq!(broken, expected);
}

#[test]
fn s1_04_a_version_that_is_there_twice_is_not_guessed() {
    let shelf = Shelf::with(&[("shop", "1")]);
    shelf.write("shop/1.zip", zip(&[("shop.json", &manifest("shop", "1"))]));
    let (path, reason) = shelf.broken();
    assert_eq!(path, "shop/1.zip");
    assert_eq!(reason, "version 1 is also there as shop/1; remove all but one");
    assert_eq!(shelf.files("shop", 1), None);
    assert!(shelf.list().projects.is_empty());
}

#[test]
fn s1_04_a_release_that_was_just_written_shows_without_a_restart() {
    let shelf = Shelf::with(&[("shop", "1")]);
    assert_eq!(names(&shelf.list()), ["shop/1"]);
    shelf.release("shop", "2");
    assert_eq!(names(&shelf.list()), ["shop/2", "shop/1"]);
    fs::remove_dir_all(shelf.path("shop/1")).unwrap();
    assert_eq!(names(&shelf.list()), ["shop/2"]);
}

#[test]
fn s1_04_a_half_written_zip_is_broken_until_it_is_whole() {
    let shelf = Shelf::new();
    let whole = zip(&[("shop.json", &manifest("shop", "1")), ("files/policy.txt", "be kind")]);
    for half in [0, 1, whole.len() / 2, whole.len() - 22, whole.len() - 1] {
        shelf.write("shop/1.zip", &whole[..half]);
        let (path, reason) = shelf.broken();
        assert_eq!(path, "shop/1.zip");
        assert!(reason.contains("was cut off") || reason.contains("damaged"), "{reason}");
        assert_eq!(shelf.files("shop", 1), None);
    }
    shelf.write("shop/1.zip", &whole);
    assert_eq!(names(&shelf.list()), ["shop/1"]);
    assert!(shelf.list().broken.is_empty());
}

#[test]
fn s1_04_a_half_written_folder_is_broken_until_it_is_whole() {
    let shelf = Shelf::new();
    let whole = manifest("shop", "1");
    shelf.write("shop/1/files/policy.txt", "be kind");
    assert_eq!(shelf.broken().1, "the manifest is missing");
    shelf.write("shop/1/shop.json", &whole[..whole.len() / 2]);
    assert!(shelf.broken().1.contains("EOF"));
    shelf.write("shop/1/shop.json", &whole);
    assert_eq!(names(&shelf.list()), ["shop/1"]);
}

#[test]
fn what_did_not_change_is_not_read_again() {
    let mut shelf = Shelf::with(&[("shop", "1")]);
    shelf.write("shop/2.zip", zip(&[("shop.json", &manifest("shop", "2"))]));
    shelf.write("shop/3/shop.json", "{");
    let before = shelf.list();
    // Whoever parsed now would refuse everything.
    shelf.directory.limits.manifest = 0;
    assert_eq!(shelf.list(), before);
    shelf.write("shop/1/new.txt", "");
    let listing = shelf.list();
    assert_eq!(names(&listing), ["shop/2"]);
    assert_eq!(listing.broken[0].path, "shop/1/shop.json");
}

#[test]
fn a_change_that_keeps_size_and_time_is_noticed() {
    let shelf = Shelf::with(&[("shop", "1")]);
    let file = shelf.path("shop/1/shop.json");
    let before = shelf.list();
    let time = fs::metadata(&file).unwrap().modified().unwrap();
    shelf.write("shop/new.json", manifest("shop", "1").replace("app:1", "app:2"));
    fs::rename(shelf.path("shop/new.json"), &file).unwrap();
    fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
    assert_ne!(shelf.list(), before);
}

#[test]
fn the_digest_changes_with_any_file_and_with_nothing_else() {
    let shelf = Shelf::with(&[("shop", "1")]);
    let digest = || shelf.list().projects[0].releases[0].digest.clone();
    let before = digest();
    assert_eq!(digest(), before);
    shelf.write("shop/1/files/policy.txt", "be kind");
    let with_file = digest();
    assert_ne!(with_file, before);
    fs::rename(shelf.path("shop/1/files/policy.txt"), shelf.path("shop/1/files/rule.txt")).unwrap();
    assert_ne!(digest(), with_file);
}

#[test]
fn a_folder_and_a_zip_of_the_same_files_are_the_same_release() {
    let shelf = Shelf::new();
    let manifest = manifest("shop", "1");
    let files = [("shop.json", manifest.as_str()), ("files/a.txt", "a"), ("files.txt", "b"), ("files/Ü", "")];
    for (path, content) in files {
        shelf.write(&format!("shop/1/{path}"), content);
    }
    let (listing, read) = (shelf.list(), shelf.files("shop", 1));
    assert_eq!(read.as_ref().map(Vec::len), Some(4));
    assert!(read.as_ref().unwrap().is_sorted_by_key(|file| &file.path));
    fs::remove_dir_all(shelf.path("shop/1")).unwrap();
    shelf.write("shop/1.zip", zip(&files));
    assert_eq!((shelf.list(), shelf.files("shop", 1)), (listing, read));
}

#[test]
fn a_release_that_is_missing_or_broken_has_no_files() {
    let shelf = Shelf::with(&[("shop", "1")]);
    shelf.write("shop/2/shop.json", "{");
    assert_eq!(shelf.files("shop", 1).unwrap()[0].path, "shop.json");
    assert_eq!(shelf.files("shop", 2), None);
    assert_eq!(shelf.files("shop", 3), None);
    assert_eq!(shelf.files("other", 1), None);
}

#[cfg(unix)]
#[test]
fn s1_04_a_link_out_of_the_releases_directory_is_refused_wherever_it_is() {
    use std::os::unix::fs::symlink;
    for (link, target) in
        [("shop/1/secrets", "/etc/passwd"), ("shop/1/files", "/etc"), ("shop/2", "1"), ("app", "shop")]
    {
        let shelf = Shelf::with(&[("shop", "1")]);
        symlink(target, shelf.path(link)).unwrap();
        let (path, reason) = shelf.broken();
        assert_eq!(path, link);
        assert!(reason.contains("symbolic link"), "{reason}");
    }
    let shelf = Shelf::with(&[("shop", "1")]);
    symlink("1", shelf.path("shop/2.zip")).unwrap();
    assert_eq!(shelf.broken().0, "shop/2.zip");
    assert_eq!(shelf.files("shop", 2), None);
}

#[cfg(unix)]
#[test]
fn s1_04_what_is_not_a_file_is_refused_before_it_is_opened() {
    let cases = [
        ("shop/1/socket", "is neither a file nor a folder"),
        ("shop/2", "is neither a folder nor a zip"),
        ("shop/2.zip", "is neither a folder nor a zip"),
    ];
    for (path, expected) in cases {
        let shelf = Shelf::with(&[("shop", "1")]);
        let _socket = std::os::unix::net::UnixListener::bind(shelf.path(path)).unwrap();
        assert_eq!(shelf.broken(), (path.to_owned(), expected.to_owned()));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn s1_04_a_name_that_is_not_utf_8_is_refused() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};
    let shelf = Shelf::with(&[("shop", "1")]);
    fs::write(shelf.path("shop/1").join(OsStr::from_bytes(b"Z\xFCrich")), "").unwrap();
    assert!(shelf.broken().1.contains("not UTF-8"));
}

#[test]
fn s1_04_a_folder_over_a_limit_is_refused() {
    type Change = fn(&mut Limits);
    let cases: [(Change, &str); 5] = [
        (|l| l.files = 2, "more than 2 files"),
        (|l| l.bytes = 150, "more than 150 bytes"),
        (|l| l.manifest = 10, "at most 10 are read"),
        (|l| l.depth = 2, "more than 2 folders deep"),
        (|l| l.path = 8, "more than 8 bytes"),
    ];
    for (change, expected) in cases {
        let mut shelf = Shelf::with(&[("shop", "1")]);
        shelf.write("shop/1/files/a/b.txt", "x".repeat(100));
        shelf.write("shop/1/c.txt", "");
        assert!(shelf.list().broken.is_empty());
        change(&mut shelf.directory.limits);
        shelf.write("shop/1/c.txt", "changed");
        let reason = shelf.broken().1;
        assert!(reason.contains(expected), "{reason:?} should contain {expected:?}");
    }
}

#[test]
fn s1_04_empty_folders_count_as_well() {
    let mut shelf = Shelf::with(&[("shop", "1")]);
    for name in ["a", "b", "c"] {
        fs::create_dir_all(shelf.path("shop/1").join(name)).unwrap();
    }
    shelf.directory.limits.files = 3;
    assert!(shelf.broken().1.contains("more than 3 files"));
}

#[tokio::test]
async fn the_port_lists_and_reads_what_the_directory_holds() {
    let shelf = Shelf::with(&[("shop", "1")]);
    let port: &dyn Releases = &shelf.directory;
    let listing = port.listing().await.unwrap();
    assert_eq!(names(&listing), ["shop/1"]);
    let release = &listing.projects[0].releases[0];
    let files = port.files(&release.project, release.version).await.unwrap().unwrap();
    assert_eq!(files[0].path, "shop.json");
    fs::remove_dir_all(shelf.folder.path()).unwrap();
    assert!(port.listing().await.is_err());
}

#[test]
fn a_directory_that_does_not_exist_is_named_with_its_setting() {
    let error = Directory::open("/does/not/exist").unwrap_err().to_string();
    assert!(error.contains("/does/not/exist") && error.contains("SLIPWAY_RELEASES_DIR"), "{error}");
}
