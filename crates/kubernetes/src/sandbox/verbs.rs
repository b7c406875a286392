//! What each request means: the verbs on objects, with the refusals of the real server.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    World,
    answer::Refusal,
    apply, discovery, garbage,
    kinds::{Kind, Target},
    logs,
    objects::{self, Objects},
    patch,
    reconcile::now,
    rehearsal::rehearse,
    rights,
    selector::Selector,
    service::{Ask, Reply},
    watch::{From, Wanted},
};

/// Between a version, a namespace and a name, none of which it stands in.
const MARK: char = '\u{1}';

/// Answers a request.
pub(crate) fn answer(world: &Arc<World>, ask: &Ask) -> Result<Reply, Refusal> {
    let mut objects = world.objects();
    let remote = discovery::remote(&objects);
    if remote.iter().any(|api_version| discovery::is_within(&ask.path, api_version)) {
        return Err(Refusal::unavailable());
    }
    if let Some(reviewed) = rights::review(&objects, ask) {
        return reviewed;
    }
    if let Some(about) = discovery::answer(&ask.path, &objects.kinds(), &remote) {
        return Ok(match about.as_str() {
            Some(text) => Reply::Text(text.to_owned()),
            None => Reply::Json(200, about),
        });
    }
    let find = |api_version: &str, plural: &str| objects.kind(api_version, plural);
    let target = Target::parse(&ask.path, find).ok_or_else(Refusal::no_such_kind)?;
    rights::check(&objects, ask, &target)?;
    let answer = match (ask.method.as_str(), &target.name) {
        ("GET", None) if ask.is_true("watch") => return Ok(watch(ask, target)),
        ("GET", None) => Ok(list(&objects, ask, &target)),
        ("GET", Some(name)) if target.subresource.as_deref() == Some("log") => {
            logs::answer(world, &objects, ask, &found(&objects, &target, name)?)
        }
        ("GET", Some(name)) => found(&objects, &target, name).map(|object| Reply::Json(200, object)),
        ("POST", None) => create(&mut objects, ask, &target),
        ("PUT", Some(name)) => replace(&mut objects, ask, &target, name),
        ("PATCH", Some(name)) => change(&mut objects, ask, &target, name),
        ("DELETE", Some(name)) => delete(&mut objects, ask, &target, name),
        ("DELETE", None) => delete_all(&mut objects, ask, &target),
        _ => Err(Refusal::not_allowed()),
    };
    world.announce(objects.version());
    answer
}

fn selector(ask: &Ask) -> Selector {
    Selector::parse(ask.query("labelSelector"), ask.query("fieldSelector"))
}

fn found(objects: &Objects, target: &Target, name: &str) -> Result<Value, Refusal> {
    let object = objects.get(&target.kind, target.place(), name).cloned();
    object.ok_or_else(|| Refusal::not_found(&target.kind, name))
}

/// A page goes on after the namespace and name of the last object of the page before. All are of the version of the first
/// one: whoever watches from there misses nothing that has changed since they read it.
fn list(objects: &Objects, ask: &Ask, target: &Target) -> Reply {
    let (before, selector) = (ask.query("continue").split_once(MARK), selector(ask));
    let version = before.map_or_else(|| objects.version().to_string(), |(version, _)| version.to_owned());
    let after = before.and_then(|(_, last)| last.split_once(MARK));
    let mut there = objects.list_after(after, &target.kind, target.namespace.as_deref(), &selector);
    let limit = ask.query("limit").parse().ok().filter(|limit| *limit > 0);
    let items: Vec<_> = there.by_ref().take(limit.unwrap_or(usize::MAX)).collect();
    let mut metadata = json!({"resourceVersion": version});
    if there.next().is_some() {
        metadata["continue"] = json!(items.last().map(|last| {
            let (namespace, name) = objects::place(last);
            format!("{version}{MARK}{namespace}{MARK}{name}")
        }));
    }
    let list = json!({
        "apiVersion": target.kind.api_version, "kind": format!("{}List", target.kind.name),
        "metadata": metadata, "items": items,
    });
    Reply::Json(200, list)
}

