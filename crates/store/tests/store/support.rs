//! A fresh database of each kind for every test, and fixtures that read as prose.

use std::future::Future;

use jiff::{SignedDuration, Timestamp};
use slipway_domain::{
    ids::{ApplicationId, OperationId},
    image::ImageRef,
    names::{ApplicationName, ComponentName, ProjectName},
    ports::{Journal, Judged, Recorded},
    release::ReleaseVersion,
    spec::{ApplicationSpec, ComponentSpec},
    status::Standing,
};
use slipway_store::{Asked, NewApplication, Origin, Store};
use sqlx::{AssertSqlSafe, Connection, Executor, postgres::PgConnection};
use ulid::Ulid;

/// The address of a PostgreSQL server on which databases may be made.
const SERVER: &str = "SLIPWAY_TEST_POSTGRES";

/// Runs the rule on a fresh SQLite file and on a fresh PostgreSQL database. The rule gets the address, so that
/// it can open the database more than once.
pub async fn on_both<F, R>(rule: F)
where
    F: Fn(String) -> R,
    R: Future<Output = ()>,
{
    let folder = tempfile::tempdir().unwrap();
    rule(format!("sqlite:{}", folder.path().join("slipway.db").display())).await;
    let Ok(server) = std::env::var(SERVER) else {
        assert!(std::env::var("SLIPWAY_TEST_REQUIRE").is_err(), "{SERVER} is not set");
        println!("skipped on PostgreSQL: {SERVER} is not set");
        return;
    };
    let name = format!("slipway_{}", fresh().to_string().to_lowercase());
    let mut admin = PgConnection::connect(&server).await.unwrap();
    // The name is made of letters and digits above.
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    rule(format!("{base}/{name}")).await;
    admin.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
}

/// A store on that database.
pub async fn open(url: &str) -> Store {
    Store::open(url).await.unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a test makes up its own identifiers")]
fn fresh() -> Ulid {
    Ulid::generate()
}

/// That many seconds after the beginning of time.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

/// A name of an application.
pub fn name(text: &str) -> ApplicationName {
    ApplicationName::parse(text).unwrap()
}

/// A configuration with one component.
pub fn spec(application: &str) -> ApplicationSpec {
    let image = ImageRef::parse("example.com/web:1").unwrap();
    let web = ComponentSpec {
        port: Some(8080),
        route: Some("/".into()),
        ..ComponentSpec::new(ComponentName::parse("web").unwrap(), image)
    };
    ApplicationSpec {
        id: ApplicationId(fresh()),
        name: name(application),
        generation: 1,
        project: ProjectName::parse("shop").unwrap(),
        version: ReleaseVersion::new(1).unwrap(),
        release: String::new(),
        admins: vec!["ana".into()],
        users: vec![],
        wishes: std::collections::BTreeMap::new(),
        database: None,
        database_password: None,
        components: vec![web],
    }
}

/// Somebody asks at that second, for a new operation.
pub fn ana(second: i64) -> Asked<'static> {
    Asked {
        actor_id: "id-of-ana",
        actor: "ana",
        at: at(second),
        operation: OperationId(fresh()),
        origin: Origin::NONE,
    }
}

/// Orders an application at second 0 without an idempotency key.
pub async fn order(store: &Store, application: &str) -> ApplicationSpec {
    let spec = spec(application);
    let new = NewApplication { spec: &spec, idempotency_key: "" };
    store.accept(&new, &ana(0)).await.unwrap();
    spec
}

/// Records a standing as somebody does who has just looked.
pub async fn record(store: &Store, spec: &ApplicationSpec, standing: &Standing, now: Timestamp) -> Recorded {
    let judged = store.application(&spec.name).await.unwrap().unwrap();
    store.record(&[Judged { application: &judged, standing }], now).await.unwrap()[0]
}
