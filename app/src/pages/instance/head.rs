//! What stands above every tab: the name, how it stands, what can be done with it, the tabs.

use crate::t;
use std::sync::Arc;

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use slipway_domain::{operation::Operation, people::People, permission::Action, status::Status};

use crate::{
    actions::{Cancel, Retry},
    desk::ApplicationView,
    islands::live::{LiveBadge, LivePage},
    pages::{
        instances::Removal,
        may::{refusal, way},
    },
    ui::{
        button::{NotNow, Variant},
        callout::{Callout, Weight},
        frame::PageHead,
        tabs::Tabs,
    },
    words::Word,
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
    Access,
}

impl Tab {
    const ALL: [Self; 7] = [
        Self::Overview,
        Self::Components,
        Self::Logs,
        Self::Events,
        Self::History,
        Self::Configuration,
        Self::Access,
    ];

    fn slug(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Components => "/components",
            Self::Logs => "/logs",
            Self::Events => "/events",
            Self::History => "/history",
            Self::Configuration => "/configuration",
            Self::Access => "/access",
        }
    }

    /// The address of this tab of an application.
    pub(super) fn href(self, name: &str) -> String {
        format!("/devops/instances/{name}{}", self.slug())
    }
}

impl Word for Tab {
    fn word(&self) -> String {
        match self {
            Self::Overview => t!("overview"),
            Self::Components => t!("components"),
            Self::Logs => t!("logs"),
            Self::Events => t!("events"),
            Self::History => t!("history"),
            Self::Configuration => t!("configuration"),
            Self::Access => t!("access"),
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
        move || view! { <LiveBadge id status=label revision/> }
    };
    let newest = view.operations.first().cloned();
    let problem = use_query_map().with_untracked(|query| query.get("problem"));
    let here = tab.href(&name);
    let (of_actions, people) = (name.clone(), Arc::clone(&application.people));
    let label = t!("parts-of", name = &name);
    let tabs = Tab::ALL.map(|tab| (tab.href(&name), tab.word())).to_vec();
    view! {
        <PageHead title=name.clone() subtitle=format!("{} v{}", application.project, application.version)
            above=vec![("/devops/instances".to_owned(), t!("instances").to_owned())] beside=badge>
            <div id="actions" data-live="">
                {(status != Status::Undeployed).then(|| view! {
                    {newest.map(|newest| view! { <Changes name=of_actions.clone() people=Arc::clone(&people) newest/> })}
                    <Removal name=of_actions.clone() status people=Arc::clone(&people) in_row=false/>
                })}
            </div>
        </PageHead>
        <LivePage of=format!("of={id}") revision=application.revision/>
        <Tabs label tabs here/>
        {problem.map(|problem| view! { <Callout weight=Weight::Failure title=problem/> })}
    }
}

/// What can be done to it beside removing it. Harmless things stand apart from those that destroy.
#[component]
fn Changes(
    /// The application.
    name: String,
    /// Who has access to it.
    people: Arc<People>,
    /// Its newest operation.
    newest: Operation,
) -> impl IntoView {
    let refused = refusal(Action::Change, &people);
    let post = |action: &'static str, label: String| {
        if let Some(why) = refused.clone() {
            return view! { <NotNow label why in_row=false/> }.into_any();
        }
        let name = name.clone();
        view! {
            <form method="post" action=action>
                <input type="hidden" name="name" value=name/>
                <button class=Variant::Quiet.classes() type="submit">{label}</button>
            </form>
        }
        .into_any()
    };
    let update = newest.may_update().is_ok().then(|| {
        let to = (format!("/devops/instances/{name}/update"), None);
        way(Action::Change, &people, Variant::Quiet, t!("update"), to)
    });
    view! {
        <div class="mb-2 flex flex-wrap items-center gap-2 empty:hidden sm:justify-end">
            {update}
            {newest.may_retry().is_ok().then(|| post(Retry::PATH, t!("retry")))}
            {newest.may_cancel().is_ok().then(|| post(Cancel::PATH, t!("cancel-operation")))}
        </div>
    }
}