fn watch(ask: &Ask, target: Target) -> Reply {
    let from = match ask.query("resourceVersion").parse() {
        _ if ask.is_true("sendInitialEvents") => From::EverythingAndSayWhen,
        Ok(0) | Err(_) => From::Everything,
        Ok(version) => From::Version(version),
    };
    Reply::Watch(Box::new(Wanted {
        kind: target.kind,
        namespace: target.namespace,
        selector: selector(ask),
        from,
        bookmarks: ask.is_true("allowWatchBookmarks"),
        timeout: Duration::from_secs(ask.query("timeoutSeconds").parse().unwrap_or(300)),
    }))
}

fn create(objects: &mut Objects, ask: &Ask, target: &Target) -> Result<Reply, Refusal> {
    let mut object = ask.json()?;
    refuse_elsewhere(&object, target)?;
    if object["metadata"]["resourceVersion"].as_str().is_some_and(|version| !version.is_empty()) {
        return Err(Refusal::bad_request("resourceVersion should not be set on objects to be created"));
    }
    apply::claim(&Value::Null, &mut object, &ask.manager());
    rehearse(objects, ask, target, |objects| objects.create(&target.kind, target.place(), object, now()))
        .map(|object| Reply::Json(201, object))
}

/// The address and the object must mean the same.
fn refuse_elsewhere(object: &Value, target: &Target) -> Result<(), Refusal> {
    let metadata = &object["metadata"];
    if let Some((wanted, found)) = target.name.as_deref().zip(metadata["name"].as_str())
        && wanted != found
    {
        let message = "the name of the object does not match the name on the URL";
        return Err(Refusal::bad_request(format!("{message} ({found} and {wanted})")));
    }
    if let Some(found) = metadata["namespace"].as_str()
        && target.kind.namespaced
        && found != target.place()
    {
        let message = "the namespace of the provided object does not match the namespace sent on the request";
        return Err(Refusal::bad_request(message));
    }
    Ok(())
}

fn refuse_stale(before: &Value, object: &Value, kind: &Kind, name: &str) -> Result<(), Refusal> {
    let wanted = object["metadata"]["resourceVersion"].as_str().filter(|version| !version.is_empty());
    match wanted {
        Some(wanted) if before["metadata"]["resourceVersion"] != wanted => Err(Refusal::modified(kind, name)),
        _ => Ok(()),
    }
}

fn replace(objects: &mut Objects, ask: &Ask, target: &Target, name: &str) -> Result<Reply, Refusal> {
    let before = found(objects, target, name)?;
    let object = ask.json()?;
    refuse_elsewhere(&object, target)?;
    refuse_stale(&before, &object, &target.kind, name)?;
    write(objects, ask, target, name, &before, object)
}

/// The patches, by their media type.
fn change(objects: &mut Objects, ask: &Ask, target: &Target, name: &str) -> Result<Reply, Refusal> {
    if ask.content_type.starts_with("application/apply-patch") {
        return apply_to(objects, ask, target, name);
    }
    let before = found(objects, target, name)?;
    let mut object = before.clone();
    match ask.content_type.as_str() {
        "application/json-patch+json" => patch::json(&mut object, ask.json()?)?,
        "application/strategic-merge-patch+json" => patch::strategic(&mut object, &ask.json()?, ""),
        "application/merge-patch+json" => patch::merge(&mut object, &ask.json()?),
        other => return Err(Refusal::media_type(other)),
    }
    refuse_elsewhere(&object, target)?;
    refuse_stale(&before, &object, &target.kind, name)?;
    write(objects, ask, target, name, &before, object)
}

fn write(
    objects: &mut Objects,
    ask: &Ask,
    target: &Target,
    name: &str,
    before: &Value,
    mut object: Value,
) -> Result<Reply, Refusal> {
    keep_other_part(before, &mut object, target);
    if target.subresource.is_none() {
        let managed = before["metadata"]["managedFields"].clone();
        if !managed.is_null() {
            object["metadata"]["managedFields"] = managed;
        }
        apply::claim(before, &mut object, &ask.manager());
    }
    rehearse(objects, ask, target, |objects| {
        objects.update(&target.kind, target.place(), name, object, now())
    })
    .map(|object| Reply::Json(200, object))
}

