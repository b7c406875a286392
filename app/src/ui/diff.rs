//! How fields differ: what was there, what is there.

use leptos::prelude::*;
use serde_json::Value;
use slipway_domain::plan::FieldChange;

use crate::words::told;

/// A list of differences.
#[component]
pub fn Diff(
    /// The differences.
    changes: Vec<FieldChange>,
) -> impl IntoView {
    let items = changes.into_iter().map(|change| {
        view! {
            <li class="grid gap-x-6 gap-y-0.5 px-4 py-2.5 text-sm wrap-anywhere md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
                <code class="text-muted">{change.path}</code>
                <span class="space-y-0.5">
                    {change.before.map(|value| view! { <del class="block text-bad-ink no-underline before:pr-2 before:content-['−']">{text(value)}</del> })}
                    {change.after.map(|value| view! { <ins class="block text-good-ink no-underline before:pr-2 before:content-['+']">{text(value)}</ins> })}
                </span>
            </li>
        }
    });
    view! { <ul class="card divide-y divide-line">{items.collect_view()}</ul> }
}

fn text(value: Value) -> String {
    match value {
        // What stands in the place of a secret.
        Value::String(text) if text.starts_with('•') => told(text),
        Value::String(text) => text,
        Value::Array(values) if values.iter().all(Value::is_string) => {
            values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        // What came or went as a whole: its fields, a line each, would bury the rest.
        Value::Object(fields) => fields
            .get("image")
            .and_then(Value::as_str)
            .map_or_else(|| serde_json::to_string(&fields).unwrap_or_default(), ToOwned::to_owned),
        other => other.to_string(),
    }
}
