//! What the watches have seen, by namespace. Small structs of our own, not whole objects.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{PoisonError, RwLock},
};

use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{Namespace, Pod},
};
use kube::{ResourceExt, runtime::watcher::Event};
use slipway_domain::{
    ids::ApplicationId,
    names::ComponentName,
    observed::{self, Observed, ObservedComponent, ObservedTask},
};

use crate::{facts, labels};

/// The facts of one namespace.
#[derive(Default)]
pub(super) struct Place {
    namespace: observed::Namespace,
    application: String,
    workloads: BTreeMap<String, ObservedComponent>,
    tasks: BTreeMap<String, (ComponentName, ObservedTask)>,
}

/// The objects that a listing has shown so far: what it does not show is gone when it ends.
#[derive(Default)]
pub(super) struct Seen(HashSet<(String, String)>);

/// A kind of object that facts are kept of.
pub(super) trait Fact: ResourceExt {
    /// The namespace whose place the object belongs to.
    fn place(&self) -> String {
        self.namespace().unwrap_or_default()
    }
    /// Keeps its facts.
    fn keep(&self, place: &mut Place);
    /// Forgets the object of that name.
    fn forget(place: &mut Place, name: &str);
    /// The names of this kind's objects in the place.
    fn names(place: &Place) -> Vec<String>;
}

impl Fact for Namespace {
    fn place(&self) -> String {
        self.name_any()
    }
    fn keep(&self, place: &mut Place) {
        place.namespace = facts::namespace(self);
        place.application = self.labels().get(labels::APPLICATION_ID).cloned().unwrap_or_default();
    }
    fn forget(place: &mut Place, _: &str) {
        place.namespace = observed::Namespace::Absent;
    }
    fn names(place: &Place) -> Vec<String> {
        // The listing's key of a namespace is its own name, which `take` fills in.
        if place.namespace == observed::Namespace::Absent { vec![] } else { vec![String::new()] }
    }
}

impl Fact for Deployment {
    fn keep(&self, place: &mut Place) {
        if let Some(workload) = facts::workload(self) {
            place.workloads.insert(self.name_any(), workload);
        }
    }
    fn forget(place: &mut Place, name: &str) {
        place.workloads.remove(name);
    }
    fn names(place: &Place) -> Vec<String> {
        place.workloads.keys().cloned().collect()
    }
}

impl Fact for Pod {
    fn keep(&self, place: &mut Place) {
        if let Some(component) = facts::component_of(self) {
            place.tasks.insert(self.name_any(), (component, facts::task(self)));
        }
    }
    fn forget(place: &mut Place, name: &str) {
        place.tasks.remove(name);
    }
    fn names(place: &Place) -> Vec<String> {
        place.tasks.keys().cloned().collect()
    }
}

/// The facts of all namespaces.
#[derive(Default)]
pub(super) struct Cache(RwLock<HashMap<String, Place>>);

impl Cache {
    /// Takes in an event; the answer is the namespaces that it touched.
    pub(super) fn take<K: Fact>(&self, event: Event<K>, seen: &mut Seen) -> Vec<String> {
        let mut places = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Init => {
                seen.0.clear();
                vec![]
            }
            Event::InitApply(object) => {
                seen.0.insert((object.place(), key(&object)));
                object.keep(places.entry(object.place()).or_default());
                vec![object.place()]
            }
            Event::InitDone => sweep::<K>(&mut places, seen),
            Event::Apply(object) => {
                object.keep(places.entry(object.place()).or_default());
                vec![object.place()]
            }
            Event::Delete(object) => {
                let name = object.place();
                if let Some(place) = places.get_mut(&name) {
                    K::forget(place, &key(&object));
                    if place.is_empty() {
                        places.remove(&name);
                    }
                }
                vec![name]
            }
        }
    }

    /// The application's facts; a namespace that belongs to another one counts as absent.
    pub(super) fn observe(&self, name: &str, id: ApplicationId) -> Observed {
        let places = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match places.get(name) {
            Some(place) if place.application == id.to_string() => place.observed(),
            _ => Observed::default(),
        }
    }
}

/// The key of an object among those of its kind in its place.
fn key<K: Fact>(object: &K) -> String {
    if object.namespace().is_some() { object.name_any() } else { String::new() }
}

/// Forgets what the listing that just ended did not show: it was deleted while nobody watched.
fn sweep<K: Fact>(places: &mut HashMap<String, Place>, seen: &Seen) -> Vec<String> {
    let mut touched = Vec::new();
    places.retain(|name, place| {
        for gone in K::names(place).into_iter().filter(|key| !seen.0.contains(&(name.clone(), key.clone()))) {
            K::forget(place, &gone);
            touched.push(name.clone());
        }
        !place.is_empty()
    });
    touched
}

impl Place {
    fn is_empty(&self) -> bool {
        self.namespace == observed::Namespace::Absent && self.workloads.is_empty() && self.tasks.is_empty()
    }

    fn observed(&self) -> Observed {
        let components = self.workloads.values().map(|workload| {
            let own = self.tasks.values().filter(|(component, _)| *component == workload.name);
            let tasks = own.map(|(_, task)| task.clone()).collect();
            ObservedComponent { tasks, ..workload.clone() }
        });
        Observed { namespace: self.namespace.clone(), components: components.collect() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "01JZZZZZZZZZZZZZZZZZZZZZZZ";

    fn namespace(name: &str) -> Namespace {
        let labels = json!({"slipway.internal/application-id": ID});
        serde_json::from_value(json!({"metadata": {"name": name, "labels": labels}})).unwrap()
    }

    fn pod(name: &str) -> Pod {
        serde_json::from_value(json!({
            "metadata": {"name": name, "namespace": "shop", "labels": {"app.kubernetes.io/name": "web"}},
        }))
        .unwrap()
    }

    #[test]
    fn what_vanished_while_nobody_watched_is_forgotten_when_the_listing_ends() {
        let (cache, mut seen) = (Cache::default(), Seen::default());
        for name in ["shop", "bank"] {
            cache.take(Event::Apply(namespace(name)), &mut seen);
        }
        cache.take(Event::<Namespace>::Init, &mut seen);
        cache.take(Event::InitApply(namespace("shop")), &mut seen);
        assert_eq!(cache.take(Event::<Namespace>::InitDone, &mut seen), ["bank"]);
        let phase = |name| cache.observe(name, ID.parse().unwrap()).namespace;
        assert_eq!(phase("shop"), observed::Namespace::Active);
        assert_eq!(phase("bank"), observed::Namespace::Absent);
    }

    #[test]
    fn a_listing_of_pods_does_not_forget_the_namespace() {
        let (cache, mut seen) = (Cache::default(), Seen::default());
        cache.take(Event::Apply(namespace("shop")), &mut Seen::default());
        cache.take(Event::Apply(pod("web-1")), &mut seen);
        cache.take(Event::<Pod>::Init, &mut seen);
        assert_eq!(cache.take(Event::<Pod>::InitDone, &mut seen), ["shop"]);
        assert_eq!(cache.observe("shop", ID.parse().unwrap()).namespace, observed::Namespace::Active);
    }

    #[test]
    fn s1_09_a_namespace_of_another_application_counts_as_absent() {
        let cache = Cache::default();
        cache.take(Event::Apply(namespace("shop")), &mut Seen::default());
        let other = "01JZZZZZZZZZZZZZZZZZZZZZZ0".parse().unwrap();
        assert_eq!(cache.observe("shop", other), Observed::default());
    }
}
