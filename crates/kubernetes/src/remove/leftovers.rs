//! Looks at everything that is left in a namespace. Only the metadata is asked for: what is in a Secret is nobody's
//! business here.

use std::collections::BTreeSet;

use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::{api::core::v1::Namespace, apimachinery::pkg::apis::meta::v1::ManagedFieldsEntry};
use kube::{
    Api, Client, ResourceExt,
    api::{ApiResource, DynamicObject, ListParams, ObjectList, ObjectMeta, PartialObjectMeta},
};
use slipway_domain::removal::{Finalizer, Leftover, Look, Unlisted};

use super::{
    controllers::{self, Controllers},
    discovery::{self, AT_ONCE, Kinds, full_name},
};

/// Objects of one kind that are named; who has more is served with the first.
const PAGE: u32 = 100;

type Page = ObjectList<PartialObjectMeta<DynamicObject>>;

/// Looks at every kind that can be in the namespace, and at the namespace itself. What cannot be looked at is part
/// of the answer.
pub(super) async fn look(client: &Client, place: &Namespace, now: Timestamp) -> Look {
    let namespace = &place.name_any();
    let mut kinds = discovery::kinds(client).await.unwrap_or_else(|why| Kinds {
        unlisted: vec![Unlisted { what: "objects of any kind".to_owned(), why }],
        ..Kinds::default()
    });
    let pages = stream::iter(std::mem::take(&mut kinds.listable)).map(async |kind| {
        let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &kind);
        let page = discovery::answer(api.list_metadata(&ListParams::default().limit(PAGE))).await;
        (kind, page)
    });
    let pages: Vec<(ApiResource, Result<Option<Page>, String>)> = pages.buffered(AT_ONCE).collect().await;
    let unlisted = std::mem::take(&mut kinds.unlisted);
    let mut look = Look {
        at: now,
        leftovers: Vec::new(),
        partial: Vec::new(),
        unlisted,
        dead_apis: std::mem::take(&mut kinds.dead_apis),
    };
    for (kind, page) in pages {
        match page {
            Ok(Some(page)) => take(&mut look, namespace, &kind, page),
            // Its definition was deleted between the two questions: then so were its objects.
            Ok(None) => {}
            Err(why) => look.unlisted.push(Unlisted { what: full_name(&kind), why }),
        }
    }
    // Its metadata can have finalizers as that of any object.
    if !place.finalizers().is_empty() {
        let kind = ApiResource::erase::<Namespace>(&());
        look.leftovers.push(leftover(namespace, &kind, place.metadata.clone()));
    }
    once_each(&mut look.leftovers);
    let finalizers = look.leftovers.iter_mut().flat_map(|leftover| &mut leftover.finalizers);
    let mut finalizers: Vec<&mut Finalizer> = finalizers.collect();
    if !finalizers.is_empty() {
        let controllers = Controllers::find(client, namespace, kinds.services, &finalizers).await;
        for finalizer in &mut finalizers {
            finalizer.controller = controllers.of(&finalizer.name, finalizer.set_by.as_deref());
        }
    }
    look
}

fn take(look: &mut Look, namespace: &str, kind: &ApiResource, page: Page) {
    if page.metadata.continue_.is_some_and(|next| !next.is_empty()) {
        look.partial.push(full_name(kind));
    }
    look.leftovers.extend(page.items.into_iter().map(|item| leftover(namespace, kind, item.metadata)));
}

fn leftover(namespace: &str, kind: &ApiResource, metadata: ObjectMeta) -> Leftover {
    // A pod's time of deletion is when its grace period will be over.
    let grace = SignedDuration::from_secs(metadata.deletion_grace_period_seconds.unwrap_or(0));
    let managers = metadata.managed_fields.unwrap_or_default();
    let finalizer = |name: String| {
        let set_by = managers.iter().find(|entry| sets(entry, &name)).and_then(|entry| entry.manager.clone());
        Finalizer { name, set_by, controller: controllers::unasked() }
    };
    let finalizers = metadata.finalizers.unwrap_or_default().into_iter();
    Leftover {
        kind: kind.kind.clone(),
        group: kind.group.clone(),
        version: kind.version.clone(),
        plural: kind.plural.clone(),
        namespace: namespace.to_owned(),
        name: metadata.name.unwrap_or_default(),
        uid: metadata.uid.unwrap_or_default(),
        resource_version: metadata.resource_version.unwrap_or_default(),
        deleting_since: metadata.deletion_timestamp.map(|time| time.0 - grace),
        finalizers: finalizers.map(finalizer).collect(),
    }
}

/// Does this entry say that its writer put the finalizer there?
fn sets(entry: &ManagedFieldsEntry, finalizer: &str) -> bool {
    let fields = entry.fields_v1.as_ref().map(|fields| &fields.0["f:metadata"]["f:finalizers"]);
    fields.is_some_and(|fields| fields.get(format!("v:\"{finalizer}\"")).is_some())
}

/// Some objects are served as two kinds, events for one. What finalizers hold comes first, then order is by name.
fn once_each(leftovers: &mut Vec<Leftover>) {
    let mut seen = BTreeSet::new();
    leftovers.retain(|leftover| leftover.uid.is_empty() || seen.insert(leftover.uid.clone()));
    leftovers.sort_by_cached_key(|leftover| {
        (leftover.finalizers.is_empty(), leftover.kind.clone(), leftover.name.clone())
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kind(kind: &str) -> ApiResource {
        ApiResource::from_gvk(&kube::api::GroupVersionKind::gvk("", "v1", kind))
    }

    fn of(kind_name: &str, metadata: serde_json::Value) -> Leftover {
        leftover("shop", &kind(kind_name), serde_json::from_value(metadata).unwrap())
    }

    #[test]
    fn d1_a_pod_is_being_deleted_since_its_grace_period_began() {
        let pod =
            of("Pod", json!({"deletionTimestamp": "1970-01-01T00:01:00Z", "deletionGracePeriodSeconds": 30}));
        assert_eq!(pod.deleting_since, Some(Timestamp::from_second(30).unwrap()));
    }

    #[test]
    fn d1_who_put_a_finalizer_there_is_read_from_the_fields_that_writers_own() {
        let entry = |manager: &str, finalizer: &str| {
            json!({"manager": manager, "operation": "Update", "fieldsV1": {"f:metadata": {"f:finalizers":
                {".": {}, format!("v:\"{finalizer}\""): {}}}}})
        };
        let held = of(
            "Secret",
            json!({"finalizers": ["a.example.com/x", "b.example.com/x"],
                "managedFields": [{"manager": "other"}, entry("kubectl", "b.example.com/x")]}),
        );
        let set_by: Vec<_> = held.finalizers.iter().map(|finalizer| finalizer.set_by.as_deref()).collect();
        assert_eq!(set_by, [None, Some("kubectl")]);
    }

    #[test]
    fn d1_an_object_of_two_kinds_is_named_once_and_what_is_held_comes_first() {
        let mut leftovers = vec![
            of("Event", json!({"name": "b", "uid": "1"})),
            of("Event", json!({"name": "b", "uid": "1"})),
            of("Secret", json!({"name": "a", "uid": "2", "finalizers": ["example.com/hold"]})),
        ];
        once_each(&mut leftovers);
        let names: Vec<_> = leftovers.iter().map(|leftover| leftover.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
    }
}
