//! The whole life of an application that has something of every kind, seen by a program that is recorded.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use k8s_openapi::api::{
    apps::v1::ReplicaSet,
    core::v1::{PersistentVolumeClaim, Pod},
};
use kube::{
    Api, Resource, ResourceExt,
    api::{ApiResource, DynamicObject, GroupVersionKind, ListParams, Patch, PatchParams, PostParams},
};
use serde::de::DeserializeOwned;
use serde_json::json;
use slipway_domain::{
    actor::Actor,
    log::LogWish,
    names::ComponentName,
    people::Member,
    plan::{Action, Care, Planned},
    ports::{Cluster, Removal, Secrets},
    release::ReleaseVersion,
    removal::Stripped,
    spec::{ApplicationSpec, ComponentSpec},
    workload::Storage,
};
use slipway_kubernetes::{
    KubernetesCluster,
    manifest::{Access, Gateway},
};

use super::recorder::Recorder;
use crate::{removal::Hasty, target::Target, whole::shop};

const HOLD: &str = "contract.example.com/hold";

pub struct Life<'a> {
    target: &'a Target,
    cluster: KubernetesCluster,
    spec: ApplicationSpec,
}

impl<'a> Life<'a> {
    #[expect(clippy::disallowed_methods, reason = "the real cluster lives in real time")]
    pub async fn begin(target: &'a Target, recorder: &Recorder) -> Self {
        let gateway = Gateway { host: "gateway.localhost".into(), ingress_class: None };
        let access = Access {
            user_prefix: "contract:".to_owned(),
            group_prefix: "contract:".to_owned(),
            ..Access::default()
        };
        let clock = Arc::new(Hasty(Timestamp::now()));
        let cluster = KubernetesCluster::start(recorder.client(), gateway, clock).with_access(Some(access));
        let mut spec = shop(target);
        let store = ComponentSpec {
            port: Some(8080),
            storage: Some(Storage { size: "1Mi".to_owned(), mount: "/data".to_owned(), group: None }),
            ..ComponentSpec::new(ComponentName::parse("store").unwrap(), spec.components[0].image.clone())
        };
        spec.components.push(store);
        (spec.admins, spec.users) = (vec![Member::parse("ana")], vec![Member::parse("bo")]);
        let life = Self { target, cluster, spec };
        target
            .eventually("the cluster is known", async || {
                life.cluster.observe(&life.spec.name, life.spec.id).await.is_ok()
            })
            .await;
        life
    }

    /// From the first plan to the moment before the removal.
    pub async fn live(&self) {
        self.make(&self.spec, Care::Thorough, false).await;
        assert!(self.cluster.is_taken(&self.spec.name).await.unwrap());
        // Another version changes every object; what the cluster wrote in between is looked at again.
        let mut other = self.spec.again(2);
        other.version = ReleaseVersion::new(2).unwrap();
        self.make(&other, Care::Thorough, true).await;
        let name = &self.spec.name;
        let pod = self.some::<Pod>().await;
        let wish = LogWish {
            task: pod.name_any(),
            container: "web".to_owned(),
            previous: false,
            tail: Some(1),
            since_seconds: None,
            follow: false,
        };
        // A node may be missing, and then so are logs.
        let asker = Actor::default();
        self.cluster.logs(name, &wish, &asker).await.ok();
        self.cluster.last_words(name, &pod.name_any(), "web", 1).await.ok();
        self.cluster.events(name, &asker).await.unwrap();
    }

    /// Something of each kind is no longer part; then all of it ends, held by finalizers.
    pub async fn end(&self) {
        let mut none = self.spec.again(3);
        self.hold::<Pod>().await;
        self.claim().await;
        self.hold::<ReplicaSet>().await;
        none.components.clear();
        (none.admins, none.users) = (Vec::new(), Vec::new());
        self.make(&none, Care::Sure, false).await;
        let (name, id) = (&self.spec.name, self.spec.id);
        self.target
            .eventually("everything is taken off and gone", async || {
                match self.cluster.remove(name, id).await.unwrap() {
                    Removal::Gone(_) => return true,
                    Removal::NotOurs => panic!("it is ours"),
                    Removal::Going(..) => {}
                    Removal::Held(held) => {
                        for leftover in held.look.iter().flat_map(|look| &look.leftovers) {
                            let is_held = leftover.finalizers.iter().any(|one| one.name == HOLD);
                            if is_held && leftover.deleting_since.is_some() {
                                let done =
                                    self.cluster.strip_finalizer(name, id, leftover, HOLD).await.unwrap();
                                assert!(!matches!(done, Stripped::Refused { .. }), "{leftover:?}: {done:?}");
                            }
                        }
                    }
                }
                false
            })
            .await;
    }

