//! What stands above every tab: the name, how it stands, what can be done with it, the tabs.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use slipway_domain::{operation::Operation, status::Status};

use crate::{
    actions::{Cancel, Retry},
    desk::ApplicationView,
    islands::live::{LiveBadge, LivePage},
    pages::instances::Removal,
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        frame::PageHead,
        tabs::Tabs,
    },
};

/// A tab of an application's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Overview,
    Components,
    Logs,
    Events,
    History,
    Configuration,
}

impl Tab {
    const ALL: [Self; 6] =
        [Self::Overview, Self::Components, Self::Logs, Self::Events, Self::History, Self::Configuration];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Components => "Components",
            Self::Logs => "Logs",
            Self::Events => "Events",
            Self::History => "History",
            Self::Configuration => "Configuration",
        }
    }

    /// The address of this tab of an application.
    pub(super) fn href(self, name: &str) -> String {
        match self {
            Self::Overview => format!("/devops/instances/{name}"),
            tab => format!("/devops/instances/{name}/{}", tab.label().to_lowercase()),
        }
    }
}

/// The head of the page.
#[component]
pub(super) fn Head(
    /// The application.
    view: ApplicationView,
    /// Which tab it stands above.
    tab: Tab,
) -> impl IntoView {
    let application = view.application;
    let status = application.standing.status;
    let (id, name) = (application.id.to_string(), application.name.to_string());
    let badge = {
        let id = id.clone();
        let (label, revision) = (status.label().to_owned(), application.revision);
        move || view! { <LiveBadge id status=label revision reason=String::new() with_reason=false/> }
    };
    let newest = view.operations.first().cloned();
    let problem = use_query_map().with_untracked(|query| query.get("problem"));
    let here = tab.href(&name);
    let of_actions = name.clone();
    let label = format!("Parts of {name}");
    let tabs = Tab::ALL.map(|tab| (tab.href(&name), tab.label())).to_vec();
    view! {
        <PageHead title=name.clone() subtitle=format!("{} v{}", application.project, application.version)
            above=vec![("/devops/instances".to_owned(), "Application instances".to_owned())] beside=badge>
            <div id="actions" data-live="">
                {(status != Status::Undeployed).then(|| view! {
                    {newest.map(|newest| view! { <Changes name=of_actions.clone() newest/> })}
                    <Removal name=of_actions.clone() status in_row=false/>
                })}
            </div>
        </PageHead>
        <LivePage of=Some(id) revision=application.revision/>
        <Tabs label tabs here/>
        {problem.map(|problem| view! { <Callout weight=Weight::Failure title=problem/> })}
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
