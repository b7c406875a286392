//! The configuration that an application has now, completely resolved. Secrets are named and never shown.

use crate::{key, t};
use leptos::prelude::*;
use slipway_domain::{
    operation::Operation, permission::Action, secret::Secret, spec::ComponentSpec, workload::Probe,
};

use super::{head::Tab, secrets::Secrets, tab};
use crate::{
    desk::ApplicationView,
    pages::may::way,
    ui::{
        button::Variant,
        copy::Copy,
        facts::{Fact, Facts},
        people::names,
        table::{Room, Table},
    },
    words::{self, Word},
};

const VARIABLES: &[(&str, Room)] = &[(key!("variable"), Room::Any), (key!("value"), Room::Any)];

/// The page of the configuration.
#[component]
pub fn ConfigurationPage() -> impl IntoView {
    tab(
        Tab::Configuration,
        |desk, name, view| async move {
            let secrets = desk.secrets(&name).await?;
            Ok((view, secrets))
        },
        |view, secrets| content(view, secrets).into_any(),
    )
}

fn content(view: ApplicationView, secrets: Vec<Secret>) -> impl IntoView {
    let spec = view.spec;
    let may_update = view
        .operations
        .first()
        .map_or(Err("It has no operation."), Operation::may_update)
        .map_err(words::told);
    let update = match may_update {
        Ok(()) => {
            let to = (format!("/devops/instances/{}/update", spec.name), None);
            way(Action::Change, &spec.people(), Variant::Quiet, t!("change-it"), to)
        }
        Err(why) => view! { <p class="text-sm text-muted">{why}</p> }.into_any(),
    };
    let database = spec.database.map_or_else(
        || t!("database-inside"),
        |database| t!("url-as", url = database.url, user = database.username),
    );
    let (admins, users) = view.people;
    let components = spec.components.into_iter().map(|component| view! { <Component component/> });
    view! {
        <div class="space-y-6" id="state" data-live="">
            <div class="flex flex-wrap items-center justify-between gap-3">
                <p class="text-muted">{t!("generation-resolved", generation = spec.generation.to_string())}</p>
                {update}
            </div>
            <div class="card px-4 py-4">
                <Facts>
                    <Fact label=t!("project")>{spec.project.to_string()}" v"{spec.version.number()}</Fact>
                    <Fact label=t!("admin-access")>{names(admins, t!("nobody"))}</Fact>
                    <Fact label=t!("user-access")>{names(users, t!("nobody-else"))}</Fact>
                    <Fact label=t!("database")>{database}</Fact>
                </Facts>
            </div>
            <Secrets secrets/>
            {components.collect_view()}
        </div>
    }
}

#[component]
fn Component(
    /// The component.
    component: ComponentSpec,
) -> impl IntoView {
    let name = component.name.to_string();
    let runs = component.runs();
    let none = || t!("none");
    let resources = component.resources;
    let memory = match resources.memory_limit {
        Some(limit) => t!("memory-limit", memory = resources.memory, limit = limit),
        None => t!("memory", memory = resources.memory),
    };
    let storage = component
        .storage
        .map_or_else(none, |storage| t!("storage-at", size = storage.size, place = storage.mount));
    let plain = component.env.into_iter().map(|(name, value)| {
        variable(name, view! { <code class="text-sm wrap-anywhere">{value}</code> }.into_any())
    });
    let secret = component.secrets.into_keys().map(|name| {
        variable(
            name,
            view! { <span class="text-muted">"••••••"<span class="sr-only">{t!("secret")}</span></span> }
                .into_any(),
        )
    });
    let rows: Vec<_> = plain.chain(secret).collect();
    let has_variables = !rows.is_empty();
    let facts = [
        (t!("copies-label"), component.replicas.to_string()),
        (t!("port"), component.port.map_or_else(none, |port| port.to_string())),
        (t!("route"), component.route.unwrap_or_else(none)),
        (t!("resources"), t!("processor", cpu = resources.cpu, memory = memory)),
        (t!("ready"), probe(component.ready)),
        (t!("alive"), probe(component.alive)),
        (t!("storage"), storage),
        (
            t!("arguments"),
            if component.args.is_empty() { t!("of-the-image") } else { component.args.join(" ") },
        ),
    ];
    let facts = facts.into_iter().map(|(label, value)| view! { <Fact label=label>{value}</Fact> });
    view! {
        <section class="space-y-3" aria-labelledby=format!("{name}-title")>
            <h2 class="flex flex-wrap items-baseline gap-3 font-semibold" id=format!("{name}-title")>{name.clone()}<span class="text-sm font-normal text-muted">{component.role.word()}</span></h2>
            <div class="card space-y-4 px-4 py-4">
                <p class="flex items-center gap-1"><code class="min-w-0 text-sm wrap-anywhere">{runs.clone()}</code><Copy text=runs what=t!("what-runs", name = &name)/></p>
                <Facts>{facts.collect_view()}</Facts>
            </div>
            {has_variables.then(|| view! { <Table caption=t!("variables") columns=VARIABLES>{rows.collect_view()}</Table> })}
        </section>
    }
}

fn variable(name: String, value: AnyView) -> impl IntoView {
    view! { <tr><th scope="row" class="w-2/5 font-normal"><code class="text-sm wrap-anywhere">{name}</code></th><td>{value}</td></tr> }
}

fn probe(probe: Option<Probe>) -> String {
    match probe {
        Some(Probe { path: Some(path), period_seconds, .. }) => {
            t!("probe-path", path = path, seconds = period_seconds)
        }
        Some(Probe { path: None, period_seconds, .. }) => {
            t!("probe-port", seconds = period_seconds)
        }
        None => t!("not-asked"),
    }
}
