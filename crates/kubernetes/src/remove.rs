//! Removes an application: deletes its namespace, says object by object what still holds it, takes off the
//! finalizers that somebody names, and proves in the end that nothing is left. The namespace's own `/finalize`
//! is never written: what is forgotten in that way stays in the cluster's database where nobody sees it.

mod conditions;
mod controllers;
mod discovery;
mod leftovers;
mod memory;
mod proof;
mod strip;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, Preconditions},
};
use slipway_domain::{
    ids::{ApplicationId, Clock},
    names::ApplicationName,
    ports::{PortError, Removal},
    removal::{Held, Leftover, Stripped},
};

use self::memory::Looks;
use crate::apply::belongs_to;

pub(crate) use self::conditions::remaining;

/// Most namespaces are gone by then, and nobody needs to look what holds them.
const PATIENCE: SignedDuration = SignedDuration::from_secs(3);

/// Removes applications and remembers what it saw, so that not every question costs a look at every kind.
pub(crate) struct Remover {
    client: Client,
    clock: Arc<dyn Clock>,
    looks: Looks,
}

impl Remover {
    pub(crate) fn new(client: Client, clock: Arc<dyn Clock>) -> Self {
        Self { client, clock, looks: Looks::default() }
    }

    /// Begins or continues the removal.
    pub(crate) async fn remove(
        &self,
        name: &ApplicationName,
        id: ApplicationId,
    ) -> Result<Removal, PortError> {
        let failed = |error: kube::Error| PortError::new(format!("removing the namespace {name}"), error);
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let Some(namespace) = namespaces.get_opt(name.as_str()).await.map_err(failed)? else {
            return self.prove(name, id).await;
        };
        if !belongs_to(&namespace, id) {
            return Ok(Removal::NotOurs);
        }
        if let Some(since) = &namespace.metadata.deletion_timestamp {
            return Ok(Removal::Held(self.held(&namespace, since.0).await));
        }
        // The uid makes sure that what is deleted is what was looked at, not a successor of the same name.
        let same = Preconditions { uid: namespace.uid(), resource_version: None };
        match namespaces.delete(name.as_str(), &DeleteParams::default().preconditions(same)).await {
            Ok(_) => Ok(Removal::Held(Held { since: self.clock.now(), conditions: Vec::new(), look: None })),
            Err(kube::Error::Api(status)) if status.code == 404 => self.prove(name, id).await,
            Err(error) => Err(failed(error)),
        }
    }

    async fn prove(&self, name: &ApplicationName, id: ApplicationId) -> Result<Removal, PortError> {
        let (proof, going) = proof::prove(&self.client, self.clock.as_ref(), name, id).await?;
        Ok(if going.is_empty() { Removal::Gone(proof) } else { Removal::Going(proof, going) })
    }

    /// What holds a namespace that is being deleted.
    async fn held(&self, namespace: &Namespace, since: Timestamp) -> Held {
        let (now, uid) = (self.clock.now(), namespace.uid().unwrap_or_default());
        let look = if now.duration_since(since) < PATIENCE {
            None
        } else if let Some(fresh) = self.looks.fresh(&uid, now) {
            Some(fresh)
        } else {
            let look = leftovers::look(&self.client, namespace, now).await;
            self.looks.keep(uid, look.clone());
            Some(look)
        };
        Held { since, conditions: remaining(namespace.status.as_ref()), look }
    }

    /// Takes one finalizer off one object.
    pub(crate) async fn strip(
        &self,
        name: &ApplicationName,
        id: ApplicationId,
        leftover: &Leftover,
        finalizer: &str,
    ) -> Result<Stripped, PortError> {
        let stripped = strip::strip(&self.client, name, id, leftover, finalizer).await;
        // Whatever came of it: who asks next wants to know how it is now.
        self.looks.forget();
        stripped
    }
}
