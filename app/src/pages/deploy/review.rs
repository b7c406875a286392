//! The last step: everything on one page, what it would do to the cluster, and the button.

use crate::t;
use leptos::{prelude::*, server_fn::ServerFn};
use slipway_domain::{
    order::{FieldError, people},
    people::Member,
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
    examples::Deed,
    language::Language,
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        examples::Examples,
        field::Mistakes,
        table::Section,
    },
    wizard::Place,
    words::{Word, language, told},
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
    let form = draft.form.clone();
    let deed = if draft.is_update { Deed::Update(form) } else { Deed::Deploy(form) };
    view! {
        <div class="space-y-6">
            {wrong}
            <Answers place=place.clone() draft=draft.clone() offer/>
            {plan.map(|plan| match plan {
                Ok(plan) => view! { <Section title=t!("plan")><Planned plan tense=Tense::Would/></Section> }.into_any(),
                Err(error) => view! { <Callout weight=Weight::Failure title=t!("plan-unknown", why = told(error.to_string()))/> }.into_any(),
            })}
            <Send place draft is_right plan=hash is_quarantined is_stale/>
            {is_right.then(|| view! { <Examples deed/> })}
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
    let mistakes = errors.into_iter().map(|error| {
        let step = WizardStep::of_field(&error.field, &connectors);
        let href = format!("{}#{}", place.href(step, &[("check", "1")]), error.field);
        (href, t!("and-more", first = step.word(), second = told(error.message)))
    });
    view! { <Mistakes mistakes=mistakes.collect()/> }
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
    let list = |names: Vec<String>| if names.is_empty() { t!("nobody-else") } else { names.join(", ") };
    let mut users = people(&form.users);
    let typed: Vec<_> = users.iter().map(|typed| Member::parse(typed).name).collect();
    users.extend(named_by_tasks(&offer).into_iter().filter(|name| !typed.contains(name)));
    let connectors: Vec<_> = offer
        .connectors
        .iter()
        .flat_map(|connector| {
            let typed = form.components.get(&connector.name).cloned().unwrap_or_default();
            let image = Some(typed.image).filter(|image| !image.is_empty()).or(connector.image.clone());
            let image = image.unwrap_or_else(|| t!("image-not-named"));
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
            infrastructure.push((t!("image-of", name = name), typed.image.clone()));
        }
        if !typed.replicas.is_empty() {
            infrastructure.push((t!("copies-of", name = name), typed.replicas.clone()));
        }
        let variables = rows(&typed.variables).unwrap_or_default();
        infrastructure.extend(variables.into_iter().map(|row| (format!("{name}: {}", row.name), row.value)));
    }
    if !form.database.url.is_empty() {
        infrastructure.push((
            t!("external-postgres"),
            t!("url-as", url = &form.database.url, user = &form.database.username),
        ));
    }
    if infrastructure.is_empty() {
        infrastructure.push((t!("services"), t!("as-blueprint")));
    }
    let start = vec![
        (t!("application-name"), form.name.clone()),
        (t!("project"), form.project.clone()),
        (t!("version"), form.version.clone()),
    ];
    let parts = [
        (WizardStep::Name, start),
        (WizardStep::Admins, vec![(t!("admin-access"), list(people(&form.admins)))]),
        (WizardStep::Users, vec![(t!("user-access"), list(users))]),
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
    // German keeps the capitals of its nouns.
    let part = step.word();
    let part = if language() == Language::English { part.to_lowercase() } else { part };
    let edit = t!("edit-what", part = part);
    view! {
        <section class="flex items-start gap-4 px-4 py-3.5 sm:px-6" aria-label=step.word()>
            <dl class="min-w-0 flex-1 space-y-1.5">{lines.collect_view()}</dl>
            <a class="link text-sm" href=place.href(step, &[]) aria-label=edit>{t!("edit")}</a>
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
    let (action, word) =
        if draft.is_update { (Update::PATH, t!("update")) } else { (Deploy::PATH, t!("deploy")) };
    let held = held_to_plan(&word, is_stale);
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
                    <span>{t!("all-the-same-long")}</span>
                </label>
            })}
            {plan.map(|_| view! { <p class="text-sm text-muted sm:text-right" id="held-to-plan">{held}</p> })}
            <div class="flex flex-wrap items-center gap-2">
                <a class=Variant::Quiet.classes() href=place.exit()>{t!("cancel")}</a>
                <span class="ml-auto flex items-center gap-2">
                    <a class=Variant::Quiet.classes() href=place.href(WizardStep::Infrastructure, &[])>{t!("previous")}</a>
                    {if is_right {
                        view! { <button class=Variant::Primary.classes() type="submit">{word}</button> }.into_any()
                    } else {
                        view! { <span class="text-sm text-muted">{t!("possible-when", word = word)}</span> }.into_any()
                    }}
                </span>
            </div>
        </form>
    }
}

/// What sending means while a plan is shown.
fn held_to_plan(word: &str, is_stale: bool) -> String {
    let held = t!("held-to-plan", word = word);
    if is_stale { format!("{} {held}", t!("plan-changed")) } else { held }
}
