//! What is looked for in the audit trail.

use crate::{key, t};
use jiff::Timestamp;
use leptos::prelude::*;
use slipway_domain::audit::Filter;

use crate::{
    ui::button::Variant,
    words::{deeds::deeds, text},
};

/// How outcomes begin. They are found by the words that they are kept in.
const OUTCOMES: &[(&str, &str)] = &[
    ("accepted", key!("outcome-accepted")),
    ("refused", key!("outcome-refused")),
    ("succeeded", key!("outcome-succeeded")),
    ("failed", key!("outcome-failed")),
    ("used", key!("outcome-used")),
];

/// The form.
#[component]
pub(super) fn Search(
    /// What is looked for.
    filter: Filter,
) -> impl IntoView {
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
    let from = filter.from.map(day).unwrap_or_default();
    let until =
        filter.until.map(|until| day(until - jiff::SignedDuration::from_hours(24))).unwrap_or_default();
    let outcomes = OUTCOMES.iter().map(|(outcome, key)| (*outcome, text(key, &[])));
    let class = format!("{} h-9", Variant::Primary.classes());
    view! {
        <form class="card grid gap-3 p-4 sm:grid-cols-2 lg:grid-cols-4" method="get" action="/audit" role="search">
            <Text name="q" label=t!("search") value=filter.q/>
            <Text name="actor" label=t!("who") value=filter.actor/>
            <Choice name="action" label=t!("action") chosen=filter.action options=deeds()/>
            <Text name="object" label=t!("object") value=filter.object/>
            <Choice name="outcome" label=t!("outcome") chosen=filter.outcome options=outcomes.collect()/>
            <Text name="from" label=t!("from-day") value=from kind="date"/>
            <Text name="until" label=t!("until-day") value=until kind="date"/>
            <div class="flex items-end gap-2">
                <button class=class type="submit">{t!("search")}</button>
                <a class=format!("{} h-9", Variant::Quiet.classes()) href="/audit">{t!("clear")}</a>
            </div>
        </form>
    }
}

#[component]
fn Text(
    /// The name of the field.
    name: &'static str,
    /// What to enter.
    label: String,
    /// What was entered.
    value: String,
    /// The kind of control.
    #[prop(default = "text")]
    kind: &'static str,
) -> impl IntoView {
    view! {
        <div class="space-y-1">
            <label class="block text-sm font-medium" for=name>{label}</label>
            <input class="input" id=name name=name type=kind value=value/>
        </div>
    }
}

/// One of several, or any. What was asked for by address and is none of them stays to be seen.
#[component]
fn Choice(
    /// The name of the field.
    name: &'static str,
    /// What to choose.
    label: String,
    /// What was chosen.
    chosen: String,
    /// Each by what it is sent as.
    options: Vec<(&'static str, String)>,
) -> impl IntoView {
    let other = !chosen.is_empty() && !options.iter().any(|(sent, _)| *sent == chosen);
    let other = other.then(|| view! { <option value=chosen.clone() selected>{chosen.clone()}</option> });
    let options = options.into_iter().map(|(sent, label)| {
        view! { <option value=sent selected=chosen == sent>{label}</option> }
    });
    let options = options.collect_view();
    view! {
        <div class="space-y-1">
            <label class="block text-sm font-medium" for=name>{label}</label>
            <select class="input" id=name name=name><option value="">{t!("any")}</option>{other}{options}</select>
        </div>
    }
}
