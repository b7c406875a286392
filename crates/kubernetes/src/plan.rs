//! Plans: what an apply would do, asked of the cluster itself by a dry run of every object. Nothing is written.

use k8s_openapi::api::core::v1::{Namespace, Node};
use kube::{
    Api, Client,
    api::{ListParams, Patch, PatchParams},
};
use serde_json::Value;
use slipway_domain::{
    cause::Cause,
    plan::{Action, Plan, Planned},
    ports::{ApplyProblem, PortError},
    spec::ApplicationSpec,
};

use crate::{
    apply::{belongs_to, problem},
    labels::FIELD_MANAGER,
    manifest::Manifest,
    orphans,
};

/// The plan of a generation.
pub(crate) async fn plan(
    client: &Client,
    spec: &ApplicationSpec,
    manifests: &[Manifest],
) -> Result<Plan, PortError> {
    let failed = |error: kube::Error| PortError::new(format!("planning {}", spec.name), error);
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let namespace = namespaces.get_opt(spec.name.as_str()).await.map_err(failed)?;
    let is_ours = namespace.as_ref().is_some_and(|namespace| belongs_to(namespace, spec.id));
    let (mut objects, mut findings) = (Vec::new(), Vec::new());
    for manifest in manifests {
        // Into a namespace that does not exist nothing can be written, not even to try it out.
        let is_possible = manifest.namespace.is_none() || is_ours;
        let planned = if is_possible { try_out(client, manifest).await? } else { Ok(created(manifest)) };
        match planned {
            Ok(planned) => objects.push(planned),
            Err(cause) => {
                objects.push(Planned {
                    kind: manifest.kind.to_owned(),
                    name: manifest.name.clone(),
                    action: Action::Refused,
                    changes: Vec::new(),
                });
                findings.push(cause);
            }
        }
    }
    if is_ours {
        for (kind, name) in orphans::find(client, spec, manifests).await? {
            objects.push(Planned {
                kind: kind.to_owned(),
                name,
                action: Action::Remove,
                changes: Vec::new(),
            });
        }
    }
    findings.extend(wrong_platforms(client, spec).await?);
    Ok(Plan { generation: spec.generation, objects, findings })
}

fn created(manifest: &Manifest) -> Planned {
    Planned::compare(manifest.kind, &manifest.name, None, &manifest.object)
}

/// A dry run of one object: how it would differ, or why the cluster refuses it.
async fn try_out(client: &Client, manifest: &Manifest) -> Result<Result<Planned, Cause>, PortError> {
    let api = manifest.api(client);
    let failed =
        |error: kube::Error| PortError::new(format!("planning {} {}", manifest.kind, manifest.name), error);
    let live = api.get_opt(&manifest.name).await.map_err(failed)?;
    let params = PatchParams { dry_run: true, ..PatchParams::apply(FIELD_MANAGER).force() };
    match api.patch(&manifest.name, &params, &Patch::Apply(&manifest.object)).await {
        Ok(would_be) => {
            let json = |object| serde_json::to_value(object).unwrap_or(Value::Null);
            let live = live.map(json);
            Ok(Ok(Planned::compare(manifest.kind, &manifest.name, live.as_ref(), &json(would_be))))
        }
        Err(error) => match problem(manifest, error) {
            ApplyProblem::Hopeless(cause) => Ok(Err(cause)),
            ApplyProblem::Passing(error) => Err(error),
        },
    }
}

/// Images that no node can run (DEP_E162). Where platforms or nodes are not known, nothing is claimed.
async fn wrong_platforms(client: &Client, spec: &ApplicationSpec) -> Result<Vec<Cause>, PortError> {
    let nodes: Api<Node> = Api::all(client.clone());
    let Ok(nodes) = nodes.list(&ListParams::default()).await else { return Ok(Vec::new()) };
    let platforms: Vec<String> = nodes
        .into_iter()
        .filter_map(|node| node.status?.node_info)
        .map(|info| format!("{}/{}", info.operating_system, info.architecture))
        .collect();
    let resolved = spec.components.iter().filter_map(|c| Some((&c.name, c.resolved.as_ref()?)));
    let wrong = resolved.filter(|(_, image)| {
        let known = !image.platforms.is_empty() && !platforms.is_empty();
        known && !image.platforms.iter().any(|platform| platforms.contains(platform))
    });
    let causes = wrong.map(|(name, image)| {
        Cause::new(
            "DEP_E162",
            format!("No node can run the image of {name}."),
            "Build the image for the architecture of the nodes, or add a node that fits.",
        )
        .with(format!(
            "the image is for {}; the nodes are {}",
            image.platforms.join(", "),
            platforms.join(", ")
        ))
    });
    Ok(causes.collect())
}
