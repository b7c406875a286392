//! How a removal ends: what holds a namespace is named, object by object; a named finalizer can be taken off and
//! nothing else; and in the end it is proved that nothing is left.

use std::{fmt::Debug, sync::Arc};

use jiff::Timestamp;
use k8s_openapi::{
    api::{
        apps::v1::Deployment,
        core::v1::{ConfigMap, Namespace, PersistentVolume, ServiceAccount},
    },
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
    kube_aggregator::pkg::apis::apiregistration::v1::APIService,
};
use kube::{
    Api,
    api::{
        ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, Patch, PatchParams,
        PostParams,
    },
};
use serde_json::{Value, json};
use slipway_domain::{
    ids::{ApplicationId, Clock},
    names::ApplicationName,
    ports::{Cluster, Removal},
    removal::{Controller, Held, Leftover, Outcome, Proof, Stripped},
};
use slipway_kubernetes::{KubernetesCluster, manifest::Gateway};
use ulid::Ulid;

use crate::target::{Target, deployment, on_bare};

on_bare! {
    d1_s3_10_a_custom_object_with_an_orphan_finalizer_is_named_and_stripping_it_ends_the_removal;
    d1_s3_10_a_config_map_with_two_finalizers_loses_only_the_one_that_is_named;
    d1_s3_10_a_finalizer_of_the_namespace_itself_is_named_and_can_be_stripped;
    d1_a_program_that_is_named_after_the_finalizer_is_named_with_how_it_is;
    d1_s1_44_a_finalizer_is_stripped_only_from_what_was_looked_at;
    d1_s1_44_nothing_is_stripped_outside_a_removal_of_the_application;
    d1_s1_44_an_address_that_leads_elsewhere_is_refused;
    d1_a_dead_api_service_is_named_and_holds_every_namespace;
    s1_43_s3_11_a_namespace_that_somebody_else_deleted_is_proved_to_be_gone;
    s1_43_volumes_that_the_cluster_deletes_by_itself_are_told_apart;
    d1_s3_11_the_proof_names_what_is_left_elsewhere_and_leaves_it_alone;
}

/// A clock that runs three times as fast: Slipway looks at a namespace only after some seconds, and not all the time.
/// Faster, the looks of these tests would be most of what the cluster has to do.
pub struct Hasty(pub Timestamp);

impl Clock for Hasty {
    #[expect(clippy::disallowed_methods, reason = "the real cluster lives in real time")]
    fn now(&self) -> Timestamp {
        self.0 + Timestamp::now().duration_since(self.0) * 3
    }
}

/// An application that consists of its namespace, and what a test puts into it.
struct Shop<'a> {
    target: &'a Target,
    cluster: KubernetesCluster,
    name: ApplicationName,
    id: ApplicationId,
}

impl<'a> Shop<'a> {
    #[expect(clippy::disallowed_methods, reason = "a test makes up its own names")]
    async fn open(target: &'a Target) -> Self {
        let gateway = Gateway { host: "gateway.localhost".into(), ingress_class: None };
        let cluster =
            KubernetesCluster::start(target.client.clone(), gateway, Arc::new(Hasty(Timestamp::now())));
        let id = Ulid::generate();
        let name = ApplicationName::parse(&format!("shop-{}", id.to_string()[16..].to_lowercase())).unwrap();
        let shop = Self { target, cluster, name, id: ApplicationId(id) };
        let labels = json!({"slipway.internal/application-id": id.to_string()});
        shop.make::<Namespace>(
            &Api::all(target.client.clone()),
            json!({"metadata": {"name": shop.name, "labels": labels}}),
        )
        .await;
        let accounts: Api<ServiceAccount> = Api::namespaced(target.client.clone(), shop.name.as_str());
        target
            .eventually("the namespace is ready", async || {
                accounts.get_opt("default").await.unwrap().is_some()
            })
            .await;
        shop
    }

    async fn make<K>(&self, api: &Api<K>, object: Value)
    where
        K: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned,
    {
        let object = serde_json::from_value(object).unwrap();
        self.target
            .eventually("the object is made", async || {
                api.create(&PostParams::default(), &object).await.is_ok()
            })
            .await;
    }

    fn config_maps(&self) -> Api<ConfigMap> {
        Api::namespaced(self.target.client.clone(), self.name.as_str())
    }

    async fn config_map(&self, name: &str, finalizers: &[&str]) {
        let object = json!({"metadata": {"name": name, "finalizers": finalizers}, "data": {"a": "1"}});
        self.make(&self.config_maps(), object).await;
    }

