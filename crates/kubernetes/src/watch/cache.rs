//! What the watches have seen, by namespace. Small structs of our own, not whole objects.

mod kinds;
mod place;
mod warnings;

use std::{
    collections::{HashMap, HashSet},
    sync::{PoisonError, RwLock},
};

use kube::runtime::watcher::Event;
use slipway_domain::{
    ids::ApplicationId,
    observed::{Namespace, Observed},
};

use self::{place::Place, warnings::Strays};
use crate::facts::Room;

/// What was kept when the listing that is under way began, and has not been shown by it yet: it is gone when the listing
/// ends. The first one, which is long, begins with nothing.
#[derive(Default)]
pub(super) struct Unseen(HashSet<(String, String)>);

/// Everything that is kept.
#[derive(Default)]
pub(super) struct World {
    places: HashMap<String, Place>,
    /// The nodes that do not report.
    lost: HashSet<String>,
    /// What each node has to give; none of one that has not said yet.
    nodes: HashMap<String, Option<Room>>,
    strays: Strays,
    /// The namespaces that are not ours, by name alone.
    foreign: HashSet<String>,
}

/// A kind of object that facts are kept of. What is kept is found by place and key; the answers are the
/// namespaces that were touched.
pub(super) trait Fact {
    /// Where the object is kept.
    fn spot(&self) -> (String, String);
    /// Keeps its facts.
    fn keep(&self, world: &mut World) -> Vec<String>;
    /// Forgets the object.
    fn forget(world: &mut World, place: &str, key: &str) -> Vec<String>;
    /// Where objects of this kind are kept.
    fn kept(world: &World) -> Vec<(String, String)>;
}

/// The facts of all namespaces.
#[derive(Default)]
pub(super) struct Cache(RwLock<World>);

impl Cache {
    /// Takes in an event; the answer is the namespaces that it touched.
    pub(super) fn take<K: Fact>(&self, event: Event<K>, unseen: &mut Unseen) -> Vec<String> {
        let mut world = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Init => {
                unseen.0 = K::kept(&world).into_iter().collect();
                vec![]
            }
            Event::InitApply(object) => {
                if !unseen.0.is_empty() {
                    unseen.0.remove(&object.spot());
                }
                object.keep(&mut world)
            }
            Event::InitDone => sweep::<K>(&mut world, unseen),
            Event::Apply(object) => object.keep(&mut world),
            Event::Delete(object) => {
                let (place, key) = object.spot();
                world.forget::<K>(&place, &key)
            }
        }
    }

    /// Is there no namespace of that name?
    pub(super) fn is_free(&self, name: &str) -> bool {
        let world = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let ours = world.places.get(name).is_some_and(|place| place.namespace != Namespace::Absent);
        !ours && !world.foreign.contains(name)
    }

    /// The application's facts; a namespace that belongs to another one counts as absent.
    pub(super) fn observe(&self, name: &str, id: ApplicationId) -> Observed {
        let world = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match world.places.get(name) {
            Some(place) if place.belongs_to(id) => place.observed(&world.lost),
            _ => Observed::default(),
        }
    }
}

impl Cache {
    /// What the nodes have to give, by name.
    pub(super) fn nodes(&self) -> Vec<Room> {
        let world = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut nodes: Vec<Room> = world.nodes.values().flatten().cloned().collect();
        nodes.sort_by(|a, b| a.name.cmp(&b.name));
        nodes
    }
}

/// Forgets what the listing that just ended did not show: it was deleted while nobody watched.
fn sweep<K: Fact>(world: &mut World, unseen: &mut Unseen) -> Vec<String> {
    let gone = std::mem::take(&mut unseen.0);
    gone.into_iter().flat_map(|(place, key)| world.forget::<K>(&place, &key)).collect()
}

impl World {
    fn forget<K: Fact>(&mut self, place: &str, key: &str) -> Vec<String> {
        let touched = K::forget(self, place, key);
        if self.places.get(place).is_some_and(Place::is_empty) {
            self.places.remove(place);
        }
        touched
    }

    fn place(&mut self, name: &str) -> &mut Place {
        self.places.entry(name.to_owned()).or_default()
    }
}

#[cfg(test)]
mod faults;
#[cfg(test)]
mod tests;
