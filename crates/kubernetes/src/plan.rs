//! Plans: what an apply would do, asked of the cluster itself by a dry run of every object, and what stands in the
//! way. Nothing is written.

mod around;
mod limits;
mod live;
mod needs;
mod nodes;
mod orphans;
mod quota;
mod rehearse;
mod routes;

use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client};
use serde_json::Value;
use slipway_domain::{
    cause::Cause,
    plan::{Care, Finding, Plan, Planned},
    ports::PortError,
    spec::ApplicationSpec,
};

pub(crate) use self::live::api;
use self::{
    live::{AT_ONCE, Live},
    quota::Change,
    routes::Routes,
};
use crate::{apply::belongs_to, facts::Room, manifest::Manifest};

/// Makes plans for one cluster.
pub(crate) struct Planner {
    client: Client,
    routes: Routes,
}

/// What is to be planned, and what is known without asking.
pub(crate) struct Draft<'a> {
    pub(crate) spec: &'a ApplicationSpec,
    pub(crate) manifests: &'a [Manifest],
    pub(crate) care: Care,
    /// Have the watches seen that the namespace does not exist?
    pub(crate) is_unknown: bool,
    /// The nodes, as far as they are known.
    pub(crate) nodes: Vec<Room>,
}

/// Whose the namespace is.
enum Place {
    /// It does not exist.
    Free,
    /// It is the application's; here it is.
    Ours(Box<Value>),
    /// It is somebody else's.
    Taken,
}

