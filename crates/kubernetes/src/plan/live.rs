//! What is there of an application, in a few requests: one list a kind, however many objects there are.

use futures::{StreamExt, TryStreamExt, stream};
use kube::{
    Api, Client,
    api::{ApiResource, GroupVersionKind, ListParams, TypeMeta},
    core::DynamicObject,
};
use serde_json::Value;
use slipway_domain::{names::ApplicationName, ports::PortError};

/// How many requests are under way at once.
pub(super) const AT_ONCE: usize = 6;

/// Group, version, kind, and its name in addresses.
type Kind = (&'static str, &'static str, &'static str, &'static str);

/// Every kind that is rendered into a namespace, routes first: nobody is sent to what is about to go. Claims are
/// not among them: data goes with the namespace and never before.
const KINDS: [Kind; 7] = [
    ("networking.k8s.io", "v1", "Ingress", "ingresses"),
    ("apps", "v1", "Deployment", "deployments"),
    ("apps", "v1", "StatefulSet", "statefulsets"),
    ("", "v1", "Service", "services"),
    ("", "v1", "Secret", "secrets"),
    BINDINGS,
    ROLES,
];
const BINDINGS: Kind = ("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings");
const ROLES: Kind = ("rbac.authorization.k8s.io", "v1", "Role", "roles");

/// The objects of a namespace that are of a kind that could be ours.
pub(super) struct Live {
    /// In the order in which they would be removed.
    pub(super) objects: Vec<(&'static str, String, Value)>,
}

impl Live {
    /// Asks for all of them.
    pub(super) async fn read(client: &Client, namespace: &ApplicationName) -> Result<Self, PortError> {
        let lists: Vec<_> = KINDS.into_iter().map(|kind| list(client, namespace, kind)).collect();
        let lists: Vec<_> = stream::iter(lists).buffered(AT_ONCE).try_collect().await?;
        Ok(Self { objects: lists.into_iter().flatten().collect() })
    }

    /// Asks for the roles and bindings of its people, and for nothing else.
    pub(super) async fn read_access(client: &Client, namespace: &ApplicationName) -> Result<Self, PortError> {
        let (bindings, roles) =
            tokio::try_join!(list(client, namespace, BINDINGS), list(client, namespace, ROLES))?;
        Ok(Self { objects: [bindings, roles].concat() })
    }

    /// The object of that kind and name.
    pub(super) fn get(&self, kind: &str, name: &str) -> Option<&Value> {
        let found = self.objects.iter().find(|(found, is, _)| *found == kind && is == name);
        found.map(|(_, _, object)| object)
    }
}

/// The API of a kind that may have to be removed.
pub(crate) fn api(client: &Client, namespace: &ApplicationName, wanted: &str) -> Option<Api<DynamicObject>> {
    let kind = KINDS.iter().find(|(_, _, kind, _)| *kind == wanted)?;
    Some(Api::namespaced_with(client.clone(), namespace.as_str(), &resource(*kind)))
}

fn resource((group, version, kind, plural): Kind) -> ApiResource {
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural)
}

async fn list(
    client: &Client,
    namespace: &ApplicationName,
    kind: Kind,
) -> Result<Vec<(&'static str, String, Value)>, PortError> {
    let resource = resource(kind);
    let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace.as_str(), &resource);
    let name = kind.2;
    let listed = match api.list(&ListParams::default()).await {
        Ok(listed) => listed,
        // Whoever may not see roles and bindings has never made any.
        Err(kube::Error::Api(status))
            if ["RoleBinding", "Role"].contains(&name) && [403, 404].contains(&status.code) =>
        {
            return Ok(Vec::new());
        }
        Err(error) => return Err(PortError::new(format!("looking at what is there of {namespace}"), error)),
    };
    let types = TypeMeta { api_version: resource.api_version.clone(), kind: resource.kind.clone() };
    let objects = listed.items.into_iter().map(|object| {
        let object = DynamicObject { types: Some(types.clone()), ..object };
        let its_name = object.metadata.name.clone().unwrap_or_default();
        (name, its_name, serde_json::to_value(object).unwrap_or(Value::Null))
    });
    Ok(objects.collect())
}
