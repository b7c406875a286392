//! Limit ranges: how much a single container, task or claim may ask for in a namespace. Pure.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{LimitRange, LimitRangeItem},
    apimachinery::pkg::api::resource::Quantity,
};
use kube::ResourceExt;
use serde_json::Value;
use slipway_domain::{cause::Cause, plan::Finding};

use super::needs::{Amounts, containers, declared};
use crate::{manifest::Manifest, quantity};

/// What a container asks for and may use, once the limit ranges have filled in what it leaves open.
pub(super) struct Effective {
    pub(super) requests: Amounts,
    pub(super) limits: Amounts,
}

/// What the container comes to in a namespace with these limit ranges.
pub(super) fn effective(container: &Value, ranges: &[LimitRange]) -> Effective {
    let mut requests = declared(&container["resources"]["requests"]);
    let mut limits = declared(&container["resources"]["limits"]);
    // A limit without a request is a request, too.
    for (resource, limit) in &limits.clone() {
        requests.entry(resource.clone()).or_insert(*limit);
    }
    for item in items(ranges, "Container").map(|(_, item)| item) {
        for (resource, limit) in each(item.default.as_ref().or(item.max.as_ref())) {
            limits.entry(resource).or_insert(limit);
        }
        let usual = item.default_request.as_ref().or(item.default.as_ref()).or(item.min.as_ref());
        for (resource, request) in each(usual) {
            requests.entry(resource).or_insert(request);
        }
    }
    Effective { requests, limits }
}

/// The workloads that could never get a task, because one of them asks for too much or too little.
pub(super) fn violations(manifests: &[Manifest], ranges: &[LimitRange]) -> Vec<Finding> {
    let found = manifests.iter().filter_map(|manifest| {
        let evidence: Vec<String> = of_containers(manifest, ranges)
            .chain(of_tasks(manifest, ranges))
            .chain(of_claims(manifest, ranges))
            .collect();
        let name = &manifest.name;
        let cause = Cause::new(
            "SLW_LIMIT_RANGE",
            format!("{name} asks for more or less than a single task may have in this namespace."),
            "Stay within the limits named below, or change the LimitRange.",
        );
        (!evidence.is_empty()).then(|| Finding::stops(evidence.into_iter().fold(cause, Cause::with)))
    });
    found.collect()
}

fn of_containers<'a>(
    manifest: &'a Manifest,
    ranges: &'a [LimitRange],
) -> impl Iterator<Item = String> + use<'a> {
    containers(&manifest.object).flat_map(move |container| {
        let name = container["name"].as_str().unwrap_or_default();
        let asked = effective(container, ranges);
        let mut lines = items(ranges, "Container")
            .flat_map(|(range, item)| outside(range, item, &format!("container {name}"), &asked))
            .collect::<Vec<_>>();
        let own = declared(&container["resources"]["limits"]);
        for (resource, request) in asked.requests.iter().filter(|(resource, _)| !own.contains_key(*resource)) {
            if let Some(limit) = asked.limits.get(resource).filter(|limit| *limit < request) {
                let [request, limit] = [request, limit].map(|amount| quantity::text(resource, *amount));
                lines.push(format!(
                    "container {name} asks for {request} of {resource} and may use {limit}, the limit that the LimitRange gives it"
                ));
            }
        }
        lines
    })
}

fn of_tasks(manifest: &Manifest, ranges: &[LimitRange]) -> Vec<String> {
    let mut task = Effective { requests: Amounts::new(), limits: Amounts::new() };
    for container in containers(&manifest.object) {
        let asked = effective(container, ranges);
        for (sum, of) in [(&mut task.requests, asked.requests), (&mut task.limits, asked.limits)] {
            for (resource, amount) in of {
                *sum.entry(resource).or_default() += amount;
            }
        }
    }
    if task.requests.is_empty() && task.limits.is_empty() {
        return Vec::new();
    }
    let what = format!("a task of {}", manifest.name);
    items(ranges, "Pod").flat_map(|(range, item)| outside(range, item, &what, &task)).collect()
}

fn of_claims(manifest: &Manifest, ranges: &[LimitRange]) -> Vec<String> {
    let claims = manifest.object["spec"]["volumeClaimTemplates"].as_array().into_iter().flatten();
    let asked = claims.map(|claim| declared(&claim["spec"]["resources"]["requests"]));
    let lines = asked.flat_map(|requests| {
        let claim = Effective { limits: requests.clone(), requests };
        let what = format!("the claim of {}", manifest.name);
        items(ranges, "PersistentVolumeClaim")
            .flat_map(|(range, item)| outside(range, item, &what, &claim))
            .collect::<Vec<_>>()
    });
    lines.collect()
}

/// In which way it is outside of what the item allows. Whatever has no limit may use more than any.
fn outside(range: &LimitRange, item: &LimitRangeItem, what: &str, asked: &Effective) -> Vec<String> {
    let name = range.name_any();
    let mut lines = Vec::new();
    for (resource, least) in each(item.min.as_ref()) {
        let request = asked.requests.get(&resource).copied().unwrap_or(0);
        if request < least {
            let [asked, least] = [request, least].map(|amount| quantity::text(&resource, amount));
            lines.push(format!(
                "LimitRange {name}: {what} asks for {asked} of {resource}, at least {least} is wanted"
            ));
        }
    }
    for (resource, most) in each(item.max.as_ref()) {
        let limit = asked.limits.get(&resource).copied();
        let uses = limit.or(asked.requests.get(&resource).copied());
        if limit.is_none_or(|limit| limit > most) {
            let uses = uses.map_or("without a limit".to_owned(), |uses| quantity::text(&resource, uses));
            let most = quantity::text(&resource, most);
            lines.push(format!(
                "LimitRange {name}: {what} uses {resource}: {uses}, at most {most} is allowed"
            ));
        }
    }
    lines
}

fn items<'a>(
    ranges: &'a [LimitRange],
    of: &'a str,
) -> impl Iterator<Item = (&'a LimitRange, &'a LimitRangeItem)> {
    ranges.iter().flat_map(move |range| {
        let items = range.spec.iter().flat_map(|spec| &spec.limits);
        items.filter(move |item| item.type_ == of).map(move |item| (range, item))
    })
}

fn each(amounts: Option<&BTreeMap<String, Quantity>>) -> Vec<(String, i128)> {
    let amounts = amounts.into_iter().flatten();
    amounts.map(|(resource, amount)| (resource.clone(), quantity::of(amount))).collect()
}
