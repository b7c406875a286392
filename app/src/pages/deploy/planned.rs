//! A plan: what would be done to the cluster, object by object and field by field, and what stands in the way.

use leptos::prelude::*;
use serde_json::Value;
use slipway_domain::{
    plan::{Action, FieldChange, Plan, Planned as PlannedObject},
    status::Tone,
};

use crate::ui::{badge::Outcome, callout::CauseCallout, table::Section};

/// A plan.
#[component]
pub(super) fn Planned(
    /// The plan.
    plan: Plan,
) -> impl IntoView {
    let steps = plan.steps();
    let summary = match (steps, plan.objects.len() - steps) {
        (0, _) => "Nothing would change.".to_owned(),
        (steps, 0) => format!("{steps} objects would be written. Nothing has been written yet."),
        (steps, kept) => {
            format!(
                "{steps} objects would be written or removed, {kept} stay as they are. Nothing has been written yet."
            )
        }
    };
    let findings = plan.findings.into_iter().map(|cause| view! { <CauseCallout cause/> }).collect_view();
    let objects = plan.objects.into_iter().filter(|object| object.action != Action::Keep);
    let objects = objects.map(object).collect_view();
    view! {
        <Section title="Plan">
            {findings}
            <p class="text-muted">{summary}</p>
            <ul class="card divide-y divide-line empty:hidden">{objects}</ul>
        </Section>
    }
}

fn object(planned: PlannedObject) -> impl IntoView {
    let (tone, word) = match planned.action {
        Action::Create => (Tone::Good, "Create"),
        Action::Change => (Tone::Moving, "Change"),
        Action::Keep => (Tone::Over, "Keep"),
        Action::Remove => (Tone::Doubtful, "Remove"),
        Action::Refused => (Tone::Bad, "Refused"),
    };
    // What is created is new as a whole.
    let changes = if planned.action == Action::Change { planned.changes } else { Vec::new() };
    let changes = changes.into_iter().map(change).collect_view();
    view! {
        <li class="space-y-2 px-4 py-3 text-sm">
            <p class="flex items-center gap-3"><Outcome tone label=word/><span class="font-medium">{planned.kind}" "{planned.name}</span></p>
            <ul class="space-y-1 pl-5 empty:hidden">{changes}</ul>
        </li>
    }
}

fn change(change: FieldChange) -> impl IntoView {
    let value = |value: Option<Value>| match value {
        None => "–".to_owned(),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    };
    view! {
        <li class="wrap-anywhere">
            <code class="text-muted">{change.path}</code>
            <span class="block"><del class="text-bad-ink">{value(change.before)}</del>" → "<ins class="text-good-ink no-underline">{value(change.after)}</ins></span>
        </li>
    }
}
