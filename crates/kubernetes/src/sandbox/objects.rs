//! The objects, their versions, and the log of changes that watches read.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    ops::Bound,
};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{answer::Refusal, kinds::Kind, limits, pods::life::Life, quota, selector::Selector, validate};

/// Changes that are kept for watches; one that is further behind must list anew.
const LOG: usize = 8192;

/// Namespace (empty for what lives in none), plural with group, name.
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
#[derive(Default)]
pub(crate) struct Objects {
    pub(super) all: BTreeMap<Key, (Kind, Value)>,
    pub(super) log: VecDeque<Change>,
    pub(super) version: u64,
    pub(super) born: u64,
    /// Namespaces in which something changed since the controllers looked.
    pub(super) touched: BTreeSet<String>,
    /// How far the containers of each pod are, by the pod's uid.
    pub(crate) lives: HashMap<String, Life>,
}

impl Objects {
    /// The version of the newest change.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// What the caller makes of each change after that version; none if some of them are forgotten.
    pub(crate) fn since<T>(&self, version: u64, tell: impl Fn(&Change) -> Option<T>) -> Option<Vec<T>> {
        let first_known = self.log.front().map_or(self.version, |change| change.version - 1);
        if version < first_known {
            return None;
        }
        let begin = self.log.partition_point(|change| change.version <= version);
        Some(self.log.range(begin..).filter_map(tell).collect())
    }

