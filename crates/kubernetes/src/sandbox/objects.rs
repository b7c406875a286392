//! The objects, their versions, and the log of changes that watches read.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    path::Path,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{World, answer::Refusal, kinds::Kind, pods::Life, selector::Selector, validate};

/// Changes that are kept for watches; one that is further behind must list anew.
const LOG: usize = 8192;
/// How soon a change is on disk.
const SAVE_EVERY: Duration = Duration::from_millis(500);

/// Plural with group, namespace, name.
type Key = (String, String, String);

/// A change, as watches tell it.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) version: u64,
    pub(crate) resource: String,
    pub(crate) namespace: String,
    /// The object before; null if it was made.
    pub(crate) before: Value,
    /// The object now; null if it is gone.
    pub(crate) after: Value,
}

/// All objects of the cluster.
#[derive(Default, Clone)]
pub(crate) struct Objects {
    all: BTreeMap<Key, (Kind, Value)>,
    log: VecDeque<Change>,
    version: u64,
    born: u64,
    /// How far the containers of each pod are, by the pod's uid.
    pub(crate) lives: HashMap<String, Life>,
}

impl Objects {
    /// The version of the newest change.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Changes after that version; none if some of them are forgotten.
    pub(crate) fn since(&self, version: u64) -> Option<Vec<Change>> {
        let first_known = self.log.front().map_or(self.version, |change| change.version - 1);
        let known = version >= first_known;
        known.then(|| self.log.iter().filter(|change| change.version > version).cloned().collect())
    }

    pub(crate) fn get(&self, kind: &Kind, namespace: &str, name: &str) -> Option<&Value> {
        self.all.get(&key(kind, namespace, name)).map(|(_, object)| object)
    }

    /// The objects of a kind, in one namespace or in all.
    pub(crate) fn list(&self, kind: &Kind, namespace: Option<&str>, selector: &Selector) -> Vec<Value> {
        let start = (kind.resource(), namespace.unwrap_or_default().to_owned(), String::new());
        let of_kind = self.all.range(start..).take_while(|((resource, ..), _)| *resource == kind.resource());
        let in_place =
            of_kind.filter(|((_, place, _), _)| namespace.is_none_or(|namespace| place == namespace));
        in_place.map(|(_, (_, object))| object).filter(|object| selector.matches(object)).cloned().collect()
    }

    /// Everything that lives in a namespace.
    pub(crate) fn contents(&self, namespace: &str) -> Vec<(Kind, Value)> {
        let inside = self.all.iter().filter(|((_, place, _), _)| place == namespace);
        inside.map(|(_, entry)| entry.clone()).collect()
    }

    /// Makes an object.
    pub(crate) fn create(
        &mut self,
        kind: &Kind,
        namespace: &str,
        mut object: Value,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let name = self.name_of(&mut object);
        if self.get(kind, namespace, &name).is_some() {
            return Err(Refusal::exists(kind, &name));
        }
        if kind.namespaced {
            self.refuse_place(kind, namespace, &name)?;
        }
        self.born += 1;
        let uid = format!("00000000-0000-4000-8000-{:012x}", self.born);
        object["apiVersion"] = json!(kind.api_version);
        object["kind"] = json!(kind.name);
        let metadata = &mut object["metadata"];
        metadata["name"] = json!(name);
        if kind.namespaced {
            metadata["namespace"] = json!(namespace);
        }
        metadata["uid"] = json!(uid);
        metadata["creationTimestamp"] = json!(seconds(now));
        if kind.has_status() {
            metadata["generation"] = json!(1);
        }
        validate::fill_defaults(kind, &mut object, self.born);
        validate::check(kind, &name, &object, None)?;
        Ok(self.put(kind, namespace, &name, object))
    }

