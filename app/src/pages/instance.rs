//! One application: how it stands and why, what it consists of, what was done to it.

mod ends;
mod history;
mod images;
mod leftovers;
mod workloads;

use jiff::Timestamp;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};
use slipway_domain::{
    names::ApplicationName, operation::Operation, phase::Phase, removal::Held, status::Status,
};

use self::{
    ends::Ends,
    history::{Generations, History},
    images::Images,
    leftovers::{Leftovers, Proven},
    workloads::Workloads,
};
use super::instances::{Removal, gateway_link};
use crate::{
    actions::{Cancel, Retry},
    desk::{ApplicationView, DeskError, SharedDesk},
    islands::{
        copy::CopyButton,
        live::{LiveBadge, LivePage},
    },
    ui::{
        button::Variant,
        callout::{Callout, CauseCallout, Weight},
        facts::{Fact, Facts},
        frame::PageHead,
        load::load,
        steps::Steps,
        time::Ago,
    },
};

/// The page of one application.
#[component]
pub fn InstancePage() -> impl IntoView {
    let name = use_params_map().with_untracked(|params| params.get("name").unwrap_or_default());
    let title = name.clone();
    let ask = move |desk: SharedDesk| {
        let name = name.clone();
        async move {
            let missing = || DeskError::NotFound { what: format!("No application is called {name:?}.") };
            let name = ApplicationName::parse(&name).map_err(|_| missing())?;
            let view = desk.application(&name).await?;
            // Not knowing what holds a namespace is no reason not to show the rest.
            let held = desk.held(&name).await.unwrap_or_default();
            Ok((view, held))
        }
    };
    load(title, ask, content)
}

fn content((view, held): (ApplicationView, Option<Held>)) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let application = view.application.clone();
    let (status, cause) = (application.standing.status, application.standing.cause);
    let (id, name) = (application.id.to_string(), application.name.to_string());
    let badge = {
        let id = id.clone();
        let (label, revision) = (status.label().to_owned(), application.revision);
        move || view! { <LiveBadge id status=label revision reason=String::new() with_reason=false/> }
    };
    // A cause says more than the line that it explains.
    let reason = application
        .standing
        .reason
        .filter(|reason| cause.as_ref().is_none_or(|cause| cause.reason != *reason));
    let (of_leftovers, of_history) = (name.clone(), name.clone());
    let newest = view.operations.first().cloned();
    let proof = newest.as_ref().and_then(|newest| newest.proof.clone());
    let problem = use_query_map().with_untracked(|query| query.get("problem"));
    view! {
        <PageHead title=name.clone() subtitle=format!("{} v{}", application.project, application.version)
            above=vec![("/devops/instances".to_owned(), "Application instances".to_owned())] beside=badge>
            <div id="actions" data-live="">
                {(status != Status::Undeployed).then(|| view! {
                    {newest.map(|newest| view! { <Changes name=name.clone() newest/> })}
                    <Removal name status in_row=false/>
                })}
            </div>
        </PageHead>
        {problem.map(|problem| view! { <Callout weight=Weight::Failure title=problem/> })}
        <LivePage of=Some(id) revision=application.revision/>
        <div class="space-y-4 empty:hidden" id="news" data-live="">
            {reason.map(|reason| view! { <p class="text-muted wrap-anywhere">{reason}</p> })}
            {cause.map(|cause| view! { <CauseCallout cause/> })}
            {view.operations.first().cloned().map(|operation| view! { <Steps operation/> })}
        </div>
        <div class="card">
            <div class="px-4 py-4" id="details" data-live=""><Details view=view.clone() now/></div>
            {example(&view)}
        </div>
        <div class="space-y-8" id="state" data-live="">
            {held.map(|held| view! { <Leftovers name=of_leftovers held now/> })}
            {proof.map(|proof| view! { <Proven proof/> })}
            <Workloads view=view.clone() now/>
            <Images view=view.clone() now/>
            <Ends ends=view.ends.clone() now/>
            <Generations view=view.clone() now/>
            <History name=of_history operations=view.operations now/>
        </div>
    }
}

/// How a program asks the application something, where something answers.
fn example(view: &ApplicationView) -> impl IntoView + use<> {
    let sandbox = expect_context::<SharedDesk>().surroundings().sandbox;
    let is_gone = view.application.standing.status == Status::Undeployed;
    let address = view.gateway_url.as_ref().filter(|_| !sandbox && !is_gone);
    address.map(|url| format!("curl {url}")).map(|command| {
        view! {
            <div class="flex min-h-11 items-center gap-3 border-t border-line px-4 py-1.5">
                <span class="text-xs whitespace-nowrap text-muted">"API example"</span>
                <code class="min-w-0 flex-1 text-sm wrap-anywhere select-all">{command.clone()}</code>
                <CopyButton text=command/>
            </div>
        }
    })
}

#[component]
fn Details(
    /// The application.
    view: ApplicationView,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let application = view.application;
    let status = application.standing.status;
    let phase = view.operations.first().map(|newest| Phase::of(newest).label());
    let users =
        if view.spec.users.is_empty() { "Nobody else".to_owned() } else { view.spec.users.join(", ") };
    view! {
        <Facts>
            <Fact label="Gateway">{gateway_link(view.gateway_url, status)}</Fact>
            <Fact label="Namespace">{application.name.to_string()}</Fact>
            <Fact label="Administrator access">{view.spec.admins.join(", ")}</Fact>
            <Fact label="User access">{users}</Fact>
            <Fact label="Deployed"><Ago at=application.created_at now/>" by "{application.created_by}</Fact>
            <Fact label="Last change"><Ago at=application.updated_at now/></Fact>
            <Fact label="Generation">{application.generation}</Fact>
            <Fact label="Phase">{phase}</Fact>
            <Fact label="ID"><code class="text-sm">{application.id.to_string()}</code></Fact>
        </Facts>
    }
}

/// What can be done to it beside removing it. Harmless things stand apart from those that destroy.
#[component]
fn Changes(
    /// The application.
    name: String,
    /// Its newest operation.
    newest: Operation,
) -> impl IntoView {
    let post = |action: &'static str, label: &'static str| {
        let name = name.clone();
        view! {
            <form method="post" action=action>
                <input type="hidden" name="name" value=name/>
                <button class=Variant::Quiet.classes() type="submit">{label}</button>
            </form>
        }
    };
    let update = newest.may_update().is_ok().then(|| {
        view! { <a class=Variant::Quiet.classes() href=format!("/devops/instances/{name}/update")>"Update"</a> }
    });
    view! {
        <div class="mb-2 flex flex-wrap items-center gap-2 empty:hidden sm:justify-end">
            {update}
            {newest.may_retry().is_ok().then(|| post(Retry::PATH, "Retry"))}
            {newest.may_cancel().is_ok().then(|| post(Cancel::PATH, "Cancel operation"))}
        </div>
    }
}
