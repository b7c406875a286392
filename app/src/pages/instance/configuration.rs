//! The configuration that an application has now, completely resolved. Secrets are named and never shown.

use leptos::prelude::*;
use slipway_domain::{operation::Operation, spec::ComponentSpec, workload::Probe};

use super::{head::Tab, tab};
use crate::{
    desk::ApplicationView,
    ui::{
        button::Variant,
        copy::Copy,
        facts::{Fact, Facts},
        table::{Room, Table},
    },
};

const VARIABLES: &[(&str, Room)] = &[("Variable", Room::Any), ("Value", Room::Any)];

/// The page of the configuration.
#[component]
pub fn ConfigurationPage() -> impl IntoView {
    tab(Tab::Configuration, |_, _, view| async move { Ok((view, ())) }, |view, ()| content(view).into_any())
}

fn content(view: ApplicationView) -> impl IntoView {
    let spec = view.spec;
    let may_update = view.operations.first().map_or(Err("It has no operation."), Operation::may_update);
    let update = match may_update {
        Ok(()) => view! { <a class=Variant::Quiet.classes() href=format!("/devops/instances/{}/update", spec.name)>"Change it"</a> }.into_any(),
        Err(why) => view! { <p class="text-sm text-muted">{why}</p> }.into_any(),
    };
    let database = spec.database.map_or_else(
        || "Inside the namespace, if it has one".to_owned(),
        |database| format!("{} as {}", database.url, database.username),
    );
    let users = if spec.users.is_empty() { "Nobody else".to_owned() } else { spec.users.join(", ") };
    let components = spec.components.into_iter().map(|component| view! { <Component component/> });
    view! {
        <div class="space-y-6" id="state" data-live="">
            <div class="flex flex-wrap items-center justify-between gap-3">
                <p class="text-muted">{format!("Generation {}, as it was resolved. Secrets can be set and never read.", spec.generation)}</p>
                {update}
            </div>
            <div class="card px-4 py-4">
                <Facts>
                    <Fact label="Project">{spec.project.to_string()}" v"{spec.version.number()}</Fact>
                    <Fact label="Administrator access">{spec.admins.join(", ")}</Fact>
                    <Fact label="User access">{users}</Fact>
                    <Fact label="Database">{database}</Fact>
                </Facts>
            </div>
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
    let none = || "None".to_owned();
    let resources = component.resources;
    let memory = match resources.memory_limit {
        Some(limit) => format!("{} memory, at most {limit}", resources.memory),
        None => format!("{} memory", resources.memory),
    };
    let storage =
        component.storage.map_or_else(none, |storage| format!("{} at {}", storage.size, storage.mount));
    let plain = component.env.into_iter().map(|(name, value)| {
        variable(name, view! { <code class="text-sm wrap-anywhere">{value}</code> }.into_any())
    });
    let secret = component.secrets.into_keys().map(|name| {
        variable(
            name,
            view! { <span class="text-muted">"••••••"<span class="sr-only">"secret"</span></span> }
                .into_any(),
        )
    });
    let rows: Vec<_> = plain.chain(secret).collect();
    let has_variables = !rows.is_empty();
    let facts = [
        ("Copies", component.replicas.to_string()),
        ("Port", component.port.map_or_else(none, |port| port.to_string())),
        ("Route", component.route.unwrap_or_else(none)),
        ("Resources", format!("{} processor, {memory}", resources.cpu)),
        ("Ready", probe(component.ready)),
        ("Alive", probe(component.alive)),
        ("Storage", storage),
        (
            "Arguments",
            if component.args.is_empty() {
                "Those of the image".to_owned()
            } else {
                component.args.join(" ")
            },
        ),
    ];
    let facts = facts.into_iter().map(|(label, value)| view! { <Fact label=label>{value}</Fact> });
    view! {
        <section class="space-y-3" aria-labelledby=format!("{name}-title")>
            <h2 class="flex flex-wrap items-baseline gap-3 font-semibold" id=format!("{name}-title")>{name.clone()}<span class="text-sm font-normal text-muted">{component.role.label()}</span></h2>
            <div class="card space-y-4 px-4 py-4">
                <p class="flex items-center gap-1"><code class="min-w-0 text-sm wrap-anywhere">{runs.clone()}</code><Copy text=runs what=format!("what {name} runs")/></p>
                <Facts>{facts.collect_view()}</Facts>
            </div>
            {has_variables.then(|| view! { <Table caption="Variables" columns=VARIABLES>{rows.collect_view()}</Table> })}
        </section>
    }
}

fn variable(name: String, value: AnyView) -> impl IntoView {
    view! { <tr><th scope="row" class="w-2/5 font-normal"><code class="text-sm wrap-anywhere">{name}</code></th><td>{value}</td></tr> }
}

fn probe(probe: Option<Probe>) -> String {
    match probe {
        Some(Probe { path: Some(path), period_seconds, .. }) => {
            format!("{path} answers, asked every {period_seconds} s")
        }
        Some(Probe { path: None, period_seconds, .. }) => {
            format!("Its port is open, asked every {period_seconds} s")
        }
        None => "Not asked".to_owned(),
    }
}