impl Planner {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, routes: Routes::default() }
    }

    /// The plan of a generation.
    pub(crate) async fn plan(&self, draft: &Draft<'_>) -> Result<Plan, PortError> {
        let plan = match self.place(draft).await? {
            Place::Ours(namespace) => self.changed(draft, &namespace).await?,
            Place::Free => self.new_one(draft).await?,
            Place::Taken => made(draft).with([Finding::stops(taken(draft.spec))]),
        };
        Ok(self.surroundings(draft, plan).await)
    }

    /// The plan of who may look after an application. Whatever else of it would change waits for its next update: a
    /// secret that was sealed anew, for example, which would start its workloads anew.
    pub(crate) async fn plan_access(
        &self,
        spec: &ApplicationSpec,
        bindings: &[Manifest],
    ) -> Result<Plan, PortError> {
        let nothing =
            Plan { generation: spec.generation, is_new: false, objects: Vec::new(), findings: Vec::new() };
        match self.find(spec).await? {
            Place::Free => return Ok(nothing.with([Finding::stops(gone(spec))])),
            Place::Taken => return Ok(nothing.with([Finding::stops(taken(spec))])),
            Place::Ours(_) => {}
        }
        let live = Live::read_access(&self.client, &spec.name).await?;
        let (mut objects, findings) = self.tried(bindings, &live, None).await?;
        objects.extend(orphans::of(&live, spec, bindings));
        Ok(Plan { objects, ..nothing }.with(findings))
    }

    async fn place(&self, draft: &Draft<'_>) -> Result<Place, PortError> {
        // Making it shows whether that is true, so nothing is lost by not asking.
        if draft.care == Care::Swift && draft.is_unknown {
            return Ok(Place::Free);
        }
        self.find(draft.spec).await
    }

    async fn find(&self, spec: &ApplicationSpec) -> Result<Place, PortError> {
        let name = &spec.name;
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let found = namespaces.get_opt(name.as_str()).await;
        let found =
            found.map_err(|error| PortError::new(format!("looking for the namespace {name}"), error))?;
        match found {
            None => Ok(Place::Free),
            Some(namespace) if !belongs_to(&namespace, spec.id) => Ok(Place::Taken),
            Some(namespace) if namespace.metadata.deletion_timestamp.is_some() => {
                let what = format!("the namespace {name} is still being deleted");
                Err(PortError::new(what, "it can be used when it is gone"))
            }
            Some(namespace) => {
                Ok(Place::Ours(Box::new(serde_json::to_value(namespace).unwrap_or(Value::Null))))
            }
        }
    }

    /// Into a namespace that does not exist nothing can be written, not even to try it out: only the namespace
    /// itself can be tried.
    async fn new_one(&self, draft: &Draft<'_>) -> Result<Plan, PortError> {
        let mut plan = made(draft);
        if draft.care == Care::Thorough
            && let Some(namespace) = draft.manifests.first()
        {
            let (planned, finding) = rehearse::create(&self.client, namespace).await?;
            plan.objects[0] = planned;
            plan = plan.with(finding);
        }
        Ok(plan)
    }

    /// A dry run of every object against what is there, and what is there and no longer part.
    async fn changed(&self, draft: &Draft<'_>, namespace: &Value) -> Result<Plan, PortError> {
        let (client, spec, manifests) = (&self.client, draft.spec, draft.manifests);
        let live = Live::read(client, &spec.name).await?;
        let (mut objects, findings) = self.tried(manifests, &live, Some(namespace)).await?;
        objects.extend(orphans::of(&live, spec, manifests));
        let (ranges, quotas) = around::budget(client, &spec.name).await?;
        let change = Change { manifests, planned: &objects, live: &live, ranges: &ranges };
        let no_room = quota::exceeded(&change, &quotas);
        let plan = Plan { generation: spec.generation, is_new: false, objects, findings: Vec::new() };
        Ok(plan.with(findings).with(limits::violations(manifests, &ranges)).with(no_room))
    }

    /// A dry run of each.
    async fn tried(
        &self,
        manifests: &[Manifest],
        live: &Live,
        namespace: Option<&Value>,
    ) -> Result<(Vec<Planned>, Vec<Finding>), PortError> {
        let trials = manifests.iter().map(|manifest| {
            let found = live.get(manifest.kind, &manifest.name);
            let found = if manifest.namespace.is_none() { namespace } else { found };
            rehearse::apply(&self.client, manifest, found)
        });
        let trials: Vec<_> = trials.collect();
        let tried: Vec<_> = stream::iter(trials).buffered(AT_ONCE).try_collect().await?;
        let (objects, findings): (Vec<_>, Vec<_>) = tried.into_iter().unzip();
        Ok((objects, findings.into_iter().flatten().collect()))
    }

    /// What the rest of the cluster has to say.
    async fn surroundings(&self, draft: &Draft<'_>, plan: Plan) -> Plan {
        let (spec, nodes) = (draft.spec, &draft.nodes);
        let mut findings = nodes::wrong_platforms(spec, nodes);
        findings.extend(nodes::too_large(spec, nodes));
        if draft.manifests.iter().any(|manifest| manifest.kind == "Ingress") {
            let routes = self.routes.all(&self.client, draft.care == Care::Thorough).await;
            findings.extend(routes::clashes(&spec.name, draft.manifests, &plan.objects, &routes));
        }
        if draft.care == Care::Thorough
            && findings.is_empty()
            && let Some(taken) = around::taken(&self.client, spec, nodes).await
        {
            findings.extend(nodes::too_many(spec, nodes, taken));
        }
        plan.with(findings)
    }
}

/// Everything is to be made.
fn made(draft: &Draft<'_>) -> Plan {
    let made = |manifest: &Manifest| Planned::compare(manifest.kind, &manifest.name, None, &manifest.object);
    Plan {
        generation: draft.spec.generation,
        is_new: true,
        objects: draft.manifests.iter().map(made).collect(),
        findings: Vec::new(),
    }
}

/// A namespace that exists and was not made for this application is never touched (S1.09).
fn taken(spec: &ApplicationSpec) -> Cause {
    Cause::new(
        "SLW_NAMESPACE_TAKEN",
        format!("The namespace {} exists and does not belong to this application.", spec.name),
        "Force Undeploy this application (the namespace stays untouched) and choose another name.",
    )
}

/// Who has access to what is not there is no question.
fn gone(spec: &ApplicationSpec) -> Cause {
    Cause::new(
        "SLW_NAMESPACE_GONE",
        format!("The namespace {} is not there any more; somebody has removed it.", spec.name),
        "Undeploy this application and deploy it anew.",
    )
}

#[cfg(test)]
mod tests;