    async fn remove(&self) -> Removal {
        self.cluster.remove(&self.name, self.id).await.unwrap()
    }

    /// Removes until what holds the namespace is as the test says.
    async fn held(&self, what: &str, test: impl Fn(&Held) -> bool) -> Held {
        let found = std::cell::RefCell::new(None);
        self.target
            .eventually(what, async || {
                if let Removal::Held(held) = self.remove().await
                    && test(&held)
                {
                    *found.borrow_mut() = Some(held);
                }
                found.borrow().is_some()
            })
            .await;
        found.into_inner().unwrap()
    }

    /// Removes until the object is the only one that is named.
    async fn left(&self, name: &str) -> Leftover {
        let only_it = |held: &Held| match held.look.as_ref().map(|look| look.leftovers.as_slice()) {
            Some([only]) => only.name == name && only.deleting_since.is_some(),
            _ => false,
        };
        let held = self.held("the object alone holds the namespace", only_it).await;
        held.look.unwrap().leftovers.remove(0)
    }

    async fn strip(&self, leftover: &Leftover, finalizer: &str) -> Stripped {
        self.cluster.strip_finalizer(&self.name, self.id, leftover, finalizer).await.unwrap()
    }

    /// Removes until it is gone.
    async fn gone(&self) -> Proof {
        let proof = std::cell::RefCell::new(None);
        self.target
            .eventually("the removal ends", async || {
                if let Removal::Gone(found) = self.remove().await {
                    *proof.borrow_mut() = Some(found);
                }
                proof.borrow().is_some()
            })
            .await;
        proof.into_inner().unwrap()
    }
}

fn refusal(stripped: Stripped) -> String {
    match stripped {
        Stripped::Refused { why } => why,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

async fn d1_s3_10_a_custom_object_with_an_orphan_finalizer_is_named_and_stripping_it_ends_the_removal(
    target: &Target,
) {
    let shop = Shop::open(target).await;
    // A group of its own, because definitions belong to no namespace.
    let group = format!("{}.example.com", shop.name);
    let definitions: Api<CustomResourceDefinition> = Api::all(target.client.clone());
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("widgets.{group}")},
        "spec": {
            "group": group, "scope": "Namespaced", "names": {"plural": "widgets", "kind": "Widget"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
                "type": "object", "x-kubernetes-preserve-unknown-fields": true}}}],
        },
    });
    shop.make(&definitions, definition).await;
    let kind = ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(&group, "v1", "Widget"), "widgets");
    let widgets: Api<DynamicObject> = Api::namespaced_with(target.client.clone(), shop.name.as_str(), &kind);
    target
        .eventually("the kind is served", async || widgets.list(&ListParams::default()).await.is_ok())
        .await;
    let finalizer = format!("{group}/hold");
    let object = json!({"apiVersion": format!("{group}/v1"), "kind": "Widget",
        "metadata": {"name": "held", "finalizers": [finalizer]}});
    shop.make(&widgets, object).await;

    // Most namespaces are gone after a moment, so nobody looks before that.
    assert!(matches!(shop.remove().await, Removal::Held(Held { look: None, .. })));
    let held = shop
        .held("the namespace and the look name it", |held| {
            let of_it = |held: &Held| held.look.as_ref().is_some_and(|look| look.leftovers.len() == 1);
            held.conditions.len() == 2 && of_it(held)
        })
        .await;
    let namespaces: Api<Namespace> = Api::all(target.client.clone());
    let conditions = namespaces.get(shop.name.as_str()).await.unwrap().status.unwrap().conditions.unwrap();
    let says = |words: &str| conditions.iter().any(|condition| condition.message.as_deref() == Some(words));
    assert!(says(&format!("Some resources are remaining: widgets.{group} has 1 resource instances")));
    assert_eq!(held.conditions[0], format!("Still there: widgets.{group} (1)."));
    assert_eq!(held.conditions[1], format!("Finalizers that hold it: {finalizer} in 1."));
    let left = shop.left("held").await;
    assert_eq!((left.kind.as_str(), left.group.as_str()), ("Widget", group.as_str()));
    assert_eq!(left.finalizers.len(), 1);
    assert_eq!(left.finalizers[0].name, finalizer);
    let Controller::Unknown { why } = &left.finalizers[0].controller else { panic!("{left:?}") };
    assert_eq!(
        *why,
        format!("the kind widgets.{group} is known, but no program named after {group} was found")
    );
    assert!(held.sentences().iter().any(|line| line.starts_with("Widget held is held by the finalizer")));

    let Stripped::Done { path, patch } = shop.strip(&left, &finalizer).await else { panic!("not stripped") };
    assert_eq!(path, format!("/apis/{group}/v1/namespaces/{}/widgets/held", shop.name));
    let steps: Value = serde_json::from_str(&patch).unwrap();
    assert_eq!(steps[0]["value"], left.uid);
    assert_eq!(steps[3], json!({"op": "remove", "path": "/metadata/finalizers/0"}));
    let proof = shop.gone().await;
    assert!(proof.is_clean(), "{proof:?}");
    assert_eq!(shop.strip(&left, &finalizer).await, Stripped::Gone);
    definitions.delete(&format!("widgets.{group}"), &DeleteParams::default()).await.unwrap();
}

