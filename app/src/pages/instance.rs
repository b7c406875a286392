//! One application, on pages of its own that are tabs of one another: how it stands and why, what it consists of,
//! what it says, what was done to it.

mod components;
mod configuration;
mod ends;
mod events;
mod head;
mod history;
mod images;
mod leftovers;
mod logs;
mod overview;
mod timeline;

pub use self::{
    components::ComponentsPage, configuration::ConfigurationPage, events::EventsPage, history::HistoryPage,
    logs::LogsPage, overview::InstancePage,
};

use std::future::Future;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use slipway_domain::names::ApplicationName;

use self::head::{Head, Tab};
use crate::{
    desk::{ApplicationView, DeskError, SharedDesk},
    ui::load::load,
};

/// One of the tabs. `more` asks for what only this one needs, `show` shows it below the head.
fn tab<M, A, R, S>(tab: Tab, more: A, show: S) -> AnyView
where
    M: Send + 'static,
    A: Fn(SharedDesk, ApplicationName, ApplicationView) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<(ApplicationView, M), DeskError>> + Send + 'static,
    S: Fn(ApplicationView, M) -> AnyView + Send + Sync + 'static,
{
    let name = use_params_map().with_untracked(|params| params.get("name").unwrap_or_default());
    let title = match tab {
        Tab::Overview => name.clone(),
        tab => format!("{name}: {}", tab.label()),
    };
    let ask = move |desk: SharedDesk| {
        let (name, more) = (name.clone(), more.clone());
        async move {
            let name = crate::ways::parsed(&name)?;
            let view = desk.application(&name).await?;
            more(desk, name, view).await
        }
    };
    load(title, ask, move |(view, more)| {
        let head = view.clone();
        view! {
            <Head view=head tab/>
            {show(view, more)}
        }
    })
}
