//! Opening: what cannot be used is refused in a sentence; sessions and accounts are kept.

use crate::support::{at, on_both, open};
use slipway_store::{Account, OpenError, Store};
use sqlx::{AnyConnection, Connection, Executor};

#[tokio::test]
async fn a_schema_of_a_newer_slipway_is_refused() {
    on_both(|url| async move {
        open(&url).await.close().await;
        let mut database = AnyConnection::connect(&url).await.unwrap();
        let future = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             SELECT 9999, 'future', success, checksum, 0 FROM _sqlx_migrations LIMIT 1";
        database.execute(future).await.unwrap();
        let error = Store::open(&url).await.err().unwrap();
        assert!(matches!(error, OpenError::Newer(9999)), "{error}");
        assert!(error.to_string().contains("newer Slipway"));
    })
    .await;
}

#[tokio::test]
async fn a_schema_that_was_changed_by_hand_is_refused() {
    on_both(|url| async move {
        open(&url).await.close().await;
        let mut database = AnyConnection::connect(&url).await.unwrap();
        // Every checksum of one byte less is a wrong one, in both dialects.
        database.execute("UPDATE _sqlx_migrations SET checksum = substr(checksum, 2)").await.unwrap();
        assert!(matches!(Store::open(&url).await.err().unwrap(), OpenError::Changed(1)));
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    let letter = "Dear reader, this is a letter and no database, however long it may be.".repeat(9);
    std::fs::write(&path, &letter).unwrap();
    let error = Store::open(&format!("sqlite:{}", path.display())).await.err().unwrap();
    assert!(error.to_string().contains("is not a SQLite database"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), letter);
}

#[tokio::test]
async fn a_directory_that_does_not_exist_is_named() {
    let error = Store::open("sqlite:/does/not/exist/slipway.db").await.err().unwrap();
    assert!(error.to_string().contains("/does/not/exist/slipway.db"), "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named_without_its_password() {
    let error = Store::open("postgres://slipway:hunter2@127.0.0.1:1/slipway").await.err().unwrap();
    assert!(error.to_string().contains("127.0.0.1:1/slipway"), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[tokio::test]
async fn an_address_of_another_database_is_refused() {
    let error = Store::open("mysql://root:hunter2@localhost/x").await.err().unwrap();
    assert!(matches!(error, OpenError::Address(_)));
    assert!(!error.to_string().contains("hunter2"));
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slipway.db");
    open(&format!("sqlite:{}", path.display())).await;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_over() {
    on_both(|url| async move {
        let store = open(&url).await;
        assert!(store.create_session("one", "first", at(10)).await.unwrap());
        assert!(!store.create_session("one", "other", at(10)).await.unwrap());
        store.save_session("one", "second", at(20)).await.unwrap();
        let data = |seconds| {
            let store = store.clone();
            async move { store.session("one", at(seconds)).await.unwrap().map(|(data, _)| data) }
        };
        assert_eq!(data(19).await.as_deref(), Some("second"));
        assert_eq!(data(20).await, None);
        store.delete_expired_sessions(at(20)).await.unwrap();
        assert_eq!(data(1).await, None);
    })
    .await;
}

#[tokio::test]
async fn an_account_is_made_once() {
    on_both(|url| async move {
        let store = open(&url).await;
        let admin = Account {
            name: "admin".into(),
            password_hash: "$argon2id$…".into(),
            roles: vec!["APS_DEVOPS".into()],
        };
        assert!(store.create_account(&admin, at(0)).await.unwrap());
        let other = Account { password_hash: "other".into(), ..admin.clone() };
        assert!(!store.create_account(&other, at(1)).await.unwrap());
        assert_eq!(store.account("admin").await.unwrap(), Some(admin));
        assert_eq!(store.account("nobody").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn d24_several_replicas_may_start_at_once_on_a_new_database() {
    on_both(|url| async move {
        // A file is one server's.
        if url.starts_with("sqlite:") {
            return;
        }
        let starts = (0..4).map(|_| Store::open(&url));
        for store in futures::future::join_all(starts).await {
            store.unwrap().ask().await.unwrap();
        }
    })
    .await;
}