async fn d1_s3_10_a_config_map_with_two_finalizers_loses_only_the_one_that_is_named(target: &Target) {
    let shop = Shop::open(target).await;
    shop.config_map("held", &["one.example.com/x", "two.example.com/x"]).await;
    let left = shop.left("held").await;
    let namespaces: Api<Namespace> = Api::all(target.client.clone());
    // A kind of the core has a dot and no group. The namespace says it a little later than the look finds it.
    let words = "Some resources are remaining: configmaps. has 1 resource instances";
    target
        .eventually("the namespace says what remains", async || {
            let status = namespaces.get(shop.name.as_str()).await.unwrap().status.unwrap();
            let conditions = status.conditions.unwrap_or_default();
            conditions.iter().any(|condition| condition.message.as_deref() == Some(words))
        })
        .await;
    let names = |left: &Leftover| left.finalizers.iter().map(|f| f.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&left), ["one.example.com/x", "two.example.com/x"]);
    let before = shop.config_maps().get("held").await.unwrap();
    assert!(matches!(shop.strip(&left, "two.example.com/x").await, Stripped::Done { .. }));
    let mut after = shop.config_maps().get("held").await.unwrap();
    assert_eq!(after.metadata.finalizers.as_deref().unwrap(), ["one.example.com/x"]);
    // Nothing else is changed.
    after.metadata.finalizers = before.metadata.finalizers.clone();
    after.metadata.resource_version = before.metadata.resource_version.clone();
    after.metadata.managed_fields = before.metadata.managed_fields.clone();
    assert_eq!(after, before);
    let left = shop.left("held").await;
    assert_eq!(names(&left), ["one.example.com/x"]);
    assert!(matches!(shop.strip(&left, "one.example.com/x").await, Stripped::Done { .. }));
    assert!(shop.gone().await.is_clean());
}

async fn d1_s3_10_a_finalizer_of_the_namespace_itself_is_named_and_can_be_stripped(target: &Target) {
    let shop = Shop::open(target).await;
    let namespaces: Api<Namespace> = Api::all(target.client.clone());
    let hold = Patch::Merge(json!({"metadata": {"finalizers": ["example.com/x"]}}));
    namespaces.patch(shop.name.as_str(), &PatchParams::default(), &hold).await.unwrap();
    let stripped = async || {
        // The cluster writes its conditions meanwhile, and then it is not what was looked at.
        let left = shop.left(shop.name.as_str()).await;
        assert_eq!((left.kind.as_str(), left.finalizers[0].name.as_str()), ("Namespace", "example.com/x"));
        match shop.strip(&left, "example.com/x").await {
            Stripped::Done { path, .. } => path == format!("/api/v1/namespaces/{}", shop.name),
            Stripped::Stale => false,
            other => panic!("{other:?}"),
        }
    };
    target.eventually("the finalizer is stripped", stripped).await;
    assert!(shop.gone().await.is_clean());
}

async fn d1_a_program_that_is_named_after_the_finalizer_is_named_with_how_it_is(target: &Target) {
    let shop = Shop::open(target).await;
    let operator = format!("{}-operator", shop.name);
    target.make_namespace().await;
    target.create::<Deployment>(deployment(target, &operator, 0, |_| {})).await.unwrap();
    let finalizer = format!("{}.example.com/x", shop.name);
    shop.config_map("held", &[&finalizer]).await;
    let left = shop.left("held").await;
    let who = format!("Deployment {}/{operator}", target.namespace);
    let expected = Controller::Down { who, why: "it is scaled to zero".into() };
    assert_eq!(left.finalizers[0].controller, expected);
    assert!(left.finalizers[0].set_by.is_some(), "{left:?}");
    assert!(matches!(shop.strip(&left, &finalizer).await, Stripped::Done { .. }));
    shop.gone().await;
}

