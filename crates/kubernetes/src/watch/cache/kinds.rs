//! What is kept of each kind of object, and where.

use kube::ResourceExt;
use slipway_domain::observed;

use super::{
    Fact, World,
    place::{self, Place},
    warnings::Said,
};
use crate::{
    facts, labels,
    lean::{Deployment, Event, Job, Namespace, Node, PersistentVolumeClaim, Pod, ReplicaSet, StatefulSet},
};

fn spot(object: &impl ResourceExt) -> (String, String) {
    (object.namespace().unwrap_or_default(), object.name_any())
}

impl Fact for Namespace {
    fn spot(&self) -> (String, String) {
        (self.name_any(), String::new())
    }
    fn keep(&self, world: &mut World) -> Vec<String> {
        let name = self.name_any();
        if !self.labels().contains_key(labels::APPLICATION_ID) {
            let was_ours = world.places.contains_key(&name);
            let touched = if was_ours { Self::forget(world, &name, "") } else { vec![] };
            world.foreign.insert(name);
            return touched;
        }
        world.foreign.remove(&name);
        let early = world.strays.take(&name);
        let place = world.place(&name);
        place.namespace = facts::namespace(self);
        place.application = self.labels().get(labels::APPLICATION_ID).cloned().unwrap_or_default();
        for said in early {
            place.warnings.keep(said);
        }
        vec![name]
    }
    fn forget(world: &mut World, place: &str, _: &str) -> Vec<String> {
        let was_foreign = world.foreign.remove(place);
        match world.places.get_mut(place) {
            Some(ours) => ours.namespace = observed::Namespace::Absent,
            None if was_foreign => return vec![],
            None => {}
        }
        vec![place.to_owned()]
    }
    fn kept(world: &World) -> Vec<(String, String)> {
        let there = world.places.iter().filter(|(_, place)| place.namespace != observed::Namespace::Absent);
        let names = there.map(|(name, _)| name).chain(&world.foreign);
        names.map(|name| (name.clone(), String::new())).collect()
    }
}

/// A kind whose facts stand in a map of its place, by the object's name.
macro_rules! by_name {
    ($kind:ty, $map:ident, |$object:ident, $before:ident| $fact:expr) => {
        impl Fact for $kind {
            fn spot(&self) -> (String, String) {
                spot(self)
            }
            fn keep(&self, world: &mut World) -> Vec<String> {
                let (name, key) = spot(self);
                let place = world.place(&name);
                let ($object, $before) = (self, place.$map.get(&key).map(|fact| &**fact));
                match $fact {
                    Some(fact) => place::keep(&mut place.$map, key, fact),
                    None => _ = place.$map.remove(&key),
                }
                vec![name]
            }
            fn forget(world: &mut World, place: &str, key: &str) -> Vec<String> {
                if let Some(place) = world.places.get_mut(place) {
                    place.$map.remove(key);
                }
                vec![place.to_owned()]
            }
            fn kept(world: &World) -> Vec<(String, String)> {
                let of = |(name, place): (&String, &Place)| {
                    place.$map.keys().map(|key| (name.clone(), key.clone())).collect::<Vec<_>>()
                };
                world.places.iter().flat_map(of).collect()
            }
        }
    };
}

by_name!(Pod, copies, |pod, before| facts::copy(pod, before));
by_name!(ReplicaSet, replica_sets, |set, _before| facts::replica_set(set));
by_name!(PersistentVolumeClaim, claims, |claim, _before| facts::claim(claim));

/// A kind of workload; all of them stand in one map.
macro_rules! workload {
    ($kind:ident, $fact:path) => {
        impl Fact for $kind {
            fn spot(&self) -> (String, String) {
                spot(self)
            }
            fn keep(&self, world: &mut World) -> Vec<String> {
                let (name, key) = spot(self);
                if let Some(workload) = $fact(self) {
                    place::keep(&mut world.place(&name).workloads, (stringify!($kind), key), workload);
                }
                vec![name]
            }
            fn forget(world: &mut World, place: &str, key: &str) -> Vec<String> {
                if let Some(place) = world.places.get_mut(place) {
                    place.workloads.remove(&(stringify!($kind), key.to_owned()));
                }
                vec![place.to_owned()]
            }
            fn kept(world: &World) -> Vec<(String, String)> {
                let of = |(name, place): (&String, &Place)| {
                    let own = place.workloads.keys().filter(|(kind, _)| *kind == stringify!($kind));
                    own.map(|(_, key)| (name.clone(), key.clone())).collect::<Vec<_>>()
                };
                world.places.iter().flat_map(of).collect()
            }
        }
    };
}

workload!(Deployment, facts::deployment);
workload!(StatefulSet, facts::stateful_set);
workload!(Job, facts::job);

impl Fact for Node {
    fn spot(&self) -> (String, String) {
        (String::new(), self.name_any())
    }
    fn keep(&self, world: &mut World) -> Vec<String> {
        let name = self.name_any();
        world.nodes.insert(name.clone(), facts::room(self));
        let changed =
            if facts::is_lost(self) { world.lost.insert(name.clone()) } else { world.lost.remove(&name) };
        // A node reports all the time; whoever runs on it is touched only when it is lost or found.
        if changed { world.on_node(&name) } else { vec![] }
    }
    fn forget(world: &mut World, _: &str, key: &str) -> Vec<String> {
        world.lost.remove(key);
        world.nodes.remove(key);
        world.on_node(key)
    }
    fn kept(world: &World) -> Vec<(String, String)> {
        world.nodes.keys().map(|name| (String::new(), name.clone())).collect()
    }
}

impl World {
    fn on_node(&self, node: &str) -> Vec<String> {
        let is_there = |place: &Place| place.copies.values().any(|copy| copy.node.as_deref() == Some(node));
        self.places.iter().filter(|(_, place)| is_there(place)).map(|(name, _)| name.clone()).collect()
    }
}

impl Fact for Event {
    fn spot(&self) -> (String, String) {
        spot(self)
    }
    fn keep(&self, world: &mut World) -> Vec<String> {
        let Some((name, about)) = facts::about(self) else { return vec![] };
        let remark = facts::warning(self, &about);
        let said = Said { about, event: self.name_any(), remark };
        match world.places.get_mut(&name).filter(|place| !place.application.is_empty()) {
            Some(place) => {
                if place.warnings.keep(said) {
                    return vec![name];
                }
            }
            None => world.strays.keep(&name, said),
        }
        vec![]
    }
    fn forget(world: &mut World, place: &str, key: &str) -> Vec<String> {
        if let Some(place) = world.places.get_mut(place) {
            place.warnings.forget(key);
        }
        // A warning that is merely too old changes nothing that was true.
        vec![]
    }
    fn kept(world: &World) -> Vec<(String, String)> {
        let of = |(name, place): (&String, &Place)| {
            place.warnings.events().map(|event| (name.clone(), event.clone())).collect::<Vec<_>>()
        };
        world.places.iter().flat_map(of).collect()
    }
}
