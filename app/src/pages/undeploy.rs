//! The confirmation before an application is removed: what goes, and its name typed once more.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};
use slipway_domain::{names::ApplicationName, status::Status};

use crate::{
    actions::Undeploy,
    desk::{ApplicationView, DeskError, SharedDesk},
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        field::Field,
        frame::PageHead,
        load::load,
    },
};

/// The confirmation page.
#[component]
pub fn UndeployPage() -> impl IntoView {
    let name = use_params_map().with_untracked(|params| params.get("name").unwrap_or_default());
    let query = use_query_map().get_untracked();
    let (force, problem) = (query.get("force").is_some_and(|force| force == "true"), query.get("problem"));
    let title = format!("{} {name}", label(force));
    let ask = move |desk: SharedDesk| {
        let name = name.clone();
        async move {
            let missing = || DeskError::NotFound { what: format!("No application is called {name:?}.") };
            let view = desk.application(&ApplicationName::parse(&name).map_err(|_| missing())?).await?;
            if view.application.standing.status == Status::Undeployed { Err(missing()) } else { Ok(view) }
        }
    };
    load(title, ask, move |view| content(&view, force, problem.clone()))
}

fn label(force: bool) -> &'static str {
    if force { "Force Undeploy" } else { "Undeploy" }
}

fn content(view: &ApplicationView, force: bool, problem: Option<String>) -> impl IntoView + use<> {
    let name = view.application.name.to_string();
    let status = view.application.standing.status;
    let allowed = if force { status.may_force_undeploy() } else { status.may_undeploy() };
    let back = format!("/devops/instances/{name}");
    let components = view
        .spec
        .components
        .iter()
        .map(|component| view! { <li>{component.name.to_string()}</li> })
        .collect_view();
    view! {
        <PageHead title=format!("{} {name}", label(force)) subtitle="This cannot be undone."/>
        {problem.map(|problem| view! { <Callout weight=Weight::Failure title=problem/> })}
        {allowed.err().map(|why| view! { <Callout weight=Weight::Warning title=why/> })}
        <form class="card max-w-2xl space-y-6 p-5 sm:p-6" method="post" action=Undeploy::PATH>
            <div class="space-y-2">
                <p>"The namespace "<strong>{name.clone()}</strong>" goes, with everything in it and all its data:"</p>
                <ul class="list-disc pl-5">{components}</ul>
                {force.then(|| view! { <p>"What is still being deployed is cancelled first."</p> })}
            </div>
            <input type="hidden" name="name" value=name.clone()/>
            <input type="hidden" name="force" value=if force { "true" } else { "" }/>
            <Field name="confirmation" label="Type the name of the application to confirm" error=None>
                <input class="input" id="confirmation" name="confirmation" pattern=name.clone() required autocomplete="off"
                    autocapitalize="none" spellcheck="false" title=format!("Type {name}")/>
            </Field>
            <div class="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-5">
                <a class=Variant::Quiet.classes() href=back>"Cancel"</a>
                <button class=Variant::Danger.classes() type="submit" disabled=allowed.is_err()>{label(force)}</button>
            </div>
        </form>
    }
}