async fn d1_s1_44_a_finalizer_is_stripped_only_from_what_was_looked_at(target: &Target) {
    let shop = Shop::open(target).await;
    shop.config_map("held", &["example.com/x"]).await;
    let stale = shop.left("held").await;
    let touch = Patch::Merge(json!({"metadata": {"annotations": {"seen": "yes"}}}));
    shop.config_maps().patch("held", &PatchParams::default(), &touch).await.unwrap();
    assert_eq!(shop.strip(&stale, "example.com/x").await, Stripped::Stale);
    let another = Leftover { uid: "another".into(), ..stale.clone() };
    assert_eq!(shop.strip(&another, "example.com/x").await, Stripped::Stale);
    assert_eq!(shop.strip(&stale, "example.com/y").await, Stripped::Gone);
    // A test in a patch is what decides if somebody is faster than the look before it.
    let patch: Patch<()> = Patch::Json(
        serde_json::from_value(json!([
            {"op": "test", "path": "/metadata/resourceVersion", "value": stale.resource_version},
            {"op": "remove", "path": "/metadata/finalizers/0"},
        ]))
        .unwrap(),
    );
    let refused = shop.config_maps().patch("held", &PatchParams::default(), &patch).await;
    assert_eq!(crate::target::refusal(refused), (422, "Invalid".into()));
    let held = shop.config_maps().get("held").await.unwrap();
    assert_eq!(held.metadata.finalizers.unwrap(), ["example.com/x"]);
    let left = shop.left("held").await;
    assert!(matches!(shop.strip(&left, "example.com/x").await, Stripped::Done { .. }));
    shop.gone().await;
}

async fn d1_s1_44_nothing_is_stripped_outside_a_removal_of_the_application(target: &Target) {
    let shop = Shop::open(target).await;
    shop.config_map("held", &["example.com/x"]).await;
    let object = shop.config_maps().get("held").await.unwrap().metadata;
    let living = Leftover {
        kind: "ConfigMap".into(),
        group: String::new(),
        version: "v1".into(),
        plural: "configmaps".into(),
        namespace: shop.name.to_string(),
        name: "held".into(),
        uid: object.uid.unwrap(),
        resource_version: object.resource_version.unwrap(),
        deleting_since: None,
        finalizers: vec![],
    };
    assert_eq!(refusal(shop.strip(&living, "example.com/x").await), "The namespace is not being deleted.");
    let left = shop.left("held").await;
    let stranger = ApplicationId(Ulid::nil());
    let refused = shop.cluster.strip_finalizer(&shop.name, stranger, &left, "example.com/x").await.unwrap();
    assert_eq!(refusal(refused), "The namespace does not belong to this application.");
    assert_eq!(shop.cluster.remove(&shop.name, stranger).await.unwrap(), Removal::NotOurs);
    let elsewhere = Leftover { namespace: target.namespace.clone(), ..left.clone() };
    let refused = refusal(shop.strip(&elsewhere, "example.com/x").await);
    assert_eq!(refused, "The object is not in the namespace of this application.");
    assert!(matches!(shop.strip(&left, "example.com/x").await, Stripped::Done { .. }));
    shop.gone().await;
}

async fn d1_s1_44_an_address_that_leads_elsewhere_is_refused(target: &Target) {
    let shop = Shop::open(target).await;
    shop.config_map("held", &["example.com/x"]).await;
    let left = shop.left("held").await;
    for bad in ["", "..", "held/status", "held?dryRun=All", "a/../../b", "held%2fx", "héld"] {
        let name = Leftover { name: bad.into(), ..left.clone() };
        let plural = Leftover { plural: bad.into(), ..left.clone() };
        let version = Leftover { version: bad.into(), ..left.clone() };
        for leftover in [name, plural, version] {
            let refused = refusal(shop.strip(&leftover, "example.com/x").await);
            assert_eq!(refused, "This is no address of an object.", "{bad}");
        }
    }
    assert!(matches!(shop.strip(&left, "example.com/x").await, Stripped::Done { .. }));
    shop.gone().await;
}

