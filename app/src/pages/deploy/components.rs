//! Images and variables: of the connectors (S1.21), and of the services that most people leave as they are (S1.26).

use crate::t;
use leptos::prelude::*;
use slipway_domain::{
    order::{ComponentForm, FieldError, OrderForm},
    wizard::{Row, written},
};

use super::{
    fields::Text,
    rows::{Known, Variables},
};
use crate::{
    desk::{ConnectorOffer, Offer},
    ui::{
        field::error_of,
        icon::{Glyph, Icon},
    },
    words::told,
};

/// How variables are shown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Look {
    /// As the text of an object?
    pub(super) as_json: bool,
    /// With room for more of them?
    pub(super) more: bool,
}

#[component]
pub(super) fn Connectors(
    /// What was typed.
    form: OrderForm,
    /// What can be chosen.
    offer: Offer,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// How variables are shown.
    look: Look,
    /// Has it secrets already, which stay if they are not entered again?
    keeps: bool,
) -> impl IntoView {
    let connectors = offer.connectors.into_iter().map(|connector| {
        let typed = form.components.get(&connector.name).cloned();
        view! { <ConnectorPanel connector typed errors=errors.clone() look keeps/> }
    });
    view! { <div class="-my-5 divide-y divide-line">{connectors.collect_view()}</div> }
}

#[component]
fn ConnectorPanel(
    /// The connector.
    connector: ConnectorOffer,
    /// What was typed for it.
    typed: Option<ComponentForm>,
    /// What is wrong.
    errors: Vec<FieldError>,
    /// How variables are shown.
    look: Look,
    /// Has it secrets already, which stay if they are not entered again?
    keeps: bool,
) -> impl IntoView {
    let place = |part: &str| format!("components.{}.{part}", connector.name);
    let image = place("image");
    let help = match connector.image {
        Some(_) => t!("of-catalogue"),
        None => t!("own-connector"),
    };
    let (secure, plain): (Vec<_>, Vec<_>) =
        connector.variables.iter().cloned().partition(|entry| entry.secure);
    let text = typed.as_ref().map_or_else(
        || {
            let usual =
                plain.iter().map(|entry| Row { name: entry.name.clone(), value: entry.value.clone() });
            written(&usual.collect::<Vec<_>>())
        },
        |typed| typed.variables.clone(),
    );
    let known = plain.into_iter().map(|entry| Known {
        name: entry.name,
        about: told(entry.description),
        required: entry.required,
    });
    let known = known.collect();
    let secrets = secure.into_iter().map(|entry| {
        let is_set = typed.as_ref().is_some_and(|typed| typed.secrets.contains_key(&entry.name));
        let help = match (is_set, keeps) {
            (true, _) => t!("entered"),
            (false, true) => t!("keep-set"),
            (false, false) => told(&*entry.description),
        };
        let (place, optional) = (place(&format!("secrets.{}", entry.name)), !entry.required || is_set || keeps);
        view! { <Text name=place label=entry.name value=String::new() help=help error=None secret=true optional/> }
    });
    let secrets = secrets.collect_view();
    let image_typed = typed.map(|typed| typed.image).unwrap_or_default();
    view! {
        <section class="space-y-4 py-5" aria-labelledby=format!("{}-title", connector.name)>
            <div>
                <h2 class="text-lg font-semibold" id=format!("{}-title", connector.name)>{connector.name.clone()}</h2>
                {(!connector.description.is_empty()).then(|| view! { <p class="text-muted">{connector.description.clone()}</p> })}
            </div>
            <Text name=image.clone() label=t!("image") value=image_typed help=help error=error_of(&errors, &image)
                placeholder=connector.image.clone().unwrap_or_default() optional=connector.image.is_some()/>
            <Variables component=connector.name.clone() text known errors=errors.clone() look/>
            {secrets}
        </section>
    }
}

