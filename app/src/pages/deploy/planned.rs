//! A plan: what stands in the way, and what would be done to the cluster, object by object and field by field.

use crate::{key, t};
use leptos::prelude::*;
use serde_json::Value;
use slipway_domain::{
    plan::{Action, FieldChange, Finding, Plan, Planned as PlannedObject},
    status::Tone,
};

use crate::ui::{
    badge::Outcome,
    callout::{Callout, Weight},
    icon::{Glyph, Icon},
};
use crate::words;

/// Is it about what would be, or about what was done?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum Tense {
    /// Before it is applied.
    Would,
    /// Afterwards.
    Was,
}

/// A plan.
#[component]
pub(in crate::pages) fn Planned(
    /// The plan.
    plan: Plan,
    /// Before or after?
    tense: Tense,
) -> impl IntoView {
    let summary = summary(&plan, tense);
    let hash = plan.hash();
    let short = hash.get(..19).unwrap_or_default().to_owned();
    let untried = plan.is_new && tense == Tense::Would;
    let findings = plan.findings.into_iter().map(finding).collect_view();
    let objects = plan.objects.into_iter().filter(|object| object.action != Action::Keep);
    let objects = objects.map(object).collect_view();
    view! {
        <div class="space-y-3 empty:hidden">{findings}</div>
        <p class="text-muted">
            {summary}
            {untried.then(|| format!(" {}", t!("plan-untried")))}
        </p>
        <ul class="card divide-y divide-line empty:hidden" aria-label=t!("objects")>{objects}</ul>
        <p class="text-xs text-muted">{t!("hash")}" "<code title=hash>{short}"…"</code></p>
    }
}

fn summary(plan: &Plan, tense: Tense) -> String {
    let count =
        |actions: &[Action]| plan.objects.iter().filter(|object| actions.contains(&object.action)).count();
    let parts = [
        (count(&[Action::Create]), key!("to-create")),
        (count(&[Action::Change]), key!("to-change")),
        (count(&[Action::Remove]), key!("to-remove")),
        (count(&[Action::Refused]), key!("refused-by-cluster")),
        (count(&[Action::Keep]), key!("to-keep")),
    ];
    let told: Vec<_> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, key)| words::text(key, &[("count", count.into())]))
        .collect();
    let objects = told.join(", ");
    match (tense, plan.steps(), plan.stopped_by().is_some()) {
        (Tense::Would, _, true) => t!("plan-would-stop", objects = objects),
        (Tense::Would, 0, _) => t!("plan-would-nothing"),
        (Tense::Would, ..) => t!("plan-would", objects = objects),
        (Tense::Was, _, true) => t!("plan-stopped", objects = objects),
        (Tense::Was, 0, _) => t!("plan-was-nothing"),
        (Tense::Was, ..) => t!("plan-was", objects = objects),
    }
}

fn finding(finding: Finding) -> impl IntoView {
    let weight = if finding.stops { Weight::Failure } else { Weight::Warning };
    let evidence = finding.cause.evidence.join("\n");
    view! {
        <Callout weight title=finding.cause.reason>
            <p class="text-sm">{words::told(finding.cause.action)}</p>
            {(!evidence.is_empty()).then(|| view! { <pre class="code mt-2" lang="en">{evidence}</pre> })}
            <p class="text-xs text-muted">
                {if finding.stops { t!("stops-plan") } else { t!("only-warning") }}" · "<code title=t!("stable-code")>{finding.cause.code}</code>
            </p>
        </Callout>
    }
}

fn object(planned: PlannedObject) -> impl IntoView {
    let (tone, word) = match planned.action {
        Action::Create => (Tone::Good, t!("plan-create")),
        Action::Change => (Tone::Moving, t!("plan-change")),
        Action::Keep => (Tone::Over, t!("plan-keep")),
        Action::Remove => (Tone::Doubtful, t!("plan-remove")),
        Action::Refused => (Tone::Bad, t!("plan-refused")),
    };
    let name = format!("{} {}", planned.kind, planned.name);
    let label = t!("fields-of", name = &name);
    let head = view! {
        <span class="flex items-center gap-3"><span class="w-24 shrink-0"><Outcome tone label=word/></span><span class="min-w-0 font-medium wrap-anywhere">{name}</span></span>
    };
    // What is created is new as a whole: it is there for whoever wants to see it.
    let whole =
        (planned.action == Action::Create).then(|| planned.changes.first().and_then(|new| new.after.clone()));
    match whole.flatten() {
        Some(whole) => view! {
            <li class="text-sm">
                <details class="group">
                    <summary class="flex cursor-pointer items-center justify-between gap-3 px-4 py-2">
                        {head}
                        <span class="text-muted transition-transform group-open:rotate-90"><Icon glyph=Glyph::Angle class="size-3.5 shrink-0"/></span>
                    </summary>
                    <pre class="code mx-4 mb-3" tabindex="0">{serde_json::to_string_pretty(&whole).unwrap_or_default()}</pre>
                </details>
            </li>
        }
        .into_any(),
        None => view! {
            <li class="px-4 py-2 text-sm">
                {head}
                <ul class="space-y-1 pt-1.5 pl-4 empty:hidden sm:pl-27" aria-label=label>{planned.changes.into_iter().map(change).collect_view()}</ul>
            </li>
        }
        .into_any(),
    }
}

fn change(change: FieldChange) -> impl IntoView {
    let value = |value: Option<Value>| match value {
        None => t!("nothing"),
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
