//! Removes an application: deletes its namespace and says what still holds it, until nothing is left.

use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, Preconditions},
};
use slipway_domain::{
    ids::ApplicationId,
    names::ApplicationName,
    ports::{PortError, Removal},
};

use crate::apply::belongs_to;

/// Begins or continues the removal.
pub(crate) async fn remove(
    client: &Client,
    name: &ApplicationName,
    id: ApplicationId,
) -> Result<Removal, PortError> {
    let failed = |error: kube::Error| PortError::new(format!("removing the namespace {name}"), error);
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let Some(namespace) = namespaces.get_opt(name.as_str()).await.map_err(failed)? else {
        return Ok(Removal::Gone);
    };
    if !belongs_to(&namespace, id) {
        return Ok(Removal::NotOurs);
    }
    if namespace.metadata.deletion_timestamp.is_none() {
        // The uid makes sure that what is deleted is what was looked at, not a successor of the same name.
        let same = Preconditions { uid: namespace.uid(), resource_version: None };
        match namespaces.delete(name.as_str(), &DeleteParams::default().preconditions(same)).await {
            Ok(_) => {}
            Err(kube::Error::Api(status)) if status.code == 404 => return Ok(Removal::Gone),
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(Removal::Remaining(remaining(&namespace)))
}

/// What the namespace controller says still holds the namespace.
pub(crate) fn remaining(namespace: &Namespace) -> Vec<String> {
    let conditions = namespace.status.as_ref().and_then(|status| status.conditions.as_ref());
    let open = conditions.into_iter().flatten().filter(|condition| condition.status == "True");
    open.filter_map(|condition| condition.message.clone()).collect()
}
