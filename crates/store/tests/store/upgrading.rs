//! A database of any version before this one is brought up to date where it stands, and nothing in it is lost.

use std::path::Path;

use slipway_domain::{
    operation::{Kind, Progress},
    status::{Standing, Status},
};
use slipway_store::Store;
use sqlx::{AnyPool, AssertSqlSafe, Executor, migrate::Migrator};

use crate::support::{at, name, on_both, order, spec};

/// The steps of the schema, as they lie in their folder. Each of them was the newest once.
async fn steps() -> Migrator {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    Migrator::new(Path::new(folder)).await.unwrap()
}

/// What else was kept, from that step on: the table and a row of it. The application's identity is the operation's as well.
const LATER: [(i64, &str, &str); 13] = [
    (2, "standings", "VALUES (1, $1, 9, 'Running', '{}')"),
    (2, "quarantine", "VALUES ($1, 2, 9, 'ana')"),
    (2, "black_box", "VALUES ('end', $1, 'web', 'web-1', 9, '{}')"),
    // Drafts of before are given up: whose they were is not known any more.
    (12, "drafts", "VALUES ('draft', 'ana', 'sealed', 9)"),
    (3, "plans", "VALUES ($1, 1, 'hash', 9, NULL, '{}')"),
    (4, "image_checks", "VALUES ($1, 9, 1, '[]')"),
    (4, "quarantined_images", "VALUES ($1, 'sha256:1', 9, 'ana')"),
    (5, "warnings", "VALUES ($1, 'Pod web', 'BackOff', 9, 'crashes')"),
    (
        7,
        "tokens",
        "(id, actor_id, actor_name, roles, name, hash, scopes, created_at, expires_at) \
        VALUES ('token', 'ana', 'ana', '[]', 'ci', 'hash', '[]', 1, 99)",
    ),
    (7, "answers", "VALUES ('ana', 'key', 'request', 'sealed', 9)"),
    (
        8,
        "visits",
        "(id, session_id, actor_id, agent, began_at, seen_at, check_at) \
        VALUES ('visit', 'session', 'ana', 'a browser', 1, 9, 9)",
    ),
    (8, "refused_passwords", "VALUES ('ana', 1, 9, 9)"),
    // Later rows are links of a chain, which only the store makes.
    (
        0,
        "audit",
        "(seq, at, actor, action, object, outcome) VALUES (1, 9, 'ana', 'deploy', 'shop', 'accepted')",
    ),
];

fn kept_at(step: i64) -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_its_time = move |since: i64| if since == 0 { step < 6 } else { since <= step };
    LATER.into_iter().filter(move |(since, ..)| of_its_time(*since)).map(|(_, table, row)| (table, row))
}

/// A database as it was when that step was the newest, with what there was to know from the beginning: an application
/// that runs, its configuration, who deployed it, an account.
async fn of_the_time(url: &str, step: i64) {
    sqlx::any::install_default_drivers();
    let file = if url.starts_with("sqlite:") { format!("{url}?mode=rwc") } else { url.to_owned() };
    let database = AnyPool::connect(&file).await.unwrap();
    steps().await.run_to(step, &database).await.unwrap();
    let shop = spec("shop");
    let (id, config) = (shop.id.to_string(), serde_json::to_string(&shop).unwrap());
    let running = Standing { status: Status::Running, reason: None, cause: None };
    let running = serde_json::to_string(&running).unwrap();
    let done = serde_json::to_string(&Progress::Succeeded { at: at(9) }).unwrap();
    for (rows, texts) in [
        ("UPDATE counters SET value = 1 WHERE name = 'revision'", vec![]),
        (
            "INSERT INTO applications (id, name, project, version, generation, standing, revision, gateway_path, \
             created_by, created_at, updated_at) VALUES ($1, 'shop', 'shop', 1, 1, $2, 1, '/shop/', 'ana', 1, 9)",
            vec![&id, &running],
        ),
        (
            "INSERT INTO generations (application_id, number, spec, created_by, created_at) \
             VALUES ($1, 1, $2, 'ana', 1)",
            vec![&id, &config],
        ),
        (
            "INSERT INTO operations (id, application_id, kind, generation, progress, step_since, requested_by, \
             requested_at, idempotency_key) VALUES ($1, $1, 'deploy', 1, $2, 9, 'ana', 1, 'pressed-once')",
            vec![&id, &done],
        ),
        (
            "INSERT INTO accounts (name, password_hash, roles, created_at) \
             VALUES ('ana', 'hashed', '[\"APS_DEVOPS\"]', 1)",
            vec![],
        ),
    ] {
        let mut query = sqlx::query(rows);
        for text in texts {
            query = query.bind(text);
        }
        query.execute(&database).await.unwrap();
    }
    for (table, row) in kept_at(step) {
        let query = format!("INSERT INTO {table} {row}");
        let named = query.contains("$1");
        let query = sqlx::query(AssertSqlSafe(query));
        let query = if named { query.bind(&id) } else { query };
        query.execute(&database).await.unwrap();
    }
    if step < 6 {
        database.execute("UPDATE counters SET value = 1 WHERE name = 'audit'").await.unwrap();
    }
    database.close().await;
}

#[tokio::test]
async fn d24_whatever_was_the_newest_step_all_that_was_known_is_known_afterwards() {
    let steps: Vec<_> = steps().await.iter().map(|step| step.version).collect();
    for step in steps {
        on_both(|url| async move {
            of_the_time(&url, step).await;
            let store = Store::open(&url).await.unwrap();
            store.complete_people().await.unwrap();

            let shop = store.application(&name("shop")).await.unwrap().unwrap();
            assert_eq!((shop.standing.status, shop.created_by.as_str()), (Status::Running, "ana"));
            assert_eq!(shop.people.admins, ["ana".into()], "after step {step}");
            let generations = store.generations(shop.id).await.unwrap();
            assert_eq!(generations.len(), 1);
            let operations = store.operations(shop.id).await.unwrap();
            let told: Vec<_> = operations.into_iter().map(|deploy| (deploy.kind, deploy.progress)).collect();
            assert_eq!(told, [(Kind::Deploy, Progress::Succeeded { at: at(9) })]);
            assert_eq!(store.account("ana").await.unwrap().unwrap().roles, ["APS_DEVOPS"]);

            let database = AnyPool::connect(&url).await.unwrap();
            for (table, _) in kept_at(step) {
                let query = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
                let count: i64 = sqlx::query_scalar(query).fetch_one(&database).await.unwrap();
                assert_eq!(count, 1, "rows of {table} after step {step}");
            }
            database.close().await;

            // And it goes on from there.
            order(&store, "bank").await;
            assert_eq!(store.changed_since(1).await.unwrap().len(), 1, "the revisions are counted on");
            assert_eq!(store.verify_audit().await.unwrap().broken, None);
        })
        .await;
    }
}
