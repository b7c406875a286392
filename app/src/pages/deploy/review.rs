//! The last step: everything on one page, what it would do to the cluster, and the button.

use leptos::{prelude::*, server_fn::ServerFn};
use slipway_domain::{
    order::{FieldError, people},
    plan::Plan,
    wizard::{Draft, WizardStep, rows},
};

use super::{
    people::named_by_tasks,
    planned::{Planned, Tense},
};
use crate::{
    actions::{Deploy, Update},
    desk::{DeskError, Offer, SharedDesk},
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        icon::{Glyph, Icon},
        table::Section,
    },
    wizard::Place,
};

#[component]
pub(super) fn Review(
    /// Where the order is being made.
    place: Place,
    /// The order.
    draft: Draft,
    /// What could be chosen.
    offer: Offer,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// What it would do; none if something is wrong.
    plan: Option<Result<Plan, DeskError>>,
    /// Was the application rolled back from the chosen release?
    is_quarantined: bool,
    /// Is it shown again because the plan before it did not hold?
    is_stale: bool,
) -> impl IntoView {
    let hash = plan.as_ref().and_then(|plan| Some(plan.as_ref().ok()?.hash()));
    let connectors = offer.connector_names();
    let wrong =
        (!errors.is_empty()).then(|| view! { <Wrong place=place.clone() errors=errors.clone() connectors/> });
    let is_right = errors.is_empty();
    view! {
        <div class="space-y-6">
            {wrong}
            <Answers place=place.clone() draft=draft.clone() offer/>
            {plan.map(|plan| match plan {
                Ok(plan) => view! { <Section title="Plan"><Planned plan tense=Tense::Would/></Section> }.into_any(),
                Err(error) => view! { <Callout weight=Weight::Failure title=format!("What this would do cannot be said. {error}")/> }.into_any(),
            })}
            <Send place draft is_right plan=hash is_quarantined is_stale/>
        </div>
    }
}

/// What is wrong, each with the way to where it is asked for.
#[component]
fn Wrong(
    /// Where the order is being made.
    place: Place,
    /// What is wrong.
    errors: Vec<FieldError>,
    /// The names of the connectors.
    connectors: Vec<String>,
) -> impl IntoView {
    let items = errors.into_iter().map(|error| {
        let step = WizardStep::of_field(&error.field, &connectors);
        let href = format!("{}#{}", place.href(step, &[("check", "1")]), error.field);
        view! { <li><a class="underline decoration-bad/40 underline-offset-3 hover:decoration-bad" href=href>{step.label()}": "{error.message}</a></li> }
    });
    view! {
        <div class=Weight::Failure.classes() role="alert">
            <Icon glyph=Glyph::Warning class="mt-[3px] size-4 shrink-0 text-bad-ink"/>
            <div class="space-y-1">
                <p class="font-medium">"Some answers need another look"</p>
                <ul class="list-disc pl-4 text-sm marker:text-bad">{items.collect_view()}</ul>
            </div>
        </div>
    }
}

/// All answers, each with the way to change it.
#[component]
fn Answers(
    /// Where the order is being made.
    place: Place,
    /// The order.
    draft: Draft,
    /// What could be chosen.
    offer: Offer,
) -> impl IntoView {
    let form = draft.form;
    let list =
        |names: Vec<String>| if names.is_empty() { "Nobody else".to_owned() } else { names.join(", ") };
    let mut users = people(&form.users);
    users.extend(named_by_tasks(&offer).into_iter().filter(|name| !people(&form.users).contains(name)));
    let connectors: Vec<_> = offer
        .connectors
        .iter()
        .flat_map(|connector| {
            let typed = form.components.get(&connector.name).cloned().unwrap_or_default();
            let image = Some(typed.image).filter(|image| !image.is_empty()).or(connector.image.clone());
            let image = image.unwrap_or_else(|| "Its image is not named yet".to_owned());
            let secrets = typed.secrets.into_keys().map(|name| (name, "••••••".to_owned()));
            let variables =
                rows(&typed.variables).unwrap_or_default().into_iter().map(|row| (row.name, row.value));
            std::iter::once((connector.name.clone(), image))
                .chain(variables)
                .chain(secrets)
                .collect::<Vec<_>>()
        })
        .collect();
    let mut infrastructure: Vec<_> = Vec::new();
    for (name, typed) in
        form.components.iter().filter(|(name, _)| !offer.connectors.iter().any(|c| c.name == **name))
    {
        let usual = offer.services.iter().find(|(service, _)| service == name).map(|(_, usual)| usual);
        if !typed.image.is_empty() && usual != Some(&typed.image) {
            infrastructure.push((format!("Image of {name}"), typed.image.clone()));
        }
        if !typed.replicas.is_empty() {
            infrastructure.push((format!("Copies of {name}"), typed.replicas.clone()));
        }
        let variables = rows(&typed.variables).unwrap_or_default();
        infrastructure.extend(variables.into_iter().map(|row| (format!("{name}: {}", row.name), row.value)));
    }
    if !form.database.url.is_empty() {
        infrastructure.push((
            "External PostgreSQL".to_owned(),
            format!("{} as {}", form.database.url, form.database.username),
        ));
    }
    if infrastructure.is_empty() {
        infrastructure.push(("Services".to_owned(), "As the blueprint has them".to_owned()));
    }
    let start = vec![
        ("Application name".to_owned(), form.name.clone()),
        ("Project".to_owned(), form.project.clone()),
        ("Version".to_owned(), form.version.clone()),
    ];
    let parts = [
        (WizardStep::Name, start),
        (WizardStep::Admins, vec![("Administrator access".to_owned(), list(people(&form.admins)))]),
        (WizardStep::Users, vec![("User access".to_owned(), list(users))]),
        (WizardStep::Connectors, connectors),
        (WizardStep::Infrastructure, infrastructure),
    ];
    let parts = parts
        .into_iter()
        .filter(|(_, lines)| !lines.is_empty())
        .map(|(step, lines)| part(&place, step, lines));
    view! { <div class="card divide-y divide-line">{parts.collect::<Vec<_>>()}</div> }
}