fn apply_to(objects: &mut Objects, ask: &Ask, target: &Target, name: &str) -> Result<Reply, Refusal> {
    let config = ask.json()?;
    refuse_elsewhere(&config, target)?;
    let manager = ask.query("fieldManager");
    if manager.is_empty() {
        return Err(Refusal::bad_request(
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch",
        ));
    }
    let before = objects.get(&target.kind, target.place(), name).cloned();
    let live = before.clone().unwrap_or(Value::Null);
    let mut object = apply::apply(&live, &config, manager, ask.is_true("force"))?;
    object["metadata"]["name"] = json!(name);
    if before.is_some() {
        refuse_stale(&live, &config, &target.kind, name)?;
        keep_other_part(&live, &mut object, target);
        return rehearse(objects, ask, target, |objects| {
            objects.update(&target.kind, target.place(), name, object, now())
        })
        .map(|object| Reply::Json(200, object));
    }
    rehearse(objects, ask, target, |objects| objects.create(&target.kind, target.place(), object, now()))
        .map(|object| Reply::Json(201, object))
}

/// Writing to the status leaves the rest alone, and the other way round.
fn keep_other_part(before: &Value, object: &mut Value, target: &Target) {
    if !target.kind.has_status {
        return;
    }
    if target.subresource.as_deref() == Some("status") {
        let status = object["status"].clone();
        *object = before.clone();
        object["status"] = status;
    } else if before["status"].is_null() {
        _ = object.as_object_mut().and_then(|object| object.remove("status"));
    } else {
        object["status"] = before["status"].clone();
    }
}

fn delete(objects: &mut Objects, ask: &Ask, target: &Target, name: &str) -> Result<Reply, Refusal> {
    let before = found(objects, target, name)?;
    let options = ask.json().unwrap_or(Value::Null);
    for (field, what) in [("uid", "UID"), ("resourceVersion", "ResourceVersion")] {
        let wanted = options["preconditions"][field].as_str();
        let found = before["metadata"][field].as_str().unwrap_or_default();
        if let Some(wanted) = wanted.filter(|wanted| *wanted != found) {
            return Err(Refusal::precondition(&target.kind, name, what, wanted, found));
        }
    }
    let act = |objects: &mut Objects| delete_one(objects, ask, &options, &target.kind, &before);
    let deleted = rehearse(objects, ask, target, act)?;
    if objects.get(&target.kind, target.place(), name).is_some() {
        return Ok(Reply::Json(200, deleted));
    }
    let details = json!({"name": name, "group": target.kind.group(), "kind": target.kind.plural,
        "uid": before["metadata"]["uid"]});
    let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": details});
    Ok(Reply::Json(200, if target.kind.plural == "pods" { deleted } else { status }))
}

fn delete_one(
    objects: &mut Objects,
    ask: &Ask,
    options: &Value,
    kind: &Kind,
    object: &Value,
) -> Result<Value, Refusal> {
    let (namespace, name) = objects::place(object);
    let policy = options["propagationPolicy"].as_str().unwrap_or(ask.query("propagationPolicy"));
    let grace = options["gracePeriodSeconds"].as_i64();
    let grace = grace.or_else(|| ask.query("gracePeriodSeconds").parse().ok());
    garbage::prepare(objects, kind, object, policy);
    let deleted = objects.delete(kind, &namespace, &name, grace, now())?;
    if kind.plural == "customresourcedefinitions" {
        for kind in Kind::defined_by(object) {
            for orphan in objects.list(&kind, None, &Selector::default()) {
                let (namespace, name) = objects::place(&orphan);
                objects.drop_object(&kind, &namespace, &name);
            }
        }
    }
    Ok(deleted)
}

fn delete_all(objects: &mut Objects, ask: &Ask, target: &Target) -> Result<Reply, Refusal> {
    let options = ask.json().unwrap_or(Value::Null);
    let answer = list(objects, ask, target);
    let all = objects.list(&target.kind, target.namespace.as_deref(), &selector(ask));
    let delete = |objects: &mut Objects| {
        all.iter().try_for_each(|one| delete_one(objects, ask, &options, &target.kind, one).map(|_| ()))
    };
    rehearse(objects, ask, target, delete)?;
    Ok(answer)
}

/// Seconds of a query parameter.
pub(crate) fn ago(ask: &Ask, parameter: &str) -> Option<SignedDuration> {
    ask.query(parameter).parse().ok().map(SignedDuration::from_secs)
}