async fn d1_a_dead_api_service_is_named_and_holds_every_namespace(target: &Target) {
    // On a cluster that others use as well it would hold their namespaces too.
    if target.sandbox.is_none() {
        return;
    }
    let shop = Shop::open(target).await;
    let services: Api<APIService> = Api::all(target.client.clone());
    let service = json!({"metadata": {"name": "v1.dead.example.com"}, "spec": {"group": "dead.example.com",
        "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 100,
        "service": {"name": "nobody", "namespace": "default"}}});
    shop.make(&services, service).await;
    let held = shop.held("it is named", |held| held.look.is_some() && held.conditions.len() == 1).await;
    assert!(held.conditions[0].contains("dead.example.com/v1"), "{held:?}");
    let look = held.look.unwrap();
    assert_eq!(look.dead_apis.len(), 1, "{look:?}");
    assert_eq!(look.dead_apis[0].name, "v1.dead.example.com");
    assert!(look.dead_apis[0].why.contains("service/nobody in \"default\" is not present"));
    // It is named once, not as something that cannot be listed as well.
    assert_eq!((look.unlisted.len(), look.leftovers.len()), (0, 0));
    services.delete("v1.dead.example.com", &DeleteParams::default()).await.unwrap();
    shop.gone().await;
}

async fn s1_43_s3_11_a_namespace_that_somebody_else_deleted_is_proved_to_be_gone(target: &Target) {
    let shop = Shop::open(target).await;
    let namespaces: Api<Namespace> = Api::all(target.client.clone());
    namespaces.delete(shop.name.as_str(), &DeleteParams::default()).await.unwrap();
    target
        .eventually("it goes", async || namespaces.get_opt(shop.name.as_str()).await.unwrap().is_none())
        .await;
    let Removal::Gone(proof) = shop.remove().await else { panic!("it is not gone") };
    assert!(proof.is_clean(), "{proof:?}");
    assert_eq!(proof.checks[0].what, format!("the namespace {}", shop.name));
    for what in ["deployments", "clusterroles", "clusterrolebindings", "persistentvolumes bound"] {
        assert!(proof.checks.iter().any(|check| check.what.starts_with(what)), "{what}");
    }
    assert!(proof.sentences().iter().all(|line| line.ends_with("nothing found.")), "{proof:?}");
}

async fn s1_43_volumes_that_the_cluster_deletes_by_itself_are_told_apart(target: &Target) {
    let shop = Shop::open(target).await;
    let volumes: Api<PersistentVolume> = Api::all(target.client.clone());
    let volume = json!({"metadata": {"name": shop.name}, "spec": {"capacity": {"storage": "1Mi"},
        "accessModes": ["ReadWriteOnce"], "persistentVolumeReclaimPolicy": "Delete",
        "hostPath": {"path": "/nowhere"}, "storageClassName": "none",
        "claimRef": {"namespace": shop.name, "name": "data"}}});
    shop.make(&volumes, volume).await;
    target
        .eventually("its namespace goes and its volume stays", async || match shop.remove().await {
            Removal::Going(proof, volumes) => {
                assert_eq!(volumes, [shop.name.to_string()]);
                assert!(!proof.is_clean(), "{proof:?}");
                true
            }
            Removal::Held(_) => false,
            other => panic!("{other:?}"),
        })
        .await;
    volumes.delete(shop.name.as_str(), &DeleteParams::default()).await.unwrap();
    assert!(shop.gone().await.is_clean());
}

async fn d1_s3_11_the_proof_names_what_is_left_elsewhere_and_leaves_it_alone(target: &Target) {
    let shop = Shop::open(target).await;
    // Somebody copied an object with its labels.
    let labels = json!({"slipway.internal/application-id": shop.id.to_string()});
    target.make_namespace().await;
    target.create::<ConfigMap>(json!({"metadata": {"name": "copy", "labels": labels}})).await.unwrap();
    let volumes: Api<PersistentVolume> = Api::all(target.client.clone());
    let volume = json!({"metadata": {"name": shop.name}, "spec": {"capacity": {"storage": "1Mi"},
        "accessModes": ["ReadWriteOnce"], "persistentVolumeReclaimPolicy": "Retain",
        "hostPath": {"path": "/nowhere"}, "storageClassName": "none",
        "claimRef": {"namespace": shop.name, "name": "data"}}});
    shop.make(&volumes, volume).await;
    let proof = shop.gone().await;
    volumes.delete(shop.name.as_str(), &DeleteParams::default()).await.unwrap();
    let found: Vec<String> = proof
        .checks
        .iter()
        .filter_map(|check| match &check.outcome {
            Outcome::Found { what } => Some(what.join(", ")),
            _ => None,
        })
        .collect();
    let expected = [
        format!("ConfigMap {}/copy", target.namespace),
        format!("PersistentVolume {}, which keeps its data by its policy Retain", shop.name),
    ];
    assert_eq!(found, expected);
    assert!(!proof.is_clean());
    assert!(target.api::<ConfigMap>().get_opt("copy").await.unwrap().is_some());
}
