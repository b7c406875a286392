//! A copy of a database is as good as the original, whatever kind the one and the other are.

use slipway_domain::{
    operation::Progress,
    ports::Journal,
    sealed::Sealed,
    status::{Standing, Status},
};
use slipway_store::{CopyError, NewApplication, Store};
use sqlx::{AnyConnection, Connection, Executor};

use crate::support::{ana, at, name, on_both, open, order, record, spec};

/// A database with an application that stands, one that is under way, a secret and a trail.
async fn used(url: &str) -> Store {
    let store = open(url).await;
    let standing = order(&store, "standing").await;
    let running = Standing { status: Status::Running, reason: None, cause: None };
    let job = store.claim("me", at(1), at(9)).await.unwrap().unwrap();
    let over = Progress::Succeeded { at: at(2) };
    assert!(store.advance(job.operation.id, "me", &over, None, at(2), at(2)).await.unwrap());
    record(&store, &standing, &running, at(3)).await;
    let mut open_one = spec("open");
    open_one.components[0].secrets.insert("TOKEN".to_owned(), Sealed::new("sealed".to_owned()));
    store.accept(&NewApplication { spec: &open_one, idempotency_key: "once" }, &ana(4)).await.unwrap();
    store
}

fn copy_at(folder: &tempfile::TempDir) -> String {
    format!("sqlite:{}", folder.path().join("copy.db").display())
}

#[tokio::test]
async fn d24_a_copy_there_and_back_loses_nothing_and_goes_on() {
    on_both(|url| async move {
        let folder = tempfile::tempdir().unwrap();
        let store = used(&url).await;
        let copy = open(&copy_at(&folder)).await;
        let there = store.copy_to(&copy).await.unwrap();
        // Back into a database of the first kind, that nobody has used: here the copy's copy.
        let again = open(&format!("sqlite:{}", folder.path().join("again.db").display())).await;
        assert_eq!(copy.copy_to(&again).await.unwrap(), there);
        for copied in [&copy, &again] {
            for application in ["standing", "open"] {
                let (was, is) = (
                    store.application(&name(application)).await.unwrap().unwrap(),
                    copied.application(&name(application)).await.unwrap().unwrap(),
                );
                assert_eq!(was, is);
                assert_eq!(store.operations(was.id).await.unwrap(), copied.operations(was.id).await.unwrap());
                assert_eq!(
                    store.generation(was.id, 1).await.unwrap(),
                    copied.generation(was.id, 1).await.unwrap()
                );
            }
            assert_eq!(store.verify_audit().await.unwrap(), copied.verify_audit().await.unwrap());
            assert_eq!(copied.open_operations().await.unwrap(), 1);
        }
        // What was under way is claimed, and new rows find their numbers.
        let job = again.claim("other", at(20), at(30)).await.unwrap().unwrap();
        assert_eq!(job.spec.name, name("open"));
        order(&again, "later").await;
        assert!(again.verify_audit().await.unwrap().broken.is_none());
    })
    .await;
}

#[tokio::test]
async fn d24_a_backup_comes_back_into_either_kind_of_database() {
    on_both(|url| async move {
        let folder = tempfile::tempdir().unwrap();
        let backup = used(&copy_at(&folder)).await;
        let target = open(&url).await;
        let rows = backup.copy_to(&target).await.unwrap();
        assert!(rows > 10, "{rows}");
        let (was, is) = (backup.verify_audit().await.unwrap(), target.verify_audit().await.unwrap());
        assert_eq!(was, is);
        assert_eq!(target.claim("other", at(20), at(30)).await.unwrap().unwrap().spec.name, name("open"));
        order(&target, "later").await;
        let refused = backup.copy_to(&target).await.unwrap_err();
        assert!(matches!(refused, CopyError::Used("applications")), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn d24_a_copy_is_of_one_moment_while_others_write() {
    on_both(|url| async move {
        let folder = tempfile::tempdir().unwrap();
        let store = used(&url).await;
        for number in 0..40 {
            order(&store, &format!("before-{number}")).await;
        }
        let copy = open(&copy_at(&folder)).await;
        let writing = async {
            for number in 0..40 {
                order(&store, &format!("meanwhile-{number}")).await;
            }
        };
        let (copied, ()) = tokio::join!(store.copy_to(&copy), writing);
        copied.unwrap();
        // A row without the one before it, or a counter of another moment, breaks the chain.
        let verdict = copy.verify_audit().await.unwrap();
        assert_eq!(verdict.broken, None);
        order(&copy, "later").await;
        assert_eq!(copy.verify_audit().await.unwrap().broken, None);
    })
    .await;
}

#[tokio::test]
async fn d24_every_table_is_copied_or_left_out_on_purpose() {
    on_both(|url| async move {
        let folder = tempfile::tempdir().unwrap();
        let (store, copy) = (used(&url).await, open(&copy_at(&folder)).await);
        let mut other = AnyConnection::connect(&url).await.unwrap();
        other.execute("CREATE TABLE stranger (id TEXT)").await.unwrap();
        let refused = store.copy_to(&copy).await.unwrap_err();
        assert!(matches!(&refused, CopyError::Stranger(table) if table == "stranger"), "{refused}");
        other.execute("DROP TABLE stranger").await.unwrap();
        other.execute("INSERT INTO sessions (id, data, expires_at) VALUES ('s', '{}', 1)").await.unwrap();
        store.copy_to(&copy).await.unwrap();
        let mut copied = AnyConnection::connect(&copy_at(&folder)).await.unwrap();
        let sessions: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM sessions").fetch_one(&mut copied).await.unwrap();
        assert_eq!(sessions, 0, "a copy lets nobody in");
    })
    .await;
}

#[tokio::test]
async fn d24_the_tools_of_postgresql_do_as_well() {
    on_both(|url| async move {
        if url.starts_with("sqlite:") {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let dump = folder.path().join("slipway.dump").display().to_string();
        let store = used(&url).await;
        let was = store.verify_audit().await.unwrap();
        tool("pg_dump", &["--format=custom", &format!("--file={dump}"), &url]);
        order(&store, "later").await;
        store.close().await;
        tool(
            "pg_restore",
            &["--clean", "--if-exists", "--no-owner", "--exit-on-error", &format!("--dbname={url}"), &dump],
        );
        let restored = open(&url).await;
        assert_eq!(restored.verify_audit().await.unwrap(), was);
        assert!(restored.application(&name("later")).await.unwrap().is_none());
        let job = restored.claim("other", at(20), at(30)).await.unwrap().unwrap();
        assert_eq!(job.spec.name, name("open"));
    })
    .await;
}

fn tool(name: &str, arguments: &[&str]) {
    let output = std::process::Command::new(name).args(arguments).output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
}
