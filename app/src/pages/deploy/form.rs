//! The questions of the form. It posts plainly; every control carries the name of its place in the order.

use leptos::{prelude::*, server_fn::ServerFn};
use serde_json::Map;
use slipway_domain::{
    order::{ComponentForm, FieldError, OrderForm},
    release::Project,
};

use super::Purpose;
use crate::{
    actions::{Deploy, Preview, Update},
    desk::{ConnectorOffer, Offer, SharedDesk},
    ui::{
        button::Variant,
        field::{Field, described_by, error_of},
    },
};

#[component]
pub(super) fn Questions(
    /// For a new application, or for another generation?
    purpose: Purpose,
    /// What can be chosen.
    offer: Offer,
    /// What was typed.
    form: OrderForm,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// The hash of the plan that is shown above.
    plan: Option<String>,
    /// Was the application rolled back from the chosen release?
    is_quarantined: bool,
    /// Is it shown again because the plan before it did not hold?
    is_stale: bool,
) -> impl IntoView {
    let key = expect_context::<SharedDesk>().surroundings().form_key;
    let versions = versions(&offer.project, &form.version);
    let (action, word, cancel) = match purpose {
        Purpose::Deploy => (Deploy::PATH, "Deploy", "/devops/releases".to_owned()),
        Purpose::Update => (Update::PATH, "Update", format!("/devops/instances/{}", form.name)),
    };
    let connectors = offer.connectors.clone().into_iter().map(|connector| {
        let typed = form.components.get(&connector.name).cloned();
        view! { <ConnectorQuestions connector keeps=purpose == Purpose::Update typed errors=errors.clone()/> }
    });
    let has_connectors = !offer.connectors.is_empty();
    let wrong_version = error_of(&errors, "version");
    view! {
        <form class="card" method="post" action=action novalidate>
            <input type="hidden" name="form[project]" value=form.project.clone()/>
            <input type="hidden" name="form[idempotency_key]" value=key/>
            {plan.clone().map(|hash| view! { <input type="hidden" name="form[plan]" value=hash/> })}
            {(purpose == Purpose::Update).then(|| view! { <input type="hidden" name="is_update" value="yes"/> })}
            <div class="space-y-6 px-4 py-5 sm:px-6">
                {match purpose {
                    Purpose::Deploy => view! {
                        <Text name="name" label="Application name" value=form.name.clone() error=error_of(&errors, "name")
                            help="1 to 26 lowercase letters, digits and hyphens, beginning with a letter. It is part of every address."/>
                    }.into_any(),
                    Purpose::Update => view! { <input type="hidden" name="form[name]" value=form.name.clone()/> }.into_any(),
                }}
                <Field name="version" label="Version" help="Newest first." error=wrong_version.clone()>
                    <select class="input" id="version" name="form[version]" aria-invalid=wrong_version.is_some().then_some("true")
                        aria-describedby=described_by("version", wrong_version.is_some())>
                        {versions}
                    </select>
                </Field>
                {is_quarantined.then(|| view! {
                    <label class="flex items-start gap-2">
                        <input class="mt-1" type="checkbox" name="even_quarantined" value="yes"/>
                        <span>"Deploy this version all the same, although the application was rolled back from it"</span>
                    </label>
                })}
                <Text name="admins" label="Administrator access" value=form.admins.clone() error=error_of(&errors, "admins")
                    help="Users and groups, separated by commas. At least one."/>
                <Text name="users" label="User access" value=form.users.clone() error=None optional=true
                    help="Users and groups, separated by commas."/>
            </div>
            {has_connectors.then(|| view! {
                <fieldset class="space-y-6 border-t border-line px-4 py-5 sm:px-6">
                    <legend class="float-left w-full pb-5 text-base font-semibold">"Connectors"</legend>
                    {connectors.collect_view()}
                </fieldset>
            })}
            <Infrastructure offer form errors/>
            <div class="flex flex-wrap items-center justify-end gap-2 border-t border-line px-4 py-3.5 sm:px-6">
                {plan.map(|_| view! { <p class="basis-full text-sm text-muted sm:text-right" id="held-to-plan">{held_to_plan(word, is_stale)}</p> })}
                <a class=Variant::Quiet.classes() href=cancel>"Cancel"</a>
                <button class=Variant::Quiet.classes() type="submit" formaction=Preview::PATH>"Show plan"</button>
                <button class=Variant::Primary.classes() type="submit">{word}</button>
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

/// One line of text.
#[component]
fn Text(
    /// The place in the order, also the control's id: `components.email.image`.
    #[prop(into)]
    name: String,
    /// What to enter.
    #[prop(into)]
    label: String,
    /// What was entered.
    value: String,
    /// How to enter it.
    #[prop(into, optional)]
    help: String,
    /// May it stay empty?
    #[prop(optional)]
    optional: bool,
    /// What is wrong.
    error: Option<String>,
    /// Shown while nothing is entered.
    #[prop(into, optional)]
    placeholder: String,
    /// Is it a secret?
    #[prop(optional)]
    secret: bool,
) -> impl IntoView {
    let wrong = error.is_some();
    let described = described_by(&name, wrong);
    view! {
        <Field name=name.clone() label help error optional>
            <input class="input" id=name.clone() name=control(&name) value=value autocomplete="off" autocapitalize="none"
                type=if secret { "password" } else { "text" } spellcheck="false" placeholder=placeholder
                aria-invalid=wrong.then_some("true") aria-describedby=described/>
        </Field>
    }
}

/// The name of a place in the order as forms send it: `form[components][email][image]`.
fn control(place: &str) -> String {
    place.split('.').fold("form".to_owned(), |name, part| format!("{name}[{part}]"))
}

#[component]
fn ConnectorQuestions(
    /// The connector.
    connector: ConnectorOffer,
    /// Has it secrets already, which stay if they are not entered again?
    keeps: bool,
    /// What was typed for it.
    typed: Option<ComponentForm>,
    /// What is wrong.
    errors: Vec<FieldError>,
) -> impl IntoView {
    let place = |part: &str| format!("components.{}.{part}", connector.name);
    let [image, variables] = ["image", "variables"].map(place);
    let wrong = error_of(&errors, &variables);
    let is_wrong = wrong.is_some();
    let given = typed.clone().map_or_else(|| usual_variables(&connector), |typed| typed.variables);
    let help = match connector.image {
        Some(_) => "Of the catalogue; name another only if you have one of your own.",
        None => "An own connector: name its published image.",
    };
    let (secure, plain): (Vec<_>, Vec<_>) = connector.variables.iter().partition(|entry| entry.secure);
    let required: Vec<_> =
        plain.into_iter().filter(|entry| entry.required).map(|entry| entry.name.clone()).collect();
    let secrets = secure.into_iter().map(|entry| {
        let place = place(&format!("secrets.{}", entry.name));
        let given = typed.as_ref().and_then(|typed| typed.secrets.get(&entry.name)).cloned().unwrap_or_default();
        let help = if keeps { "Leave it empty to keep what is set.".to_owned() } else { entry.description.clone() };
        view! { <Text name=place label=entry.name.clone() value=given help=help error=None secret=true optional=!entry.required/> }
    });
    let secrets = secrets.collect_view();
    let variables_help = if required.is_empty() {
        "A JSON object. Variables that are called like a secret are kept as one.".to_owned()
    } else {
        format!("A JSON object. It must have {}.", required.join(", "))
    };
    let image_typed = typed.map(|typed| typed.image).unwrap_or_default();
    view! {
        <section class="clear-both space-y-4">
            <h3 class="font-medium">{connector.name.clone()}</h3>
            {(!connector.description.is_empty()).then(|| view! { <p class="text-sm text-muted">{connector.description.clone()}</p> })}
            <Text name=image.clone() label="Image" value=image_typed help=help error=error_of(&errors, &image)
                placeholder=connector.image.clone().unwrap_or_default() optional=connector.image.is_some()/>
            <Field name=variables.clone() label="Variables" help=variables_help error=wrong>
                <textarea class="input h-auto min-h-28 py-2 font-mono text-sm" rows="5" id=variables.clone() name=control(&variables)
                    spellcheck="false" aria-invalid=is_wrong.then_some("true") aria-describedby=described_by(&variables, is_wrong)>
                    {given}
                </textarea>
            </Field>
            {secrets}
        </section>
    }
}

/// The variables that a connector has by itself, as a person would write them.
fn usual_variables(connector: &ConnectorOffer) -> String {
    let plain = connector.variables.iter().filter(|entry| !entry.secure);
    let object: Map<_, _> = plain.map(|entry| (entry.name.clone(), entry.value.clone().into())).collect();
    if object.is_empty() { String::new() } else { serde_json::to_string_pretty(&object).unwrap_or_default() }
}

/// Images, copies and the database: what most people leave as it is (S1.26).
#[component]
fn Infrastructure(
    /// What can be chosen.
    offer: Offer,
    /// What was typed.
    form: OrderForm,
    /// What is wrong.
    errors: Vec<FieldError>,
) -> impl IntoView {
    let is_wrong = errors.iter().any(|error| {
        error.field.starts_with("database.")
            || offer.services.iter().any(|(name, _)| error.field.starts_with(&format!("components.{name}.")))
    });
    let release = offer.project.release(offer.version);
    let named = release.into_iter().flat_map(|release| &release.components);
    let named = named.map(|component| (component.name.to_string(), component.image.to_string()));
    let services = offer.services.iter().cloned().chain(named).map(|(name, usual)| {
        let typed = form.components.get(&name).cloned().unwrap_or_default();
        let [image, replicas] = ["image", "replicas"].map(|part| format!("components.{name}.{part}"));
        // An update begins with the image that is there, which is no wish of its own.
        let image_typed = Some(typed.image).filter(|image| *image != usual).unwrap_or_default();
        view! {
            <div class="grid gap-4 sm:grid-cols-[minmax(0,1fr)_7rem]">
                <Text name=image.clone() label=format!("Image of {name}") value=image_typed placeholder=usual error=error_of(&errors, &image) optional=true/>
                <Text name=replicas.clone() label="Copies" value=typed.replicas error=error_of(&errors, &replicas) optional=true/>
            </div>
        }
    });
    let services = services.collect_view();
    let database = offer.has_database.then(|| {
        let text = |part: &str| (format!("database.{part}"), error_of(&errors, &format!("database.{part}")));
        let ((url, wrong_url), (user, wrong_user), (password, wrong_password)) = (text("url"), text("username"), text("password"));
        view! {
            <div class="space-y-4">
                <h3 class="font-medium">"External PostgreSQL"</h3>
                <p class="text-sm text-muted">"Leave all empty for a database inside the application's namespace."</p>
                <Text name=url label="JDBC address" value=form.database.url.clone() placeholder="jdbc:postgresql://db.example.com:5432/app" error=wrong_url optional=true/>
                <Text name=user label="User" value=form.database.username.clone() error=wrong_user optional=true/>
                <Text name=password label="Password" value=form.database.password.clone() error=wrong_password optional=true secret=true/>
            </div>
        }
    });
    view! {
        <details class="group border-t border-line px-4 py-4 sm:px-6" open=is_wrong>
            <summary class="cursor-pointer font-semibold">"Infrastructure"<span class="pl-2 text-sm font-normal text-muted">"Optional: images, copies, database"</span></summary>
            <div class="space-y-6 pt-5">{services}{database}</div>
        </details>
    }
}

fn versions(project: &Project, chosen: &str) -> impl IntoView + use<> {
    let options = project.releases.iter().map(|release| {
        let number = release.version.to_string();
        let selected = number == chosen;
        let about = match release.description.as_str() {
            "" => number.clone(),
            description => format!("{number} – {description}"),
        };
        view! { <option value=number selected=selected>{about}</option> }
    });
    options.collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_order_is_sent_as_forms_do() {
        assert_eq!(control("name"), "form[name]");
        assert_eq!(control("components.email.image"), "form[components][email][image]");
    }
}
