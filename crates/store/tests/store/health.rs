//! A database says which one it is, and notices that it is gone.

use std::fs;

use slipway_store::{MovedAway, Store};

use crate::support::{on_both, open};

#[tokio::test]
async fn d24_a_database_says_which_one_it_is_and_where_and_its_password_to_nobody() {
    on_both(|url| async move {
        let store = open(&url).await;
        let answered = store.ask().await.unwrap();
        let steps = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations")).unwrap();
        let newest =
            steps.map(|step| step.unwrap().file_name().to_string_lossy()[..4].parse().unwrap()).max();
        assert_eq!(Some(answered.schema), newest);
        assert!(answered.version.starts_with(|c: char| c.is_ascii_digit()), "{answered:?}");
        let (kind, place) = store.place();
        assert_eq!(kind == "SQLite", url.starts_with("sqlite:"));
        assert_eq!(kind == "PostgreSQL", store.is_shared());
        assert!(url.ends_with(&place) && !place.contains('@'), "{place}");
    })
    .await;
}

#[tokio::test]
async fn d24_a_file_that_was_moved_away_or_replaced_is_noticed_and_one_that_is_back_too() {
    let folder = tempfile::tempdir().unwrap();
    let (file, elsewhere) = (folder.path().join("slipway.db"), folder.path().join("elsewhere.db"));
    let store = open(&format!("sqlite:{}", file.display())).await;
    store.ask().await.unwrap();
    let is_moved = async |store: &Store| store.ask().await.is_err_and(|error| error.source.is::<MovedAway>());

    fs::rename(&file, &elsewhere).unwrap();
    assert!(is_moved(&store).await);
    fs::copy(&elsewhere, &file).unwrap();
    assert!(is_moved(&store).await, "a copy is another file: what is written does not get there");
    fs::rename(&elsewhere, &file).unwrap();
    store.ask().await.unwrap();
}
