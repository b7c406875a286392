//! Quotas: is there room for the generation beside what else is in the namespace, and for one more copy of
//! a workload while it is changed? Pure.

use k8s_openapi::api::core::v1::{LimitRange, ResourceQuota};
use kube::ResourceExt;
use serde_json::Value;
use slipway_domain::{
    cause::Cause,
    plan::{Action, Finding, Planned},
};

use super::{
    live::Live,
    needs::{Amounts, copies, of_object, of_task},
};
use crate::{manifest::Manifest, quantity};

/// What counts for the quotas of a namespace.
pub(super) struct Change<'a> {
    pub(super) manifests: &'a [Manifest],
    pub(super) planned: &'a [Planned],
    pub(super) live: &'a Live,
    pub(super) ranges: &'a [LimitRange],
}

/// Where a quota has no room.
pub(super) fn exceeded(change: &Change<'_>, quotas: &[ResourceQuota]) -> Vec<Finding> {
    let (now, then, while_changing) = (change.uses_now(), change.will_use(), change.one_more());
    quotas.iter().filter(|quota| counts_all(quota)).flat_map(|quota| {
        let (lasting, passing) = shortages(quota, &now, &then, &while_changing);
        let lasting = finding(
            "The quota of the namespace has no room for this generation.",
            "Raise the quota, remove something else, or lower what the components ask for.",
            lasting,
        );
        let passing = finding(
            "The quota of the namespace has no room for one more copy while the update runs.",
            "Raise the quota for one more copy, or scale something down first: what runs serves until the new one is ready.",
            passing,
        );
        lasting.into_iter().chain(passing)
    }).collect()
}

fn finding(reason: &str, action: &str, evidence: Vec<String>) -> Option<Finding> {
    let cause = Cause::new("SLW_QUOTA", reason, action);
    (!evidence.is_empty()).then(|| Finding::stops(evidence.into_iter().fold(cause, Cause::with)))
}

/// A quota with a scope counts only some tasks; which ones is for the cluster to say.
fn counts_all(quota: &ResourceQuota) -> bool {
    let spec = quota.spec.as_ref();
    spec.is_some_and(|spec| spec.scopes.as_ref().is_none_or(Vec::is_empty) && spec.scope_selector.is_none())
}

/// What is short for good, and what is short only while copies are exchanged.
fn shortages(
    quota: &ResourceQuota,
    now: &Amounts,
    then: &Amounts,
    one_more: &Amounts,
) -> (Vec<String>, Vec<String>) {
    let (mut lasting, mut passing) = (Vec::new(), Vec::new());
    let status = quota.status.as_ref();
    for (resource, hard) in quota.spec.iter().filter_map(|spec| spec.hard.as_ref()).flatten() {
        let hard = quantity::of(hard);
        let amount = |of: &Amounts| of.get(resource).copied().unwrap_or(0);
        let used = status.and_then(|status| status.used.as_ref()?.get(resource)).map_or(0, quantity::of);
        let (now, then, one_more) = (amount(now), amount(then), amount(one_more));
        let others = (used - now).max(0);
        let line = |needs: i128| {
            let [others, needs, hard] = [others, needs, hard].map(|amount| quantity::text(resource, amount));
            let name = quota.name_any();
            format!(
                "ResourceQuota {name}: {resource}: {needs} needed, {others} used by others, {hard} allowed"
            )
        };
        if then > now && others + then > hard {
            lasting.push(line(then));
        } else if one_more > 0 && others + then + one_more > hard {
            passing.push(line(then + one_more));
        }
    }
    (lasting, passing)
}

impl Change<'_> {
    fn uses_now(&self) -> Amounts {
        let ours = self.planned.iter().filter_map(|planned| {
            let object = self.live.get(&planned.kind, &planned.name)?;
            Some(of_object(&planned.kind, object, self.ranges))
        });
        ours.fold(Amounts::new(), sum)
    }

    fn will_use(&self) -> Amounts {
        let wanted =
            self.manifests.iter().map(|manifest| of_object(manifest.kind, &manifest.object, self.ranges));
        wanted.fold(Amounts::new(), sum)
    }

    /// The largest copy that will run beside the one that it replaces. One after the other is enough.
    fn one_more(&self) -> Amounts {
        let of = |planned: &Planned| -> Option<Amounts> {
            let restarts = planned.changes.iter().any(|change| change.path.starts_with("spec.template"));
            let live = self.live.get(&planned.kind, &planned.name).filter(|live| copies(live) > 0)?;
            let is_exchanged = planned.action == Action::Change && planned.kind == "Deployment" && restarts;
            let wanted = self.manifest(planned).unwrap_or(live);
            (is_exchanged && copies(wanted) > 0).then(|| of_task(wanted, self.ranges))
        };
        let largest = |mut most: Amounts, one: Amounts| {
            for (resource, amount) in one {
                let known = most.entry(resource).or_default();
                *known = amount.max(*known);
            }
            most
        };
        self.planned.iter().filter_map(of).fold(Amounts::new(), largest)
    }

    fn manifest(&self, planned: &Planned) -> Option<&Value> {
        let is_it = |manifest: &&Manifest| manifest.kind == planned.kind && manifest.name == planned.name;
        self.manifests.iter().find(is_it).map(|manifest| &manifest.object)
    }
}

fn sum(mut all: Amounts, one: Amounts) -> Amounts {
    for (resource, amount) in one {
        *all.entry(resource).or_default() += amount;
    }
    all
}
