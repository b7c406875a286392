//! The confirmation before an application is removed: what goes, and its name typed once more.

use crate::t;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};
use slipway_domain::{names::ApplicationName, permission::Action, status::Status};

use crate::{
    actions::Undeploy,
    desk::{ApplicationView, DeskError, SharedDesk},
    examples::Deed,
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        examples::Examples,
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
    let title = title(&name, force);
    let ask = |desk: SharedDesk| async move {
        let missing = || DeskError::NotFound { what: format!("No application is called {name:?}.") };
        let name = ApplicationName::parse(&name).map_err(|_| missing())?;
        desk.may(Action::Remove, Some(&name)).await?;
        let view = desk.application(&name).await?;
        if view.application.standing.status == Status::Undeployed { Err(missing()) } else { Ok(view) }
    };
    load(title, ask, move |view| content(&view, force, problem))
}

fn label(force: bool) -> String {
    if force { t!("force-undeploy") } else { t!("undeploy") }
}

fn title(name: &str, force: bool) -> String {
    if force { t!("force-undeploy-what", name = name) } else { t!("undeploy-what", name = name) }
}

fn content(view: &ApplicationView, force: bool, problem: Option<String>) -> impl IntoView + use<> {
    let name = view.application.name.to_string();
    let status = view.application.standing.status;
    let allowed = if force { status.may_force_undeploy() } else { status.may_undeploy() };
    let back = format!("/devops/instances/{name}");
    let above =
        vec![("/devops/instances".to_owned(), t!("instances").to_owned()), (back.clone(), name.clone())];
    let may = allowed.is_ok();
    let confirm = (!name.is_empty() && allowed.is_ok())
        .then(|| view! { <Confirm name=name.clone() force back=back.clone()/> });
    let components = view.spec.components.iter().map(|component| {
        view! { <li><code>{component.name.to_string()}</code></li> }
    });
    view! {
        <PageHead title=title(&name, force) subtitle=t!("cannot-be-undone") above/>
        <div class="max-w-2xl space-y-6">
            {problem.map(|problem| view! { <Callout weight=Weight::Failure title=problem/> })}
            {allowed.err().map(|why| view! {
                <Callout weight=Weight::Warning title=why>
                    <p><a class="link" href=back>{t!("back")}</a></p>
                </Callout>
            })}
            <div class="card space-y-2 px-4 py-4 sm:px-6 sm:py-5">
                <p>{t!("namespace-before")}" "<strong class="font-semibold">{name.clone()}</strong>" "{t!("namespace-after")}</p>
                <ul class="list-disc space-y-0.5 pl-5 marker:text-edge">{components.collect_view()}</ul>
                <p class="text-muted">
                    {force.then(|| format!("{} ", t!("cancelled-first")))}
                    {t!("history-stays")}
                </p>
            </div>
            {confirm}
            {may.then(|| view! { <Examples title=t!("copy-deed") deed=Deed::Undeploy { name: name.clone(), force }/> })}
        </div>
    }
}

/// The name once more, and the button that it arms.
#[component]
fn Confirm(
    /// The application.
    name: String,
    /// By force?
    force: bool,
    /// Where Cancel leads.
    back: String,
) -> impl IntoView {
    view! {
        <form class="group card space-y-5 px-4 py-4 sm:px-6 sm:py-5" method="post" action=Undeploy::PATH>
            <input type="hidden" name="name" value=name.clone()/>
            <input type="hidden" name="force" value=if force { "true" } else { "" }/>
            <Field name="confirmation" label=t!("type-to-confirm") error=None>
                <input class="input" id="confirmation" name="confirmation" pattern=name.clone() required
                    autocomplete="off" autocapitalize="none" spellcheck="false" title=t!("type-it", name = &name)/>
            </Field>
            <div class="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
                <a class=Variant::Quiet.classes() href=back>{t!("cancel")}</a>
                <button class=Variant::Armed.classes() type="submit">{label(force)}</button>
            </div>
        </form>
    }
}
