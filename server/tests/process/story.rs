//! The whole life of an application in a world of its own, order by order, and what must be there after each.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use slipway_domain::{
    application::Application,
    names::ApplicationName,
    operation::{Operation, Progress},
};
use slipway_store::Store;

use crate::{
    life::{Life, PATIENCE},
    world::World,
};

/// What is ordered for an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Order {
    Deploy,
    Update,
    Rollback,
    /// An update that never comes to its end, so that there is something to remove by force.
    Stall,
    Undeploy,
    ForceUndeploy,
}

pub const NAME: &str = "shop";

/// The releases of the story: the second leaves out a component, the third never gets ready. The rollback is to the
/// first generation.
pub fn prepare(world: &mut World) {
    let component = |name: &str, greeting: &str| {
        json!({"name": name, "image": "example.com/probe:1.0", "port": 8080, "route": format!("/{name}"),
            "env": {"GREETING": greeting}})
    };
    world.release("shop", 1, &json!([component("web", "one"), component("old", "one")]));
    world.release("shop", 2, &json!([component("web", "two")]));
    let mut deaf = component("web", "three");
    deaf["env"]["FAIL_HEALTH"] = json!("1");
    world.release("shop", 3, &json!([deaf]));
    world.carry_files();
}

/// A program over such a world, and a view of its database past it.
pub struct Stage {
    pub world: World,
    pub life: Life,
    pub store: Store,
    /// How many operations there were when the present application was not there yet.
    keys: std::sync::atomic::AtomicUsize,
}

impl Stage {
    pub async fn set(url: &str) -> Self {
        let mut world = World::new().await;
        prepare(&mut world);
        let life = Life::begin(&world, url).await;
        let store = Store::open(url).await.unwrap();
        Self { world, life, store, keys: 0.into() }
    }

    /// Places an order, however often it takes.
    pub async fn order(&self, order: Order) {
        let key = format!("k{}", self.keys.fetch_add(1, std::sync::atomic::Ordering::SeqCst));
        let one = format!("applications/{NAME}");
        let (method, path, body) = match order {
            Order::Deploy => {
                let token = json!({"web": {"variables": {"API_TOKEN": "hunter2"}}});
                let body = json!({"name": NAME, "project": "shop", "version": 1, "admins": ["ana"], "components": token});
                (Method::POST, "applications".to_owned(), body)
            }
            Order::Update => (Method::PUT, one, json!({"version": 2})),
            Order::Rollback => (Method::POST, format!("{one}/rollback"), json!({"generation": 1})),
            Order::Stall => (Method::PUT, one, json!({"version": 3})),
            Order::Undeploy => (Method::DELETE, one, Value::Null),
            Order::ForceUndeploy => (Method::DELETE, format!("{one}?force=true"), Value::Null),
        };
        self.life.insist(method, &path, body, &key).await;
    }

    /// Waits until an order has come to its end, as the database tells it.
    pub async fn done(&self, order: Order, operations: usize) {
        let status = match order {
            Order::Deploy | Order::Update | Order::Rollback => "Running",
            Order::Stall => "Pending",
            Order::Undeploy | Order::ForceUndeploy => "Undeployed",
        };
        let mut last = String::new();
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some((application, told)) = self.look().await {
                    let newest = &told[0].progress;
                    let is_over = matches!(newest, Progress::Succeeded { .. })
                        || (order == Order::Stall && matches!(newest, Progress::Open { .. }));
                    if told.len() == operations && is_over && application.standing.status.label() == status {
                        return;
                    }
                    let kinds: Vec<_> = told.iter().map(|one| one.kind.label()).collect();
                    last = format!("{:?} {kinds:?} {newest:?}", application.standing);
                }
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        });
        assert!(waited.await.is_ok(), "{order:?} does not come to its end: {last}");
    }

    /// The application, dead or alive, and its operations, newest first.
    pub async fn look(&self) -> Option<(Application, Vec<Operation>)> {
        let application = self.store.application(&ApplicationName::parse(NAME).unwrap()).await.unwrap()?;
        let operations = self.store.operations(application.id).await.unwrap();
        (!operations.is_empty()).then_some((application, operations))
    }

    /// What is in the cluster and in the registry.
    pub fn things(&self) -> Vec<String> {
        let mut things: Vec<_> =
            self.world.objects().into_iter().map(|(place, object)| format!("{place}: {object}")).collect();
        things.extend(self.world.pushed.pushed());
        things
    }

    /// Everything is as if nobody had ever deployed anything.
    pub fn clear(&self) {
        assert_eq!(self.world.objects(), [], "left behind");
        self.world.pushed.clear();
    }
}