    async fn make(&self, spec: &ApplicationSpec, care: Care, meddled: bool) {
        let secrets: Secrets = if spec.components.is_empty() {
            Secrets::new()
        } else {
            let values = BTreeMap::from([("TOKEN".to_owned(), format!("secret-{}", spec.version))]);
            Secrets::from_iter([(spec.components[0].name.clone(), values)])
        };
        let plan = self.cluster.plan(spec, &secrets, care).await.unwrap();
        assert_eq!(plan.stopped_by(), None);
        if meddled {
            for planned in plan.objects.iter().filter(|planned| planned.action == Action::Change) {
                self.touch(planned).await;
            }
        }
        self.cluster.apply(spec, &secrets, &plan, &|_, _| {}).await.unwrap();
    }

    /// As the cluster's own controllers write to an object.
    async fn touch(&self, planned: &Planned) {
        let (group, version, plural) = match planned.kind.as_str() {
            "Namespace" => ("", "v1", "namespaces"),
            "Secret" => ("", "v1", "secrets"),
            "Service" => ("", "v1", "services"),
            "Deployment" => ("apps", "v1", "deployments"),
            "StatefulSet" => ("apps", "v1", "statefulsets"),
            "Ingress" => ("networking.k8s.io", "v1", "ingresses"),
            "Role" => ("rbac.authorization.k8s.io", "v1", "roles"),
            "RoleBinding" => ("rbac.authorization.k8s.io", "v1", "rolebindings"),
            other => panic!("{other} is new here, and so may be its rights"),
        };
        let kind = GroupVersionKind::gvk(group, version, &planned.kind);
        let resource = ApiResource::from_gvk_with_plural(&kind, plural);
        let client = self.target.client.clone();
        let api: Api<DynamicObject> = if planned.kind == "Namespace" {
            Api::all_with(client, &resource)
        } else {
            Api::namespaced_with(client, self.spec.name.as_str(), &resource)
        };
        let seen = json!({"metadata": {"annotations": {"deployment.kubernetes.io/seen": "yes"}}});
        api.patch(&planned.name, &PatchParams::default(), &Patch::Merge(seen)).await.unwrap();
    }

    /// A claim that is held by a finalizer; the sandbox makes none by itself.
    async fn claim(&self) {
        let claims: Api<PersistentVolumeClaim> =
            Api::namespaced(self.target.client.clone(), self.spec.name.as_str());
        let claim = json!({
            "metadata": {"name": "held", "finalizers": [HOLD]},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}},
        });
        claims.create(&PostParams::default(), &serde_json::from_value(claim).unwrap()).await.unwrap();
    }

    /// One object of that kind is held by a finalizer.
    async fn hold<K>(&self)
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>
            + Clone
            + std::fmt::Debug
            + DeserializeOwned,
    {
        let object = self.some::<K>().await;
        let api: Api<K> = Api::namespaced(self.target.client.clone(), self.spec.name.as_str());
        let mut finalizers = object.finalizers().to_vec();
        finalizers.push(HOLD.to_owned());
        let patch = json!({"metadata": {"finalizers": finalizers}});
        api.patch(&object.name_any(), &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
    }

    /// Any object of the application of that kind, as soon as there is one.
    async fn some<K>(&self) -> K
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>
            + Clone
            + std::fmt::Debug
            + DeserializeOwned,
    {
        let api: Api<K> = Api::namespaced(self.target.client.clone(), self.spec.name.as_str());
        let found = std::cell::RefCell::new(None);
        self.target
            .eventually("there is one", async || {
                let listed = api.list(&ListParams::default()).await.unwrap().items;
                *found.borrow_mut() =
                    listed.into_iter().find(|object| object.meta().deletion_timestamp.is_none());
                found.borrow().is_some()
            })
            .await;
        found.into_inner().unwrap()
    }
}
