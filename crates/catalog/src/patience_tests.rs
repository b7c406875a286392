//! Releases that are copied slowly: with real files and the machine's clock, and with a clock of the test's own
//! where it is about what clocks do wrong.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};

use super::*;

const QUIET: Duration = Duration::from_secs(1);
/// So long after its last file a release is listed (S1.04).
const PROMISED: Duration = Duration::from_secs(2);

struct MachineClock;

impl Clock for MachineClock {
    #[expect(clippy::disallowed_methods, reason = "the times of real files are the machine's")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The machine's clock, set wrong by so much.
struct Adjusted(Mutex<SignedDuration>);

impl Adjusted {
    fn by(seconds: i64) -> Arc<Self> {
        Arc::new(Self(Mutex::new(SignedDuration::from_secs(seconds))))
    }

    fn pass(&self, seconds: i64) {
        *self.0.lock().unwrap() += SignedDuration::from_secs(seconds);
    }
}

impl Clock for Adjusted {
    fn now(&self) -> Timestamp {
        MachineClock.now() + *self.0.lock().unwrap()
    }
}

struct Shelf {
    folder: tempfile::TempDir,
    directory: Directory,
}

impl Shelf {
    fn new(clock: Arc<dyn Clock>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::open(folder.path()).unwrap().with_patience(QUIET, clock);
        Self { folder, directory }
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn list(&self) -> Listing {
        self.directory.list(&mut self.directory.cache.try_lock().unwrap()).unwrap()
    }

    /// Nothing is listed and nothing is called broken.
    fn is_arriving(&self, place: &str) -> bool {
        let listing = self.list();
        assert!(listing.projects.is_empty(), "listed half: {:?}", listing.projects);
        assert!(listing.broken.is_empty(), "called broken: {:?}", listing.broken);
        listing.arriving == [place]
    }

    fn files(&self) -> Result<Option<Vec<ReleaseFile>>, PortError> {
        self.directory.files_of(&ProjectName::parse("shop").unwrap(), ReleaseVersion::new(1).unwrap())
    }

    /// Waits until the release is listed; says how long that took.
    async fn until_listed(&self) -> (Release, Duration) {
        let began = Instant::now();
        loop {
            let listing = self.list();
            if let Some(project) = listing.projects.into_iter().next() {
                return (project.releases[0].clone(), began.elapsed());
            }
            assert!(began.elapsed() < 5 * PROMISED, "it is never listed: {listing:?}", listing = self.list());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn manifest() -> &'static str {
    r#"{"kind":"container","name":"shop","version":"1","components":[{"name":"web","image":"example.com/app:1"}]}"#
}

fn zip_of(files: usize) -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    let plain = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("shop.json", plain).unwrap();
    zip.write_all(manifest().as_bytes()).unwrap();
    for number in 0..files {
        zip.start_file(format!("files/{number}.txt"), plain).unwrap();
        zip.write_all(&[b'x'; 100]).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn s1_04_a_folder_that_is_copied_slowly_is_listed_when_it_is_whole_and_not_before() {
    let shelf = Shelf::new(Arc::new(MachineClock));
    // The manifest comes first: from then on every look sees a release that could be deployed, with too few files.
    shelf.write("shop/1/shop.json", manifest());
    assert!(shelf.is_arriving("shop/1"));
    for number in 0..12 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        shelf.write(&format!("shop/1/files/{number}.txt"), "x".repeat(100));
        assert!(shelf.is_arriving("shop/1"), "file {number}");
        assert!(shelf.files().is_err(), "a build would take half of it");
    }
    let (release, took) = shelf.until_listed().await;
    assert!(took < PROMISED, "{took:?}");
    let whole = Directory::open(shelf.folder.path()).unwrap();
    assert_eq!(whole.list(&mut Cache::default()).unwrap().projects[0].releases[0], release);
    assert_eq!(shelf.files().unwrap().unwrap().len(), 13);
}

#[tokio::test]
async fn s1_04_a_zip_that_is_copied_slowly_is_still_being_written_and_not_broken() {
    use std::io::Write as _;
    let shelf = Shelf::new(Arc::new(MachineClock));
    let zip = zip_of(5);
    fs::create_dir_all(shelf.folder.path().join("shop")).unwrap();
    let mut file = fs::File::create(shelf.folder.path().join("shop/1.zip")).unwrap();
    // Longer than the quiet time in one place: without its end a zip is certainly not complete.
    for (number, piece) in zip.chunks(zip.len() / 6 + 1).enumerate() {
        file.write_all(piece).unwrap();
        assert!(shelf.is_arriving("shop/1.zip"), "piece {number}");
        if number == 3 {
            tokio::time::sleep(QUIET + Duration::from_millis(300)).await;
            assert!(shelf.is_arriving("shop/1.zip"), "a copy that stands still");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (_, took) = shelf.until_listed().await;
    assert!(took < PROMISED, "{took:?}");
    assert_eq!(shelf.files().unwrap().unwrap().len(), 6);
}

#[tokio::test]
async fn s1_04_a_listed_release_that_is_written_over_is_not_deployable_meanwhile() {
    let shelf = Shelf::new(Arc::new(MachineClock));
    shelf.write("shop/1/shop.json", manifest());
    shelf.until_listed().await;
    shelf.write("shop/1/files/policy.txt", "be kind");
    assert!(shelf.is_arriving("shop/1"));
    assert!(shelf.files().is_err());
    shelf.until_listed().await;
}

#[test]
fn s1_04_what_was_there_before_is_listed_at_once() {
    // An hour has passed since it was written, as far as the console knows.
    let shelf = Shelf::new(Adjusted::by(3600));
    shelf.write("shop/1/shop.json", manifest());
    assert_eq!(shelf.list().projects.len(), 1);
    assert!(shelf.files().unwrap().is_some());
}

#[test]
fn s1_04_a_zip_that_never_gets_its_end_is_broken_after_a_while() {
    let clock = Adjusted::by(0);
    let shelf = Shelf::new(Arc::clone(&clock) as Arc<dyn Clock>);
    let zip = zip_of(2);
    shelf.write("shop/1.zip", &zip[..zip.len() - 30]);
    assert!(shelf.is_arriving("shop/1.zip"));
    clock.pass(5);
    assert!(shelf.is_arriving("shop/1.zip"));
    clock.pass(6);
    let listing = shelf.list();
    assert_eq!(listing.arriving, [] as [&str; 0]);
    assert_eq!(listing.broken[0].reason, "the zip has no end; it was cut off");
}

#[test]
fn s1_04_a_folder_without_its_manifest_is_broken_after_a_while_and_one_with_a_wrong_one_at_once() {
    let clock = Adjusted::by(2);
    let shelf = Shelf::new(Arc::clone(&clock) as Arc<dyn Clock>);
    shelf.write("shop/1/files/policy.txt", "be kind");
    assert!(shelf.is_arriving("shop/1"));
    shelf.write("shop/1/shop.json", &manifest()[..40]);
    assert!(shelf.is_arriving("shop/1"));
    clock.pass(9);
    assert!(shelf.list().broken[0].reason.contains("EOF"));
    shelf.write("shop/1/shop.json", manifest().replace("shop", "other"));
    clock.pass(-9);
    assert!(shelf.list().broken[0].reason.contains("the folder is shop"));
}

#[test]
fn s1_04_a_file_server_whose_clock_is_ahead_delays_a_release_and_does_not_hide_it() {
    // To this clock every file is of the next hour.
    let clock = Adjusted::by(-3600);
    let shelf = Shelf::new(Arc::clone(&clock) as Arc<dyn Clock>);
    shelf.write("shop/1/shop.json", manifest());
    assert!(shelf.is_arriving("shop/1"));
    clock.pass(1);
    assert_eq!(shelf.list().projects.len(), 1);
    // And what changes is noticed all the same.
    shelf.write("shop/1/files/policy.txt", "be kind");
    assert!(shelf.is_arriving("shop/1"));
    clock.pass(1);
    assert_eq!(shelf.list().projects.len(), 1);
}