    /// Replaces an object that is there. Writing what is there already changes nothing.
    pub(crate) fn update(
        &mut self,
        kind: &Kind,
        namespace: &str,
        name: &str,
        mut object: Value,
    ) -> Result<Value, Refusal> {
        let before = self.get(kind, namespace, name).ok_or_else(|| Refusal::not_found(kind, name))?.clone();
        for server_owned in [
            "uid",
            "creationTimestamp",
            "resourceVersion",
            "generation",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
        ] {
            match before["metadata"].get(server_owned) {
                Some(value) => object["metadata"][server_owned] = value.clone(),
                None => {
                    _ = object["metadata"].as_object_mut().and_then(|metadata| metadata.remove(server_owned))
                }
            }
        }
        validate::fill_defaults(kind, &mut object, self.born);
        validate::check(kind, name, &object, Some(&before))?;
        if object == before {
            return Ok(before);
        }
        if kind.has_status() && object["spec"] != before["spec"] {
            let generation = before["metadata"]["generation"].as_i64().unwrap_or(0) + 1;
            object["metadata"]["generation"] = json!(generation);
        }
        if object["metadata"]["deletionTimestamp"].is_string() && has_no_finalizers(&object) && !lingers(kind)
        {
            return Ok(self.drop_object(kind, namespace, name));
        }
        Ok(self.put(kind, namespace, name, object))
    }

    /// Begins to delete an object: at once, or when its finalizers, its containers or its contents are gone.
    pub(crate) fn delete(
        &mut self,
        kind: &Kind,
        namespace: &str,
        name: &str,
        grace: Option<i64>,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let mut object =
            self.get(kind, namespace, name).ok_or_else(|| Refusal::not_found(kind, name))?.clone();
        let grace = match kind.plural.as_str() {
            "pods" => {
                grace.or_else(|| object["spec"]["terminationGracePeriodSeconds"].as_i64()).unwrap_or(30)
            }
            _ => 0,
        };
        let is_pod = kind.plural == "pods";
        let waits =
            (is_pod && grace > 0 && !object["spec"]["nodeName"].is_null()) || kind.plural == "namespaces";
        if has_no_finalizers(&object) && !waits {
            return Ok(self.drop_object(kind, namespace, name));
        }
        let metadata = &mut object["metadata"];
        if metadata["deletionTimestamp"].is_null()
            || (is_pod && metadata["deletionGracePeriodSeconds"].as_i64() > Some(grace))
        {
            let end = now + jiff::SignedDuration::from_secs(grace);
            metadata["deletionTimestamp"] = json!(seconds(end));
            metadata["deletionGracePeriodSeconds"] = json!(grace);
            if kind.plural == "namespaces" {
                object["status"]["phase"] = json!("Terminating");
            }
            return Ok(self.put(kind, namespace, name, object));
        }
        Ok(object)
    }

    /// Writes an object under a new version.
    pub(crate) fn put(&mut self, kind: &Kind, namespace: &str, name: &str, mut object: Value) -> Value {
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        let before = self.all.insert(key(kind, namespace, name), (kind.clone(), object.clone()));
        self.tell(kind, namespace, before.map_or(Value::Null, |(_, before)| before), object.clone());
        object
    }

