//! Takes one finalizer off one object, and touches nothing else: the patch tests that the object is the one that a
//! person looked at and that nothing was written to it since, and removes one item of one list.

use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client, Resource,
    api::{ApiResource, DynamicObject, GroupVersionKind, ObjectMeta, Patch, PatchParams},
};
use serde_json::json;
use slipway_domain::{
    ids::ApplicationId,
    names::ApplicationName,
    ports::PortError,
    removal::{Leftover, Stripped},
};

use crate::{apply::belongs_to, labels::FIELD_MANAGER};

/// Takes it off, or says why not.
pub(super) async fn strip(
    client: &Client,
    name: &ApplicationName,
    id: ApplicationId,
    leftover: &Leftover,
    finalizer: &str,
) -> Result<Stripped, PortError> {
    let failed = |error: kube::Error| {
        let what = format!("taking the finalizer {finalizer} off {} {}", leftover.kind, leftover.name);
        PortError::new(what, error)
    };
    if let Some(why) = refuse_address(name, leftover) {
        return Ok(refused(why));
    }
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let Some(namespace) = namespaces.get_opt(name.as_str()).await.map_err(failed)? else {
        return Ok(Stripped::Gone);
    };
    if let Some(why) = refuse_namespace(&namespace, id) {
        return Ok(refused(why));
    }
    let (resource, api) = place(client, name, leftover);
    let Some(object) = api.get_metadata_opt(&leftover.name).await.map_err(failed)? else {
        return Ok(Stripped::Gone);
    };
    let position = match judge(&object.metadata, leftover, finalizer) {
        Ok(position) => position,
        Err(otherwise) => return Ok(otherwise),
    };
    let sent = patch(leftover, position, finalizer);
    let (text, patch) = sent.map_err(|error| failed(kube::Error::SerdeError(error)))?;
    let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
    match api.patch_metadata(&leftover.name, &params, &patch).await {
        Ok(_) => {
            let above = (!is_namespace(leftover)).then_some(name.as_str());
            let address = format!("{}/{}", DynamicObject::url_path(&resource, above), leftover.name);
            Ok(Stripped::Done { path: address, patch: text })
        }
        Err(kube::Error::Api(status)) => match status.code {
            404 => Ok(Stripped::Gone),
            409 => Ok(Stripped::Stale),
            // A test that fails and an object that is invalid have one code; only the second comes with a name.
            422 if status.details.as_ref().is_none_or(|details| details.name.is_empty()) => {
                Ok(Stripped::Stale)
            }
            403 | 405 | 422 => Ok(refused(format!("The cluster refuses: {}", status.message))),
            _ => Err(failed(kube::Error::Api(status))),
        },
        Err(error) => Err(failed(error)),
    }
}

fn refused(why: impl Into<String>) -> Stripped {
    Stripped::Refused { why: why.into() }
}

/// What is to be touched may have been named by a browser: it must be one object of this namespace, and no part of
/// its address may lead anywhere else, for example to a subresource.
fn refuse_address(name: &ApplicationName, leftover: &Leftover) -> Option<&'static str> {
    if leftover.namespace != name.as_str() {
        return Some("The object is not in the namespace of this application.");
    }
    let is_plain = |part: &str| {
        !part.is_empty()
            && !matches!(part, "." | "..")
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "-._:".contains(c))
    };
    let parts = [&leftover.version, &leftover.plural, &leftover.name];
    let group_is_plain = leftover.group.is_empty() || is_plain(&leftover.group);
    let plain = group_is_plain && parts.into_iter().all(|part| is_plain(part));
    (!plain).then_some("This is no address of an object.")
}

fn refuse_namespace(namespace: &Namespace, id: ApplicationId) -> Option<&'static str> {
    if !belongs_to(namespace, id) {
        return Some("The namespace does not belong to this application.");
    }
    // What a finalizer protects is needed as long as the application is.
    let stays = namespace.metadata.deletion_timestamp.is_none();
    stays.then_some("The namespace is not being deleted.")
}

/// Where the finalizer is on the object, if it may be taken off.
fn judge(object: &ObjectMeta, leftover: &Leftover, finalizer: &str) -> Result<usize, Stripped> {
    if object.uid.as_deref() != Some(&leftover.uid) {
        return Err(Stripped::Stale);
    }
    if object.deletion_timestamp.is_none() {
        return Err(refused("The object is not being deleted."));
    }
    let finalizers = object.finalizers.as_deref().unwrap_or_default();
    let Some(position) = finalizers.iter().position(|held| held == finalizer) else {
        return Err(Stripped::Gone);
    };
    if object.resource_version.as_deref() != Some(&leftover.resource_version) {
        return Err(Stripped::Stale);
    }
    Ok(position)
}

/// Where the object is: in the namespace, or the namespace itself.
fn place(client: &Client, name: &ApplicationName, leftover: &Leftover) -> (ApiResource, Api<DynamicObject>) {
    let kind = GroupVersionKind::gvk(&leftover.group, &leftover.version, &leftover.kind);
    let resource = ApiResource::from_gvk_with_plural(&kind, &leftover.plural);
    let api = if is_namespace(leftover) {
        Api::all_with(client.clone(), &resource)
    } else {
        Api::namespaced_with(client.clone(), name.as_str(), &resource)
    };
    (resource, api)
}

/// Is it the namespace itself? Its own finalizers are like those of any object; what is behind `/finalize` is not.
fn is_namespace(leftover: &Leftover) -> bool {
    leftover.group.is_empty() && leftover.plural == "namespaces" && leftover.name == leftover.namespace
}

/// The patch as it is sent, to the letter, and as the client wants it.
fn patch(
    leftover: &Leftover,
    position: usize,
    finalizer: &str,
) -> Result<(String, Patch<()>), serde_json::Error> {
    let place = format!("/metadata/finalizers/{position}");
    let patch = serde_json::from_value(json!([
        {"op": "test", "path": "/metadata/uid", "value": leftover.uid},
        {"op": "test", "path": "/metadata/resourceVersion", "value": leftover.resource_version},
        {"op": "test", "path": place, "value": finalizer},
        {"op": "remove", "path": place},
    ]))?;
    Ok((serde_json::to_string(&patch)?, Patch::Json(patch)))
}