/// Images, copies, variables and the database: what most people leave as it is.
#[component]
pub(super) fn Infrastructure(
    /// What was typed.
    form: OrderForm,
    /// What can be chosen.
    offer: Offer,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// How variables are shown.
    look: Look,
) -> impl IntoView {
    let named = offer.release().into_iter().flat_map(|release| &release.components);
    let named: Vec<_> =
        named.map(|component| (component.name.to_string(), component.image.to_string())).collect();
    let services = offer.services.clone().into_iter().chain(named).map(|(name, usual)| {
        let typed = form.components.get(&name).cloned().unwrap_or_default();
        view! { <Service name usual typed errors=errors.clone() look/> }
    });
    let services = services.collect_view();
    let database = offer.has_database.then(|| view! { <Outside form errors/> });
    view! {
        <p class="text-muted">{t!("infrastructure-about")}</p>
        <div class="space-y-3">
            <h2 class="font-semibold">{t!("services")}</h2>
            <div class="divide-y divide-line rounded-control border border-line">{services}</div>
        </div>
        {database}
    }
}

#[component]
fn Service(
    /// Its name.
    name: String,
    /// The image that it has by itself.
    usual: String,
    /// What was typed for it.
    typed: ComponentForm,
    /// What is wrong.
    errors: Vec<FieldError>,
    /// How variables are shown.
    look: Look,
) -> impl IntoView {
    let [image, replicas] = ["image", "replicas"].map(|part| format!("components.{name}.{part}"));
    // An update begins with the image that is there, which is no wish of its own.
    let image_typed = Some(typed.image).filter(|image| *image != usual).unwrap_or_default();
    let is_changed = !(image_typed.is_empty() && typed.replicas.is_empty() && typed.variables.is_empty());
    let id = format!("service-{name}");
    let is_wrong = errors.iter().any(|error| error.field.starts_with(&format!("components.{name}.")));
    view! {
        <details class="group" id=id open=is_changed || is_wrong>
            <summary class="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2.5 hover:bg-raised/40">
                <span class="text-muted transition-transform group-open:rotate-90"><Icon glyph=Glyph::Angle class="size-3.5 shrink-0"/></span>
                <span class="chip border-line bg-surface font-medium">{name.clone()}</span>
                <code class="min-w-0 text-sm text-muted wrap-anywhere">{usual.clone()}</code>
                {is_changed.then(|| view! { <span class="ml-auto text-xs text-moving-ink">{t!("changed")}</span> })}
            </summary>
            <div class="space-y-4 border-t border-line px-4 py-4">
                <div class="grid gap-4 sm:grid-cols-[minmax(0,1fr)_7rem]">
                    <Text name=image.clone() label=t!("image-of", name = &name) value=image_typed placeholder=usual error=error_of(&errors, &image) optional=true/>
                    <Text name=replicas.clone() label=t!("copies-of", name = &name) value=typed.replicas error=error_of(&errors, &replicas) optional=true/>
                </div>
                <Variables component=name text=typed.variables known=Vec::new() errors look/>
            </div>
        </details>
    }
}

/// A database that is there already (S1.28).
#[component]
fn Outside(
    /// What was typed.
    form: OrderForm,
    /// What is wrong.
    errors: Vec<FieldError>,
) -> impl IntoView {
    let wrong = |part: &str| error_of(&errors, &format!("database.{part}"));
    let database = form.database;
    let help = if database.password.is_empty() { String::new() } else { t!("entered") };
    view! {
        <section class="space-y-4 border-t border-line pt-5" aria-labelledby="database-title">
            <div>
                <h2 class="font-semibold" id="database-title">{t!("external-postgres")}</h2>
                <p class="text-sm text-muted">{t!("external-postgres-about")}</p>
            </div>
            <Text name="database.url" label=t!("jdbc") value=database.url placeholder="jdbc:postgresql://db.example.com:5432/app" error=wrong("url") optional=true/>
            <div class="grid gap-4 sm:grid-cols-2">
                <Text name="database.username" label=t!("user") value=database.username error=wrong("username") optional=true/>
                <Text name="database.password" label=t!("password") value=String::new() help=help error=wrong("password") optional=true secret=true/>
            </div>
        </section>
    }
}