    /// Takes an object away, whatever it says.
    pub(crate) fn drop_object(&mut self, kind: &Kind, namespace: &str, name: &str) -> Value {
        let Some((_, mut before)) = self.all.remove(&key(kind, namespace, name)) else { return Value::Null };
        if let Some(uid) = before["metadata"]["uid"].as_str() {
            self.lives.remove(uid);
        }
        self.version += 1;
        before["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.tell(kind, namespace, before.clone(), Value::Null);
        before
    }

    fn tell(&mut self, kind: &Kind, namespace: &str, before: Value, after: Value) {
        if self.log.len() == LOG {
            self.log.pop_front();
        }
        let (resource, namespace) = (kind.resource(), namespace.to_owned());
        self.log.push_back(Change { version: self.version, resource, namespace, before, after });
    }

    fn name_of(&mut self, object: &mut Value) -> String {
        let metadata = &mut object["metadata"];
        match (metadata["name"].as_str(), metadata["generateName"].as_str()) {
            (Some(name), _) => name.to_owned(),
            (None, Some(prefix)) => format!("{prefix}{}", suffix(self.born + 1)),
            (None, None) => String::new(),
        }
    }

    fn refuse_place(&self, kind: &Kind, namespace: &str, name: &str) -> Result<(), Refusal> {
        let place = Kind::own("namespaces");
        let found = self.get(&place, "", namespace).ok_or_else(|| Refusal::not_found(&place, namespace))?;
        if found["metadata"]["deletionTimestamp"].is_string() {
            return Err(Refusal::terminating(kind, name, namespace));
        }
        if kind.plural == "pods" { self.refuse_over_quota(namespace, name) } else { Ok(()) }
    }

    fn refuse_over_quota(&self, namespace: &str, name: &str) -> Result<(), Refusal> {
        let used = self.list(&Kind::own("pods"), Some(namespace), &Selector::default()).len();
        for quota in self.list(&Kind::own("resourcequotas"), Some(namespace), &Selector::default()) {
            let Some(limit) = quota["spec"]["hard"]["pods"].as_str() else { continue };
            if limit.parse::<usize>().is_ok_and(|limit| used >= limit) {
                let quota = quota["metadata"]["name"].as_str().unwrap_or_default();
                return Err(Refusal::over_quota(name, quota, used, limit));
            }
        }
        Ok(())
    }
}

fn key(kind: &Kind, namespace: &str, name: &str) -> Key {
    (kind.resource(), namespace.to_owned(), name.to_owned())
}

fn has_no_finalizers(object: &Value) -> bool {
    object["metadata"]["finalizers"].as_array().is_none_or(Vec::is_empty)
}

/// Kinds whose end somebody else brings about: the node for pods, the controller for namespaces.
fn lingers(kind: &Kind) -> bool {
    matches!(kind.plural.as_str(), "pods" | "namespaces")
}

/// Five characters that differ for each number: what the server makes up for names.
pub(crate) fn suffix(number: u64) -> String {
    const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    // A multiplier coprime with 27^5 spreads neighbours apart.
    let mut rest = number.wrapping_mul(7_919_713) % 14_348_907;
    let digit = |rest: &mut u64| {
        let digit = usize::try_from(*rest % 27).unwrap_or(0);
        *rest /= 27;
        char::from(ALPHABET[digit])
    };
    (0..5).map(|_| digit(&mut rest)).collect()
}

/// A time as the API writes it.
pub(crate) fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Reads a snapshot; one that cannot be read counts as none, because the simulation promises nothing.
pub(crate) fn load(path: &Path) -> Option<Objects> {
    let text = std::fs::read(path).ok()?;
    let snapshot: Value = serde_json::from_slice(&text).ok()?;
    let mut objects = Objects {
        version: snapshot["version"].as_u64()?,
        born: snapshot["born"].as_u64()?,
        ..Objects::default()
    };
    for object in snapshot["objects"].as_array()? {
        let plural = object["plural"].as_str()?;
        let kind = Kind::find(object["object"]["apiVersion"].as_str()?, plural)?;
        let text = |field: &str| object["object"]["metadata"][field].as_str().unwrap_or_default().to_owned();
        objects.all.insert(key(&kind, &text("namespace"), &text("name")), (kind, object["object"].clone()));
    }
    Some(objects)
}

/// Keeps the snapshot up to date as long as the cluster runs.
pub(crate) async fn keep(world: Arc<World>) {
    let Some(path) = world.options.snapshot.clone() else { return };
    let mut changed = world.changed.subscribe();
    while changed.changed().await.is_ok() {
        tokio::time::sleep(SAVE_EVERY).await;
        let text = world.objects().snapshot().to_string();
        let fresh = path.with_extension("new");
        // Renamed into place, so that a crash leaves the old one or the new one.
        let saved = match tokio::fs::write(&fresh, text).await {
            Ok(()) => tokio::fs::rename(&fresh, &path).await,
            Err(error) => Err(error),
        };
        if let Err(error) = saved {
            tracing::warn!(error = &error as &dyn std::error::Error, "The sandbox was not saved");
        }
    }
}

impl Objects {
    /// A copy to rehearse on.
    pub(crate) fn copy(&self) -> Self {
        self.clone()
    }

    fn snapshot(&self) -> Value {
        let objects: Vec<Value> = self
            .all
            .values()
            .map(|(kind, object)| json!({"plural": kind.plural, "object": object}))
            .collect();
        json!({"version": self.version, "born": self.born, "objects": objects})
    }
}