fn part(place: &Place, step: WizardStep, lines: Vec<(String, String)>) -> impl IntoView + use<> {
    let lines = lines.into_iter().map(|(label, value)| {
        view! { <div class="grid gap-x-4 sm:grid-cols-[12rem_minmax(0,1fr)]"><dt class="text-muted wrap-anywhere">{label}</dt><dd class="wrap-anywhere">{value}</dd></div> }
    });
    view! {
        <section class="flex items-start gap-4 px-4 py-3.5 sm:px-6" aria-label=step.label()>
            <dl class="min-w-0 flex-1 space-y-1.5">{lines.collect_view()}</dl>
            <a class="link text-sm" href=place.href(step, &[]) aria-label=format!("Edit {}", step.label().to_lowercase())>"Edit"</a>
        </section>
    }
}

/// The form that places the order. The answers wait on the server; only what is about placing it is sent.
#[component]
fn Send(
    /// Where the order is being made.
    place: Place,
    /// The order.
    draft: Draft,
    /// Can it be placed?
    is_right: bool,
    /// The hash of the plan that is shown above.
    plan: Option<String>,
    /// Was the application rolled back from the chosen release?
    is_quarantined: bool,
    /// Is it shown again because the plan before it did not hold?
    is_stale: bool,
) -> impl IntoView {
    let key = expect_context::<SharedDesk>().surroundings().form_key;
    let (action, word) = if draft.is_update { (Update::PATH, "Update") } else { (Deploy::PATH, "Deploy") };
    view! {
        <form class="card space-y-4 px-4 py-3.5 sm:px-6" method="post" action=action>
            <input type="hidden" name="draft" value=draft.id.clone()/>
            <input type="hidden" name="form[idempotency_key]" value=key/>
            {plan.clone().map(|hash| view! { <input type="hidden" name="form[plan]" value=hash/> })}
            <input type="hidden" name="form[project]" value=draft.form.project/>
            <input type="hidden" name="form[name]" value=draft.form.name/>
            {is_quarantined.then(|| view! {
                <label class="flex items-start gap-2">
                    <input class="mt-1" type="checkbox" name="even_quarantined" value="yes"/>
                    <span>"Deploy this version all the same, although the application was rolled back from it"</span>
                </label>
            })}
            {plan.map(|_| view! { <p class="text-sm text-muted sm:text-right" id="held-to-plan">{held_to_plan(word, is_stale)}</p> })}
            <div class="flex flex-wrap items-center gap-2">
                <a class=Variant::Quiet.classes() href=place.exit()>"Cancel"</a>
                <span class="ml-auto flex items-center gap-2">
                    <a class=Variant::Quiet.classes() href=place.href(WizardStep::Infrastructure, &[])>"Previous"</a>
                    {if is_right {
                        view! { <button class=Variant::Primary.classes() type="submit">{word}</button> }.into_any()
                    } else {
                        view! { <span class="text-sm text-muted">{format!("{word} is possible when nothing above needs another look.")}</span> }.into_any()
                    }}
                </span>
            </div>
        </form>
    }
}

/// What sending means while a plan is shown.
fn held_to_plan(word: &str, is_stale: bool) -> String {
    let changed =
        if is_stale { "Not sent: what would be done has changed since. The plan above is new. " } else { "" };
    format!("{changed}{word} does what the plan above says, or nothing.")
}