    /// The namespaces in which something changed since the last call.
    pub(crate) fn take_touched(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.touched)
    }

    /// All kinds: the built-in ones and those that were defined.
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        let definitions = self.within(&Kind::own("customresourcedefinitions"), "");
        Kind::built_in().chain(definitions.flat_map(Kind::defined_by)).collect()
    }

    /// The kind of that group, version and plural.
    pub(crate) fn kind(&self, api_version: &str, plural: &str) -> Option<Kind> {
        let is_it = |kind: &Kind| kind.api_version == api_version && kind.plural == plural;
        Kind::find(api_version, plural).or_else(|| self.kinds().into_iter().find(is_it))
    }

    pub(crate) fn get(&self, kind: &Kind, namespace: &str, name: &str) -> Option<&Value> {
        self.all.get(&key(kind, namespace, name)).map(|(_, object)| object)
    }

    /// The objects of a kind, in one namespace or in all, in the order of namespace and name.
    pub(crate) fn list(&self, kind: &Kind, namespace: Option<&str>, selector: &Selector) -> Vec<Value> {
        self.list_after(None, kind, namespace, selector).cloned().collect()
    }

    /// Those of them that come after the one of that namespace and name. A page costs as much as is on it, and not as
    /// much as there is.
    pub(crate) fn list_after<'a>(
        &'a self,
        last: Option<(&str, &str)>,
        kind: &Kind,
        namespace: Option<&str>,
        selector: &'a Selector,
    ) -> impl Iterator<Item = &'a Value> + use<'a> {
        let place = namespace.or((!kind.namespaced).then_some(""));
        let from = match (last, place) {
            (Some((namespace, name)), _) => Bound::Excluded(key(kind, namespace, name)),
            (None, Some(place)) => Bound::Included(key(kind, place, "")),
            (None, None) => Bound::Unbounded,
        };
        self.from(from, kind, place.map(ToOwned::to_owned)).filter(|object| selector.matches(object))
    }

    /// The objects of a kind in a namespace.
    pub(crate) fn within(&self, kind: &Kind, namespace: &str) -> impl Iterator<Item = &Value> + use<'_> {
        self.from(Bound::Included(key(kind, namespace, "")), kind, Some(namespace.to_owned()))
    }

    /// The objects of a kind from there on, in one place or in all.
    fn from(
        &self,
        from: Bound<Key>,
        kind: &Kind,
        place: Option<String>,
    ) -> impl Iterator<Item = &Value> + use<'_> {
        let resource = kind.resource();
        let wanted = resource.clone();
        let here = self.all.range((from, Bound::Unbounded)).take_while(move |((p, r, _), _)| {
            place.as_ref().is_none_or(|place| p == place && *r == resource)
        });
        here.filter(move |((_, r, _), _)| *r == wanted).map(|(_, (_, object))| object)
    }

    /// Everything that lives in a namespace.
    pub(crate) fn contents(&self, namespace: &str) -> impl Iterator<Item = &(Kind, Value)> {
        let start = (namespace.to_owned(), String::new(), String::new());
        let place = namespace.to_owned();
        self.all.range(start..).take_while(move |((p, ..), _)| *p == place).map(|(_, entry)| entry)
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
        validate::check_name(kind, &name)?;
        if self.get(kind, namespace, &name).is_some() {
            return Err(Refusal::exists(kind, &name));
        }
        if kind.namespaced {
            self.refuse_place(kind, namespace, &name)?;
        }
        self.born += 1;
        object["apiVersion"] = json!(kind.api_version);
        object["kind"] = json!(kind.name);
        let metadata = &mut object["metadata"];
        metadata["name"] = json!(name);
        if kind.namespaced {
            metadata["namespace"] = json!(namespace);
        }
        metadata["uid"] = json!(uid(self.born));
        metadata["creationTimestamp"] = json!(seconds(now));
        if kind.has_status {
            metadata["generation"] = json!(1);
        }
        validate::fill_defaults(kind, &mut object, self.born, now);
        validate::check(kind, &name, &object, None)?;
        if kind.plural == "pods" {
            limits::obey(self, namespace, &name, &mut object)?;
        }
        if kind.namespaced {
            quota::refuse_over(self, kind, namespace, &name, &object)?;
        }
        Ok(self.put(kind, namespace, &name, object))
    }

    /// Replaces an object that is there. Writing what is there already changes nothing.
    pub(crate) fn update(
        &mut self,
        kind: &Kind,
        namespace: &str,
        name: &str,
        mut object: Value,
        now: Timestamp,
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
            if let Some(value) = before["metadata"].get(server_owned) {
                object["metadata"][server_owned] = value.clone();
            } else if let Some(metadata) = object["metadata"].as_object_mut() {
                metadata.remove(server_owned);
            }
        }
        validate::fill_defaults(kind, &mut object, self.born, now);
        validate::check(kind, name, &object, Some(&before))?;
        if object == before {
            return Ok(before);
        }
        if kind.has_status && object["spec"] != before["spec"] {
            let generation = before["metadata"]["generation"].as_i64().unwrap_or(0) + 1;
            object["metadata"]["generation"] = json!(generation);
        }
        if is_going(&object) && has_no_finalizers(&object) && !lingers(kind) {
            self.put(kind, namespace, name, object);
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
        let is_pod = kind.plural == "pods";
        let own_grace = || object["spec"]["terminationGracePeriodSeconds"].as_i64().unwrap_or(30);
        let grace = if is_pod { grace.unwrap_or_else(own_grace) } else { 0 };
        let has_containers = is_pod && grace > 0 && !object["spec"]["nodeName"].is_null();
        if has_no_finalizers(&object) && !has_containers && kind.plural != "namespaces" {
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
        self.tell(kind, namespace, name, before.map_or(Value::Null, |(_, before)| before), object.clone());
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
        self.tell(kind, namespace, name, before.clone(), Value::Null);
        before
    }

    fn tell(&mut self, kind: &Kind, namespace: &str, name: &str, before: Value, after: Value) {
        if self.log.len() == LOG {
            self.log.pop_front();
        }
        let place = if kind.plural == "namespaces" { name } else { namespace };
        self.touched.insert(place.to_owned());
        let (resource, namespace) = (kind.resource(), namespace.to_owned());
        self.log.push_back(Change { version: self.version, resource, namespace, before, after });
    }

    fn name_of(&mut self, object: &mut Value) -> String {
        let metadata = &object["metadata"];
        match (metadata["name"].as_str(), metadata["generateName"].as_str()) {
            (Some(name), _) => name.to_owned(),
            (None, Some(prefix)) => format!("{prefix}{}", suffix(self.born + 1)),
            (None, None) => String::new(),
        }
    }

    fn refuse_place(&self, kind: &Kind, namespace: &str, name: &str) -> Result<(), Refusal> {
        let place = Kind::own("namespaces");
        let found = self.get(&place, "", namespace).ok_or_else(|| Refusal::not_found(&place, namespace))?;
        if is_going(found) { Err(Refusal::terminating(kind, name, namespace)) } else { Ok(()) }
    }
}

pub(super) fn key(kind: &Kind, namespace: &str, name: &str) -> Key {
    (namespace.to_owned(), kind.resource(), name.to_owned())
}

/// Is it being deleted?
pub(crate) fn is_going(object: &Value) -> bool {
    object["metadata"]["deletionTimestamp"].is_string()
}

pub(crate) fn has_no_finalizers(object: &Value) -> bool {
    object["metadata"]["finalizers"].as_array().is_none_or(Vec::is_empty)
}

/// Kinds whose end somebody else brings about: the node for pods, the controller for namespaces.
fn lingers(kind: &Kind) -> bool {
    matches!(kind.plural.as_str(), "pods" | "namespaces")
}

/// The namespace and name of an object.
pub(crate) fn place(object: &Value) -> (String, String) {
    let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default().to_owned();
    (text("namespace"), text("name"))
}

fn uid(number: u64) -> String {
    let mixed = fingerprint(&number.to_string());
    format!("{:08x}-{:04x}-4{:03x}-8000-{number:012x}", mixed >> 32, mixed >> 16 & 0xffff, mixed & 0xfff)
}

/// A number that differs for different texts (FNV-1a).
pub(crate) fn fingerprint(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
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
